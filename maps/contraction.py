"""From road segments to a contracted graph: chains of degree-2 nodes become one edge each.

Arrays only. A *segment* joins two neighbouring nodes of a way; an *edge* is a chain of segments between two
*vertices*. `access` holds the bits of `maps.speeds.way_access`, along (u to v) and against.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from maps.jit import kernel
from maps.speeds import BACKWARD, PROFILES

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Indices = NDArray[np.signedinteger[Any]]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Segments:
    """S segments between nodes 0 … node_count-1.

    u, v, way  (S,) int32 node, node, row of the way
    mm         (S,) int32 length
    access     (S,) uint16
    """

    node_count: int
    u: Int32s
    v: Int32s
    way: Int32s
    mm: Int32s
    access: NDArray[np.uint16]

    def where(self, chosen: Bools) -> "Segments":
        """Only the chosen segments; nodes keep their numbers."""
        return Segments(
            self.node_count,
            self.u[chosen],
            self.v[chosen],
            self.way[chosen],
            self.mm[chosen],
            self.access[chosen],
        )


@dataclass(frozen=True)
class Chains:
    """E chains over the segments.

    start, end  (E,) int32 nodes
    offset      (E+1,) int64 into segment and flipped
    segment     (S,) int32 in the order of travel
    flipped     (S,) bool: travelled from v to u
    """

    start: Int32s
    end: Int32s
    offset: Int64s
    segment: Int32s
    flipped: Bools


def segment_mm(lon: NDArray[np.float64], lat: NDArray[np.float64], u: Indices, v: Indices) -> NDArray[np.int32]:
    """Length in millimetres between nodes u and v on the WGS 84 ellipsoid.

    Uses the length of a degree at the middle latitude (series of the meridian and parallel radii): within 0.01 %
    of the geodesic for anything up to 20 km, which no segment of a road exceeds.
    """
    middle = np.radians((lat[u] + lat[v]) / 2)
    dlon = (lon[v] - lon[u] + 180.0) % 360.0 - 180.0
    north_m = (lat[v] - lat[u]) * (111132.954 - 559.822 * np.cos(2 * middle) + 1.175 * np.cos(4 * middle))
    east_m = dlon * (111412.84 * np.cos(middle) - 93.5 * np.cos(3 * middle) + 0.118 * np.cos(5 * middle))
    return np.asarray(np.rint(np.hypot(north_m, east_m) * 1000), np.int32)


def travel_ms(mm: Int32s, speed_mh: Int32s) -> Int32s:
    """Milliseconds for a length at a speed in metres per hour, rounded half up; 0 where the speed is 0."""
    speed = speed_mh.astype(np.int64)
    ms = (mm.astype(np.int64) * 3600 + speed // 2) // np.maximum(speed, 1)
    return np.where(speed > 0, ms, 0).astype(np.int32)


def split_barriers(segments: Segments, passage: NDArray[np.uint8]) -> tuple[Segments, Int32s]:
    """Take nodes apart that not every profile gets through.

    Each end of a segment at such a node gets a node of its own, joined to the old one by a segment of no length
    that only the admitted profiles may use: the search then needs to know nothing about barriers.

    passage  (node_count,) bits of the profiles that pass
    returns  the segments and, for each node (old, then new), the old node that it stands for
    """
    everybody = np.uint8((1 << len(PROFILES)) - 1)
    barred = passage[: segments.node_count] != everybody
    ends = np.concatenate([segments.u, segments.v])
    cut = np.flatnonzero(barred[ends])
    new = segments.node_count + np.arange(len(cut), dtype=np.int32)
    old = ends[cut].copy()
    ends[cut] = new
    admitted = passage[old].astype(np.uint16)
    count = len(segments.u)
    joined = Segments(
        node_count=segments.node_count + len(cut),
        u=np.concatenate([ends[:count], new]),
        v=np.concatenate([ends[count:], old]),
        way=np.concatenate([segments.way, segments.way[cut % count if count else cut]]),
        mm=np.concatenate([segments.mm, np.zeros(len(cut), np.int32)]),
        access=np.concatenate([segments.access, admitted | (admitted << np.uint16(BACKWARD))]),
    )
    stands_for = np.concatenate([np.arange(segments.node_count, dtype=np.int32), old])
    return joined.where(joined.access != 0), stands_for


def keep_connected(segments: Segments, *, min_part_mm: int) -> tuple[Segments, dict[str, dict[str, float]]]:
    """Take from each profile what it cannot both reach and leave again.

    For each profile the largest strongly connected part stays, and every other of at least min_part_mm (an
    island with its own roads is a place to send help to as well). Returns the segments that some profile can
    still use, and what was kept and dropped, in kilometres by profile.
    """
    access = segments.access.copy()
    report: dict[str, dict[str, float]] = {}
    solved: dict[bytes, tuple[Bools, int]] = {}
    for column, name in enumerate(PROFILES):
        along = (segments.access >> np.uint16(column)) & 1
        against = (segments.access >> np.uint16(column + BACKWARD)) & 1
        key = np.packbits(np.stack([along, against]).astype(np.bool_)).tobytes()
        if key not in solved:
            solved[key] = _kept(segments, along != 0, against != 0, min_part_mm)
        kept, parts = solved[key]
        usable = (along | against) != 0
        access[~kept] &= np.uint16(0xFFFF ^ ((1 << column) | (1 << (column + BACKWARD))))
        report[name] = {
            "kept_km": round(float(segments.mm[usable & kept].sum(dtype=np.int64)) / 1e6, 1),
            "dropped_km": round(float(segments.mm[usable & ~kept].sum(dtype=np.int64)) / 1e6, 1),
            "parts": parts,
        }
    return Segments(segments.node_count, segments.u, segments.v, segments.way, segments.mm, access).where(
        access != 0
    ), report


def _kept(segments: Segments, along: Bools, against: Bools, min_part_mm: int) -> tuple[Bools, int]:
    """Which segments lie inside a part that is kept, and how many parts there are."""
    tails = np.concatenate([segments.u[along], segments.v[against]])
    heads = np.concatenate([segments.v[along], segments.u[against]])
    shape = (segments.node_count, segments.node_count)
    matrix = coo_matrix((np.ones(len(tails), np.bool_), (tails, heads)), shape=shape).tocsr()
    _, part = connected_components(matrix, directed=True, connection="strong")
    inside = (along | against) & (part[segments.u] == part[segments.v])
    part_mm = np.bincount(part[segments.u[inside]], segments.mm[inside].astype(np.float64))
    if not len(part_mm):
        return inside, 0
    keeps = part_mm >= min_part_mm
    keeps[np.argmax(part_mm)] = True
    inside[inside] = keeps[part[segments.u[inside]]]
    return inside, int(keeps.sum())


def contract(segments: Segments, is_fixed: Bools) -> Chains:
    """Join segments into chains.

    A node is passed over when exactly two segments meet there and whoever may come in by one may leave by the
    other, both ways round; is_fixed (node_count,) nodes always stay. A ring without any node that stays keeps
    its lowest.
    """
    links = _links(segments)
    stays = _stays(links, segments.access) | is_fixed
    return Chains(*_walk_all(links, stays))


class Links(NamedTuple):
    """Segments u-v, and by node (CSR) the segments that touch it."""

    u: Int32s
    v: Int32s
    offset: Int64s
    segment: Int32s


def _links(segments: Segments) -> Links:
    ends = np.concatenate([segments.u, segments.v])
    order = np.argsort(ends, kind="stable")
    offset = np.zeros(segments.node_count + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=segments.node_count), out=offset[1:])
    return Links(segments.u, segments.v, offset, (order % max(len(segments.u), 1)).astype(np.int32))


@kernel
def _stays(links: Links, access: NDArray[np.uint16]) -> Bools:
    """Which nodes are junctions, ends, or places where the rules change."""
    stays = np.zeros(len(links.offset) - 1, np.bool_)
    for node in range(len(stays)):
        first = links.offset[node]
        degree = links.offset[node + 1] - first
        if degree == 2:
            a, b = links.segment[first], links.segment[first + 1]
            a_in, a_out = _through(access[a], links.v[a] == node)
            b_in, b_out = _through(access[b], links.v[b] == node)
            stays[node] = a_in != b_out or b_in != a_out
        else:
            stays[node] = degree > 0
    return stays


@kernel
def _through(access: int, ends_here: bool) -> tuple[int, int]:
    """Bits of who arrives at this end of a segment, and of who leaves from it into the segment."""
    along, against = access & 0xFF, access >> 8
    return (along, against) if ends_here else (against, along)


@kernel
def _walk_all(links: Links, stays: Bools) -> tuple[Int32s, Int32s, Int64s, Int32s, Bools]:
    """All chains: first those between nodes that stay, then the rings that have none."""
    count = len(links.u)
    used = np.zeros(count, np.bool_)
    start, end = np.empty(count, np.int32), np.empty(count, np.int32)
    offset = np.zeros(count + 1, np.int64)
    segment, flipped = np.empty(count, np.int32), np.empty(count, np.bool_)
    chains, filled = 0, 0
    for sweep in range(2):
        for node in range(len(stays)):
            if stays[node] == (sweep == 1):
                continue
            for slot in range(links.offset[node], links.offset[node + 1]):
                link = links.segment[slot]
                if used[link]:
                    continue
                stays[node] = True
                here = node
                while True:
                    used[link] = True
                    segment[filled] = link
                    flipped[filled] = links.v[link] == here
                    filled += 1
                    here = links.u[link] if links.v[link] == here else links.v[link]
                    if stays[here]:
                        break
                    first = links.offset[here]
                    link = links.segment[first + (links.segment[first] == link)]
                start[chains], end[chains] = node, here
                chains += 1
                offset[chains] = filled
    return start[:chains].copy(), end[:chains].copy(), offset[: chains + 1].copy(), segment, flipped
