"""The crew's phone page in a real browser: job, steps, undo, positions, dead spots."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Geolocation, Page, expect

from tests.browser.site import ROOT, Site

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
HERE: Geolocation = {"longitude": 102.2795, "latitude": -3.803, "accuracy": 8}
THERE: Geolocation = {"longitude": 102.2815, "latitude": -3.8045, "accuracy": 12}
PLACE = (102.2905, -3.8125)
PHONE: dict[str, Any] = {"size": (390, 844), "has_touch": True, "is_mobile": True, "webgl": False}
LIMIT_BYTES = 150_000


@dataclass
class Crew:
    """A unit with a phone's link, and the dispatcher who sends it."""

    site: Site
    unit: dict[str, Any]
    token: str

    @property
    def link(self) -> str:
        return f"/crew/#token={self.token}"

    def send(self, *, type: str = "house_fire", words: str = "belakang masjid, api sampai atap") -> dict[str, Any]:
        """Open an incident and assign the unit; the assignment."""
        desk = self.site.person("dispatcher")
        lon, lat = PLACE
        opened = desk.post("incidents/", type=type, lon=lon, lat=lat, words=words)
        incident = desk.post(f"incidents/{opened['incident']['id']}/assign/", unit_ids=[self.unit["id"]])
        return next(a for a in incident["assignments"] if a["unit_id"] == self.unit["id"])

    def state(self) -> dict[str, Any]:
        """The unit as the console sees it."""
        return next(u for u in self.site.person("dispatcher").get("snapshot/")["units"] if u["id"] == self.unit["id"])

    def has_status(self, status: str) -> bool:
        return bool(self.state()["status"] == status)

    def log(self, incident_id: int) -> list[dict[str, Any]]:
        return list(self.site.person("dispatcher").get(f"incidents/{incident_id}/log/", limit=500)["results"])

    def free(self) -> None:
        """End what is open, and be available."""
        desk, state = self.site.person("dispatcher"), self.state()
        if state["assignment_id"]:
            reached = state["status"] in {"on_scene", "transporting", "at_hospital"}
            desk.post(f"assignments/{state['assignment_id']}/move/", new="cleared" if reached else "cancelled")
        if self.state()["status"] != "available":
            desk.post(f"units/{self.unit['id']}/duty/", duty="available")


def crew_of(site: Site, callsign: str) -> Crew:
    keeper = site.person("administrator")
    unit = next(unit for unit in keeper.all("units/") if unit["callsign"] == callsign)
    return Crew(site, unit, keeper.post(f"units/{unit['id']}/devices/", name="HP uji halaman")["token"])


@pytest.fixture(scope="module")
def engine(live_site: Site) -> Crew:
    return crew_of(live_site, "DK-05")


@pytest.fixture
def crew(engine: Crew) -> Iterator[Crew]:
    engine.free()
    yield engine
    engine.free()


def join(open_page: OpenPage, crew: Crew, *, geolocation: Any = HERE, clock: bool = True, **wishes: Any) -> Page:
    """The page on a phone that lets it know where it is. clock: the test may turn the phone's clock."""
    page = open_page(
        None, crew.link, **{**PHONE, **wishes}, geolocation=geolocation, permissions=["geolocation"], clock=clock
    )
    expect(page.locator("#callsign")).to_have_text(crew.unit["callsign"])
    return page


def tap(page: Page, words: str) -> None:
    """Tap the big button, which must say this and be awake."""
    button = page.locator("#next")
    expect(button).to_have_text(words)
    expect(button).to_have_attribute("aria-disabled", "false")
    button.click()


def pass_time(page: Page, seconds: float) -> None:
    """Turn the page's clock; what is due happens."""
    page.clock.fast_forward(round(seconds * 1000))


def until(page: Page, check: Callable[[], bool], *, seconds: float = 12, turn: bool = True) -> None:
    """Wait till something is so on the server; turn: the page's clock runs five times as fast meanwhile."""
    for _ in range(int(seconds * 5)):
        if check():
            return
        page.wait_for_timeout(200)
        if turn:
            pass_time(page, 0.8)
    raise AssertionError("it did not become so in time")


def test_the_token_leaves_the_address_and_stays_on_the_phone(crew: Crew, open_page: OpenPage) -> None:
    page = join(open_page, crew)
    assert crew.token not in page.url
    page.goto(f"{crew.site.url}/crew/")
    expect(page.locator("#callsign")).to_have_text("DK-05")


