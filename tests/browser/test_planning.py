"""The planner's page in a real browser: question, map and table in step, links, picture, CSV, report."""

import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Seen
from tests.browser.site import ROOT, Site

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
COMPUTE_MS = 30_000  # the first search of a process compiles its kernels
REACH = "planning/reach/"


def at_table(open_page: OpenPage, path: str = "/planning/", *, role: str = "planner", **wishes: Any) -> Page:
    """The page once its table stands. Without WebGL unless the test is about the map."""
    page = open_page(role, path, **{"webgl": False, **wishes})
    expect(page.locator("tbody tr[data-code]").first).to_be_visible(timeout=COMPUTE_MS)
    return page


def rows(page: Page) -> list[list[str]]:
    cells = "row => [...row.cells].map((cell) => cell.innerText.trim())"
    return [row.evaluate(cells) for row in page.locator("tbody tr[data-code]").all()]


def picture_of(page: Page) -> bytes:
    return page.locator("[data-part=map]").screenshot()


def test_the_table_shows_what_the_api_says(live_site: Site, open_page: OpenPage) -> None:
    page = at_table(open_page)
    answer = live_site.person("planner").get(REACH, standard="spm_fire", kind="fire")
    shown = {row[0]: row[1:] for row in rows(page)}
    assert len(shown) == len(answer["districts"]) == 9
    for line in answer["districts"]:
        assert shown[line["name"]][0] == f"{line['road_length_m'] / 1000:.1f}".replace(".", ",")
        assert shown[line["name"]][1] == share(line["covered"]["900"])
        assert shown[line["name"]][3] == share(line["buildings_covered"]["900"])
    shares = [line["covered"]["900"] for line in answer["districts"]]
    first = min(answer["districts"], key=lambda line: (line["covered"]["900"], line["name"]))
    assert min(shares) < 1
    assert rows(page)[0][0] == first["name"]
    expect(page.locator("tfoot")).to_contain_text(share(answer["total"]["covered"]["900"]))


def share(value: float) -> str:
    if 0.999 < value < 1:
        return ">99,9%"
    return f"{value * 100:.1f}%".replace(".", ",")


def test_every_change_stands_in_the_address_and_comes_back(open_page: OpenPage) -> None:
    page = at_table(open_page)
    page.get_by_label("Milik").select_option(label="Semua medis")
    expect(page).to_have_url(re.compile("who=kind%3Amedical&profile=ambulance"))
    expect(page.get_by_label("Kendaraan")).to_have_value("ambulance")
    page.get_by_role("radio", name="Unit siap saat ini").check(force=True)
    page.get_by_role("button", name="Bagian jalan", exact=True).click()
    page.get_by_role("button", name="5 mnt", exact=True).click()
    expect(page.locator("thead")).to_contain_text("Jalan ≤ 5 mnt")
    expect(page.locator("[data-part=summary]")).to_contain_text("unit siap")
    shown = rows(page)
    page.reload()
    expect(page.locator("thead")).to_contain_text("Jalan ≤ 5 mnt", timeout=COMPUTE_MS)
    assert rows(page) == shown
    page.go_back()
    expect(page.locator("thead")).to_contain_text("Jalan ≤ 15 mnt")
    expect(page.get_by_role("radio", name="Unit siap saat ini")).to_be_checked()


def test_own_limits_are_checked_beside_the_field_and_kept(open_page: OpenPage) -> None:
    page = at_table(open_page)
    page.get_by_label("Standar").select_option(label="Batas sendiri")
    field = page.get_by_label("Batas dalam menit")
    field.fill("lima")
    expect(page.locator("#minutes-problem")).to_contain_text("5, 10, 15")
    assert field.input_value() == "lima"
    field.fill("4, 8")
    field.press("Tab")
    expect(page.locator("thead")).to_contain_text("Jalan ≤ 8 mnt")
    expect(page.locator("#minutes-problem")).to_be_hidden()


def test_what_it_is_not_is_said(open_page: OpenPage) -> None:
    page = at_table(open_page)
    expect(page.locator("#standard-source")).to_contain_text("Permendagri 114/2018")
    for words in ["belum dikalibrasi", "140 detik", "sketsa buatan tangan", "Tanpa kemacetan"]:
        expect(page.locator("[data-part=method]")).to_contain_text(words)


def test_sorting_by_any_column(open_page: OpenPage) -> None:
    page = at_table(open_page)
    page.get_by_role("button", name="Kecamatan", exact=True).click()
    names = [row[0] for row in rows(page)]
    assert names == sorted(names)
    expect(page.locator("th[aria-sort]")).to_have_text("Kecamatan")


