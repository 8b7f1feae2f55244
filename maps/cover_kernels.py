"""What is reached along every edge, after `maps.kernels.reach`. Knows arrays and numbers only.

`ms_to` are milliseconds to every vertex, -1 where not reached. A place on an edge is reached over either end, as
far as the profile may drive, or from an origin that stands on the same edge.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maps.jit import Whole, kernel
from maps.kernels import MM_BITS, NEVER, along_edge
from maps.snapping import Positions, Shapes, segment_ms, share_ms

UNREACHED = np.iinfo(np.int32).max
NO_ROAD = np.uint32(np.iinfo(np.uint32).max)
NOBODY = np.uint32(NO_ROAD - 1)


class Grid(NamedTuple):
    """South-west corner and size of the cells, all in 1e-7 degrees."""

    west: int
    south: int
    cell_x: float
    cell_y: float


@kernel
def arrive(origins: Positions, places: Positions, ms_to: NDArray[np.int32], ms_at: NDArray[np.int32]) -> None:
    """Milliseconds to each place, into ms_at; UNREACHED where nobody gets to, or where there is no road."""
    for i in range(len(places)):
        at = places[i]
        ms_at[i] = UNREACHED
        if at.edge < 0:
            continue
        if ms_to[at.start] >= 0 and (at.along or at.at_mm == 0):
            ms_at[i] = ms_to[at.start] + at.at_ms
        if ms_to[at.end] >= 0 and (at.against or at.at_mm == at.edge_mm):
            ms_at[i] = min(ms_at[i], ms_to[at.end] + at.edge_ms - at.at_ms)
    order = np.argsort(places["edge"])
    edges = places["edge"][order]
    for origin in origins:
        if origin.edge < 0:
            continue
        for slot in range(np.searchsorted(edges, origin.edge), len(edges)):
            if edges[slot] != origin.edge:
                break
            cost = along_edge(origin, places[order[slot]])
            if cost != NEVER:
                ms_at[order[slot]] = min(ms_at[order[slot]], cost >> MM_BITS)


@kernel
def spans(
    shapes: Shapes,
    ms_to: NDArray[np.int32],
    limit_ms: Whole,
    from_start: NDArray[np.int32],
    from_end: NDArray[np.int32],
) -> None:
    """Millimetres of each edge that are reached over its start and over its end within limit_ms, into (E,) arrays."""
    offset, point_mm, point_way = shapes.shape_offset, shapes.point_mm, shapes.point_way
    speed_mh, access, column = shapes.way_speed_mh, shapes.edge_access, shapes.column
    for edge in range(len(access)):
        from_start[edge] = from_end[edge] = 0
        first, last = offset[edge], offset[edge + 1] - 1
        ms = ms_to[shapes.edge_start[edge]]
        if ms >= 0 and (access[edge] >> column) & 1:
            from_start[edge] = _drive(point_mm, point_way, speed_mh, column, first, last, 1, limit_ms - ms)
        ms = ms_to[shapes.edge_end[edge]]
        if ms >= 0 and (access[edge] >> (column + 8)) & 1:
            from_end[edge] = _drive(point_mm, point_way, speed_mh, column, last - 1, first - 1, -1, limit_ms - ms)


@kernel
def _drive(
    point_mm: NDArray[np.int32],
    point_way: NDArray[np.int32],
    speed_mh: NDArray[np.int32],
    column: Whole,
    first: Whole,
    last: Whole,
    step: int,
    left_ms: Whole,
) -> Whole:
    """How far one gets over segments first, first + step … before last, in left_ms."""
    mm = np.int64(0)
    for point in range(first, last, step):
        if left_ms < 0:
            break
        length = np.int64(point_mm[point])
        took = segment_ms(length, speed_mh[point_way[point], column])
        mm += length if took <= left_ms else length * left_ms // took
        left_ms -= took
    return mm


@kernel
def origin_spans(
    shapes: Shapes, origins: Positions, limit_ms: Whole, first_mm: NDArray[np.int32], last_mm: NDArray[np.int32]
) -> None:
    """The part of its own edge that each origin reaches without leaving it, into (C,) arrays."""
    offset, point_mm, point_way = shapes.shape_offset, shapes.point_mm, shapes.point_way
    speed_mh, column = shapes.way_speed_mh, shapes.column
    for i in range(len(origins)):
        at = origins[i]
        first_mm[i] = last_mm[i] = 0
        if at.edge < 0:
            continue
        first_mm[i] = last_mm[i] = at.at_mm
        length, rest = point_mm[at.point], point_mm[at.point] - at.into_mm
        took = segment_ms(length, speed_mh[point_way[at.point], column])
        if at.along:
            rest_ms = took - share_ms(took, at.into_mm, length)
            last_mm[i] += rest if rest_ms <= limit_ms else rest * limit_ms // rest_ms
            end = offset[at.edge + 1] - 1
            last_mm[i] += _drive(point_mm, point_way, speed_mh, column, at.point + 1, end, 1, limit_ms - rest_ms)
        if at.against:
            into_ms = share_ms(took, at.into_mm, length)
            first_mm[i] -= at.into_mm if into_ms <= limit_ms else at.into_mm * limit_ms // into_ms
            start = offset[at.edge] - 1
            first_mm[i] -= _drive(point_mm, point_way, speed_mh, column, at.point - 1, start, -1, limit_ms - into_ms)


@kernel
def paint(
    shapes: Shapes,
    edge_ms: NDArray[np.int32],
    ms_to: NDArray[np.int32],
    origins: Positions,
    grid: Grid,
    raster: NDArray[np.uint32],
) -> None:
    """Put into each cell (rows from the south, columns from the west) the soonest time that a road in it is reached.

    Cells with roads of the profile that nobody reaches get NOBODY; cells without keep what they had.
    """
    access, column = shapes.edge_access, shapes.column
    for edge in range(len(edge_ms)):
        along, against = (access[edge] >> column) & 1, (access[edge] >> (column + 8)) & 1
        start, end, whole = ms_to[shapes.edge_start[edge]], ms_to[shapes.edge_end[edge]], edge_ms[edge]
        if along and start >= 0:
            _paint_edge(shapes, grid, raster, edge, start, 1, 0, whole)
        if against and end >= 0:
            _paint_edge(shapes, grid, raster, edge, end + whole, -1, 0, whole)
        if (along or against) and start < 0 and end < 0:
            _paint_edge(shapes, grid, raster, edge, NOBODY, 0, 0, whole)
    for at in origins:
        if at.edge >= 0 and at.along:
            _paint_edge(shapes, grid, raster, at.edge, -at.at_ms, 1, at.at_ms, at.edge_ms)
        if at.edge >= 0 and at.against:
            _paint_edge(shapes, grid, raster, at.edge, at.at_ms, -1, 0, at.at_ms)


@kernel
def _paint_edge(
    shapes: Shapes,
    grid: Grid,
    raster: NDArray[np.uint32],
    edge: Whole,
    base_ms: Whole,
    sign: Whole,
    low_ms: Whole,
    high_ms: Whole,
) -> None:
    """Paint base_ms + sign * t along an edge, t the time from its start, where t is between low_ms and high_ms."""
    driven_ms = np.int64(0)
    for point in range(shapes.shape_offset[edge], shapes.shape_offset[edge + 1] - 1):
        took = segment_ms(shapes.point_mm[point], shapes.way_speed_mh[shapes.point_way[point], shapes.column])
        x, y = shapes.point_x[point] - grid.west, shapes.point_y[point] - grid.south
        dx = shapes.point_x[point + 1] - shapes.point_x[point]
        dy = shapes.point_y[point + 1] - shapes.point_y[point]
        steps = 1 + int(2 * max(abs(dx) / grid.cell_x, abs(dy) / grid.cell_y))
        for step in range(steps + 1):
            t = driven_ms + took * step // steps
            if low_ms <= t <= high_ms:
                row, column = int((y + dy * step / steps) / grid.cell_y), int((x + dx * step / steps) / grid.cell_x)
                raster[row, column] = min(raster[row, column], np.uint32(base_ms + sign * t))
        driven_ms += took


@kernel
def edge_times(shapes: Shapes, edge_ms: NDArray[np.int32]) -> None:
    """Milliseconds over each edge, into (E,), whatever access says."""
    for edge in range(len(edge_ms)):
        ms = np.int64(0)
        for point in range(shapes.shape_offset[edge], shapes.shape_offset[edge + 1] - 1):
            ms += segment_ms(shapes.point_mm[point], shapes.way_speed_mh[shapes.point_way[point], shapes.column])
        edge_ms[edge] = ms
