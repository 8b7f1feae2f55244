"""The look of the base map: muted, so that units and incidents stand out (screens.md, "Base map").

Pure: colours in, a MapLibre style out. Layer ids are stable; the groups, bottom first, are land-*, water-*,
building*, road-*, border-*, label-*. No glyphs and no sprite: labels are drawn with the browser's own fonts.
"""

from collections.abc import Sequence
from typing import Any

SOURCE = "geo112"
MAX_ZOOM = 15  # the browser enlarges from here: a unit of such a tile is 30 cm

# MapLibre reads weight and slant off the first name of the list; it need not be a font that exists.
PLAIN = ["system-ui", "Noto Sans", "sans-serif"]
BOLD = ["geo112 Bold", *PLAIN]
ITALIC = ["geo112 Italic", *PLAIN]

THEMES: dict[str, dict[str, str]] = {
    "dark": {
        "land": "#171b1f",
        "outside": "#101315",
        "water": "#10212c",
        "river": "#17303e",
        "wood": "#17221d",
        "park": "#19251f",
        "grass": "#19211e",
        "farm": "#1a1f1d",
        "sand": "#24231f",
        "residential": "#1b2024",
        "grounds": "#1e2429",
        "paved": "#262c32",
        "building": "#242b31",
        "building-edge": "#2f383f",
        "casing": "#101416",
        "motorway": "#5b646b",
        "primary": "#525b62",
        "secondary": "#454e55",
        "tertiary": "#3c444b",
        "street": "#31393f",
        "service": "#2a3136",
        "path": "#39434a",
        "rail": "#3a434a",
        "border": "#6b7780",
        "text": "#c3ccd2",
        "quiet": "#97a3ab",
        "district": "#8795a0",
        "water-text": "#6f9ab4",
        "halo": "#12161a",
    },
    "light": {
        "land": "#f4f3ef",
        "outside": "#e6e5e1",
        "water": "#c3d8e4",
        "river": "#b4cfde",
        "wood": "#d8e4d1",
        "park": "#dde9d6",
        "grass": "#e5ecde",
        "farm": "#ecede0",
        "sand": "#f2ead3",
        "residential": "#eeece7",
        "grounds": "#e8e5df",
        "paved": "#d9d8d9",
        "building": "#dfdbd4",
        "building-edge": "#cfc9c0",
        "casing": "#d0cbc2",
        "motorway": "#efdfb4",
        "primary": "#f5ead0",
        "secondary": "#faf5e6",
        "tertiary": "#ffffff",
        "street": "#ffffff",
        "service": "#fbfaf8",
        "path": "#c8c0b4",
        "rail": "#b5b3b0",
        "border": "#8f8a99",
        "text": "#2f383e",
        "quiet": "#5a656c",
        "district": "#5d6873",
        "water-text": "#40708c",
        "halo": "#fbfaf8",
    },
}

# kind: (colour, width in pixels at zoom 10, 13, 16, 18), widest first
ROADS: dict[str, tuple[str, tuple[float, float, float, float]]] = {
    "service": ("service", (0.0, 0.5, 3.0, 8.0)),
    "pedestrian": ("service", (0.0, 0.5, 3.0, 8.0)),
    "street": ("street", (0.3, 1.2, 5.5, 13.0)),
    "tertiary": ("tertiary", (0.7, 2.2, 8.0, 17.0)),
    "secondary": ("secondary", (1.0, 2.8, 9.5, 20.0)),
    "primary": ("primary", (1.4, 3.6, 11.0, 23.0)),
    "trunk": ("motorway", (1.7, 4.2, 12.0, 25.0)),
    "motorway": ("motorway", (1.9, 4.6, 13.0, 27.0)),
}
CASED_FROM = {"service": 15, "pedestrian": 15, "street": 14, "tertiary": 12}
LAND_COLOURS = {
    "residential": "residential",
    "farm": "farm",
    "industry": "grounds",
    "military": "grounds",
    "airport": "grounds",
    "hospital": "grounds",
    "school": "grounds",
    "rock": "grounds",
    "square": "paved",
    "grass": "grass",
    "scrub": "grass",
    "cemetery": "grass",
    "wetland": "wood",
    "wood": "wood",
    "park": "park",
    "sand": "sand",
    "pier": "land",
    "runway": "paved",
}

