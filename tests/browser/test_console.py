"""The dispatcher's page in a real browser, on the real system."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Seen
from tests.browser.site import ROOT, Fleet, Site

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def at_desk(open_page: OpenPage, role: str = "dispatcher", *, webgl: bool = False, **wishes: Any) -> Page:
    """The console, once it has the state. Without WebGL unless the test is about the map."""
    page = open_page(role, webgl=webgl, **wishes)
    expect(page.locator("[data-part=skeleton]").first).to_be_hidden(timeout=15_000)
    return page


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
    colours: int = page.evaluate(
        """async (bytes) => {
            const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
            const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
            pen.drawImage(image, 0, 0);
            return new Set(new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer)).size;
        }""",
        list(picture),
    )
    return colours


@pytest.mark.usefixtures("quiet")
def test_from_a_key_press_to_sent_units_in_at_most_eight_actions_seen_live_by_a_colleague(
    fleet: Fleet, open_page: OpenPage
) -> None:
    fleet.report_all()
    colleague = at_desk(open_page, "supervisor")
    page = at_desk(open_page, webgl=True)
    desk = Desk(page)
    desk.press("n")
    desk.type("keb ru")
    desk.press("Tab")
    desk.type("masjid jamik")
    expect(page.get_by_role("option", name="Masjid Jamik").first).to_be_visible()
    desk.press("Enter")
    expect(page.get_by_role("button", name="Catat dan cari unit")).to_be_focused()
    desk.press("Enter")
    main = page.get_by_role("button", name=re.compile("Kirim 3 unit"))
    expect(main).to_be_focused(timeout=20_000)
    chosen = page.locator(".candidate[aria-checked=true] .callsign").all_inner_texts()
    desk.press("Enter")
    rows = page.locator(".assignment .callsign")
    expect(rows).to_have_count(3)
    assert sorted(rows.all_inner_texts()) == sorted(chosen)
    assert desk.actions <= 8
    theirs = colleague.locator("[data-part=incidents] li", has_text="Masjid Jamik").first
    expect(theirs).to_contain_text(chosen[0], timeout=3_000)


class Desk:
    """Counts what a dispatcher does: a key, or a run of letters, is one action."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)

    def type(self, letters: str) -> None:
        self.actions += 1
        self.page.keyboard.type(letters, delay=15)


def end_everything(site: Site) -> None:
    """Cancel what is under way and end all incidents and calls, so that the next test finds a quiet night."""
    desk = site.person("supervisor")
    snapshot = desk.get("snapshot/")
    for incident in snapshot["incidents"]:
        for assignment in incident["assignments"]:
            if assignment["ended_at"] is None:
                reached = assignment["status"] in {"on_scene", "transporting", "at_hospital"}
                desk.post(f"assignments/{assignment['id']}/move/", new="cleared" if reached else "cancelled")
        state = desk.get(f"incidents/{incident['id']}/")
        desk.post(f"incidents/{incident['id']}/{'cancel' if state['status'] == 'open' else 'close'}/")
    for call in snapshot["calls"]:
        desk.post(f"calls/{call['id']}/dispose/", disposition="test")
    for unit in snapshot["units"]:
        if unit["duty"] != "available":
            desk.post(f"units/{unit['id']}/duty/", duty="available")


@pytest.fixture
def quiet(live_site: Site) -> Iterator[None]:
    """Nothing is open before the test, and nothing after it."""
    end_everything(live_site)
    yield
    end_everything(live_site)


def open_incident(site: Site, lon: float = 102.2620, lat: float = -3.7925, **more: Any) -> dict[str, Any]:
    """An incident that the supervisor took down; with its recommendation."""
    answer = site.person("supervisor").post("incidents/", type="house_fire", lon=lon, lat=lat, words="uji", **more)
    return dict(answer)


