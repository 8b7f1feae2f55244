"""From road rows to a road network.

The hand-over is `RoadRows`: plain arrays, the same from pyosmium and from OSMnx (`maps/osm.py` fills them,
with `maps.tags.read_way` and `read_node` for the codes). `build_network(rows, progress=...)` makes a `Network`
of it; `save(network, folder)` writes one into a folder and `Network.open(folder)` maps it into memory.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.arrays import DEGREE, BadBuild, Network, save
from maps.contraction import Chains, Segments, contract, keep_connected, segment_mm, split_barriers, travel_ms
from maps.curve import hilbert_order
from maps.errors import DispatchError
from maps.snapping import pack_tree
from maps.speeds import BACKWARD, PROFILES, node_passage, way_access, way_speeds_mh
from maps.tags import NodeFlag

__all__ = ["BadBuild", "Network", "NoRoadsInSource", "RoadRows", "build_network", "save"]

Progress = Callable[[str, float], None]  # (what is being done, share done from 0 to 1)
MIN_PART_M = 20_000  # another island or valley with this much road is kept beside the largest part


class NoRoadsInSource(DispatchError):
    """The source holds no road that any profile could use."""

    code = "no_roads_in_source"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class RoadRows:
    """Roads as the source tells them: N nodes that ways use, W ways over M node references.

    node_id       (N,) int64 OSM ids, each once, in any order
    lon, lat      (N,) float64 degrees
    node_flags    (N,) uint8 bits of `maps.tags.NodeFlag`
    way_offset    (W+1,) int64: way w has nodes way_node[way_offset[w]:way_offset[w+1]]
    way_node      (M,) int32 indices into the node arrays (not OSM ids)
    way_id        (W,) int64 OSM ids
    highway       (W,) uint8 index into `maps.tags.HIGHWAYS`
    surface       (W,) uint8 index into `maps.tags.SURFACES`
    maxspeed_kmh  (W,) float32, nan: not said
    oneway        (W,) int8: 1 along the nodes, -1 against, 0 both ways
    flags         (W,) uint32 bits of `maps.tags.RoadFlag`
    width_m       (W,) float32, nan: not said
    name          (W,) int32 index into names, -1: no name
    names         every name once
    """

    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    node_flags: NDArray[np.uint8]
    way_offset: NDArray[np.int64]
    way_node: NDArray[np.int32]
    way_id: NDArray[np.int64]
    highway: NDArray[np.uint8]
    surface: NDArray[np.uint8]
    maxspeed_kmh: NDArray[np.float32]
    oneway: NDArray[np.int8]
    flags: NDArray[np.uint32]
    width_m: NDArray[np.float32]
    name: NDArray[np.int32]
    names: list[str]


def silent(_what: str, _share: float) -> None:
    """Progress that nobody watches."""


def build_network(rows: RoadRows, *, progress: Progress = silent, min_part_m: float = MIN_PART_M) -> Network:
    """Make the network that the kernels search.

    For every profile the largest strongly connected part stays, and every other with at least min_part_m of
    road; `report` says what went. Raises NoRoadsInSource, and ValueError for a coordinate off the globe.
    """
    _check(rows)
    progress("speeds", 0.0)
    speeds_mh = way_speeds_mh(
        highway=rows.highway,
        surface=rows.surface,
        maxspeed_kmh=rows.maxspeed_kmh,
        flags=rows.flags,
        width_m=rows.width_m,
    )
    segments = road_segments(rows, speeds_mh)
    segments, stands_for = split_barriers(segments, node_passage(rows.node_flags))
    progress("connected parts", 0.2)
    segments, parts = keep_connected(segments, min_part_mm=round(min_part_m * 1000))
    if not len(segments.u):
        raise NoRoadsInSource("No road that any vehicle could use.")
    progress("contraction", 0.5)
    signals = (rows.node_flags[stands_for] & NodeFlag.SIGNAL) != 0
    chains = contract(segments, signals)
    progress("arrays", 0.7)
    report = {"ways": len(rows.way_id), "nodes": len(rows.node_id), "parts": parts}
    network = _assemble(rows, speeds_mh, segments, stands_for, chains, report)
    progress("done", 1.0)
    return network


def _check(rows: RoadRows) -> None:
    inside = (np.abs(rows.lon) <= 180) & (np.abs(rows.lat) <= 90)
    if not inside.all():
        raise ValueError(f"{int((~inside).sum())} nodes have no place on the globe")


def road_segments(rows: RoadRows, speeds_mh: NDArray[np.int32]) -> Segments:
    """Every pair of neighbouring nodes on a way that somebody may use."""
    access = way_access(speeds_mh, rows.oneway)
    way = np.repeat(np.arange(len(rows.way_id), dtype=np.int32), np.diff(rows.way_offset))
    follows = np.flatnonzero((way[1:] == way[:-1]) & (rows.way_node[1:] != rows.way_node[:-1]))
    follows = follows[access[way[follows]] != 0]
    u, v = rows.way_node[follows], rows.way_node[follows + 1]
    return Segments(
        node_count=len(rows.node_id),
        u=u,
        v=v,
        way=way[follows],
        mm=segment_mm(rows.lon, rows.lat, u, v),
        access=access[way[follows]],
    )


def _assemble(
    rows: RoadRows,
    speeds_mh: NDArray[np.int32],
    segments: Segments,
    stands_for: NDArray[np.int32],
    chains: Chains,
    report: dict[str, Any],
) -> Network:
    """Number vertices and edges along a space-filling curve and lay everything out in that order."""
    x = np.rint(rows.lon / DEGREE).astype(np.int32)[stands_for]
    y = np.rint(rows.lat / DEGREE).astype(np.int32)[stands_for]
    nodes = np.unique(np.concatenate([chains.start, chains.end]))
    nodes = nodes[hilbert_order(x[nodes], y[nodes])]
    vertex_of = np.full(segments.node_count, -1, np.int32)
    vertex_of[nodes] = np.arange(len(nodes), dtype=np.int32)
    chains = _sorted(chains, vertex_of)
    start, end = vertex_of[chains.start], vertex_of[chains.end]
    mm = np.add.reduceat(segments.mm[chains.segment], chains.offset[:-1]).astype(np.int32)
    access = _edge_access(segments, chains)
    shape = _shape(segments, chains, x, y)
    adjacency = _adjacency(len(nodes), start, end, mm, access, _edge_ms(segments, chains, speeds_mh))
    tree = pack_tree(shape["shape_offset"], shape["point_x"], shape["point_y"], mm)
    names = [name.encode() for name in rows.names]
    report |= {"vertices": len(nodes), "edges": len(start), "points": len(shape["point_x"])}
    return Network(
        vertex_x=x[nodes],
        vertex_y=y[nodes],
        vertex_flags=rows.node_flags[stands_for[nodes]],
        edge_start=start,
        edge_end=end,
        edge_mm=mm,
        edge_access=access,
        way_id=rows.way_id.copy(),
        way_highway=rows.highway.copy(),
        way_surface=rows.surface.copy(),
        way_flags=rows.flags.copy(),
        way_name=rows.name.copy(),
        way_speed_mh=speeds_mh,
        name_offset=np.concatenate([[0], np.cumsum([len(name) for name in names])]).astype(np.int64),
        name_bytes=np.frombuffer(b"".join(names), np.uint8).copy(),
        report=report,
        **shape,
        **adjacency,
        **tree,
    )


def _sorted(chains: Chains, vertex_of: NDArray[np.int32]) -> Chains:
    """Chains in the order of their vertices."""
    start, end = vertex_of[chains.start], vertex_of[chains.end]
    order = np.lexsort((np.maximum(start, end), np.minimum(start, end)))
    sizes = np.diff(chains.offset)[order]
    offset = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    taken = np.repeat(chains.offset[:-1][order] - offset[:-1], sizes) + np.arange(offset[-1])
    return Chains(chains.start[order], chains.end[order], offset, chains.segment[taken], chains.flipped[taken])


def _edge_access(segments: Segments, chains: Chains) -> NDArray[np.uint16]:
    """Access of each chain: that of its first segment, as all its segments have the same."""
    first = chains.offset[:-1]
    access = segments.access[chains.segment[first]]
    turned = (access >> np.uint16(BACKWARD)) | (access << np.uint16(BACKWARD))
    return np.where(chains.flipped[first], turned, access).astype(np.uint16)


def _edge_ms(segments: Segments, chains: Chains, speeds_mh: NDArray[np.int32]) -> NDArray[np.int32]:
    """(P, E) the time over each edge, the sum of its segments' times; undefined where access forbids."""
    ordered = chains.segment
    way, mm = segments.way[ordered], segments.mm[ordered]
    edge_ms = np.empty((len(PROFILES), len(chains.start)), np.int32)
    for column in range(len(PROFILES)):
        edge_ms[column] = np.add.reduceat(travel_ms(mm, speeds_mh[way, column]), chains.offset[:-1])
    return edge_ms


