"""The look of the base map: muted, so that units and incidents stand out (screens.md, "Base map").

Pure: colours in, a MapLibre style out. Layer ids are stable; the groups, bottom first, are land-*, water-*,
building*, road-*, border-*, label-*. No glyphs and no sprite: labels are drawn with the browser's own fonts.
"""

from collections.abc import Sequence
from typing import Any

from maps.style_ink import CASED_FROM, LAND_COLOURS, ROADS, THEMES
from maps.style_labels import labels
from maps.style_layers import SOURCE, Layer, is_kind, layer, zooms

MAX_ZOOM = 15  # the browser enlarges from here: a unit of such a tile is 30 cm
ROUND = {"line-cap": "round", "line-join": "round"}


def make_style(*, theme: str, tiles: str, attribution: str, bounds: Sequence[float] | None) -> dict[str, Any]:
    """A complete MapLibre style.

    tiles   address with {z}, {x}, {y}; empty: nothing imported yet, a plain background
    bounds  west, south, east, north of the region
    """
    ink = THEMES[theme]
    background: Layer = {"id": "background", "type": "background", "paint": {"background-color": ink["land"]}}
    if not tiles:
        return {"version": 8, "name": f"geo112 {theme}", "sources": {}, "layers": [background]}
    source = {"type": "vector", "tiles": [tiles], "minzoom": 4, "maxzoom": MAX_ZOOM, "attribution": attribution}
    layers = [background, *ground(ink), *roads(ink), *tracks(ink), *borders(ink), *labels(ink)]
    return {
        "version": 8,
        "name": f"geo112 {theme}",
        "metadata": {"geo112:bounds": list(bounds or ())},
        "sources": {SOURCE: source},
        "layers": layers,
    }


def ground(ink: dict[str, str]) -> list[Layer]:
    """Land use, water and buildings."""
    return [_land_use(ink), *_water(ink), _pier(ink), _building(ink)]


def _land_use(ink: dict[str, str]) -> Layer:
    by_kind: list[Any] = ["match", ["get", "kind"]]
    for kind, colour in LAND_COLOURS.items():
        by_kind += [kind, ink[colour]]
    return layer(
        "land-use",
        "fill",
        "land",
        only=["all", ["!=", ["get", "kind"], "outside"], ["==", ["geometry-type"], "Polygon"]],
        paint={"fill-color": [*by_kind, ink["land"]], "fill-antialias": False},
    )


def _water(ink: dict[str, str]) -> list[Layer]:
    river = {"line-color": ink["river"], "line-width": zooms((9, 0.6), (13, 1.6), (16, 5), (18, 10), base=1.4)}
    stream = {"line-color": ink["river"], "line-width": zooms((13, 0.5), (16, 1.6), (18, 4), base=1.4)}
    area = {"fill-color": ink["water"]}
    return [
        layer("water-sea", "fill", "water", only=is_kind("sea"), paint=area),
        layer("water-stream", "line", "water", only=is_kind("stream"), layout=ROUND, paint=stream, minzoom=13),
        layer("water-river", "line", "water", only=is_kind("river"), layout=ROUND, paint=river, minzoom=9),
        layer("water-area", "fill", "water", only=is_kind("water"), paint=area),
    ]


def _pier(ink: dict[str, str]) -> Layer:
    return layer("land-pier", "fill", "land", only=is_kind("pier"), paint={"fill-color": ink["land"]})


def _building(ink: dict[str, str]) -> Layer:
    paint = {
        "fill-color": ink["building"],
        "fill-outline-color": ink["building-edge"],
        "fill-opacity": zooms((15, 0.0), (15.4, 1.0)),
    }
    return layer("building", "fill", "buildings", minzoom=15, paint=paint)


def _widths(kind: str, *, extra: float = 0.0) -> list[Any]:
    at = ROADS[kind][1]
    casing = (0.0, extra * 0.6, extra, extra * 1.2)
    pairs = [(zoom, round(width + more, 2)) for zoom, width, more in zip((10, 13, 16, 18), at, casing, strict=True)]
    return zooms(*pairs, base=1.5)