@pytest.mark.usefixtures("quiet")
def test_of_two_dispatchers_one_gets_the_unit_and_the_other_the_next_best(fleet: Fleet, open_page: OpenPage) -> None:
    first = open_incident(fleet.site)["incident"]
    second = open_incident(fleet.site, lon=102.2630)["incident"]
    page = at_desk(open_page)
    page.locator("[data-part=incidents] li", has_text="Kebakaran").nth(1).locator("button").click()
    expect(page.locator(".candidate[aria-checked=true]")).to_have_count(3, timeout=20_000)
    best = page.locator(".candidate[aria-checked=true]").first
    taken = best.locator(".callsign").inner_text()
    other = second["id"] if page.locator(".panel").get_by_text(first["number"]).count() else first["id"]
    page.route("**/live", lambda route: route.abort())
    with page.expect_request("**/assign/") as sending:
        hold_assign(page, fleet.site, other, fleet.units[taken]["id"])
        page.keyboard.press("Enter")
    asked: Any = sending.value.post_data_json
    assert fleet.units[taken]["id"] in asked["unit_ids"]
    said = page.locator("[data-part=foot]").get_by_role("alert")
    expect(said).to_contain_text(f"{taken} baru diambil")
    expect(said).to_contain_text("supervisor")
    expect(page.locator(".candidate", has_text=taken).first).to_have_attribute("aria-disabled", "true")
    expect(page.locator(".candidate[aria-checked=true]")).to_have_count(3)
    page.unroute("**/assign/")
    page.keyboard.press("Enter")
    expect(page.locator(".assignment")).to_have_count(3)
    assert taken not in page.locator(".assignment .callsign").all_inner_texts()


def hold_assign(page: Page, site: Site, incident_id: int, unit_id: int) -> None:
    """A colleague sends the unit in the moment between the key press and the server's answer."""

    def first_the_colleague(route: Route) -> None:
        site.person("supervisor").post(f"incidents/{incident_id}/assign/", unit_ids=[unit_id])
        route.continue_()

    page.route("**/assign/", first_the_colleague)


@pytest.mark.usefixtures("quiet")
def test_a_unit_that_a_colleague_takes_leaves_the_choice_at_once(fleet: Fleet, open_page: OpenPage) -> None:
    mine = open_incident(fleet.site)["incident"]
    other = open_incident(fleet.site, lon=102.30)["incident"]
    page = at_desk(open_page)
    page.get_by_role("button", name=re.compile(mine["kelurahan"])).first.click()
    expect(page.locator(".candidate[aria-checked=true]")).to_have_count(3, timeout=20_000)
    taken = page.locator(".candidate[aria-checked=true] .callsign").first.inner_text()
    fleet.site.person("supervisor").post(f"incidents/{other['id']}/assign/", unit_ids=[fleet.units[taken]["id"]])
    expect(page.locator(".candidate", has_text=taken).first).to_have_attribute("aria-disabled", "true")
    expect(page.locator(".candidate[aria-checked=true]")).to_have_count(3)


@pytest.mark.usefixtures("quiet")
def test_sending_can_be_undone_for_ten_seconds(fleet: Fleet, open_page: OpenPage) -> None:
    open_incident(fleet.site)
    page = at_desk(open_page)
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Kirim 3 unit")).to_be_visible(timeout=20_000)
    page.keyboard.press("Enter")
    expect(page.locator(".assignment")).to_have_count(3)
    expect(page.get_by_role("button", name=re.compile("Urungkan"))).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(".assignment")).to_have_count(0)


@pytest.mark.usefixtures("quiet")
def test_a_status_heard_by_radio_is_written_down_with_its_time(fleet: Fleet, open_page: OpenPage) -> None:
    incident = open_incident(fleet.site)["incident"]
    desk = fleet.site.person("supervisor")
    desk.post(f"incidents/{incident['id']}/assign/", unit_ids=[fleet.units["DK-03"]["id"]])
    page = at_desk(open_page)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(".assignment")).to_contain_text("diterima")
    page.keyboard.press("s")
    page.keyboard.press("1")
    expect(page.locator(".assignment")).to_contain_text("menuju lokasi")
    log = desk.get(f"incidents/{incident['id']}/log/", limit=200)["results"]
    moves = [row["after"] for row in log if row["table_name"] == "incidents_assignmentmove"]
    assert [(move["new"], move["source"]) for move in moves][-2:] == [("acknowledged", "radio"), ("en_route", "radio")]


