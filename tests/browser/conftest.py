"""A live site and a real Chromium, once a run; pages for signed-in people, with every other host blocked."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.browser.site import Fleet, Site, running_site

logging.getLogger("httpx").setLevel(logging.WARNING)

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
]


NO_WEBGL = """
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...rest);
};
"""


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole system on a free port, with a database of its own."""
    with running_site(tmp_path_factory.mktemp("site"), os.environ["DATABASE_URL"]) as site:
        yield site


@pytest.fixture(scope="session")
def fleet(live_site: Site) -> Fleet:
    """The units' phones; every unit has just said that it stands at its station."""
    phones = Fleet(live_site)
    phones.report_all()
    return phones


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()


@dataclass
class Seen:
    """What went wrong in the pages of a test: requests to other hosts, and errors of the page."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture
def seen() -> Seen:
    """Filled while the test runs; a test may empty what it expected."""
    return Seen()


@pytest.fixture
def open_page(live_site: Site, chromium: Browser, seen: Seen) -> Iterator[Callable[..., Page]]:
    """`open_page(role, path="/", lang="id", theme="dark", size=(1366, 768))`; role None for nobody.

    clock=True   the test turns the page's clock (`page.clock.fast_forward`)
    webgl=False  a desk without a graphics driver: no map, everything else has to work (and is quicker)

    Fails the test when a page asked another host for anything or raised an error.
    """
    contexts: list[BrowserContext] = []

    def open_(role: str | None = "dispatcher", path: str = "/", *, clock: bool = False, **wishes: Any) -> Page:
        context = make_context(chromium, live_site, seen, **wishes)
        contexts.append(context)
        page = context.new_page()
        if clock:
            page.clock.install()
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        if role is not None:
            sign_in(page, live_site, role)
        page.goto(live_site.url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert seen.outside == []
    assert seen.errors == []


def make_context(
    chromium: Browser,
    site: Site,
    seen: Seen,
    *,
    lang: str = "id",
    theme: str = "dark",
    size: tuple[int, int] = (1366, 768),
    webgl: bool = True,
    **options: Any,
) -> BrowserContext:
    """A browser of one person: language and theme chosen, every host but the site blocked and noted."""
    context = chromium.new_context(
        base_url=site.url, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", **options
    )
    context.add_cookies([{"name": "django_language", "value": lang, "url": site.url}])
    context.add_init_script(f"localStorage.setItem('geo112.theme', '{theme}')")

    if not webgl:
        context.add_init_script(NO_WEBGL)

    def guard(route: Route) -> None:
        if route.request.url.startswith((site.url, "blob:", "data:")):
            route.fallback()
        else:
            seen.outside.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    return context


def sign_in(page: Page, site: Site, role: str) -> None:
    """Through the login page, as a person does."""
    username, password = site.accounts[role]
    page.goto(f"{site.url}/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("button[type=submit].primary")
    page.wait_for_url(lambda url: "/login" not in url)
