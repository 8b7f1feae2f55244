"""Sea from coastlines: OpenStreetMap draws only the line, with land on its left."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry as Geometry

# How far to the side of the line we look to see which face is water.
_ASIDE = 1e-7
# The course of a coast that ends is continued in the direction of its last part of this length (degrees).
_TREND = 0.05


def sea(coastlines: Sequence[Geometry], box: Polygon) -> MultiPolygon:
    """The water inside `box`, in degrees.

    Where a coast ends inside the box (an extract cuts it there) it is continued straight to the box's edge.
    Empty when there is no coast.
    """
    lines = _whole_lines(coastlines, box) if coastlines else []
    if not lines:
        return MultiPolygon()
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([*lines, box.boundary]))))
    water = faces[_is_water(faces, lines)]
    merged = shapely.union_all(water)
    return MultiPolygon([part for part in shapely.get_parts(merged) if part.geom_type == "Polygon"])


def _whole_lines(coastlines: Sequence[Geometry], box: Polygon) -> list[LineString]:
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(coastlines)), directed=True))
    whole = [line if line.is_closed else _continued(line, box) for line in merged]
    cut = shapely.get_parts(shapely.intersection(whole, box))
    return [line for line in cut if line.geom_type == "LineString"]


def _continued(line: LineString, box: Polygon) -> LineString:
    """The line with both ends led on to the edge of the box, where they lie inside."""
    points = list(line.coords)
    first, last = shapely.Point(points[0]), shapely.Point(points[-1])
    length = line.length
    if box.contains(first):
        points.insert(0, _beyond(line.interpolate(min(_TREND, length)), first, box))
    if box.contains(last):
        points.append(_beyond(line.interpolate(max(length - _TREND, 0.0)), last, box))
    return LineString(points)


def _beyond(inner: Geometry, end: Geometry, box: Polygon) -> tuple[float, float]:
    """A point outside the box, seen from `inner` through `end`."""
    direction = np.array(end.coords[0]) - np.array(inner.coords[0])
    size = np.hypot(*direction) or 1.0
    west, south, east, north = box.bounds
    x, y = np.array(end.coords[0]) + direction / size * 2 * max(east - west, north - south)
    return float(x), float(y)


def _is_water(faces: NDArray[np.object_], lines: Sequence[LineString]) -> NDArray[np.bool_]:
    """Each face by the coast along it: water when more of it lies to the right of the coast than to the left."""
    starts, ends = _segments(lines)
    middle, along = (starts + ends) / 2, ends - starts
    length = np.hypot(along[:, 0], along[:, 1])
    keep = length > 0
    right = np.stack([along[:, 1], -along[:, 0]], axis=1)[keep] / length[keep, None] * _ASIDE
    votes = np.zeros(len(faces))
    tree = STRtree(faces)
    for side, sign in ((right, 1.0), (-right, -1.0)):
        point, face = tree.query(shapely.points(middle[keep] + side), predicate="within")
        np.add.at(votes, face, sign * length[keep][point])
    return votes > 0


def _segments(lines: Sequence[LineString]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    coordinates, line = shapely.get_coordinates(list(lines), return_index=True)
    same = line[1:] == line[:-1]
    return coordinates[:-1][same], coordinates[1:][same]