def test_a_pasted_link_joins_and_nonsense_is_refused_beside_the_field(crew: Crew, open_page: OpenPage) -> None:
    page = open_page(None, "/crew/", **PHONE)
    field = page.get_by_label("Tautan atau kode")
    field.fill("DK-05")
    page.get_by_role("button", name="Hubungkan").click()
    expect(page.get_by_role("alert")).to_contain_text("bukan tautan")
    field.fill(f"https://112.example/crew/#token={crew.token}")
    page.get_by_role("button", name="Hubungkan").click()
    expect(page.get_by_role("heading", name="Menunggu tugas")).to_be_visible()


def test_a_revoked_phone_is_told_and_asked_for_a_new_link(crew: Crew, open_page: OpenPage) -> None:
    lost = crew_of(crew.site, "DK-05")
    page = join(open_page, lost)
    keeper = crew.site.person("administrator")
    newest = max(keeper.get(f"units/{lost.unit['id']}/devices/"), key=lambda device: device["id"])
    keeper._checked(
        keeper.client.delete(
            f"/api/v1/units/{lost.unit['id']}/devices/{newest['id']}/",
            headers={"X-CSRFToken": keeper.client.cookies["csrftoken"], "Referer": crew.site.url},
        )
    )
    pass_time(page, 7)
    expect(page.get_by_role("alert")).to_contain_text("tidak berlaku lagi")
    assert page.evaluate("localStorage.getItem('geo112.crew.token')") is None


def test_from_the_job_to_its_end_with_one_thumb(crew: Crew, open_page: OpenPage) -> None:
    page = join(open_page, crew)
    crew.send()
    pass_time(page, 6)
    expect(page.get_by_role("heading", name="Kebakaran rumah")).to_be_visible()
    expect(page.locator(".said")).to_contain_text("belakang masjid, api sampai atap")
    expect(page.locator("#distance")).to_contain_text(re.compile(r"1,[56] km ke tenggara, garis lurus"))
    href = page.locator("#navigate").get_attribute("href")
    assert href is not None and "-3.812500,102.290500" in href
    for words, status in [
        ("Terima tugas", "acknowledged"),
        ("Berangkat", "en_route"),
        ("Sampai di lokasi", "on_scene"),
    ]:
        tap(page, words)
        until(page, partial(crew.has_status, status))
    tap(page, "Selesai")
    pass_time(page, 9)
    assert crew.state()["status"] == "on_scene", "the last step is held for ten seconds"
    pass_time(page, 2)
    until(page, lambda: crew.state()["status"] == "returning")
    expect(page.get_by_role("heading", name="Menunggu tugas, dalam perjalanan kembali")).to_be_visible()


def test_a_slip_is_taken_back_and_the_log_keeps_both(crew: Crew, open_page: OpenPage) -> None:
    crew.send()
    page = join(open_page, crew)
    tap(page, "Terima tugas")
    expect(page.locator("#undo")).to_have_count(0)
    tap(page, "Berangkat")
    until(page, lambda: crew.state()["status"] == "en_route")
    expect(page.locator("#undo")).to_have_text(re.compile(r"Urungkan · \d+ d"))
    incident = crew.state()["incident_id"]
    page.locator("#undo").click()
    until(page, lambda: crew.state()["status"] == "acknowledged")
    expect(page.locator("#next")).to_have_text("Berangkat")
    moves = [row["after"] for row in crew.log(incident) if row["table_name"] == "incidents_assignmentmove"]
    told = sorted((move["at"], move["old"], move["new"]) for move in moves if move["source"] == "crew")
    assert [(old, new) for _at, old, new in told] == [
        ("assigned", "acknowledged"),
        ("acknowledged", "en_route"),
        ("en_route", "acknowledged"),
    ]


def test_the_end_undone_in_time_is_never_sent(crew: Crew, open_page: OpenPage) -> None:
    assignment = crew.send()
    desk = crew.site.person("dispatcher")
    desk.post(f"assignments/{assignment['id']}/move/", new="on_scene")
    page = join(open_page, crew)
    tap(page, "Selesai")
    page.locator("#undo").click()
    pass_time(page, 12)
    page.wait_for_timeout(500)
    assert crew.state()["status"] == "on_scene"
    expect(page.locator("#next")).to_have_text("Selesai")


def test_leaving_the_page_sends_the_held_end(crew: Crew, chromium: Browser) -> None:
    assignment = crew.send()
    crew.site.person("dispatcher").post(f"assignments/{assignment['id']}/move/", new="on_scene")
    # unwatched: requests that outlive their page get lost in a test that watches them
    context = chromium.new_context(locale="id-ID", service_workers="block")
    page = context.new_page()
    page.goto(crew.site.url + crew.link)
    tap(page, "Selesai")
    page.goto("about:blank")
    until(page, lambda: crew.state()["assignment_id"] is None, turn=False)
    context.close()


