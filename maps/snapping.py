"""The nearest point of a road: a packed tree over the edges' shapes, and the search in it.

The tree's leaves are *runs* of up to RUN segments of one edge, ordered along a Hilbert curve; each node above
covers FANOUT of the level below. Built once and mapped with the build, it serves a city and a nation alike.
Distances are metres in the plane that touches the ellipsoid at the point asked for: exact enough within some tens
of kilometres, and the same for every candidate.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maps.curve import hilbert_order
from maps.jit import Whole, kernel

RUN = 8
FANOUT = 4
POSITION = np.dtype(
    [
        ("edge", np.int32),  # -1: no road
        ("point", np.int32),  # the segment starts at this point
        ("into_mm", np.int32),  # along that segment
        ("at_mm", np.int32),  # along the edge
        ("at_ms", np.int32),
        ("edge_mm", np.int32),
        ("edge_ms", np.int32),
        ("start", np.int32),
        ("end", np.int32),
        ("along", np.int32),  # 1 where the profile may drive along the edge
        ("against", np.int32),
        ("off_m", np.float32),  # from the point asked for to the road
        ("lon", np.float64),  # on the road
        ("lat", np.float64),
    ],
    align=True,
)
Positions = np.ndarray[Any, np.dtype[np.void]]  # of POSITION


class Shapes(NamedTuple):
    """The arrays of a build that tell where roads are, for one profile (see maps.arrays.Network)."""

    tree_box: NDArray[np.int32]
    tree_level: NDArray[np.int64]
    run_point: NDArray[np.int32]
    run_edge: NDArray[np.int32]
    shape_offset: NDArray[np.int64]
    point_x: NDArray[np.int32]
    point_y: NDArray[np.int32]
    point_mm: NDArray[np.int32]
    point_way: NDArray[np.int32]
    edge_start: NDArray[np.int32]
    edge_end: NDArray[np.int32]
    edge_access: NDArray[np.uint16]
    way_speed_mh: NDArray[np.int32]
    column: int


def pack_tree(
    shape_offset: NDArray[np.int64],
    point_x: NDArray[np.int32],
    point_y: NDArray[np.int32],
    edge_mm: NDArray[np.int32],
) -> dict[str, Any]:
    """The tree's arrays.

    run_point, run_edge  (R,) int32 first point of each run and its edge; edges of no length have none
    tree_box    (T, 4) int32 west, south, east, north: the runs, then level by level up to the root
    tree_level  (L+1,) int64 where each level starts in tree_box
    """
    segments = np.where(edge_mm > 0, np.diff(shape_offset) - 1, 0)
    runs = -(-segments // RUN)
    edge = np.repeat(np.arange(len(runs)), runs)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(runs) - runs, runs)
    first = shape_offset[edge] + nth * RUN
    last = np.minimum(first + RUN, shape_offset[edge + 1] - 1)
    leaves = _run_boxes(point_x, point_y, first, last)
    order = hilbert_order(leaves[:, 0] // 2 + leaves[:, 2] // 2, leaves[:, 1] // 2 + leaves[:, 3] // 2)
    boxes = [leaves[order]]
    while len(boxes[-1]) > 1:
        boxes.append(_parents(boxes[-1]))
    return {
        "run_point": first[order].astype(np.int32),
        "run_edge": edge[order].astype(np.int32),
        "tree_box": np.concatenate(boxes),
        "tree_level": np.concatenate([[0], np.cumsum([len(level) for level in boxes])]).astype(np.int64),
    }


def _run_boxes(
    x: NDArray[np.int32], y: NDArray[np.int32], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Boxes over points first … last, both included."""
    box = np.empty((len(first), 4), np.int32)
    box[:, 0] = box[:, 2] = x[first]
    box[:, 1] = box[:, 3] = y[first]
    for step in range(1, RUN + 1):
        point = np.minimum(first + step, last)
        box[:, 0] = np.minimum(box[:, 0], x[point])
        box[:, 1] = np.minimum(box[:, 1], y[point])
        box[:, 2] = np.maximum(box[:, 2], x[point])
        box[:, 3] = np.maximum(box[:, 3], y[point])
    return box


def _parents(boxes: NDArray[np.int32]) -> NDArray[np.int32]:
    starts = np.arange(0, len(boxes), FANOUT)
    low = np.minimum.reduceat(boxes[:, :2], starts, axis=0)
    high = np.maximum.reduceat(boxes[:, 2:], starts, axis=0)
    return np.concatenate([low, high], axis=1)


@kernel
def snap(shapes: Shapes, lon: NDArray[np.float64], lat: NDArray[np.float64], positions: Positions) -> None:
    """Fill positions[i] with the nearest point of a road that the profile may use; edge -1: there is none.

    Of equally near segments the first in the build wins.
    """
    levels = len(shapes.tree_level) - 1
    stack_box = np.empty(FANOUT * levels + 1, np.int64)
    stack_m2 = np.empty(FANOUT * levels + 1, np.float64)
    for i in range(len(lon)):
        _snap_one(
            shapes.tree_box,
            shapes.tree_level,
            shapes.run_point,
            shapes.run_edge,
            shapes.shape_offset,
            shapes.point_x,
            shapes.point_y,
            shapes.point_mm,
            shapes.edge_access,
            shapes.column,
            lon[i],
            lat[i],
            stack_box,
            stack_m2,
            positions[i],
        )
        if positions[i].edge >= 0:
            _measure(shapes, positions[i])


@kernel
def _metres_per_unit(lat: float) -> tuple[float, float]:
    """Metres to 1e-7 degrees of longitude and of latitude at this latitude (as maps.contraction.segment_mm)."""
    phi = np.radians(lat)
    east = 111412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi) + 0.118 * np.cos(5 * phi)
    north = 111132.954 - 559.822 * np.cos(2 * phi) + 1.175 * np.cos(4 * phi)
    return east * 1e-7, north * 1e-7