def test_map_and_table_are_in_step(open_page: OpenPage, seen: Seen) -> None:
    page = at_table(open_page, webgl=True)
    page.wait_for_timeout(3000)
    before = picture_of(page)
    page.locator("tbody tr[data-code]").first.hover()
    expect(page.locator("[data-part=corner]")).to_contain_text(rows(page)[0][0])
    page.wait_for_timeout(700)
    assert picture_of(page) != before, "the district is marked on the map"
    page.get_by_role("button", name="Selebar").click()
    expect(page.locator("tr[aria-selected=true]")).to_contain_text("Selebar")
    expect(page).to_have_url(re.compile("district=17.71.01"))
    page.wait_for_timeout(1500)
    box = page.locator("[data-part=map]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("tr.pointed")).to_contain_text("Selebar")
    assert seen.outside == []


def test_the_two_views_of_the_map_differ_and_each_has_its_legend(open_page: OpenPage) -> None:
    page = at_table(open_page, webgl=True)
    page.wait_for_timeout(3000)
    bands = picture_of(page)
    expect(page.locator("[data-part=legend]")).to_contain_text("Waktu sejak panggilan, 140 d persiapan termasuk")
    expect(page.locator("[data-part=legend]")).to_contain_text("ada jalan, lebih dari 15 mnt")
    page.get_by_role("button", name="Bagian jalan", exact=True).click()
    page.wait_for_timeout(1000)
    assert picture_of(page) != bands
    expect(page.locator("[data-part=legend]")).to_contain_text("80–100 %")


def test_the_picture_carries_title_legend_and_source(open_page: OpenPage, tmp_path: Path) -> None:
    page = at_table(open_page, webgl=True)
    page.wait_for_timeout(2500)
    with page.expect_download() as download:
        page.get_by_role("button", name="Gambar").click()
    file = tmp_path / "picture.png"
    download.value.save_as(file)
    data = file.read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    map_box = page.locator("[data-part=map]").bounding_box()
    assert map_box is not None
    assert width == map_box["width"] and height > map_box["height"] + 150
    assert download.value.suggested_filename.endswith("-bands.png")


def test_csv_and_report_ask_the_same_question(open_page: OpenPage, tmp_path: Path) -> None:
    page = at_table(open_page, "/planning/?who=kind:medical&profile=ambulance&standard=nfpa1710_als")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    file = tmp_path / "table.csv"
    download.value.save_as(file)
    assert "road_share_within_480_s" in file.read_text("utf-8-sig").splitlines()[0]
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Laporan kirim").click()
    report = opened.value
    expect(report.get_by_role("heading", name="Jangkauan · Kota Bengkulu")).to_be_visible(timeout=COMPUTE_MS)
    expect(report.locator("path.leaflet-interactive").first).to_be_visible()
    expect(report.get_by_role("row", name=re.compile("^Selebar"))).to_be_visible()


def test_a_saved_report_opens_alone(live_site: Site, chromium: Browser, tmp_path: Path) -> None:
    text = live_site.person("planner").client.get("/planning/report.html", params={"standard": "spm_fire"}).text
    file = tmp_path / "report.html"
    file.write_text(text)
    context = chromium.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    expect(page.locator("path.leaflet-interactive").first).to_be_visible()
    assert page.locator("path.leaflet-interactive").count() > 100
    expect(page.locator(".leaflet-tooltip.name")).to_have_count(9)
    assert [address for address in asked if not address.startswith("data:")] == [file.as_uri()]
    context.close()


def test_without_a_graphics_driver_the_table_still_works(open_page: OpenPage) -> None:
    page = at_table(open_page)
    expect(page.get_by_role("alert").filter(has_text="Peta tidak dapat dimuat")).to_be_visible()
    expect(page.get_by_role("button", name="Gambar")).to_be_disabled()
    assert len(rows(page)) == 9


def test_trouble_is_said_and_can_be_tried_again(open_page: OpenPage) -> None:
    page = at_table(open_page)
    before = rows(page)

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/planning/reach/**", refuse)
    page.get_by_label("Milik").select_option(label="Semua medis")
    expect(page.locator("[data-part=problem]")).to_contain_text("Server tidak terjangkau")
    assert rows(page) == before
    page.unroute("**/planning/reach/**", refuse)
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.locator("[data-part=problem]")).to_be_hidden()


def test_nobody_to_start_from_is_said_in_words(open_page: OpenPage) -> None:
    page = open_page("planner", "/planning/?who=agency:NOBODY", webgl=False)
    expect(page.locator("[data-part=problem]")).to_contain_text("Tidak ada titik asal", timeout=COMPUTE_MS)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_axe_finds_nothing(open_page: OpenPage, theme: str, lang: str) -> None:
    page = at_table(open_page, theme=theme, lang=lang, bypass_csp=True)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run()")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (390, 844)])
def test_nothing_runs_out_of_its_place(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = at_table(open_page, size=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    wide = "document.querySelector('.side').scrollWidth <= document.querySelector('.side').clientWidth"
    assert page.evaluate(wide)


def test_roles(live_site: Site) -> None:
    for role, status in {
        "planner": 200,
        "supervisor": 200,
        "administrator": 200,
        "dispatcher": 200,
        "agency": 403,
    }.items():
        assert live_site.person(role).client.get("/planning/").status_code == status
