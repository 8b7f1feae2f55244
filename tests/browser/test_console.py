"""The dispatcher's page in a real browser, on the real system."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Seen
from tests.browser.site import Fleet, Site

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


def test_strangers_are_sent_to_the_login(live_site: Site, open_page: OpenPage) -> None:
    page = open_page(None, "/")
    expect(page).to_have_url(re.compile(r"/login/\?next=/$"))
    page.fill("input[name=username]", "dispatcher")
    page.fill("input[name=password]", "wrong password")
    page.click("button[type=submit].primary")
    expect(page.get_by_role("alert")).to_be_visible()


def test_the_map_draws_our_own_tiles_and_asks_no_other_host(fleet: Fleet, open_page: OpenPage, seen: Seen) -> None:
    tiles: list[int] = []
    page = open_page(None, "/login/")
    page.on("response", lambda response: tiles.append(response.status) if ".mvt" in response.url else None)
    username, password = fleet.site.accounts["dispatcher"]
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("button[type=submit].primary")
    expect(page.locator(".map canvas")).to_be_visible()
    page.wait_for_timeout(2500)
    assert len([status for status in tiles if status in {200, 204}]) >= 4
    assert seen.outside == []
    assert colours_of_map(page) > 50


def colours_of_map(page: Page) -> int:
    """How many colours a picture of the map has: an empty one has one or two."""
    picture = page.locator(".map").screenshot()
    return page.evaluate(
        """async (bytes) => {
            const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
            pen.drawImage(image, 0, 0);
            return new Set(new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer)).size;
        }""",
        list(picture),
    )