@kernel
def _box_m2(tree_box: NDArray[np.int32], box: Whole, x: float, y: float, east: float, north: float) -> float:
    """Square of the distance from a point to a box of the tree; 0 inside."""
    dx = max(tree_box[box, 0] - x, 0.0, x - tree_box[box, 2]) * east
    dy = max(tree_box[box, 1] - y, 0.0, y - tree_box[box, 3]) * north
    return float(dx * dx + dy * dy)


@kernel
def _snap_one(
    tree_box: NDArray[np.int32],
    tree_level: NDArray[np.int64],
    run_point: NDArray[np.int32],
    run_edge: NDArray[np.int32],
    shape_offset: NDArray[np.int64],
    point_x: NDArray[np.int32],
    point_y: NDArray[np.int32],
    point_mm: NDArray[np.int32],
    edge_access: NDArray[np.uint16],
    column: Whole,
    lon: float,
    lat: float,
    stack_box: NDArray[np.int64],
    stack_m2: NDArray[np.float64],
    found: Any,
) -> None:
    """Branch and bound, nearest child first. Arrays apart, as in maps.kernels.nearest."""
    x, y = lon * 1e7, lat * 1e7
    east, north = _metres_per_unit(lat)
    bits = (1 << column) | (1 << (column + 8))
    best, found.edge, found.point = np.inf, -1, -1
    depth = 0
    if len(tree_box):
        stack_box[0], stack_m2[0] = len(tree_box) - 1, 0.0
        depth = 1
    while depth > 0:
        depth -= 1
        box = stack_box[depth]
        if stack_m2[depth] > best:
            continue
        if box >= tree_level[1]:
            first, last = _children(tree_level, box)
            floor = depth
            for child in range(first, last):
                m2 = _box_m2(tree_box, child, x, y, east, north)
                if m2 <= best:
                    _insert(stack_box, stack_m2, floor, depth, child, m2)
                    depth += 1
            continue
        edge = run_edge[box]
        if edge_access[edge] & bits == 0:
            continue
        first = run_point[box]
        for point in range(first, min(first + RUN, shape_offset[edge + 1] - 1)):
            if point_mm[point] == 0:
                continue  # a barrier's; the segment beside it is as near
            ax, ay = (point_x[point] - x) * east, (point_y[point] - y) * north
            dx, dy = (point_x[point + 1] - x) * east - ax, (point_y[point + 1] - y) * north - ay
            square = dx * dx + dy * dy
            share = 0.0
            if square > 0:
                share = min(max(-(ax * dx + ay * dy) / square, 0.0), 1.0)
            px, py = ax + share * dx, ay + share * dy
            m2 = px * px + py * py
            if m2 < best or (m2 == best and point < found.point):
                best = m2
                found.edge, found.point = edge, point
                found.into_mm = np.int32(np.rint(share * point_mm[point]))
                found.lon, found.lat = (x + px / east) * 1e-7, (y + py / north) * 1e-7
    found.off_m = np.sqrt(best)


@kernel
def _children(tree_level: NDArray[np.int64], box: Whole) -> tuple[Whole, Whole]:
    """First and last + 1 of the boxes below a box."""
    level = 1
    while tree_level[level + 1] <= box:
        level += 1
    first = tree_level[level - 1] + (box - tree_level[level]) * FANOUT
    return first, min(first + FANOUT, tree_level[level])


@kernel
def _insert(
    stack_box: NDArray[np.int64],
    stack_m2: NDArray[np.float64],
    floor: Whole,
    depth: Whole,
    box: Whole,
    m2: float,
) -> None:
    """Put a box on the stack, above those from floor on that are farther."""
    slot = depth
    while slot > floor and stack_m2[slot - 1] < m2:
        stack_box[slot], stack_m2[slot] = stack_box[slot - 1], stack_m2[slot - 1]
        slot -= 1
    stack_box[slot], stack_m2[slot] = box, m2


@kernel
def segment_ms(mm: Whole, speed_mh: Whole) -> Whole:
    """Milliseconds over a segment, rounded half up (the same as maps.contraction.travel_ms)."""
    return (np.int64(mm) * 3600 + speed_mh // 2) // speed_mh if speed_mh > 0 else np.int64(0)


@kernel
def share_ms(ms: Whole, part_mm: Whole, whole_mm: Whole) -> Whole:
    """Time over the first part_mm of a segment that takes ms, rounded half up; the rest takes what is left."""
    if whole_mm == 0:
        return np.int64(0)
    return (np.int64(ms) * part_mm + whole_mm // 2) // whole_mm


@kernel
def _measure(shapes: Shapes, at: Any) -> None:
    """Complete a position: where it is along its edge, in millimetres and in milliseconds."""
    edge = at.edge
    mm, ms = np.int64(0), np.int64(0)
    for point in range(shapes.shape_offset[edge], shapes.shape_offset[edge + 1] - 1):
        length = shapes.point_mm[point]
        took = segment_ms(length, shapes.way_speed_mh[shapes.point_way[point], shapes.column])
        if point == at.point:
            at.at_mm = mm + at.into_mm
            at.at_ms = ms + share_ms(took, at.into_mm, length)
        mm += length
        ms += took
    at.edge_mm, at.edge_ms = mm, ms
    at.start, at.end = shapes.edge_start[edge], shapes.edge_end[edge]
    at.along = (shapes.edge_access[edge] >> shapes.column) & 1
    at.against = (shapes.edge_access[edge] >> (shapes.column + 8)) & 1