Layer = dict[str, Any]


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
    layers = [background, *ground(ink), *roads(ink), *lines_above(ink), *labels(ink)]
    return {
        "version": 8,
        "name": f"geo112 {theme}",
        "metadata": {"geo112:bounds": list(bounds or ())},
        "sources": {SOURCE: source},
        "layers": layers,
    }


def _layer(layer_id: str, kind: str, table: str, *, only: Any = None, **rest: Any) -> Layer:
    layer: Layer = {"id": layer_id, "type": kind, "source": SOURCE, "source-layer": table, **rest}
    if only is not None:
        layer["filter"] = only
    return layer


def _is(*kinds: str) -> list[Any]:
    return ["in", ["get", "kind"], ["literal", list(kinds)]]


def _zooms(*pairs: tuple[float, Any], base: float = 1.0) -> list[Any]:
    return ["interpolate", ["exponential", base], ["zoom"], *[value for pair in pairs for value in pair]]


def ground(ink: dict[str, str]) -> list[Layer]:
    """Land use, water and buildings."""
    by_kind: list[Any] = ["match", ["get", "kind"]]
    for kind, colour in LAND_COLOURS.items():
        by_kind += [kind, ink[colour]]
    river = {"line-color": ink["river"], "line-width": _zooms((9, 0.6), (13, 1.6), (16, 5), (18, 10), base=1.4)}
    stream = {"line-color": ink["river"], "line-width": _zooms((13, 0.5), (16, 1.6), (18, 4), base=1.4)}
    round_line = {"line-cap": "round", "line-join": "round"}
    return [
        _layer(
            "land-use",
            "fill",
            "land",
            only=["all", ["!=", ["get", "kind"], "outside"], ["==", ["geometry-type"], "Polygon"]],
            paint={"fill-color": [*by_kind, ink["land"]], "fill-antialias": False},
        ),
        _layer("water-sea", "fill", "water", only=_is("sea"), paint={"fill-color": ink["water"]}),
        _layer("water-stream", "line", "water", only=_is("stream"), layout=round_line, paint=stream, minzoom=13),
        _layer("water-river", "line", "water", only=_is("river"), layout=round_line, paint=river, minzoom=9),
        _layer("water-area", "fill", "water", only=_is("water"), paint={"fill-color": ink["water"]}),
        _layer(
            "land-pier",
            "fill",
            "land",
            only=_is("pier"),
            paint={"fill-color": ink["land"]},
        ),
        _layer(
            "building",
            "fill",
            "buildings",
            minzoom=15,
            paint={
                "fill-color": ink["building"],
                "fill-outline-color": ink["building-edge"],
                "fill-opacity": _zooms((15, 0.0), (15.4, 1.0)),
            },
        ),
    ]


def _widths(kind: str, *, extra: float = 0.0) -> list[Any]:
    at = ROADS[kind][1]
    casing = (0.0, extra * 0.6, extra, extra * 1.2)
    pairs = [(zoom, round(width + more, 2)) for zoom, width, more in zip((10, 13, 16, 18), at, casing, strict=True)]
    return _zooms(*pairs, base=1.5)


def roads(ink: dict[str, str]) -> list[Layer]:
    """Roads by class, smallest first: all casings, then all fillings, so that junctions join."""
    round_line = {"line-cap": "round", "line-join": "round"}
    layers = [
        _layer(
            "road-runway",
            "line",
            "roads",
            only=_is("runway"),
            paint={"line-color": ink["paved"], "line-width": _zooms((10, 1), (13, 5), (16, 30), base=1.5)},
        ),
        _layer(
            "road-pier",
            "line",
            "roads",
            only=_is("pier"),
            minzoom=12,
            paint={"line-color": ink["land"], "line-width": _zooms((12, 1), (16, 5), base=1.5)},
        ),
        _layer(
            "road-path",
            "line",
            "roads",
            only=_is("path", "track"),
            minzoom=14,
            layout={"line-join": "round"},
            paint={
                "line-color": ink["path"],
                "line-width": _zooms((14, 0.5), (16, 1.1), (18, 2.2)),
                "line-dasharray": [3, 1.6],
            },
        ),
    ]
    for kind in ROADS:
        layers.append(
            _layer(
                f"road-{kind}-casing",
                "line",
                "roads",
                only=_is(kind),
                minzoom=CASED_FROM.get(kind, 11),
                layout=round_line,
                paint={
                    "line-color": ink["casing"],
                    "line-width": _widths(kind, extra=2.0),
                    "line-opacity": ["case", ["==", ["get", "structure"], "tunnel"], 0.4, 1.0],
                },
            )
        )
    for kind, (colour, _at) in ROADS.items():
        layers.append(
            _layer(
                f"road-{kind}",
                "line",
                "roads",
                only=_is(kind),
                layout=round_line,
                paint={
                    "line-color": ink[colour],
                    "line-width": _widths(kind),
                    "line-opacity": ["case", ["==", ["get", "structure"], "tunnel"], 0.5, 1.0],
                },
            )
        )
    return layers


