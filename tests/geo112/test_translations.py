"""Every message in templates and code has its Indonesian, in its app's catalogue or in the pages' common one."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
APPS = ("geo112", "geo112/console", "geo112/crew", "geo112/planning", "incidents", "units", "maps")
CATALOGUE = "locale/id/LC_MESSAGES/django.po"
IN_TEMPLATES = re.compile(r"{%\s*(?:translate|trans)\s+(?:\"([^\"]+)\"|'([^']+)')")
GETTEXT = {"_", "gettext", "gettext_lazy"}


def catalogues() -> list[str]:
    """Apps with a catalogue of their own; the others' messages stand in geo112's."""
    return [app for app in APPS if (ROOT / app / CATALOGUE).exists()]


def said_by(app: str) -> set[str]:
    """The messages in an app's templates and modules, without those of apps below it."""
    below = [ROOT / other for other in catalogues() if other.startswith(f"{app}/")]
    files = [file for file in (ROOT / app).rglob("*") if not any(file.is_relative_to(folder) for folder in below)]
    found: set[str] = set()
    for file in files:
        if file.suffix == ".html":
            found.update(match.group(match.lastindex or 1) for match in IN_TEMPLATES.finditer(file.read_text()))
        elif file.suffix == ".py":
            found.update(said_in(ast.parse(file.read_text())))
    return found


def said_in(tree: ast.AST) -> set[str]:
    """The literal arguments of gettext's functions."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    wanted = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id in GETTEXT]
    return {word.value for word in wanted if isinstance(word, ast.Constant) and isinstance(word.value, str)}


def translated_by(app: str) -> set[str]:
    """The messages that an app's catalogue translates."""
    with (ROOT / app / CATALOGUE).open("rb") as file:
        return {str(message.id) for message in read_po(file, locale="id") if message.id and message.string}


@pytest.mark.parametrize("app", catalogues())
def test_every_message_is_translated(app: str) -> None:
    shared = translated_by("geo112") if app.startswith("geo112/") else set()
    assert said_by(app) - translated_by(app) - shared == set()
