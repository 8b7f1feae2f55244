"""Pictures of every page and state: every size, both themes, both languages. `script/screenshots` runs it.

A picture has a name, a person (None for nobody, "crew" for a unit's phone), a page, and a function that
brings the page into the state worth looking at. To add one, add it to PICTURES.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from script.lib.packages import chromium
from tests.browser.conftest import CHROMIUM_ARGUMENTS, Seen, make_context, sign_in
from tests.browser.site import Fleet, Site, running_site

DESKS = ((1366, 768), (1920, 1080))
NARROW = (1024, 768)
PHONE = (390, 844)
SIZES = (*DESKS, PHONE)
THEMES = ("dark", "light")
LANGUAGES = ("id", "en")
PHONE_RIGHTS: dict[str, Any] = {
    "geolocation": {"longitude": 102.2625, "latitude": -3.7990, "accuracy": 8},
    "permissions": ["geolocation"],
}
SETTLE_MS = 2500
CALLERS = (
    ("0812 3456 7841", "rumah terbakar dekat Simpang Lima"),
    ("0852 6700 1120", "orang pingsan di Pantai Panjang"),
)


@dataclass(frozen=True)
class Scene:
    """A running site with something going on.

    crew_link  the page of the crew that has been sent out, with its token
    """

    site: Site
    fleet: Fleet
    crew_link: str


def leave(page: Page) -> None:
    """The page as it opens."""


def new_call(page: Page) -> None:
    """The form of a new call, with a type chosen and a place half typed."""
    page.keyboard.press("n")
    page.keyboard.type("keb" if page.locator("html").get_attribute("lang") == "id" else "house")
    page.keyboard.press("Tab")
    page.keyboard.type("masjid ja")


def first_incident(page: Page) -> None:
    """The newest incident chosen: ranked units and routes."""
    page.locator("[data-part=incidents] li button").first.click()


def waiting_call(page: Page) -> None:
    """The call that has waited longest chosen."""
    page.locator("[data-part=calls] li button").first.click()


def served_incident(page: Page) -> None:
    """An incident with units on their way."""
    page.locator("[data-part=incidents] li", has=page.locator(".units .unit")).first.locator("button").click()


def radio_status(page: Page) -> None:
    """A status heard by radio, one key before it is written down."""
    served_incident(page)
    page.wait_for_timeout(500)
    page.keyboard.press("s")
    page.keyboard.press("1")


def one_unit(page: Page) -> None:
    """A unit chosen from the fleet."""
    page.locator(".unit-row").first.click()


def warnings(page: Page) -> None:
    """What a supervisor should know."""
    page.locator("[data-part=warnings]").click()


def search(page: Page) -> None:
    """The one field that finds everything."""
    page.keyboard.press("/")
    page.keyboard.type("simpang")


def conflict(page: Page) -> None:
    """Somebody was quicker: the same person in another window takes the first unit while the answer is awaited."""

    def be_quicker(route: Route) -> None:
        asked: Any = route.request.post_data_json
        state = page.request.get("/api/v1/snapshot/").json()
        here = route.request.url.split("/")[-3]
        other = next(row for row in state["incidents"] if str(row["id"]) != here)
        headers = {"X-CSRFToken": route.request.headers["x-csrftoken"], "Referer": page.url}
        unit = {"unit_ids": asked["unit_ids"][:1]}
        page.request.post(f"/api/v1/incidents/{other['id']}/assign/", data=unit, headers=headers)
        route.continue_()

    page.route("**/assign/", be_quicker, times=1)
    page.locator("[data-part=incidents] li:not(:has(.unit)) button").first.click()
    page.locator(".candidate").first.wait_for()
    page.keyboard.press("Enter")


def silence(page: Page) -> None:
    """The network is gone for longer than the stream may be silent."""
    page.clock.install()
    page.reload()
    page.wait_for_timeout(SETTLE_MS)
    page.route("**/live", lambda route: route.abort())
    page.clock.fast_forward(26_000)


def shortcuts(page: Page) -> None:
    """The list of all keys."""
    page.keyboard.press("?")


@dataclass(frozen=True)
class Picture:
    """One page in one state."""

    name: str
    who: str | None
    path: str
    prepare: Callable[[Page], None] = leave
    sizes: tuple[tuple[int, int], ...] = SIZES


PICTURES = (
    Picture("login", None, "/login/"),
    Picture("console", "dispatcher", "/"),
    Picture("console-new-call", "dispatcher", "/", new_call, DESKS),
    Picture("console-incident", "dispatcher", "/", first_incident),
    Picture("console-served", "dispatcher", "/", served_incident, (*DESKS, NARROW)),
    Picture("console-status", "dispatcher", "/", radio_status, DESKS),
    Picture("console-call", "dispatcher", "/", waiting_call, (*DESKS, PHONE)),
    Picture("console-unit", "dispatcher", "/", one_unit, DESKS),
    Picture("console-warnings", "supervisor", "/", warnings, DESKS),
    Picture("console-search", "dispatcher", "/", search, DESKS),
    Picture("console-agency", "agency", "/", first_incident, DESKS),
    Picture("console-silent", "dispatcher", "/", silence, DESKS[:1]),
    Picture("console-keys", "dispatcher", "/", shortcuts, DESKS),
    Picture("console-conflict", "dispatcher", "/", conflict, DESKS[:1]),
    Picture("wall-map", "supervisor", "/map", sizes=DESKS),
    Picture("planning", "planner", "/planning/"),
    Picture("crew-join", None, "/crew/", sizes=(PHONE,)),
    Picture("crew-job", "crew", "/crew/", sizes=(PHONE,)),
    Picture("crew-devices", "administrator", "/crew/devices/"),
    Picture("admin", "administrator", "/admin/", sizes=DESKS),
    Picture("api-docs", "administrator", "/api/docs/", sizes=DESKS),
)


def main() -> int:
    """Take the pictures that are asked for; 1 when a page could not be brought into its state."""
    parser = argparse.ArgumentParser(prog="script/screenshots", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go: NAME-SIZE-THEME-LANGUAGE.png")
    parser.add_argument("--only", metavar="PATTERN", default="", help="only pictures whose file name matches")
    wishes = parser.parse_args()
    wishes.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder), os.environ["DATABASE_URL"]) as site:
        scene = set_scene(site)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
            trouble = [line for line in take_all(browser, scene, wishes.folder, wishes.only) if line]
            browser.close()
    sys.stdout.write("".join(f"{line}\n" for line in trouble))
    return 1 if trouble else 0


def set_scene(site: Site) -> Scene:
    """Units at their stations, two callers waiting, one incident open and one with units on their way."""
    fleet = Fleet(site)
    fleet.report_all()
    desk = site.person("supervisor")
    for number, words in CALLERS:
        desk.post("calls/", number=number, words=words, waiting=True)
    desk.post("incidents/", type="house_fire", lon=102.2620, lat=-3.7925, words="rumah terbakar, asap tebal")
    sent = desk.post("incidents/", type="road_accident", lon=102.2705, lat=-3.8010, words="motor dan mobil")
    wanted = [c for slot in sent["recommendation"]["slots"] for c in slot["candidates"] if c["proposed"]]
    desk.post(f"incidents/{sent['incident']['id']}/assign/", unit_ids=[unit["unit_id"] for unit in wanted])
    device = site.person("administrator").post(f"units/{wanted[0]['unit_id']}/devices/", name="HP regu")
    return Scene(site, fleet, f"/crew/#token={device['token']}")


def take_all(browser: Browser, scene: Scene, folder: Path, pattern: str) -> Iterator[str]:
    """Take each picture in each look; yields what went wrong, or an empty line."""
    for picture in PICTURES:
        for size, theme, language in product(picture.sizes, THEMES, LANGUAGES):
            name = f"{picture.name}-{size[0]}x{size[1]}-{theme}-{language}.png"
            if re.search(pattern, name):
                started = time.monotonic()
                scene.fleet.report_all()
                said = take(browser, scene, picture, folder / name, size, theme, language)
                sys.stdout.write(f"{name} {time.monotonic() - started:.1f} s {said}\n")
                sys.stdout.flush()
                yield said and f"{name}: {said}"


def take(
    browser: Browser, scene: Scene, picture: Picture, file: Path, size: tuple[int, int], theme: str, language: str
) -> str:
    """One picture; returns what went wrong: a state not reached, an error of the page, a request to elsewhere."""
    seen = Seen()
    context = make_context(browser, scene.site, seen, lang=language, theme=theme, size=size, **PHONE_RIGHTS)
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        if picture.who not in {None, "crew"}:
            sign_in(page, scene.site, str(picture.who))
        page.goto(scene.site.url + (scene.crew_link if picture.who == "crew" else picture.path))
        page.wait_for_timeout(SETTLE_MS)
        trouble = reach(page, picture)
        page.screenshot(path=file)
    finally:
        context.close()
    return "; ".join([*trouble, *seen.errors, *(f"asked {url}" for url in seen.outside)])


def reach(page: Page, picture: Picture) -> list[str]:
    """Bring the page into the picture's state; a picture is taken even when that fails."""
    try:
        picture.prepare(page)
    except Error as error:
        return [error.message.splitlines()[0]]
    page.wait_for_timeout(SETTLE_MS if picture.prepare is not leave else 0)
    return []


if __name__ == "__main__":
    sys.exit(main())
