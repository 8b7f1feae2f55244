"""The line of a drive: points of edges put together."""

import numpy as np
from numpy.typing import NDArray

from maps import kernels
from maps.arrays import Network

LonLat = tuple[float, float]


def line_of(
    network: Network, start: np.void, target: np.void, leaves_by: int, slots: NDArray[np.int32]
) -> list[LonLat]:
    """The line of a drive: part of the first edge, whole edges, part of the last (see kernels.path)."""
    first, last = [[float(start["lon"]), float(start["lat"])]], [[float(target["lon"]), float(target["lat"])]]
    if leaves_by == 0:
        return _joined([first, _between(network, start, target), last])
    arcs = network.adj_arc[slots] ^ 1  # a slot is seen from its head: its arc leaves where the drive arrives
    parts = [first, _leaving(network, start, over_end=leaves_by == 1)]
    parts += [_whole(network, int(arc)) for arc in arcs]
    vertex = int(start["end"] if leaves_by == 1 else start["start"])
    if len(arcs):
        edge, against = divmod(int(arcs[-1]), 2)
        vertex = int(network.edge_start[edge] if against else network.edge_end[edge])
    arriving = _leaving(network, target, over_end=not _arrives_over_start(target, vertex))
    return _joined([*parts, arriving[::-1], last])


def _arrives_over_start(target: np.void, vertex: int) -> bool:
    """Which end of its edge a drive to the target comes over, when it has come to this vertex."""
    if target["start"] != target["end"]:
        return bool(vertex == target["start"])
    over_start = kernels.to_start(target, target["along"])
    return bool(over_start <= kernels.to_end(target, target["against"]))


def _points(network: Network, first: int, last: int) -> list[list[float]]:
    """Points first … last-1 in degrees."""
    x, y = network.point_x[first:last] / 1e7, network.point_y[first:last] / 1e7
    return np.column_stack((x, y)).tolist()  # type: ignore[no-any-return]


def _leaving(network: Network, at: np.void, *, over_end: bool) -> list[list[float]]:
    """The points from a position to an end of its edge."""
    edge, point = int(at["edge"]), int(at["point"])
    if over_end:
        return _points(network, point + 1, int(network.shape_offset[edge + 1]))
    return _points(network, int(network.shape_offset[edge]), point + 1)[::-1]


def _between(network: Network, start: np.void, target: np.void) -> list[list[float]]:
    """The points between two positions of one edge."""
    if start["at_mm"] <= target["at_mm"]:
        return _points(network, int(start["point"]) + 1, int(target["point"]) + 1)
    return _points(network, int(target["point"]) + 1, int(start["point"]) + 1)[::-1]


def _whole(network: Network, arc: int) -> list[list[float]]:
    edge, against = divmod(arc, 2)
    points = _points(network, int(network.shape_offset[edge]), int(network.shape_offset[edge + 1]))
    return points[::-1] if against else points


def _joined(parts: list[list[list[float]]]) -> list[LonLat]:
    """One line, without a point that repeats the one before it; a line has two points at least."""
    line: list[LonLat] = []
    for part in parts:
        for lon, lat in part:
            point = (round(lon, 7), round(lat, 7))
            if not line or line[-1] != point:
                line.append(point)
    return line if len(line) > 1 else line * 2