def roads(ink: dict[str, str]) -> list[Layer]:
    """Roads by class, smallest first: all casings, then all fillings, so that junctions join."""
    return [
        _runway(ink),
        _road_pier(ink),
        _path(ink),
        *(_casing(kind, ink) for kind in ROADS),
        *(_filling(kind, ink) for kind in ROADS),
    ]


def _runway(ink: dict[str, str]) -> Layer:
    paint = {"line-color": ink["paved"], "line-width": zooms((10, 1), (13, 5), (16, 30), base=1.5)}
    return layer("road-runway", "line", "roads", only=is_kind("runway"), paint=paint)


def _road_pier(ink: dict[str, str]) -> Layer:
    paint = {"line-color": ink["land"], "line-width": zooms((12, 1), (16, 5), base=1.5)}
    return layer("road-pier", "line", "roads", only=is_kind("pier"), minzoom=12, paint=paint)


def _path(ink: dict[str, str]) -> Layer:
    width = zooms((14, 0.5), (16, 1.1), (18, 2.2))
    paint = {"line-color": ink["path"], "line-width": width, "line-dasharray": [3, 1.6]}
    only = is_kind("path", "track")
    return layer("road-path", "line", "roads", only=only, minzoom=14, layout={"line-join": "round"}, paint=paint)


def _casing(kind: str, ink: dict[str, str]) -> Layer:
    paint = {
        "line-color": ink["casing"],
        "line-width": _widths(kind, extra=2.0),
        "line-opacity": _fainter_in_tunnels(0.4),
    }
    minzoom = CASED_FROM.get(kind, 11)
    only = is_kind(kind)
    return layer(f"road-{kind}-casing", "line", "roads", only=only, minzoom=minzoom, layout=ROUND, paint=paint)


def _filling(kind: str, ink: dict[str, str]) -> Layer:
    colour = ink[ROADS[kind][0]]
    paint = {"line-color": colour, "line-width": _widths(kind), "line-opacity": _fainter_in_tunnels(0.5)}
    return layer(f"road-{kind}", "line", "roads", only=is_kind(kind), layout=ROUND, paint=paint)


def _fainter_in_tunnels(opacity: float) -> list[Any]:
    return ["case", ["==", ["get", "structure"], "tunnel"], opacity, 1.0]


def tracks(ink: dict[str, str]) -> list[Layer]:
    """Railways and ferries."""
    rail = {"line-color": ink["rail"], "line-width": zooms((11, 0.6), (16, 2)), "line-dasharray": [6, 2]}
    ferry = {"line-color": ink["water-text"], "line-width": 1, "line-opacity": 0.5, "line-dasharray": [4, 4]}
    return [
        layer("road-rail", "line", "roads", only=is_kind("rail"), minzoom=11, paint=rail),
        layer("road-ferry", "line", "roads", only=is_kind("ferry"), minzoom=10, paint=ferry),
    ]


def borders(ink: dict[str, str]) -> list[Layer]:
    """District borders, and the veil over the land outside the region."""
    line = {"line-color": ink["border"]}
    kelurahan = {"line-width": zooms((13, 0.6), (16, 1.0)), "line-opacity": 0.55, "line-dasharray": [2, 3]}
    kecamatan = {"line-width": zooms((10, 0.6), (16, 1.6)), "line-opacity": 0.7, "line-dasharray": [4, 2, 1, 2]}
    regency = {"line-width": zooms((6, 0.8), (12, 1.3), (16, 2.0)), "line-opacity": 0.7}
    veil = {"fill-color": ink["outside"], "fill-opacity": 0.72, "fill-antialias": False}
    return [
        layer("border-kelurahan", "line", "borders", only=is_kind("kelurahan"), minzoom=13, paint=line | kelurahan),
        layer("border-kecamatan", "line", "borders", only=is_kind("kecamatan"), minzoom=10, paint=line | kecamatan),
        layer("border-regency", "line", "borders", only=is_kind("regency"), paint=line | regency),
        layer("land-outside", "fill", "land", only=is_kind("outside"), paint=veil),
    ]