@pytest.mark.usefixtures("quiet")
def test_noise_is_disposed_of_by_two_keys_and_can_be_taken_back(live_site: Site, open_page: OpenPage) -> None:
    live_site.person("supervisor").post("calls/", number="081234567841", waiting=True)
    page = at_desk(open_page)
    row = page.locator("[data-part=calls] li", has_text="081234567841")
    expect(row).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("p")
    expect(row).to_have_count(0)
    page.keyboard.press("u")
    expect(row).to_have_count(1)


@pytest.mark.usefixtures("quiet")
def test_a_silent_stream_is_said_loudly_and_heals_with_a_snapshot(live_site: Site, open_page: OpenPage) -> None:
    page = at_desk(open_page, clock=True)
    live_site.stop()
    try:
        page.clock.fast_forward(25_000)
        expect(page.locator("[data-part=banner]")).to_be_visible(timeout=10_000)
        expect(page.locator("html")).to_have_attribute("data-stream", "silent")
    finally:
        live_site.start()
    incident = open_incident(live_site)["incident"]
    page.clock.fast_forward(10_000)
    expect(page.locator("[data-part=banner]")).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-part=incidents] li")).to_contain_text(incident["kelurahan"])


@pytest.mark.usefixtures("quiet")
def test_what_was_typed_survives_a_reload_and_escape(fleet: Fleet, open_page: OpenPage) -> None:
    page = at_desk(open_page)
    page.keyboard.press("n")
    page.keyboard.type("keb ru")
    page.keyboard.press("Tab")
    page.locator("#intake-words").fill("rumah terbakar,\nbelakang masjid")
    page.reload()
    expect(page.locator("#intake-words")).to_have_value("rumah terbakar,\nbelakang masjid")
    expect(page.locator("#intake-type")).to_have_value("Kebakaran rumah")
    page.locator("#intake-words").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#intake-words")).to_have_count(0)
    page.keyboard.press("n")
    expect(page.locator("#intake-words")).to_have_value("rumah terbakar,\nbelakang masjid")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Buang isian").click()


@pytest.mark.usefixtures("quiet")
def test_a_click_on_the_map_sets_the_place(fleet: Fleet, open_page: OpenPage) -> None:
    page = at_desk(open_page, webgl=True)
    page.wait_for_timeout(1500)
    page.keyboard.press("n")
    page.locator(".map").click(position={"x": 330, "y": 330})
    expect(page.locator("#intake-place")).to_have_value(re.compile(r"^-3\.\d+, 102\.\d+$"))
    expect(page.locator(".found")).not_to_be_empty()
    page.get_by_role("button", name="Buang isian").click()


@pytest.mark.usefixtures("quiet")
def test_plain_enter_in_a_text_field_sends_nothing(fleet: Fleet, open_page: OpenPage) -> None:
    open_incident(fleet.site)
    page = at_desk(open_page)
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Kirim 3 unit")).to_be_visible(timeout=20_000)
    page.keyboard.press("m")
    expect(page.get_by_role("textbox", name="Catatan")).to_be_focused()
    page.keyboard.type("1 n x\n")
    page.wait_for_timeout(300)
    assert page.locator(".assignment").count() == 0
    expect(page.locator(".candidate[aria-checked=true]")).to_have_count(3)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.usefixtures("quiet")
def test_axe_finds_nothing(fleet: Fleet, open_page: OpenPage, theme: str, lang: str) -> None:
    open_incident(fleet.site)
    fleet.site.person("supervisor").post("calls/", number="081234567841", waiting=True)
    page = at_desk(open_page, theme=theme, lang=lang, webgl=True)
    page.wait_for_timeout(1000)
    assert problems(page) == []
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.locator(".candidate").first.wait_for(timeout=20_000)
    page.keyboard.press("m")
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert problems(page) == []


