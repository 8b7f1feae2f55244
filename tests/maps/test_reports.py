"""Reports as files: everything inside, nothing from elsewhere, words as words."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from playwright.sync_api import Page, Request, sync_playwright

from maps import reports

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[102.2, -3.8], [102.3, -3.8], [102.3, -3.7], [102.2, -3.7], [102.2, -3.8]]],
}
LINE = {"type": "LineString", "coordinates": [[102.2, -3.8], [102.3, -3.7]]}
POINT = {"type": "Point", "coordinates": [102.25, -3.75]}


def feature(geometry: dict[str, Any], words: str = "", colour: str = "") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"words": words, "colour": colour}, "geometry": geometry}


def make_report(**changes: Any) -> reports.Report:
    """A small report with an area, stripes, a road and a station."""
    values: dict[str, Any] = {
        "language": "id",
        "title": "Jangkauan Damkar",
        "subtitle": "Kota Bengkulu",
        "bounds": (102.2, -3.8, 102.3, -3.7),
        "layers": [
            reports.Layer("Kecamatan", [feature(SQUARE, "Ratu Agung\n83,1 %", "#c4b56c")]),
            reports.Layer("Celah", [feature(SQUARE)], fill=reports.HATCH),
            reports.Layer("Jalan", [feature(LINE)], line="#777777", switchable=False),
            reports.Layer("Pos", [feature(POINT, "Pos Induk")], fill="#ffffff"),
        ],
        "legend_title": "Waktu tempuh",
        "legend": [reports.LegendEntry("#ffea46", "sampai 5 menit"), reports.LegendEntry(reports.HATCH, "celah")],
        "facts": [("Asal", "2 pos")],
        "notes": ["Kecepatan diandaikan."],
        "attribution": "© OpenStreetMap contributors",
        "table": reports.Table("Per kecamatan", ["Kecamatan", "Jalan"], [["Ratu Agung", "83,1 %"]]),
    }
    return reports.Report(**(values | changes))


@pytest.fixture(autouse=True)
def _leaflet() -> None:
    if not (Path(settings.NODE_MODULES) / "leaflet").is_dir():
        pytest.skip("leaflet not here: run script/setup")


def test_no_library_of_folium_and_no_address_of_another_host_is_left() -> None:
    text = reports.report_html(make_report())
    assert not re.search(r"bootstrap|jquery|awesome|glyphicon|cdn\.|d3\.min", text)
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", text)
    assert not re.findall(r"url\((?!data:|#)[^)]*\)", text)


def test_words_of_a_map_never_become_markup() -> None:
    nasty = "</script><img src=x onerror=alert(1)>{{ 31337 * 2 }}{% endraw %}"
    text = reports.report_html(
        make_report(title=nasty, facts=[(nasty, nasty)], layers=[reports.Layer(nasty, [feature(SQUARE, nasty)])])
    )
    assert "<img" not in text
    assert "62674" not in text


def test_numbers_of_the_drawing_are_not_written_in_the_reader_s_form() -> None:
    with translation.override("id"):
        text = reports.report_html(make_report(legend=[reports.LegendEntry("#ffea46", "sampai 5 menit", 0.6)]))
    assert 'fill-opacity="0.6"' in text


def test_missing_leaflet_is_said(settings: Any, tmp_path: Path) -> None:
    reports._leaflet.cache_clear()
    settings.NODE_MODULES = tmp_path
    with pytest.raises(reports.LeafletMissing):
        reports.report_html(make_report())


def test_cividis_runs_from_dark_to_light() -> None:
    lightness = [sum(reports._rgb(reports.cividis(step / 20))) for step in range(21)]
    assert lightness == sorted(lightness)
    assert reports.cividis(0) == "#00204d"
    assert reports.cividis(1) == reports.cividis(7) == "#ffea46"


def test_bands_begin_light_and_never_repeat_a_colour() -> None:
    assert reports.band_colours(1) == ["#ffea46"]
    colours = reports.band_colours(4)
    assert colours[0] == "#ffea46"
    assert len(set(colours)) == 4


def open_offline(page: Page, file: Path) -> list[str]:
    """Open the file with every other request refused; returns the addresses that were asked for."""
    asked: list[str] = []

    def refuse(route: Any, request: Request) -> None:
        asked.append(request.url)
        route.abort()

    page.context.set_offline(True)
    page.route(lambda address: not address.startswith(("file://", "data:")), refuse)
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith("data:") else None)
    page.goto(file.as_uri())
    return [address for address in asked if address != file.as_uri()]


@pytest.mark.browser
def test_the_file_opens_without_a_network_and_draws_everything(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium not here")
    file = tmp_path / "report.html"
    file.write_text(reports.report_html(make_report()))
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        asked = open_offline(page, file)
        paths = page.locator("path.leaflet-interactive")
        assert paths.count() == 4
        boxes = [paths.nth(index).bounding_box() for index in range(4)]
        assert all(box is not None and box["width"] > 8 and box["height"] > 8 for box in boxes), boxes
        fills = paths.evaluate_all("paths => paths.map((path) => path.getAttribute('fill'))")
        assert fills == ["#c4b56c", "url(#hatch)", "none", "#ffffff"]
        page.get_by_label("Celah").click()
        assert paths.count() == 3
        assert page.locator("html").get_attribute("lang") == "id"
        assert page.get_by_role("row", name="Ratu Agung").get_by_text("83,1 %").is_visible()
        page.screenshot(path=tmp_path / "report.png", full_page=True)
        browser.close()
    assert (asked, problems) == ([], [])