def test_a_second_tap_of_the_same_thumb_is_not_the_next_step(crew: Crew, open_page: OpenPage) -> None:
    crew.send()
    page = join(open_page, crew)
    expect(page.locator("#next")).to_have_attribute("aria-disabled", "false")
    box = page.locator("#next").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(3):
        page.mouse.click(*middle)
        page.wait_for_timeout(120)
    page.wait_for_timeout(2500)
    assert crew.state()["status"] == "acknowledged"


def test_an_ambulance_takes_the_patient(live_site: Site, open_page: OpenPage) -> None:
    ambulance = crew_of(live_site, "AM-03")
    assignment = ambulance.send(type="cardiac", words="nyeri dada")
    live_site.person("dispatcher").post(f"assignments/{assignment['id']}/move/", new="on_scene")
    page = join(open_page, ambulance)
    tap(page, "Bawa pasien")
    tap(page, "Sampai di rumah sakit")
    until(page, lambda: ambulance.state()["status"] == "at_hospital")
    page.locator("#more-title").click()
    page.get_by_role("button", name="Kembali ke: membawa pasien").click()
    until(page, lambda: ambulance.state()["status"] == "transporting")
    ambulance.free()


def test_positions_reach_the_server_and_the_page_says_so(crew: Crew, open_page: OpenPage) -> None:
    page = join(open_page, crew)
    expect(page.locator(".signal.good")).to_contain_text(
        re.compile(r"Posisi terkirim \d+ d lalu · ±8 m"), timeout=12_000
    )
    fix = crew.state()["fix"]
    assert (round(fix["lon"], 4), round(fix["lat"], 3)) == (102.2795, -3.803)
    page.context.set_geolocation(THERE)
    until(page, lambda: round(crew.state()["fix"]["lon"], 4) == THERE["longitude"], seconds=15)
    expect(page.locator("#wake")).to_contain_text("Posisi berhenti terkirim bila layar mati atau halaman ini ditutup")


def test_a_dead_spot_loses_neither_positions_nor_taps(crew: Crew, open_page: OpenPage) -> None:
    crew.send()
    page = join(open_page, crew, clock=False)
    tap(page, "Terima tugas")
    until(page, lambda: crew.state()["status"] == "acknowledged", turn=False)
    page.context.set_offline(True)
    tap(page, "Berangkat")
    page.context.set_geolocation(THERE)
    lost = page.locator(".signal.warn").filter(has_text=re.compile("Tidak terhubung sejak .* 1 status"))
    expect(lost).to_be_visible(timeout=15_000)
    expect(page.locator(".state")).to_contain_text("belum terkirim")
    tapped_at = page.evaluate("JSON.parse(localStorage.getItem('geo112.crew.taps'))[0].at")
    assert crew.state()["status"] == "acknowledged"
    page.context.set_offline(False)
    until(page, lambda: crew.state()["status"] == "en_route", seconds=25, turn=False)
    until(page, lambda: round(crew.state()["fix"]["lon"], 4) == THERE["longitude"], seconds=25, turn=False)
    told = page.evaluate("Date.parse", crew.state()["status_at"])
    assert abs(told - tapped_at) < 1500, "the time of the tap counts, not of the sending"
    expect(lost).to_have_count(0, timeout=15_000)


def test_a_reload_in_a_dead_spot_opens_the_page_with_its_job(crew: Crew, open_page: OpenPage) -> None:
    crew.send()
    page = join(open_page, crew, clock=False)
    expect(page.get_by_role("heading", name="Kebakaran rumah")).to_be_visible()
    kept = "caches.open('geo112-crew').then((cache) => cache.keys()).then((kept) => kept.length > 30)"
    page.wait_for_function(kept, timeout=15_000)
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="Kebakaran rumah")).to_be_visible(timeout=15_000)
    expect(page.locator("#content")).to_contain_text("Data tersimpan dari")
    page.context.set_offline(False)


def test_a_job_taken_away_while_offline_is_said(crew: Crew, open_page: OpenPage) -> None:
    assignment = crew.send()
    page = join(open_page, crew)
    expect(page.locator("#next")).to_have_text("Terima tugas")
    page.context.set_offline(True)
    tap(page, "Terima tugas")
    crew.site.person("dispatcher").post(f"assignments/{assignment['id']}/move/", new="cancelled")
    page.context.set_offline(False)
    expect(page.get_by_role("status").filter(has_text="Pusat sudah mengubah")).to_be_visible(timeout=25_000)
    expect(page.get_by_role("heading", name=re.compile("Menunggu tugas"))).to_be_visible()


