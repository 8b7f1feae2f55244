"""Names on the base map, drawn with the browser's own fonts."""

from collections.abc import Sequence
from typing import Any

from maps.style_layers import Layer, is_kind, layer, zooms

# MapLibre reads weight and slant off the first name of the list; it need not be a font that exists.
PLAIN = ["system-ui", "Noto Sans", "sans-serif"]
BOLD = ["geo112 Bold", *PLAIN]
ITALIC = ["geo112 Italic", *PLAIN]


def _label(
    layer_id: str, table: str, *, only: Any, size: Any, font: Sequence[str], colour: str, halo: str, **rest: Any
) -> Layer:
    layout = {"text-field": ["get", "name"], "text-font": list(font), "text-size": size, **rest.pop("layout", {})}
    paint = {"text-color": colour, "text-halo-color": halo, "text-halo-width": 1.4, **rest.pop("paint", {})}
    return layer(layer_id, "symbol", table, only=only, layout=layout, paint=paint, **rest)


def _street_label(layer_id: str, ink: dict[str, str], kinds: Sequence[str], minzoom: int, size: Any) -> Layer:
    return _label(
        layer_id,
        "roads",
        only=["all", is_kind(*kinds), ["!=", ["get", "name"], ""]],
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
    river = ["all", is_kind("river"), ["!=", ["get", "name"], ""]]
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
        _street_label("label-street", ink, ("street", "pedestrian", "service"), 15, zooms((15, 10.5), (18, 13))),
        _street_label("label-tertiary", ink, ("tertiary",), 13, zooms((13, 10), (16, 12), (18, 14))),
    ]
    kinds = ("secondary", "primary", "trunk", "motorway")
    return [rivers], streets, [_street_label("label-main", ink, kinds, 12, zooms((12, 10.5), (18, 15)))]


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
    others = ["all", ["!", is_kind(*_VITAL, *_SETTLED, *_DISTRICTS)], ["<=", ["get", "rank"], ["zoom"]]]
    return [
        layer(
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
            only=is_kind("village", "suburb", "quarter", "neighbourhood", "hamlet", "locality"),
            size=zooms((11, 10.5), (16, 13)),
            font=PLAIN,
            colour=ink["district"],
            halo=ink["halo"],
            layout={"text-max-width": 7, "symbol-sort-key": ["get", "rank"]},
        ),
        _label(
            "label-town",
            "labels",
            only=is_kind("city", "town"),
            size=zooms((6, 11), (12, 15), (15, 18)),
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
        layer(
            "label-vital-dot",
            "circle",
            "labels",
            only=is_kind(*_VITAL),
            minzoom=13,
            paint={
                "circle-radius": zooms((13, 2), (16, 3.2)),
                "circle-color": ink["halo"],
                "circle-stroke-color": ink["text"],
                "circle-stroke-width": 1.5,
            },
        ),
        _label(
            "label-vital",
            "labels",
            only=is_kind(*_VITAL),
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
            only=is_kind("kelurahan"),
            size=zooms((13, 10.5), (16, 13)),
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
            only=is_kind("kecamatan"),
            size=zooms((11, 10.5), (14, 13.5)),
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
            only=is_kind("regency"),
            size=zooms((6, 11), (11, 15)),
            font=BOLD,
            colour=ink["text"],
            halo=ink["halo"],
            maxzoom=11,
            layout=wide,
        ),
    ]
