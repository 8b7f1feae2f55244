"""What an import starts from: the same plain rows, whether a file or a server told them."""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry as Geometry

from maps.errors import DispatchError
from maps.features import Tags
from maps.network import RoadRows
from maps.tags import read_way


class BadSource(DispatchError):
    """The file or the server gave nothing that could be imported; the message says what and what to do."""

    code = "bad_source"


class Thing(NamedTuple):
    """An object that is no road. osm_id: "n12", "w34", "r56"; geom: WGS 84."""

    osm_id: str
    tags: Tags
    geom: Geometry


@dataclass
class Extract:
    """Everything that one source told.

    points, lines, areas  what is no road and no building
    buildings             (B,) polygons
    borders               areas of administrative boundaries
    outline               the border of the place that was asked for by name
    notes                 what was left out and why, counted
    """

    source: str
    roads: RoadRows
    points: list[Thing]
    lines: list[Thing]
    areas: list[Thing]
    borders: list[Thing]
    buildings: NDArray[np.object_]
    outline: Thing | None = None
    is_sketch: bool = False
    notes: Counter[str] = field(default_factory=Counter)

    def road_lines(self) -> NDArray[np.object_]:
        """(W,) line of each way of `roads`, in its order of nodes."""
        roads = self.roads
        coordinates = np.stack([roads.lon[roads.way_node], roads.lat[roads.way_node]], axis=1)
        way = np.repeat(np.arange(len(roads.way_id)), np.diff(roads.way_offset))
        return np.asarray(shapely.linestrings(coordinates, indices=way), dtype=object)


class RoadCollector:
    """Gathers ways one by one into RoadRows."""

    def __init__(self) -> None:
        self._refs = array("q")
        self._counts = array("l")
        self._ids = array("q")
        self._facts: list[tuple[int, int, float, int, int, float, int]] = []
        self._names: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, way_id: int, tags: Tags, refs: list[int]) -> bool:
        """Take a way in when it is a road; refs are ids of its nodes, at least two."""
        facts = read_way(tags)
        if facts is None:
            return False
        self._refs.extend(refs)
        self._counts.append(len(refs))
        self._ids.append(way_id)
        name = self._names.setdefault(facts.name, len(self._names)) if facts.name else -1
        row = (facts.highway, facts.surface, facts.maxspeed_kmh, facts.oneway, facts.flags, facts.width_m, name)
        self._facts.append(row)
        return True

    def rows(self, coordinates: NDArray[np.float64], node_flags: dict[int, int]) -> RoadRows:
        """The roads as arrays.

        coordinates  (M, 2) longitude and latitude of every reference, in the order of the ways
        node_flags   bits by node id; other nodes have none
        """
        refs = np.frombuffer(self._refs, np.int64) if self._refs else np.zeros(0, np.int64)
        node_id, first, inverse = np.unique(refs, return_index=True, return_inverse=True)
        columns = list(zip(*self._facts, strict=True)) or [()] * 7
        offset = np.zeros(len(self._counts) + 1, np.int64)
        np.cumsum(self._counts, out=offset[1:])
        return RoadRows(
            node_id=node_id,
            lon=coordinates[first, 0],
            lat=coordinates[first, 1],
            node_flags=_flags_of(node_id, node_flags),
            way_offset=offset,
            way_node=inverse.astype(np.int32),
            way_id=np.array(self._ids, np.int64),
            highway=np.array(columns[0], np.uint8),
            surface=np.array(columns[1], np.uint8),
            maxspeed_kmh=np.array(columns[2], np.float32),
            oneway=np.array(columns[3], np.int8),
            flags=np.array(columns[4], np.uint32),
            width_m=np.array(columns[5], np.float32),
            name=np.array(columns[6], np.int32),
            names=list(self._names),
        )


def _flags_of(node_id: NDArray[np.int64], flags: dict[int, int]) -> NDArray[np.uint8]:
    """Flags by row of node_id, which is sorted."""
    result = np.zeros(len(node_id), np.uint8)
    if not len(node_id) or not flags:
        return result
    flagged = np.fromiter(flags, np.int64, len(flags))
    row = np.searchsorted(node_id, flagged).clip(max=len(node_id) - 1)
    known = node_id[row] == flagged
    result[row[known]] = np.fromiter(flags.values(), np.uint8, len(flags))[known]
    return result