def test_duty_is_set_with_one_tap(crew: Crew, open_page: OpenPage) -> None:
    page = join(open_page, crew)
    page.get_by_role("button", name="Tidak bertugas").click()
    expect(page.get_by_role("heading", name="Tidak bertugas: tidak akan dikirim")).to_be_visible()
    assert crew.state()["status"] == "out_of_service"
    page.get_by_role("button", name="Siap bertugas").click()
    expect(page.get_by_role("heading", name="Menunggu tugas")).to_be_visible()
    assert crew.state()["status"] == "available"


def test_without_permission_it_says_what_to_do(crew: Crew, open_page: OpenPage) -> None:
    page = open_page(None, crew.link, **PHONE)
    expect(page.locator(".signal.warn")).to_contain_text("Izinkan lokasi untuk halaman ini")


def test_the_map_is_loaded_only_when_asked_for(crew: Crew, open_page: OpenPage) -> None:
    crew.send()
    page = join(open_page, crew, webgl=True)
    expect(page.locator("#map-toggle")).to_be_visible()
    loaded = "performance.getEntriesByType('resource').some(({name}) => name.includes('maplibre'))"
    assert page.evaluate(loaded) is False
    page.locator("#map-toggle").click()
    expect(page.locator(".map-box canvas")).to_be_visible(timeout=20_000)
    expect(page.locator(".map-box .here")).to_be_visible()
    page.locator("#map-toggle").click()
    expect(page.locator(".map-box")).to_have_count(0)


def test_the_page_is_light_enough_for_an_old_phone(crew: Crew, open_page: OpenPage) -> None:
    crew.send()
    page = join(open_page, crew, clock=False)
    expect(page.locator("#next")).to_be_visible()
    size = page.evaluate(
        """performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))
           .reduce((sum, entry) => sum + entry.decodedBodySize, 0)"""
    )
    assert 20_000 < size < LIMIT_BYTES


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_small_phone_shows_it_all_large_and_without_sideways_scrolling(
    crew: Crew, open_page: OpenPage, theme: str, lang: str
) -> None:
    crew.send()
    page = join(open_page, crew, size=(320, 568), theme=theme, lang=lang)
    expect(page.locator("#next")).to_be_visible()
    page.locator("#more-title").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    small = page.evaluate(
        """[...document.querySelectorAll('a[href], button, summary, input')].filter((one) => one.offsetParent)
           .map((one) => [one.textContent, one.getBoundingClientRect().height]).filter(([, height]) => height < 48)"""
    )
    assert small == []
    next_box = page.locator("#next").bounding_box()
    assert next_box is not None and next_box["height"] >= 64 and next_box["width"] >= 288
    text = page.evaluate(
        """[...document.querySelectorAll('body *:not(.visually-hidden)')].filter((one) => one.offsetParent
             && [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
           .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 18).map((one) => one.textContent)"""
    )
    assert text == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing(crew: Crew, open_page: OpenPage, theme: str) -> None:
    crew.send()
    page = join(open_page, crew, theme=theme, bypass_csp=True)
    expect(page.locator("#next")).to_have_attribute("aria-disabled", "false")
    page.locator("#more-title").click()
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run()")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


# --- The staff's page ------------------------------------------------------------------------------------


def test_staff_connect_a_phone_and_shut_it_out(live_site: Site, open_page: OpenPage) -> None:
    page = open_page("dispatcher", "/crew/devices/", webgl=False)
    row = page.get_by_role("row", name=re.compile("^DK-06"))
    row.get_by_label("HP siapa DK-06").fill("HP Danru")
    row.get_by_role("button", name="Buat tautan").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img")).to_be_visible()
    link = dialog.get_by_label("Tautan").input_value()
    assert re.fullmatch(re.escape(live_site.url) + r"/crew/#token=[\w-]{32}", link)
    dialog.get_by_role("button", name="Selesai").click()
    expect(row).to_contain_text("HP Danru")
    assert "#token=" not in page.content()

    phone = open_page(None, link.removeprefix(live_site.url), **PHONE)
    expect(phone.locator("#callsign")).to_have_text("DK-06")
    shut_out = row.get_by_role("button", name="Putus").last
    shut_out.click()
    expect(row).to_contain_text("Tekan lagi")
    row.locator("[data-armed]").click()
    expect(row).not_to_contain_text("HP Danru")
    expect(phone.get_by_role("alert")).to_contain_text("tidak berlaku lagi", timeout=15_000)


def test_planners_and_agencies_make_no_links(live_site: Site) -> None:
    for role in ("planner", "agency"):
        client = live_site.person(role).client
        assert client.get("/crew/devices/").status_code == 403
        headers = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": live_site.url}
        assert client.post("/crew/devices/1/", headers=headers).status_code == 403
