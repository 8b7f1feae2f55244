"""Every message of the app has its Indonesian words."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

APP = Path(__file__).resolve().parents[2] / "incidents"


def test_every_message_is_translated() -> None:
    with (APP / "locale/id/LC_MESSAGES/django.po").open("rb") as file:
        catalog = read_po(file, locale="id", abort_invalid=True)
    translated = {message.id for message in catalog if message.id and message.string}
    keywords = {"_": None, "gettext": None, "gettext_lazy": None}
    used = {message for _, _, message, _, _ in extract_from_dir(APP, [("**.py", "python")], keywords=keywords)}
    assert used - translated == set()
    assert translated - used == set()
