"""Fetches a place by its name with OSMnx: Nominatim for its border, Overpass for what is in it.

Both addresses are settings; answers are kept in `<data dir>/osmnx-cache`, so that a second try asks nobody.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
import osmnx
import requests
from django.conf import settings
from django.utils.translation import gettext as _
from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError
from shapely.geometry.base import BaseGeometry as Geometry

from maps.extract import BadSource, Extract, RoadCollector, Thing
from maps.features import KEYS, is_district
from maps.network import Progress, silent
from maps.tags import read_node

_PUBLIC_OVERPASS = "overpass-api.de"
_WAY_TAGS = frozenset(
    {"highway", "name", "name:id", "ref", "surface", "smoothness", "tracktype", "maxspeed", "oneway", "junction"}
    | {"access", "vehicle", "motor_vehicle", "motorcar", "motorcycle", "emergency", "service", "area", "status"}
    | {"bridge", "tunnel", "toll", "ford", "width", "maxwidth", "maxwidth:physical", "impassable"}
)
_NODE_TAGS = frozenset({"highway", "barrier", "access", "vehicle", "motor_vehicle", "motorcar", "bollard"})

T = TypeVar("T")


def fetch_place(query: str, *, road_filter: str = "", roads_only: bool = False, progress: Progress = silent) -> Extract:
    """Roads, borders, places and the map of a place.

    road_filter  an Overpass filter such as '["highway"~"primary|secondary"]'; empty: all roads
    Raises BadSource when the name is unknown or a server does not answer.
    """
    _configure()
    progress("roads", 0.1)
    graph = _ask(
        query,
        lambda: osmnx.graph_from_place(
            query,
            network_type="all",
            simplify=False,
            retain_all=True,
            truncate_by_edge=True,
            custom_filter=road_filter or None,
        ),
    )
    extract = Extract(query, _roads(graph), [], [], [], [], np.array([], dtype=object))
    extract.outline = _outline(query)
    if not roads_only:
        progress("features", 0.5)
        tags: dict[str, bool | str | list[str]] = dict.fromkeys(sorted(KEYS - {"boundary"} | {"building"}), True)
        tags["boundary"] = "administrative"
        try:
            found = _ask(query, lambda: osmnx.features_from_place(query, tags))
        except _Nothing:
            extract.notes["no features in this place"] += 1
        else:
            _sort(found, extract)
    return extract


class _Nothing(BadSource):
    """The server answered, and had nothing."""


def _configure() -> None:
    config = osmnx.settings
    config.nominatim_url = settings.NOMINATIM_URL
    config.overpass_url = settings.OVERPASS_URL
    config.overpass_rate_limit = _PUBLIC_OVERPASS in settings.OVERPASS_URL
    config.cache_folder = str(settings.DATA_DIR / "osmnx-cache")
    config.use_cache = True
    config.doh_url_template = None  # a failing name is a failing name: nobody else is asked
    config.http_user_agent = "geo112"
    config.useful_tags_way = sorted(_WAY_TAGS)
    config.useful_tags_node = sorted(_NODE_TAGS)


def _ask(query: str, question: Callable[[], T]) -> T:
    try:
        return question()
    except InsufficientResponseError as error:
        problem = _("Nothing was found for '%(place)s': %(error)s")
        raise _Nothing(problem % {"place": query, "error": error}, field="place") from error
    except (ResponseStatusCodeError, requests.RequestException, OSError) as error:
        servers = f"{settings.NOMINATIM_URL} or {settings.OVERPASS_URL}"
        problem = _("No usable answer from %(servers)s: %(error)s")
        raise BadSource(problem % {"servers": servers, "error": error}, field="place") from error
    except (TypeError, ValueError) as error:
        problem = _("'%(place)s' is no place with an area: %(error)s")
        raise BadSource(problem % {"place": query, "error": error}, field="place") from error


def _outline(query: str) -> Thing:
    """The border that Nominatim has for the place (already asked for: it comes from the cache)."""
    row = _ask(query, lambda: osmnx.geocode_to_gdf(query)).iloc[0]
    return Thing(f"{row['osm_type'][0]}{row['osm_id']}", {"name": str(row["name"])}, row["geometry"])


def _roads(graph: Any) -> Any:
    """RoadRows of an unsimplified graph: its edges joined again into ways."""
    collector, coordinates = RoadCollector(), []
    position = {node: (data["x"], data["y"]) for node, data in graph.nodes(data=True)}
    for way_id, tags, nodes in _ways(graph):
        if collector.add(way_id, tags, nodes):
            coordinates += [position[node] for node in nodes]
    flags = {node: read_node(tags_of(data)) for node, data in graph.nodes(data=True)}
    return collector.rows(
        np.array(coordinates, np.float64).reshape(-1, 2), {n: bits for n, bits in flags.items() if bits}
    )


def _ways(graph: Any) -> Iterator[tuple[int, dict[str, str], list[int]]]:
    """(id, tags, nodes) of runs of edges that carry one way's id; OSMnx has put one-way ways in driving order."""
    edges: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    tags: dict[int, dict[str, str]] = {}
    for u, v, data in graph.edges(data=True):
        if not data["reversed"]:
            edges[data["osmid"]][u].append(v)
            tags[data["osmid"]] = tags_of(data) | {"oneway": "yes" if data["oneway"] else "no"}
    for way_id, follows in edges.items():
        ends = {v for heads in follows.values() for v in heads}
        for start in sorted(follows, key=lambda node: node in ends):
            while follows[start]:
                yield way_id, tags[way_id], _run(follows, start)


def _run(follows: dict[int, list[int]], node: int) -> list[int]:
    """Nodes from here on, as far as unused edges lead; uses them up."""
    nodes = [node]
    while follows.get(node):
        node = follows[node].pop()
        nodes.append(node)
    return nodes


def _sort(found: Any, extract: Extract) -> None:
    """Put features where the reader of files puts them."""
    buildings: list[Geometry] = []
    columns = [column for column in found.columns if column != "geometry"]
    rows = zip(found.index, found.geometry, found[columns].to_dict("records"), strict=True)
    for (element, number), geom, values in rows:
        thing = Thing(f"{element[0]}{number}", tags_of(values), geom)
        if geom.geom_type == "Point":
            extract.points.append(thing)
        elif geom.geom_type in {"LineString", "MultiLineString"}:
            extract.lines.append(thing)
        elif is_district(thing.tags):
            extract.borders.append(thing)
        elif thing.tags.get("building", "no") != "no":
            buildings.append(geom)
            if "name" in thing.tags:
                extract.areas.append(thing)
        else:
            extract.areas.append(thing)
    extract.buildings = np.array(buildings, dtype=object)


def tags_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Plain text tags of a mapping that holds nan and numbers as well."""
    return {key: value for key, value in values.items() if isinstance(value, str)}
