from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_api_documentation_opens_without_a_network(open_page: Callable[..., Page]) -> None:
    page = open_page("dispatcher", "/api/docs/")
    expect(page.get_by_text("/api/v1/incidents/", exact=True).first).to_be_visible()


def test_the_admin_works_under_our_own_policy(open_page: Callable[..., Page]) -> None:
    page = open_page("administrator", "/admin/")
    expect(page.locator("#content h1")).to_be_visible()
