import pytest
from django.test import Client

from tests.geo112.makers import make_user

pytestmark = pytest.mark.django_db


def language(client: Client, path: str = "/login/") -> str:
    return client.get(path, headers={"Accept-Language": "en-US,en"}).headers["Content-Language"]


def test_a_stranger_reads_the_sites_language_whatever_the_browser_says(client: Client) -> None:
    assert language(client) == "id"


def test_a_person_reads_the_accounts_language(client: Client) -> None:
    user = make_user()
    user.language = "en"
    user.save(update_fields=["language"])
    client.force_login(user)
    assert language(client, "/") == "en"


@pytest.mark.parametrize(("chosen", "read"), [("en", "en"), ("xx", "id")])
def test_the_switch_counts_most_and_nonsense_for_nothing(client: Client, chosen: str, read: str) -> None:
    client.cookies["django_language"] = chosen
    assert language(client) == read
