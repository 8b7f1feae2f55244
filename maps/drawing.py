"""Rows for the tile tables: what is drawn, from which zoom, and how much simplified.

Geometry comes in degrees and leaves in web mercator. A thing that shows at many zooms has one row for each
band of zooms, simplified to about half a pixel of the band's largest zoom.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry as Geometry

from maps.coast import sea
from maps.districts import LEVELS, DistrictRow
from maps.extract import Extract, Thing
from maps.features import LAND_RULES, LINE_RULES, WATER_RULES, first_kind
from maps.places import PlaceRow
from maps.tags import HIGHWAYS, RoadFlag
from maps.wording import canonical

LAST_ZOOM = 22
LAST_TILE_ZOOM = 15  # what shows later is in these tiles as well
EARTH_M = 6_378_137.0


class Band(NamedTuple):
    """Zooms first..last, drawn with points left out that matter less than tolerance_m."""

    first: int
    last: int
    tolerance_m: float


BANDS = (Band(4, 8, 150.0), Band(9, 10, 40.0), Band(11, 12, 10.0), Band(13, 13, 4.0), Band(14, LAST_ZOOM, 0.5))

# kind and rank by highway class; a link is drawn as its road
ROAD_KINDS = {
    "motorway": ("motorway", 0),
    "trunk": ("trunk", 1),
    "primary": ("primary", 2),
    "secondary": ("secondary", 3),
    "tertiary": ("tertiary", 4),
    "unclassified": ("street", 5),
    "residential": ("street", 5),
    "living_street": ("street", 5),
    "road": ("street", 5),
    "busway": ("street", 5),
    "service": ("service", 6),
    "pedestrian": ("pedestrian", 6),
    "track": ("track", 7),
}
PATH = ("path", 8)
LINE_RANK = {"rail": 9, "ferry": 9, "runway": 9, "pier": 9}
ROAD_FROM = (5, 5, 7, 9, 10, 12, 13, 13, 14, 10)
LINE_FROM = {"river": 9, "stream": 13}
SETTLEMENT_FROM = {
    "city": 6,
    "town": 9,
    "suburb": 12,
    "village": 11,
    "quarter": 13,
    "neighbourhood": 14,
    "hamlet": 13,
    "locality": 15,
}
DISTRICT_FROM = {"regency": (6, 11), "kecamatan": (11, 14), "kelurahan": (13, 16)}
BORDER_FROM = {"regency": 5, "kecamatan": 10, "kelurahan": 13}
PLACE_FROM = {
    "hospital": 13,
    "fire_station": 13,
    "sar_station": 13,
    "airport": 11,
    "harbour": 13,
    "police": 14,
    "ambulance_station": 14,
    "university": 14,
    "station": 14,
    "market": 15,
    "government": 15,
    "clinic": 15,
    "beach": 14,
    "park": 15,
    "fuel": 16,
    "hotel": 16,
    "school": 16,
    "mosque": 16,
    "church": 16,
    "temple": 16,
    "landmark": 16,
    "bank": 17,
    "pharmacy": 17,
    "shop": 17,
}
# How far around the region the sea is drawn and the outside is toned down, in degrees.
_FAR = 3.0
_MARGIN_SHARE = 0.03
# A border within this many degrees of a higher one is the same border from another source.
_NEAR = 2e-4

Row = tuple[Any, ...]


def to_mercator(geometries: object) -> NDArray[np.object_]:
    """Geometries in degrees as web mercator."""
    flat = np.asarray(geometries, dtype=object)
    projected: NDArray[np.object_] = shapely.transform(shapely.force_2d(flat), _mercator)
    return projected


def _mercator(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    lat = np.radians(degrees[:, 1].clip(-85.05, 85.05))
    return np.stack([np.radians(degrees[:, 0]), np.arcsinh(np.tan(lat))], axis=1) * EARTH_M


def roads(extract: Extract) -> Iterator[Row]:
    """(kind, name, zoom_min, zoom_max, rank, structure, oneway, geom) of roads, railways and ferries."""
    groups = _road_groups(extract)
    for (kind, rank, name, structure, oneway), lines in groups.items():
        joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines), directed=oneway))
        for band, first, parts in _bands(joined, ROAD_FROM[rank]):
            for part in parts:
                yield kind, name, first, band.last, rank, structure, oneway, part


def _road_groups(extract: Extract) -> Mapping[tuple[str, int, str, str, bool], list[Geometry]]:
    """Lines in mercator by everything that makes a drawn road differ from the next."""
    facts = extract.roads
    lines = to_mercator(extract.road_lines())
    lines = np.where(facts.oneway < 0, shapely.reverse(lines), lines)
    groups: dict[tuple[str, int, str, str, bool], list[Geometry]] = defaultdict(list)
    columns = zip(facts.highway.tolist(), facts.name.tolist(), facts.flags.tolist(), facts.oneway.tolist(), strict=True)
    for line, (highway, name, flags, oneway) in zip(lines, columns, strict=True):
        kind, rank = ROAD_KINDS.get(HIGHWAYS[highway].removesuffix("_link"), PATH)
        structure = "bridge" if flags & RoadFlag.BRIDGE else "tunnel" if flags & RoadFlag.TUNNEL else ""
        groups[kind, rank, facts.names[name] if name >= 0 else "", structure, oneway != 0].append(line)
    for thing in extract.lines:
        kind_of_line = first_kind(LINE_RULES, thing.tags) or ""
        if kind_of_line in LINE_RANK:
            key = (kind_of_line, LINE_RANK[kind_of_line], thing.tags.get("name", ""), "", False)
            groups[key].append(to_mercator([thing.geom])[0])
    return groups


def _bands(shapes: NDArray[np.object_], zoom_from: int) -> Iterator[tuple[Band, int, NDArray[np.object_]]]:
    """(band, first zoom, simplified shapes) for each band that shows things from zoom_from on."""
    for band in BANDS:
        if band.last >= zoom_from:
            simple = shapely.simplify(shapes, band.tolerance_m, preserve_topology=False)
            yield band, max(band.first, zoom_from), simple


def land(extract: Extract) -> Iterator[Row]:
    """(kind, name, zoom_min, zoom_max, geom) of land use."""
    return _areas(extract.areas, lambda thing: first_kind(LAND_RULES, thing.tags))


def _areas(things: Iterable[Thing], kind_of: Callable[[Thing], str | None]) -> Iterator[Row]:
    for thing in things:
        kind = kind_of(thing)
        if not kind or thing.geom.geom_type not in {"Polygon", "MultiPolygon"}:
            continue
        shape = shapely.make_valid(to_mercator([thing.geom]))
        for band, first, (simple,) in _bands(shape, _visible_from(shape[0].area)):
            if not simple.is_empty:
                yield kind, thing.tags.get("name", ""), first, band.last, shapely.make_valid(simple)


def _visible_from(area_m2: float) -> int:
    """The zoom at which an area covers about 30 pixels of a 512 pixel tile."""
    pixel_m = np.sqrt(max(area_m2, 1.0) / 30.0)
    return int(np.ceil(np.log2(2 * np.pi * EARTH_M / 512 / pixel_m)).clip(4, 15))


def sea_around(extract: Extract, bounds: Polygon) -> MultiPolygon:
    """The sea within reach of the region, in degrees; empty inland."""
    coast = [thing.geom for thing in extract.lines if first_kind(LINE_RULES, thing.tags) == "coastline"]
    return sea(coast, far_box(bounds))


def water(extract: Extract, ocean: MultiPolygon) -> Iterator[Row]:
    """(kind, name, zoom_min, zoom_max, geom) of sea, lakes, rivers and streams."""
    yield from _areas(extract.areas, _water_kind)
    for thing in extract.lines:
        kind = first_kind(LINE_RULES, thing.tags) or ""
        if kind not in LINE_FROM:
            continue
        for band, first, (shape,) in _bands(to_mercator([thing.geom]), LINE_FROM[kind]):
            yield kind, thing.tags.get("name", ""), first, band.last, shape
    if not ocean.is_empty:
        for band, first, (shape,) in _bands(to_mercator([ocean]), BANDS[0].first):
            yield "sea", "", first, band.last, shapely.make_valid(shape)


def _water_kind(thing: Thing) -> str | None:
    """The sea comes from the coastline, whatever else draws it."""
    return None if thing.tags.get("water") == "sea" else first_kind(WATER_RULES, thing.tags)


def outside(bounds: Polygon, ocean: Geometry) -> Row:
    """(kind, name, zoom_min, zoom_max, geom): the land around the region, of which the map knows nothing."""
    around = far_box(bounds).difference(with_margin(bounds)).difference(ocean)
    return "outside", "", BANDS[0].first, LAST_ZOOM, to_mercator([around])[0]


def with_margin(bounds: Polygon) -> Polygon:
    """The bounds with a little room around them."""
    west, south, east, north = bounds.bounds
    margin = max(east - west, north - south) * _MARGIN_SHARE
    return shapely.box(west - margin, south - margin, east + margin, north + margin)


def far_box(bounds: Polygon) -> Polygon:
    """The bounds and much around them."""
    west, south, east, north = bounds.bounds
    return shapely.box(
        max(west - _FAR, -180.0), max(south - _FAR, -85.0), min(east + _FAR, 180.0), min(north + _FAR, 85.0)
    )


def buildings(extract: Extract) -> Iterator[Row]:
    """(kind, name, zoom_min, zoom_max, geom) of buildings."""
    for shape in to_mercator(extract.buildings):
        yield "building", "", 15, LAST_ZOOM, shape


def borders(districts: Sequence[DistrictRow]) -> Iterator[Row]:
    """(kind, name, zoom_min, zoom_max, geom) of district borders, each once, under the highest level it bounds."""
    higher: Geometry = MultiPolygon()
    for level in LEVELS:
        areas = [row.geom for row in districts if row.level == level]
        if not areas:
            continue
        lines = shapely.union_all(shapely.boundary(areas))
        own = lines.difference(higher)
        higher = higher.union(lines.simplify(_NEAR / 4).buffer(_NEAR, quad_segs=1))
        merged = shapely.get_parts(shapely.line_merge(MultiLineString(_lines(own))))
        for band, first, parts in _bands(to_mercator(merged), BORDER_FROM[level]):
            for part in parts:
                yield level, "", first, band.last, part


def _lines(geometry: Geometry) -> list[LineString]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, LineString) and part.length > 1e-4]


def labels(extract: Extract, districts: Sequence[DistrictRow], places: Sequence[PlaceRow]) -> Iterator[Row]:
    """(kind, name, zoom_min, zoom_max, rank, geom) of names.

    rank orders what competes for room; of a facility it is the zoom that it shows from.
    """
    for row in districts:
        first, last = DISTRICT_FROM[row.level]
        yield row.level, row.name, first, last, LEVELS.index(row.level) * 2, to_mercator([label_point(row.geom)])[0]
    yield from _settlement_labels(extract, districts)
    for place in places:
        if place.kind in PLACE_FROM:
            first = PLACE_FROM[place.kind]
            point = to_mercator([place.point])[0]
            yield place.kind, place.name, min(first, LAST_TILE_ZOOM), LAST_ZOOM, first, point


def _settlement_labels(extract: Extract, districts: Sequence[DistrictRow]) -> Iterator[Row]:
    """Settlements, each up to the zoom at which a district of the same name takes its label over."""
    taken_from: dict[str, int] = {}
    for row in districts:
        name = canonical(row.name).removeprefix("kota ")
        taken_from[name] = min(DISTRICT_FROM[row.level][0], taken_from.get(name, LAST_ZOOM))
    for thing in extract.points:
        place, name = thing.tags.get("place", ""), thing.tags.get("name", "")
        if name and place in SETTLEMENT_FROM:
            first = SETTLEMENT_FROM[place]
            last = taken_from.get(canonical(name), LAST_ZOOM + 1) - 1
            if first <= last:
                yield place, name, first, last, first - 5, to_mercator([thing.geom])[0]


def label_point(area: Geometry) -> Geometry:
    """A point well inside the largest part of an area."""
    largest = max(shapely.get_parts(area), key=shapely.area)
    center: Geometry = largest.centroid
    return center if largest.contains(center) else largest.representative_point()