def lines_above(ink: dict[str, str]) -> list[Layer]:
    """Railways, ferries and district borders, and the veil over what lies outside the region."""
    kecamatan = {"line-color": ink["border"], "line-opacity": 0.7, "line-dasharray": [4, 2, 1, 2]}
    return [
        _layer(
            "road-rail",
            "line",
            "roads",
            only=_is("rail"),
            minzoom=11,
            paint={"line-color": ink["rail"], "line-width": _zooms((11, 0.6), (16, 2)), "line-dasharray": [6, 2]},
        ),
        _layer(
            "road-ferry",
            "line",
            "roads",
            only=_is("ferry"),
            minzoom=10,
            paint={"line-color": ink["water-text"], "line-width": 1, "line-opacity": 0.5, "line-dasharray": [4, 4]},
        ),
        _layer(
            "border-kelurahan",
            "line",
            "borders",
            only=_is("kelurahan"),
            minzoom=13,
            paint={
                "line-color": ink["border"],
                "line-width": _zooms((13, 0.6), (16, 1.0)),
                "line-opacity": 0.55,
                "line-dasharray": [2, 3],
            },
        ),
        _layer(
            "border-kecamatan",
            "line",
            "borders",
            only=_is("kecamatan"),
            minzoom=10,
            paint={**kecamatan, "line-width": _zooms((10, 0.6), (16, 1.6))},
        ),
        _layer(
            "border-regency",
            "line",
            "borders",
            only=_is("regency"),
            paint={
                "line-color": ink["border"],
                "line-width": _zooms((6, 0.8), (12, 1.3), (16, 2.0)),
                "line-opacity": 0.7,
            },
        ),
        _layer(
            "land-outside",
            "fill",
            "land",
            only=_is("outside"),
            paint={"fill-color": ink["outside"], "fill-opacity": 0.72, "fill-antialias": False},
        ),
    ]


def _label(
    layer_id: str, table: str, *, only: Any, size: Any, font: Sequence[str], colour: str, halo: str, **rest: Any
) -> Layer:
    layout = {"text-field": ["get", "name"], "text-font": list(font), "text-size": size, **rest.pop("layout", {})}
    paint = {"text-color": colour, "text-halo-color": halo, "text-halo-width": 1.4, **rest.pop("paint", {})}
    return _layer(layer_id, "symbol", table, only=only, layout=layout, paint=paint, **rest)


def _street_label(layer_id: str, ink: dict[str, str], kinds: Sequence[str], minzoom: int, size: Any) -> Layer:
    return _label(
        layer_id,
        "roads",
        only=["all", _is(*kinds), ["!=", ["get", "name"], ""]],
        size=size,
        font=PLAIN,
        colour=ink["quiet"] if minzoom > 13 else ink["text"],
        halo=ink["halo"],
        minzoom=minzoom,
        layout={"symbol-placement": "line", "symbol-spacing": 320, "text-max-angle": 30, "text-padding": 6},
    )


def labels(ink: dict[str, str]) -> list[Layer]:
    """Names, least important first: MapLibre gives room to the layer that is on top."""
    rivers, streets, main = _road_labels(ink)
    kelurahan, *districts = _district_labels(ink)
    return [*_place_labels(ink), *rivers, *streets, kelurahan, *main, *_vital_labels(ink), *districts]


def _road_labels(ink: dict[str, str]) -> tuple[list[Layer], list[Layer], list[Layer]]:
    """Rivers, streets, main roads."""
    river = ["all", _is("river"), ["!=", ["get", "name"], ""]]
    rivers = _label(
        "label-river",
        "water",
        only=river,
        size=11,
        font=ITALIC,
        colour=ink["water-text"],
        halo=ink["halo"],
        minzoom=12,
        layout={"symbol-placement": "line", "symbol-spacing": 500, "text-letter-spacing": 0.05},
    )
    streets = [
        _street_label("label-street", ink, ("street", "pedestrian", "service"), 15, _zooms((15, 10.5), (18, 13))),
        _street_label("label-tertiary", ink, ("tertiary",), 13, _zooms((13, 10), (16, 12), (18, 14))),
    ]
    kinds = ("secondary", "primary", "trunk", "motorway")
    return [rivers], streets, [_street_label("label-main", ink, kinds, 12, _zooms((12, 10.5), (18, 15)))]


