"""Reads an OpenStreetMap file (.osm.pbf, .osm, .osm.gz …) with osmium: one walk over the tagged objects.

osmium keeps the positions of nodes, closes areas and writes geometries; Python sees only objects that carry
a tag it needs. `maps/osm_place.py` makes the same `Extract` of a place name.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import osmium
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from osmium import filter as only
from osmium.geom import direction, use_nodes
from osmium.osm import NODE, RELATION, WAY

from maps.extract import BadSource, Extract, RoadCollector, Thing
from maps.features import KEYS, LINE_RULES, first_kind, is_district
from maps.network import Progress, silent
from maps.tags import read_node

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".xml")
_BATCH = 20_000
_LINE_KEYS = tuple({rule.key for rule in LINE_RULES})
_AREA_KEYS = tuple(sorted(KEYS - {"building"}))


def read_file(path: Path, *, progress: Progress = silent) -> Extract:
    """Everything in the file that geo112 uses. Raises BadSource: not there, not OSM, cut off."""
    _check(path)
    try:
        try:
            reader = _read(path, progress)
        except RuntimeError as error:
            if "out of order" not in str(error):
                raise
            with TemporaryDirectory() as folder:
                reader = _read(_in_order(path, Path(folder)), progress)
        header = osmium.io.Reader(str(path), osmium.osm.NOTHING).header()
    except (RuntimeError, ValueError) as error:
        problem = _("%(file)s is not a readable OpenStreetMap file, or it is cut off: %(error)s")
        raise BadSource(problem % {"file": path.name, "error": error}) from error
    extract = reader.extract(source=path.name)
    extract.is_sketch = "sketch" in header.get("generator", "").lower()
    return extract


def _read(path: Path, progress: Progress) -> "_Reader":
    reader = _Reader(progress)
    for item in _objects(path):
        reader.take(item)
    return reader


def _in_order(path: Path, folder: Path) -> Path:
    """The same objects sorted by kind and id, as editors do not always save them and areas need them."""
    copy = folder / "sorted.osm.pbf"
    merger = osmium.MergeInputReader()
    merger.add_file(str(path))
    with osmium.SimpleWriter(str(copy)) as writer:
        merger.apply(writer)
    return copy


def _check(path: Path) -> None:
    if not path.is_file():
        raise BadSource(_("There is no file %s.") % path)
    if not path.name.lower().endswith(SUFFIXES):
        problem = _("%(file)s: the name of an OpenStreetMap file ends in one of %(suffixes)s.")
        raise BadSource(problem % {"file": path.name, "suffixes": ", ".join(SUFFIXES)})
    if path.stat().st_size == 0:
        raise BadSource(_("%s is empty.") % path.name)


def _objects(path: Path) -> Iterator[Any]:
    """Nodes, ways, relations and closed areas that carry a key that somebody here looks at."""
    keys = [*sorted(KEYS), "highway", "barrier", "building"]
    processor = osmium.FileProcessor(str(path), NODE | WAY | RELATION)
    return iter(processor.with_areas(only.KeyFilter(*keys)).with_filter(only.KeyFilter(*keys)))


class _Reader:
    """Sorts the objects of one file."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.seen = 0
        self.wkb = osmium.geom.WKBFactory()
        self.roads = RoadCollector()
        self.road_wkb: list[str] = []
        self.node_flags: dict[int, int] = {}
        self.found: dict[str, list[tuple[str, dict[str, str]]]] = {"point": [], "line": [], "area": [], "border": []}
        self.shapes: dict[str, list[str]] = {"point": [], "line": [], "area": [], "border": [], "building": []}
        self.border_relations: set[int] = set()
        self.notes: Counter[str] = Counter()

    def take(self, item: Any) -> None:
        """Look at one object and keep what is of use."""
        self.seen += 1
        if self.seen % _BATCH == 0:
            self.progress(f"{self.seen:,} objects", 0.0)
        if item.is_node():
            self._take_node(item)
        elif item.is_way():
            self._take_way(item)
        elif item.is_area():
            self._take_area(item)
        elif is_district(item.tags):
            self.border_relations.add(item.id)

    def _take_node(self, node: Any) -> None:
        tags = node.tags
        if "highway" in tags or "barrier" in tags:
            flags = read_node(tags)
            if flags:
                self.node_flags[node.id] = flags
        if any(key in tags for key in _AREA_KEYS):
            self._keep("point", f"n{node.id}", tags, self.wkb.create_point(node))

    def _take_way(self, way: Any) -> None:
        tags = way.tags
        if "highway" in tags:
            self._take_road(way)
        elif any(key in tags for key in _LINE_KEYS) and first_kind(LINE_RULES, tags):
            for _refs, shape in self._runs(way):
                self._keep("line", f"w{way.id}", tags, shape)

    def _take_road(self, way: Any) -> None:
        for refs, shape in self._runs(way):
            if self.roads.add(way.id, way.tags, refs):
                self.road_wkb.append(shape)

    def _runs(self, way: Any) -> Iterator[tuple[list[int], str]]:
        """Node ids and geometry of a way; in pieces where the file lacks some of its nodes."""
        nodes = way.nodes
        refs = [node.ref for node in nodes]
        try:
            if len(refs) > 1:
                yield refs, self.wkb.create_linestring(way, use_nodes.ALL, direction.FORWARD)
        except (RuntimeError, osmium.InvalidLocationError):
            yield from self._pieces(way)

    def _pieces(self, way: Any) -> Iterator[tuple[list[int], str]]:
        run: list[tuple[int, float, float]] = []
        self.notes["ways with missing nodes"] += 1
        for node in [*way.nodes, None]:
            if node is not None and node.location.valid():
                run.append((node.ref, node.lon, node.lat))
                continue
            self.notes["nodes missing"] += node is not None
            if len(run) > 1:
                yield [ref for ref, _, _ in run], shapely.LineString([xy for _, *xy in run]).wkb_hex
            run = []

    def _take_area(self, area: Any) -> None:
        tags = area.tags
        if "highway" in tags and tags.get("area") != "yes" and tags.get("type") != "multipolygon":
            return
        if area.num_rings()[0] == 0:
            self.notes["areas that do not close"] += 1
            return
        origin = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
        shape = self.wkb.create_multipolygon(area)
        if is_district(tags):
            self._keep("border", origin, tags, shape)
            return
        if "building" in tags and tags["building"] != "no":
            self.shapes["building"].append(shape)
            if "name" not in tags and "amenity" not in tags and "emergency" not in tags:
                return
        if any(key in tags for key in _AREA_KEYS) or "name" in tags:
            self._keep("area", origin, tags, shape)

    def _keep(self, sort: str, osm_id: str, tags: Any, shape: str) -> None:
        self.found[sort].append((osm_id, dict(tags)))
        self.shapes[sort].append(shape)

    def extract(self, *, source: str) -> Extract:
        """All of it as rows."""
        closed = {int(osm_id[1:]) for osm_id, _ in self.found["border"] if osm_id.startswith("r")}
        self.notes["boundaries that do not close"] = len(self.border_relations - closed)
        coordinates = shapely.get_coordinates(_geometries(self.road_wkb))
        return Extract(
            source=source,
            roads=self.roads.rows(coordinates, self.node_flags),
            points=self._things("point"),
            lines=self._things("line"),
            areas=self._things("area"),
            borders=self._things("border"),
            buildings=_geometries(self.shapes["building"]),
            notes=+self.notes,
        )

    def _things(self, sort: str) -> list[Thing]:
        shapes = _geometries(self.shapes[sort])
        return [Thing(osm_id, tags, shape) for (osm_id, tags), shape in zip(self.found[sort], shapes, strict=True)]


def _geometries(wkb: list[str]) -> NDArray[np.object_]:
    geometries: NDArray[np.object_] = shapely.from_wkb(np.array(wkb, dtype=object))
    return geometries
