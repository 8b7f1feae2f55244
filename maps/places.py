"""Places of an import: facilities and landmarks, and every street as one place per neighbourhood."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from shapely import STRtree
from shapely.geometry.base import BaseGeometry as Geometry

from maps.extract import Extract, Thing
from maps.features import other_names, place_kind, place_name
from maps.tags import HIGHWAYS
from maps.wording import canonical, searchable

# Pieces of one street further apart than this are two streets of one name.
STREET_GAP_M = 250.0
# The same thing drawn as a point and as an area, or given twice.
SAME_PLACE_M = 60.0
_METRES_PER_DEGREE = 111_320.0
_NO_STREET = frozenset({"motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"})


@dataclass(frozen=True)
class PlaceRow:
    """One place before it is stored."""

    kind: str
    name: str
    point: Geometry
    search: str
    osm_id: str
    source: str


def from_osm(extract: Extract) -> list[PlaceRow]:
    """Facilities and landmarks of the extract, each once; `streets` gives the streets."""
    areas = [*extract.areas, *extract.lines]
    insides = shapely.point_on_surface(np.array([area.geom for area in areas], dtype=object))
    things = [Thing(area.osm_id, area.tags, point) for area, point in zip(areas, insides, strict=True)]
    rows = list(_named([*extract.points, *things], "OpenStreetMap"))
    return once(rows)


def _named(things: Iterable[Thing], source: str) -> Iterator[PlaceRow]:
    for thing in things:
        kind = place_kind(thing.tags)
        name = place_name(thing.tags, kind) if kind else ""
        if kind and name:
            search = searchable([name, *other_names(thing.tags)])
            yield PlaceRow(kind, name, thing.geom, search, thing.osm_id, source)


def from_city(places: Iterable[tuple[str, Thing]], source: str) -> list[PlaceRow]:
    """Rows of a city's own list, as `geojson.read_places` gives them."""
    rows = [
        PlaceRow(kind, thing.tags["name"], thing.geom, searchable([thing.tags["name"]]), "", source)
        for kind, thing in places
    ]
    return once(rows)


def once(rows: Sequence[PlaceRow]) -> list[PlaceRow]:
    """Without repetitions: of places with one name and kind that lie together the first stays."""
    same: dict[tuple[str, str], list[PlaceRow]] = defaultdict(list)
    kept = []
    for row in rows:
        others = same[row.kind, canonical(row.name)]
        if all(_metres(row.point, other.point) > _merge_m(row.kind) for other in others):
            others.append(row)
            kept.append(row)
    return kept


def _merge_m(kind: str) -> float:
    """Rivers come in many pieces, everything else in one or two."""
    return 2_000.0 if kind == "water" else SAME_PLACE_M


def _metres(one: Geometry, other: Geometry) -> float:
    """Metres between two points that lie near each other."""
    (lon, lat), (other_lon, other_lat) = one.coords[0], other.coords[0]
    return float(np.hypot((lon - other_lon) * np.cos(np.radians(lat)), lat - other_lat) * _METRES_PER_DEGREE)


def streets(extract: Extract) -> list[PlaceRow]:
    """One place for each name and neighbourhood: ways of one name that lie near each other belong together."""
    roads = extract.roads
    named = np.flatnonzero((roads.name >= 0) & ~np.isin(roads.highway, [HIGHWAYS.index(link) for link in _NO_STREET]))
    if not len(named):
        return []
    lines = extract.road_lines()[named]
    cluster = _clusters(lines, roads.name[named])
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    rows = []
    for members in np.split(order, starts[1:]):
        name = roads.names[roads.name[named[members[0]]]]
        way = roads.way_id[named[members[0]]]
        rows.append(PlaceRow("street", name, _middle(lines[members]), searchable([name]), f"w{way}", "OpenStreetMap"))
    return rows


def _clusters(lines: NDArray[np.object_], name: NDArray[np.int32]) -> NDArray[np.int32]:
    """A number for each line; lines share it when they have one name and hang together within STREET_GAP_M."""
    south, north = shapely.total_bounds(lines)[[1, 3]]
    scale = np.array([np.cos(np.radians((south + north) / 2)), 1.0]) * _METRES_PER_DEGREE
    metric = shapely.transform(lines, lambda degrees: degrees * scale)
    pairs = STRtree(metric).query(metric, predicate="dwithin", distance=STREET_GAP_M)
    same = pairs[:, name[pairs[0]] == name[pairs[1]]]
    graph = coo_matrix((np.ones(same.shape[1], np.bool_), (same[0], same[1])), shape=(len(lines), len(lines)))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return labels


def _middle(lines: NDArray[np.object_]) -> Geometry:
    """The point on the lines that is nearest to their centre."""
    together = shapely.union_all(lines)
    return shapely.shortest_line(together, together.centroid).interpolate(0)
