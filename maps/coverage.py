"""Who is reached how soon: seconds, kilometres of road and areas, from stations, posts or free units.

    cover = reach([(102.26, -3.79)], limits_s=(300, 600, 900), profile="fire_engine")
    covered_lengths(cover, 300)         metres of every edge reached in five minutes
    road_shares(cover, areas_of_edges(cover.router.network, kelurahan), len(kelurahan))
    reach_polygons(cover), gap_polygons(cover, 600)

Seconds and lengths are exact: arcs are covered in part where the time runs out on them. Areas are drawn: the
region is cut into square cells, a cell is reached when a road in it or in a neighbouring cell is, and a gap is
where there are roads that nobody reaches in time. Sea, forest and fields without roads are neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter
from shapely.geometry.base import BaseGeometry

from maps import cover_kernels
from maps.arrays import Network
from maps.cover_kernels import NO_ROAD, Grid
from maps.lines import LonLat
from maps.router import Router
from maps.routing import current_router
from maps.snapping import Positions
from maps.speeds import BACKWARD, profile_index

CELL_M = 100.0  # side of a cell; larger where a region would need more than CELLS of them
CELLS = 400_000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """The times from a set of origins, each place from the origin that is there first.

    origins    (C,) of maps.snapping.POSITION
    ms_to      (V,) int32 milliseconds to each vertex, -1 past the last limit
    limits_s   ascending
    """

    router: Router
    profile: str
    limits_s: tuple[float, ...]
    origins: Positions
    ms_to: NDArray[np.int32]

    @property
    def seconds(self) -> NDArray[np.float32]:
        """(V,) seconds to each vertex; inf past the last limit."""
        return np.where(self.ms_to < 0, np.inf, self.ms_to / 1000).astype(np.float32)

    @cached_property
    def raster(self) -> "Raster":
        return _painted(self)


@dataclass(frozen=True)
class Raster:
    """Square cells over a region, rows from the south, columns from the west.

    ms   (R, C) uint32 soonest time at which a road in the cell or beside it is reached; cover_kernels.NOBODY past
         the last limit, NO_ROAD where there is none
    """

    grid: Grid
    ms: NDArray[np.uint32]


def reach(
    origins: Sequence[LonLat],
    limits_s: Sequence[float],
    profile: str,
    *,
    router: Router | None = None,
) -> Reach:
    """Times from the origins up to the largest limit. Raises NoRoads, ValueError for an unknown profile."""
    router = router or current_router()
    limits = tuple(sorted(limits_s))
    positions = router.positions(origins, profile)
    ms_to = router.reach_ms(origins, profile=profile, limit_s=limits[-1])
    return Reach(router, profile, limits, positions, ms_to)


def covered_lengths(cover: Reach, limit_s: float) -> Floats:
    """(E,) metres of each edge that are reached within a limit, not more than the largest asked for."""
    shapes, limit_ms = cover.router.shapes(cover.profile), _milliseconds(cover, limit_s)
    edge_mm = cover.router.network.edge_mm
    from_start, from_end = np.empty(len(edge_mm), np.int32), np.empty(len(edge_mm), np.int32)
    cover_kernels.spans(shapes, cover.ms_to, limit_ms, from_start, from_end)
    covered_mm = np.minimum(from_start.astype(np.int64) + from_end, edge_mm)
    _add_origins(cover, limit_ms, from_start, from_end, covered_mm)
    return np.asarray(covered_mm / 1000)


def _add_origins(
    cover: Reach,
    limit_ms: int,
    from_start: NDArray[np.int32],
    from_end: NDArray[np.int32],
    covered_mm: NDArray[np.int64],
) -> None:
    """Unite, on the edges where origins stand, what is reached over the ends and from the middle."""
    origins, edge_mm = cover.origins, cover.router.network.edge_mm
    first, last = np.empty(len(origins), np.int32), np.empty(len(origins), np.int32)
    cover_kernels.origin_spans(cover.router.shapes(cover.profile), origins, limit_ms, first, last)
    for edge in np.unique(origins["edge"][origins["edge"] >= 0]):
        here = origins["edge"] == edge
        parts = [(0, from_start[edge]), (edge_mm[edge] - from_end[edge], edge_mm[edge])]
        covered_mm[edge] = _united([*parts, *zip(first[here], last[here], strict=True)])


def _united(parts: Sequence[tuple[int, int]]) -> int:
    """Length of the union of intervals."""
    total, done = 0, 0
    for first, last in sorted((int(first), int(last)) for first, last in parts):
        total += max(last - max(first, done), 0)
        done = max(done, last)
    return total


def _milliseconds(cover: Reach, limit_s: float) -> int:
    if limit_s > cover.limits_s[-1]:
        raise ValueError(f"{limit_s} s is more than was searched ({cover.limits_s[-1]} s)")
    return round(limit_s * 1000)


def edge_lengths(network: Network, profile: str) -> Floats:
    """(E,) metres of each edge; 0 where the profile may not drive."""
    column = profile_index(profile)
    open_to = ((network.edge_access >> column) | (network.edge_access >> (column + BACKWARD))) & 1
    return np.asarray(network.edge_mm * open_to / 1000)


def areas_of_edges(network: Network, polygons: Sequence[BaseGeometry]) -> NDArray[np.int32]:
    """(E,) index of the polygon in which the middle point of each edge's shape lies; -1: in none.

    Depends on the build and the polygons only: worth keeping.
    """
    middle = (network.shape_offset[:-1] + network.shape_offset[1:] - 1) // 2
    after = np.minimum(middle + 1, network.shape_offset[1:] - 1)
    x = (network.point_x[middle].astype(np.float64) + network.point_x[after]) / 2e7
    y = (network.point_y[middle].astype(np.float64) + network.point_y[after]) / 2e7
    return areas_of_points(np.column_stack((x, y)), polygons)


def areas_of_points(lonlat: Floats, polygons: Sequence[BaseGeometry]) -> NDArray[np.int32]:
    """(N,) index of the polygon that covers each of (N, 2) points, the first of several; -1: none."""
    area = np.full(len(lonlat), -1, np.int32)
    tree = shapely.STRtree(np.asarray(shapely.points(lonlat)))
    found, point = tree.query(np.array(polygons, dtype=object), predicate="covers")
    area[point[::-1]] = found[::-1]
    return area


def road_shares(cover: Reach, area_of_edge: NDArray[np.int32], areas: int) -> Floats:
    """(L, areas) share of each area's road length that is reached within each limit; nan without roads."""
    inside = area_of_edge >= 0
    index, lengths = area_of_edge[inside], edge_lengths(cover.router.network, cover.profile)[inside]
    total = np.bincount(index, lengths, minlength=areas)
    covered = [
        np.bincount(index, covered_lengths(cover, limit_s)[inside], minlength=areas) for limit_s in cover.limits_s
    ]
    return _shares(np.array(covered), total)


