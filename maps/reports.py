"""Maps to mail: one HTML file that opens anywhere, without a network.

Knows shapes, numbers and finished words, no unit and no incident. Folium writes the map; Leaflet is copied into
the file from the vendored package, folium's other libraries (Bootstrap, jQuery, icon fonts) are left out, the
legend is plain HTML, and there is no tile layer: districts and roads are drawn as vectors.
"""

import base64
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import folium
from branca.element import Element
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from maps.errors import DispatchError

Feature = dict[str, Any]
HATCH = "hatch"  # a fill of stripes, for areas that are about what is missing
NAME_IT = """(feature, layer) => layer.bindTooltip(feature.properties.words,
    {permanent: true, direction: "center", className: "name", interactive: false})"""
LEAFLET_FILES = ("leaflet.js", "leaflet.css")

# Cividis at ten equal steps: its lightness grows evenly, also for eyes that see no difference of red and green.
# Values of the viridisLite package, option E.
CIVIDIS = (
    "#00204d",
    "#00336f",
    "#39486b",
    "#575c6d",
    "#707173",
    "#8a8779",
    "#a69d75",
    "#c4b56c",
    "#e4cf5b",
    "#ffea46",
)


class LeafletMissing(DispatchError):
    """The vendored Leaflet files are not on this host."""

    code = "leaflet_missing"
    status = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True)
class Layer:
    """Shapes that belong together and can be switched off together.

    features   GeoJSON features; of properties only "words" (shown at the pointer, plain text) and "colour"
               (its own fill) are read
    permanent  the words are always to be seen, as names on the map are
    fill       colour, HATCH, or None for lines and outlines
    """

    name: str
    features: Sequence[Feature]
    line: str = "#444444"
    weight: float = 1.0
    fill: str | None = None
    fill_opacity: float = 0.55
    dashed: bool = False
    radius_px: int = 6
    permanent: bool = False
    switchable: bool = True


@dataclass(frozen=True)
class LegendEntry:
    """One swatch: a colour or HATCH, as opaque as on the map, and what it means, with its unit."""

    colour: str
    words: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Table:
    """Finished cells. The first column is a name, the others are numbers."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Report:
    """Everything that stands in the file. bounds: (west, south, east, north) in degrees."""

    language: str
    title: str
    subtitle: str
    bounds: tuple[float, float, float, float]
    layers: Sequence[Layer]
    legend_title: str
    legend: Sequence[LegendEntry]
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    attribution: str
    table: Table | None = None
    map_label: str = field(default="")


def cividis(share: float) -> str:
    """The colour of a share from 0 (dark blue) to 1 (yellow), as #rrggbb."""
    place = min(max(share, 0.0), 1.0) * (len(CIVIDIS) - 1)
    low = min(int(place), len(CIVIDIS) - 2)
    part = place - low
    mixed = (round(a + (b - a) * part) for a, b in zip(_rgb(CIVIDIS[low]), _rgb(CIVIDIS[low + 1]), strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def band_colours(count: int) -> list[str]:
    """One colour for each of `count` bands, the first (fastest) lightest."""
    return [cividis(1 - 0.85 * index / max(count - 1, 1)) for index in range(count)]


def report_html(report: Report) -> str:
    """The whole file. Raises LeafletMissing."""
    page = folium.Map(tiles=None, control_scale=True, height="100%", attributionControl=False, zoomSnap=0.25)
    page.default_js, page.default_css = [], []
    for layer in report.layers:
        _draw(layer).add_to(page)
    folium.LayerControl(collapsed=False, position="topright").add_to(page)
    west, south, east, north = report.bounds
    page.fit_bounds([[south, west], [north, east]])
    _dress(page, report)
    return _outer(page, report)


def _draw(layer: Layer) -> folium.GeoJson:
    features = [_clean(feature) for feature in layer.features]
    drawn = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=_inert(layer.name),
        control=layer.switchable,
        style_function=lambda feature: _style(layer, feature),
        marker=folium.CircleMarker(radius=layer.radius_px),
        smooth_factor=0.5,
        on_each_feature=folium.JsCode(NAME_IT) if layer.permanent else None,
    )
    if not layer.permanent and any(feature["properties"]["words"] for feature in features):
        folium.GeoJsonTooltip(["words"], labels=False, sticky=True, class_name="words").add_to(drawn)
    return drawn


def _clean(feature: Feature) -> Feature:
    """Only what is drawn."""
    properties = feature.get("properties") or {}
    kept = {"words": _inert(str(properties.get("words", ""))), "colour": str(properties.get("colour", ""))}
    return {"type": "Feature", "properties": kept, "geometry": feature["geometry"]}


def _inert(text: str) -> str:
    """Text that stays text: Leaflet shows it as HTML, and branca reads scripts as Jinja templates."""
    return html.escape(text).replace("{", "&#123;")


def _style(layer: Layer, feature: Feature) -> dict[str, Any]:
    fill = feature["properties"]["colour"] or layer.fill
    return {
        "color": layer.line,
        "weight": layer.weight,
        "opacity": 1,
        "dashArray": "6 4" if layer.dashed else None,
        "fill": fill is not None,
        "fillColor": f"url(#{HATCH})" if fill == HATCH else fill,
        "fillOpacity": 1 if fill == HATCH else layer.fill_opacity,
    }


def _dress(page: folium.Map, report: Report) -> None:
    """Put Leaflet, the looks and the words around the map."""
    figure: Any = page.get_root()
    figure.title = html.escape(report.title)
    words = {"report": report, "HATCH": HATCH, "map_name": page.get_name()}
    figure.header.add_child(Finished(_leaflet()), name="leaflet")
    figure.html.add_child(Finished(render_to_string("maps/report_top.html", words)), name="top", index=0)
    figure.add_child(Below(render_to_string("maps/report_end.html", words)), name="end")
    figure.header.add_child(Finished(render_to_string("maps/report_style.html", words)), name="looks")


class Finished(Element):
    """Finished HTML. Branca would read an element's text as a Jinja template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_kwargs: Any) -> str:
        return self.text


class Below(Finished):
    """Finished HTML that stands under the map: folium adds the map itself only while it renders."""

    def render(self, **_kwargs: Any) -> str:
        root: Any = self.get_root()
        root.html.add_child(Finished(self.text), name="below")
        return ""


def _outer(page: folium.Map, report: Report) -> str:
    """Rendered, with the language named, and the two marks by which a page frames its map taken out of folium's."""
    text = str(page.get_root().render())
    text = text.replace("<html>", f'<html lang="{html.escape(report.language)}">', 1)
    zoomable = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return re.sub(r'<meta name="viewport".*?/>', zoomable, text, count=1, flags=re.DOTALL)


@cache
def _leaflet() -> str:
    """Leaflet's script and style as elements, with its pictures inside."""
    folder = Path(settings.NODE_MODULES) / "leaflet" / "dist"
    try:
        script, style = ((folder / name).read_text() for name in LEAFLET_FILES)
    except FileNotFoundError as missing:
        raise LeafletMissing(_("Leaflet is not installed here: run script/setup."), detail={}) from missing
    style = re.sub(r"url\((images/[\w.-]+)\)", lambda found: f"url({_data_uri(folder / found[1])})", style)
    script = re.sub(r"//# sourceMappingURL=.*", "", script)
    return mark_safe(f"<style>{style}</style>\n<script>{script}</script>")  # noqa: S308 - our own vendored files


def _data_uri(picture: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()