def test_axe_finds_nothing_on_the_login_and_the_wall(fleet: Fleet, open_page: OpenPage) -> None:
    assert problems(open_page(None, "/login/")) == []
    wall = open_page("supervisor", "/map")
    wall.wait_for_timeout(1500)
    assert problems(wall) == []


def problems(page: Page) -> list[str]:
    """What axe-core has against the page, one line a rule."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']][:3]}" for rule in found["violations"]]


@pytest.mark.usefixtures("quiet")
def test_an_incident_is_copied_corrected_shared_noted_and_cancelled_by_keys(fleet: Fleet, open_page: OpenPage) -> None:
    incident = open_incident(fleet.site)["incident"]
    desk = fleet.site.person("supervisor")
    page = at_desk(open_page, permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("[data-part=toast]")).to_contain_text("Teks tugas disalin")
    assert incident["number"] in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("e")
    page.locator("#intake-words").fill("dua rumah terbakar")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".words")).to_have_text("dua rumah terbakar")
    page.keyboard.press("g")
    page.keyboard.press("1")
    expect(page.locator(".agencies li")).to_contain_text("DAMKAR")
    page.keyboard.press("a")
    expect(page.locator(".agencies li")).to_contain_text("menerima")
    page.keyboard.press("m")
    page.keyboard.type("minta tangki air")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notes")).to_contain_text("minta tangki air")
    page.keyboard.press("x")
    page.keyboard.press("2")
    expect(page.locator("[data-part=incidents] li")).to_have_count(0)
    assert desk.get(f"incidents/{incident['id']}/")["status"] == "cancelled"


@pytest.mark.usefixtures("quiet")
def test_enter_right_after_choosing_acts_on_the_new_choice_never_on_the_old(fleet: Fleet, open_page: OpenPage) -> None:
    open_incident(fleet.site)
    fleet.site.person("supervisor").post("calls/", number="081234567841", waiting=True)
    page = at_desk(open_page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Kirim 3 unit")).to_be_visible(timeout=20_000)
    in_one_frame = """for (const key of ["k", "Enter"])
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))"""
    page.evaluate(in_one_frame)
    expect(page.locator("#intake-number")).to_have_value("081234567841")
    page.wait_for_timeout(300)
    assert fleet.site.person("supervisor").get("snapshot/")["incidents"][0]["assignments"] == []
    page.get_by_role("button", name="Buang isian").click()


@pytest.mark.usefixtures("quiet")
def test_a_unit_is_placed_by_hand_and_taken_out_of_service(fleet: Fleet, open_page: OpenPage) -> None:
    page = at_desk(open_page, webgl=True)
    page.keyboard.press("/")
    page.keyboard.type("dk-05")
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_have_text("DK-05")
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Pasang posisi di peta").click()
    page.locator(".map").click(position={"x": 300, "y": 300})
    expect(page.locator(".facts")).to_contain_text("dipasang operator")
    page.get_by_role("button", name="tidak bertugas").click()
    expect(page.locator(".panel-body")).to_contain_text("tidak bertugas")
    expect(page.locator("[data-part=fleet]")).to_contain_text("9/9")


@pytest.mark.usefixtures("quiet")
def test_a_waiting_call_becomes_an_incident_with_its_number(live_site: Site, open_page: OpenPage) -> None:
    desk = live_site.person("supervisor")
    call = desk.post("calls/", number="085267001120", waiting=True)
    page = at_desk(open_page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#intake-number")).to_have_value("085267001120")
    page.keyboard.type("ular")
    page.keyboard.press("Tab")
    page.keyboard.type("-3.7925, 102.2620")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_contain_text("Ular", timeout=20_000)
    told = desk.get(f"calls/{call['id']}/")
    assert (told["status"], told["disposition"]) == ("ended", "incident")
    assert told["taker"] == "dispatcher"