def _shape(segments: Segments, chains: Chains, x: NDArray[np.int32], y: NDArray[np.int32]) -> dict[str, Any]:
    """Points of every edge, one more than it has segments."""
    edge = np.repeat(np.arange(len(chains.start)), np.diff(chains.offset))
    place = np.arange(len(edge)) + edge  # each edge before has one point more than segments
    ordered = chains.segment
    tail = np.where(chains.flipped, segments.v[ordered], segments.u[ordered])
    offset = chains.offset + np.arange(len(chains.offset))
    node = np.empty(len(edge) + len(chains.start), np.int32)
    node[place] = tail
    node[offset[1:] - 1] = chains.end
    point_mm, point_way = np.zeros(len(node), np.int32), np.full(len(node), -1, np.int32)
    point_mm[place] = segments.mm[ordered]
    point_way[place] = segments.way[ordered]
    return {
        "shape_offset": offset,
        "point_x": x[node],
        "point_y": y[node],
        "point_mm": point_mm,
        "point_way": point_way,
    }


def _adjacency(
    vertex_count: int,
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    mm: NDArray[np.int32],
    access: NDArray[np.uint16],
    edge_ms: NDArray[np.int32],
) -> dict[str, Any]:
    """Slots of every vertex, ordered by vertex: over each touching edge, both ways."""
    count = len(start)
    vertex = np.concatenate([start, end])
    order = np.argsort(vertex, kind="stable")
    edge, backward = order % count, order >= count
    offset = np.zeros(vertex_count + 1, np.int32)
    np.cumsum(np.bincount(vertex, minlength=vertex_count), out=offset[1:])
    out_ms, in_ms = np.empty((2, len(PROFILES), 2 * count), np.int32)
    for column in range(len(PROFILES)):
        along = (access[edge] >> np.uint16(column)) & 1 != 0
        against = (access[edge] >> np.uint16(column + BACKWARD)) & 1 != 0
        out_ms[column] = np.where(np.where(backward, against, along), edge_ms[column, edge], -1)
        in_ms[column] = np.where(np.where(backward, along, against), edge_ms[column, edge], -1)
    return {
        "adj_offset": offset,
        "adj_vertex": np.concatenate([end, start])[order],
        "adj_arc": (2 * edge + backward).astype(np.int32),
        "adj_mm": mm[edge],
        "out_ms": out_ms,
        "in_ms": in_ms,
    }