def point_shares(cover: Reach, seconds: NDArray[np.float32], area_of_point: NDArray[np.int32], areas: int) -> Floats:
    """(L, areas) share of each area's points (buildings, calls) reached within each limit; nan without points."""
    inside = area_of_point >= 0
    index, seconds = area_of_point[inside], seconds[inside]
    total = np.bincount(index, minlength=areas)
    within = [np.bincount(index[seconds <= limit_s], minlength=areas) for limit_s in cover.limits_s]
    return _shares(np.array(within, np.float64), total)


def _shares(part: Floats, total: NDArray[Any]) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(part / total, np.float64)


def seconds_at(cover: Reach, lonlat: Floats) -> NDArray[np.float32]:
    """(N,) seconds to each of (N, 2) points, at the place of the road nearest to it; inf past the last limit."""
    places = cover.router.positions_of(lonlat, cover.profile)
    ms_at = np.empty(len(places), np.int32)
    cover_kernels.arrive(cover.origins, places, cover.ms_to, ms_at)
    late = ms_at > cover.limits_s[-1] * 1000
    return np.where(late, np.inf, ms_at / 1000).astype(np.float32)


def reach_polygons(cover: Reach) -> list[BaseGeometry]:
    """For each limit the area that is reached, in degrees; each contains those of the shorter limits."""
    ms = cover.raster.ms
    return [_outline(cover.raster.grid, ms <= _milliseconds(cover, limit_s)) for limit_s in cover.limits_s]


def gap_polygons(cover: Reach, limit_s: float) -> BaseGeometry:
    """Where there are roads and nobody comes within a limit, in degrees."""
    ms = cover.raster.ms
    return _outline(cover.raster.grid, (ms > _milliseconds(cover, limit_s)) & (ms < NO_ROAD))


def _painted(cover: Reach) -> Raster:
    network, shapes = cover.router.network, cover.router.shapes(cover.profile)
    grid, size = _grid_over(network)
    raster = np.full(size, NO_ROAD, np.uint32)
    edge_ms = np.empty(len(network.edge_mm), np.int32)
    cover_kernels.edge_times(shapes, edge_ms)
    cover_kernels.paint(shapes, edge_ms, cover.ms_to, cover.origins, grid, raster)
    return Raster(grid, minimum_filter(raster, size=3, mode="nearest"))


def _grid_over(network: Network) -> tuple[Grid, tuple[int, int]]:
    """Cells over all roads, with a margin of two for the neighbours of what lies on the border."""
    west, east = int(network.point_x.min()), int(network.point_x.max())
    south, north = int(network.point_y.min()), int(network.point_y.max())
    metre_y = 1e7 / 111_132.0  # 1e-7 degrees in a metre to the north, on average; a picture needs no better
    metre_x = metre_y / np.cos(np.radians((south + north) / 2e7))
    area_m2 = (east - west) / metre_x * (north - south) / metre_y
    cell_m = max(CELL_M, (area_m2 / CELLS) ** 0.5)
    cell_x, cell_y = float(cell_m * metre_x), float(cell_m * metre_y)
    size = int((north - south) / cell_y) + 5, int((east - west) / cell_x) + 5
    return Grid(round(west - 2 * cell_x), round(south - 2 * cell_y), cell_x, cell_y), size


def _outline(grid: Grid, cells: NDArray[np.bool_]) -> BaseGeometry:
    """The chosen cells as one geometry: runs of cells in each row, united, the steps cut to slopes."""
    padded = np.zeros((cells.shape[0], cells.shape[1] + 2), np.int8)
    padded[:, 1:-1] = cells
    change = np.diff(padded, axis=1)
    row, first = np.nonzero(change == 1)
    last = np.nonzero(change == -1)[1]
    west, east = (grid.west + first * grid.cell_x) / 1e7, (grid.west + last * grid.cell_x) / 1e7
    south, north = (grid.south + row * grid.cell_y) / 1e7, (grid.south + (row + 1) * grid.cell_y) / 1e7
    united = shapely.union_all(shapely.box(west, south, east, north))
    return shapely.simplify(united, min(grid.cell_x, grid.cell_y) / 1e7 * 0.75)