_VITAL = ("hospital", "fire_station", "police", "sar_station", "ambulance_station")
_SETTLED = ("city", "town", "village", "suburb", "quarter", "neighbourhood", "hamlet", "locality")
_DISTRICTS = ("regency", "kecamatan", "kelurahan")
_BELOW_DOT: Layer = {
    "text-anchor": "top",
    "text-offset": [0, 0.5],
    "text-max-width": 8,
    "symbol-sort-key": ["get", "rank"],
}


def _place_labels(ink: dict[str, str]) -> list[Layer]:
    """Landmarks, each from the zoom that its rank says, and settlements."""
    others = ["all", ["!", _is(*_VITAL, *_SETTLED, *_DISTRICTS)], ["<=", ["get", "rank"], ["zoom"]]]
    return [
        _layer(
            "label-dot",
            "circle",
            "labels",
            only=others,
            minzoom=15,
            paint={"circle-radius": 2, "circle-color": ink["quiet"], "circle-opacity": 0.8},
        ),
        _label(
            "label-landmark",
            "labels",
            only=others,
            size=10.5,
            font=PLAIN,
            colour=ink["quiet"],
            halo=ink["halo"],
            minzoom=14,
            layout=_BELOW_DOT,
        ),
        _label(
            "label-settlement",
            "labels",
            only=_is("village", "suburb", "quarter", "neighbourhood", "hamlet", "locality"),
            size=_zooms((11, 10.5), (16, 13)),
            font=PLAIN,
            colour=ink["district"],
            halo=ink["halo"],
            layout={"text-max-width": 7, "symbol-sort-key": ["get", "rank"]},
        ),
        _label(
            "label-town",
            "labels",
            only=_is("city", "town"),
            size=_zooms((6, 11), (12, 15), (15, 18)),
            font=BOLD,
            colour=ink["text"],
            halo=ink["halo"],
            maxzoom=15,
            layout={"text-max-width": 8, "symbol-sort-key": ["get", "rank"]},
        ),
    ]


def _vital_labels(ink: dict[str, str]) -> list[Layer]:
    """Hospitals and stations: a ring and a name."""
    return [
        _layer(
            "label-vital-dot",
            "circle",
            "labels",
            only=_is(*_VITAL),
            minzoom=13,
            paint={
                "circle-radius": _zooms((13, 2), (16, 3.2)),
                "circle-color": ink["halo"],
                "circle-stroke-color": ink["text"],
                "circle-stroke-width": 1.5,
            },
        ),
        _label(
            "label-vital",
            "labels",
            only=_is(*_VITAL),
            size=11,
            font=PLAIN,
            colour=ink["text"],
            halo=ink["halo"],
            minzoom=13,
            layout={**_BELOW_DOT, "text-offset": [0, 0.6]},
        ),
    ]


def _district_labels(ink: dict[str, str]) -> list[Layer]:
    wide = {"text-letter-spacing": 0.08, "text-max-width": 7}
    return [
        _label(
            "label-kelurahan",
            "labels",
            only=_is("kelurahan"),
            size=_zooms((13, 10.5), (16, 13)),
            font=PLAIN,
            colour=ink["district"],
            halo=ink["halo"],
            minzoom=13,
            maxzoom=17,
            layout=wide,
        ),
        _label(
            "label-kecamatan",
            "labels",
            only=_is("kecamatan"),
            size=_zooms((11, 10.5), (14, 13.5)),
            font=BOLD,
            colour=ink["district"],
            halo=ink["halo"],
            minzoom=11,
            maxzoom=15,
            layout={**wide, "text-transform": "uppercase"},
        ),
        _label(
            "label-regency",
            "labels",
            only=_is("regency"),
            size=_zooms((6, 11), (11, 15)),
            font=BOLD,
            colour=ink["text"],
            halo=ink["halo"],
            maxzoom=11,
            layout=wide,
        ),
    ]
