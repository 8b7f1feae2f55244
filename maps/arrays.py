"""A road build: flat arrays, saved one file each, mapped into memory read-only by every process of a host."""

import json
import os
from dataclasses import dataclass, fields
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from maps.errors import DispatchError
from maps.kernels import Graph
from maps.snapping import Shapes
from maps.speeds import BACKWARD, profile_index

VERSION = 1  # of the arrays' layout and meaning; a folder of another version must be imported again
META = "meta.json"
DEGREE = 1e-7  # coordinates are kept as int32 in this unit, which is OSM's own


class BadBuild(DispatchError):
    """A network folder that cannot be used: half-written, damaged, or of another version."""

    code = "bad_road_build"
    status = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True)
class Network:
    """A build: V vertices, E edges between them, the points of every edge, and a tree to find the nearest edge.

    Edge e runs from edge_start[e] to edge_end[e]; arc 2e is the drive along it, arc 2e+1 the drive against it.
    Every edge stands in the adjacency of both its ends (a loop twice in one), so a slot k of vertex v means both
    the way out over it (out_ms) and the way in (in_ms).

    vertex_x, vertex_y  (V,) int32 longitude and latitude in 1e-7 degrees
    vertex_flags        (V,) uint8 NodeFlag bits
    adj_offset          (V+1,) int32 into the slots
    adj_vertex, adj_arc, adj_mm  (2E,) int32 the other end, the arc that leaves here, the length
    out_ms, in_ms       (P, 2E) int32 milliseconds away over the slot, and to here; -1: not for this profile
    edge_start, edge_end, edge_mm  (E,) int32
    edge_access         (E,) uint16 bits of maps.speeds.way_access, along the edge
    shape_offset        (E+1,) int64: edge e has points shape_offset[e] … shape_offset[e+1]-1
    point_x, point_y    (T,) int32 in 1e-7 degrees
    point_mm, point_way (T,) int32 length and way row of the segment that starts here; 0 and -1 at an edge's end
    way_id, way_highway, way_surface, way_flags, way_name   (W,) as in RoadRows
    way_speed_mh        (W, P) int32 metres per hour, 0: closed
    name_offset, name_bytes  UTF-8 of name i is name_bytes[name_offset[i]:name_offset[i+1]]
    tree_box, tree_level, run_point, run_edge  see maps.snapping
    report              what was read, kept and dropped
    """

    vertex_x: NDArray[np.int32]
    vertex_y: NDArray[np.int32]
    vertex_flags: NDArray[np.uint8]
    adj_offset: NDArray[np.int32]
    adj_vertex: NDArray[np.int32]
    adj_arc: NDArray[np.int32]
    adj_mm: NDArray[np.int32]
    out_ms: NDArray[np.int32]
    in_ms: NDArray[np.int32]
    edge_start: NDArray[np.int32]
    edge_end: NDArray[np.int32]
    edge_mm: NDArray[np.int32]
    edge_access: NDArray[np.uint16]
    shape_offset: NDArray[np.int64]
    point_x: NDArray[np.int32]
    point_y: NDArray[np.int32]
    point_mm: NDArray[np.int32]
    point_way: NDArray[np.int32]
    way_id: NDArray[np.int64]
    way_highway: NDArray[np.uint8]
    way_surface: NDArray[np.uint8]
    way_flags: NDArray[np.uint32]
    way_name: NDArray[np.int32]
    way_speed_mh: NDArray[np.int32]
    name_offset: NDArray[np.int64]
    name_bytes: NDArray[np.uint8]
    tree_box: NDArray[np.int32]
    tree_level: NDArray[np.int64]
    run_point: NDArray[np.int32]
    run_edge: NDArray[np.int32]
    report: dict[str, Any]

    def __post_init__(self) -> None:
        for name in array_names():
            getattr(self, name).flags.writeable = False

    @property
    def vertex_count(self) -> int:
        return len(self.vertex_x)

    @property
    def arc_count(self) -> int:
        """Drives along or against an edge that at least one profile may make."""
        along = (self.edge_access & 0xFF) != 0
        return int(along.sum() + ((self.edge_access >> BACKWARD) != 0).sum())

    def graph(self, profile: str) -> Graph:
        """What the search kernels need of one profile. Raises ValueError for an unknown profile."""
        column = profile_index(profile)
        return Graph(self.adj_offset, self.adj_vertex, self.adj_mm, self.out_ms[column], self.in_ms[column])

    def shapes(self, profile: str) -> Shapes:
        """What the snapping kernels need of one profile. Raises ValueError for an unknown profile."""
        column = profile_index(profile)
        return Shapes(
            tree_box=self.tree_box,
            tree_level=self.tree_level,
            run_point=self.run_point,
            run_edge=self.run_edge,
            shape_offset=self.shape_offset,
            point_x=self.point_x,
            point_y=self.point_y,
            point_mm=self.point_mm,
            point_way=self.point_way,
            edge_start=self.edge_start,
            edge_end=self.edge_end,
            edge_access=self.edge_access,
            way_speed_mh=self.way_speed_mh,
            column=column,
        )

    def name(self, way: int) -> str:
        """Name of a way row; empty when it has none."""
        index = int(self.way_name[way]) if way >= 0 else -1
        if index < 0:
            return ""
        return bytes(self.name_bytes[self.name_offset[index] : self.name_offset[index + 1]]).decode()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Map a saved build into memory. Raises BadBuild when it is half-written or of another version."""
        try:
            meta = json.loads((folder / META).read_text())
        except (OSError, ValueError) as error:
            raise BadBuild(f"{folder}: no complete road build here ({error})") from error
        if meta.get("version") != VERSION:
            raise BadBuild(f"{folder}: road build of version {meta.get('version')}, this is {VERSION}: import again")
        arrays = {name: _open_array(folder, name, meta["arrays"].get(name)) for name in array_names()}
        return cls(**arrays, report=meta["report"])


@lru_cache(maxsize=1)
def array_names() -> tuple[str, ...]:
    """The arrays of a Network, in order; each is one file of a saved build."""
    return tuple(field.name for field in fields(Network) if field.name != "report")


def save(network: Network, folder: Path) -> None:
    """Write a build into an empty folder, every file and the folder fsynced, the description last.

    A folder without description counts as half-written. Raises OSError when the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    described = {}
    for name in array_names():
        array: NDArray[Any] = getattr(network, name)
        with (folder / f"{name}.npy").open("wb") as file:
            np.save(file, array)
            os.fsync(file.fileno())
        described[name] = [str(array.dtype), list(array.shape)]
    with (folder / META).open("w") as text:
        json.dump({"version": VERSION, "arrays": described, "report": network.report}, text)
        text.flush()
        os.fsync(text.fileno())
    for path in (folder, folder.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _open_array(folder: Path, name: str, described: list[Any] | None) -> NDArray[Any]:
    path = folder / f"{name}.npy"
    try:
        array = np.load(path, mmap_mode=None if described and 0 in described[1] else "r")
    except (OSError, ValueError) as error:
        raise BadBuild(f"{path}: {error}") from error
    if described != [str(array.dtype), list(array.shape)]:
        raise BadBuild(f"{path}: {array.dtype}{array.shape} where {described} was written")
    return np.asarray(array)
