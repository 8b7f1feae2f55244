"""The searches: Dijkstra over the arrays of a build. Knows arrays and numbers only.

Costs are exact. A cost is one int64, milliseconds in the upper bits and millimetres in the lower 36: of equally
fast ways the shorter wins, and sums never round. Positions in the middle of an edge (`maps.snapping.POSITION`)
take their share of the edge; a trip within one edge is looked at as well as the ways round.

A workspace belongs to one search at a time. It is never cleared: a vertex counts as untouched unless its stamp
is the search's own, so that a search costs what it looks at, however large the network.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maps.jit import Whole, kernel
from maps.snapping import Positions

MM_BITS = 36
MM_MASK = (1 << MM_BITS) - 1
NEVER = np.int64(np.iinfo(np.int64).max)
VISIT = np.dtype(
    [
        ("cost", np.int64),  # best known
        ("stamp", np.int32),  # of the search that wrote this
        ("first", np.int32),  # first link to an origin that can drive off from here, -1: none
    ],
    align=True,
)
NO_SLOT = -1  # the way ends here: the destination lies on an edge of this vertex


Records = np.ndarray[Any, np.dtype[np.void]]  # of VISIT


class Graph(NamedTuple):
    """Adjacency of one profile (see maps.arrays.Network)."""

    adj_offset: NDArray[np.int32]
    adj_vertex: NDArray[np.int32]
    adj_mm: NDArray[np.int32]
    out_ms: NDArray[np.int32]
    in_ms: NDArray[np.int32]


class Workspace(NamedTuple):
    """Room for one search at a time.

    visit      (V,) of VISIT
    slot       (V,) int32 the slot by which the best way leaves a vertex, NO_SLOT at the destination's edge
    heap_cost  (H,) int64, heap_item (H,) int32: vertices, then V + i for origin i
    """

    visit: Records
    slot: NDArray[np.int32]
    heap_cost: NDArray[np.int64]
    heap_item: NDArray[np.int32]


class Links(NamedTuple):
    """Where origins join the network: origin i over its edge's end is link 2i, over its start 2i + 1.

    following  (2C,) int32 the next link at the same vertex, -1: none
    cost       (2C,) int64 from the origin to that vertex
    """

    following: NDArray[np.int32]
    cost: NDArray[np.int64]


def heap_size(slots: int, origins: int) -> int:
    """Room that a search can need: every slot may push once, every origin three times, and both ends."""
    return slots + 3 * origins + 4


@kernel
def pack(ms: Whole, mm: Whole) -> Whole:
    """One cost out of milliseconds and millimetres."""
    return (np.int64(ms) << MM_BITS) + np.int64(mm)


@kernel
def push(heap_cost: NDArray[np.int64], heap_item: NDArray[np.int32], size: Whole, cost: Whole, item: Whole) -> Whole:
    """Add to a four-ary heap ordered by cost; returns the new size."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 2
        if heap_cost[parent] <= cost:
            break
        heap_cost[hole], heap_item[hole] = heap_cost[parent], heap_item[parent]
        hole = parent
    heap_cost[hole], heap_item[hole] = cost, item
    return size + 1


@kernel
def pop(heap_cost: NDArray[np.int64], heap_item: NDArray[np.int32], size: Whole) -> Whole:
    """Drop the smallest (at 0) of a four-ary heap; returns the new size."""
    size -= 1
    cost, item = heap_cost[size], heap_item[size]
    hole = 0
    while True:
        child = 4 * hole + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if heap_cost[other] < heap_cost[least]:
                least = other
        if heap_cost[least] >= cost:
            break
        heap_cost[hole], heap_item[hole] = heap_cost[least], heap_item[least]
        hole = least
    heap_cost[hole], heap_item[hole] = cost, item
    return size


@kernel
def along_edge(origin: Any, destination: Any) -> Whole:
    """Cost of driving from one position to another without leaving their edge; NEVER if they share none."""
    if origin.edge != destination.edge:
        return NEVER
    if origin.at_mm == destination.at_mm:
        return np.int64(0)
    if origin.at_mm < destination.at_mm and origin.along:
        return pack(destination.at_ms - origin.at_ms, destination.at_mm - origin.at_mm)
    if origin.at_mm > destination.at_mm and origin.against:
        return pack(origin.at_ms - destination.at_ms, origin.at_mm - destination.at_mm)
    return NEVER


@kernel
def to_end(at: Any, allowed: Whole) -> Whole:
    """Cost between a position and its edge's last vertex; NEVER unless it lies there or driving is allowed."""
    if at.at_mm == at.edge_mm:
        return np.int64(0)
    return pack(at.edge_ms - at.at_ms, at.edge_mm - at.at_mm) if allowed else NEVER


@kernel
def to_start(at: Any, allowed: Whole) -> Whole:
    """Cost between a position and its edge's first vertex; NEVER unless it lies there or driving is allowed."""
    if at.at_mm == 0:
        return np.int64(0)
    return pack(at.at_ms, at.at_mm) if allowed else NEVER


@kernel
def _touch(work: Workspace, vertex: Whole, stamp: Whole) -> None:
    """Make a vertex's record this search's own."""
    if work.visit[vertex].stamp != stamp:
        work.visit[vertex].stamp = stamp
        work.visit[vertex].cost = NEVER
        work.visit[vertex].first = -1


@kernel
def _improve(work: Workspace, stamp: Whole, size: Whole, vertex: Whole, cost: Whole, slot: Whole) -> Whole:
    """Take a better cost for a vertex, if it is one; returns the heap's size."""
    _touch(work, vertex, stamp)
    if cost >= work.visit[vertex].cost:
        return size
    work.visit[vertex].cost = cost
    work.slot[vertex] = slot
    return push(work.heap_cost, work.heap_item, size, cost, vertex)


@kernel
def _link(work: Workspace, stamp: Whole, vertex: Whole, link: Whole, links: Links) -> None:
    """Note at a vertex that an origin (link // 2) gets here, if it does."""
    if links.cost[link] != NEVER:
        _touch(work, vertex, stamp)
        links.following[link] = work.visit[vertex].first
        work.visit[vertex].first = link


@kernel
def _seed(work: Workspace, stamp: Whole, destination: Any, origins: Positions, links: Links) -> Whole:
    """Put both ends of every position into the search; returns the heap's size."""
    size: Whole = 0
    vertices = len(work.visit)
    for i in range(len(origins)):
        at = origins[i]
        if at.edge < 0:
            continue
        links.cost[2 * i] = to_end(at, at.along)
        _link(work, stamp, at.end, 2 * i, links)
        links.cost[2 * i + 1] = to_start(at, at.against)
        _link(work, stamp, at.start, 2 * i + 1, links)
        direct = along_edge(at, destination)
        if direct != NEVER:
            size = push(work.heap_cost, work.heap_item, size, direct, vertices + i)
    if destination.edge >= 0:
        cost = to_start(destination, destination.along)
        size = _improve(work, stamp, size, destination.start, cost, NO_SLOT)
        cost = to_end(destination, destination.against)
        size = _improve(work, stamp, size, destination.end, cost, NO_SLOT)
    return size


@kernel
def nearest(
    graph: Graph,
    work: Workspace,
    stamp: Whole,
    destination: Any,
    origins: Positions,
    k: Whole,
    limit_ms: Whole,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The k origins from which the destination is reached soonest: their indices and costs, ascending by cost.

    A search backwards from the destination that ends when the k-th origin is settled, or past limit_ms. Origins
    that tie with the k-th all come. stamp must not have been used with this workspace before. After it
    work.visit and work.slot hold the way from each settled vertex, for `path`.
    """
    links = Links(np.empty(2 * len(origins), np.int32), np.empty(2 * len(origins), np.int64))
    size = _seed(work, stamp, destination, origins, links)
    return _search_back(
        graph.adj_offset,
        graph.adj_vertex,
        graph.adj_mm,
        graph.in_ms,
        work.visit,
        work.slot,
        work.heap_cost,
        work.heap_item,
        links.following,
        links.cost,
        stamp,
        size,
        k,
        pack(limit_ms, MM_MASK),
    )


@kernel
def _search_back(
    adj_offset: NDArray[np.int32],
    adj_vertex: NDArray[np.int32],
    adj_mm: NDArray[np.int32],
    in_ms: NDArray[np.int32],
    visit: Records,
    slot_of: NDArray[np.int32],
    heap_cost: NDArray[np.int64],
    heap_item: NDArray[np.int32],
    following: NDArray[np.int32],
    link_cost: NDArray[np.int64],
    stamp: Whole,
    size: Whole,
    k: Whole,
    last: Whole,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The loop of `nearest`, from a seeded heap. Flat, and its arrays apart: counting references to tuples of
    arrays made it three times slower."""
    origins = len(following) // 2
    is_found = np.zeros(origins, np.bool_)
    found, found_cost = np.empty(origins, np.int64), np.empty(origins, np.int64)
    vertices, count = len(visit), 0
    while size > 0 and heap_cost[0] <= last:
        cost, item = heap_cost[0], heap_item[0]
        size = pop(heap_cost, heap_item, size)
        if item >= vertices:
            if not is_found[item - vertices]:
                is_found[item - vertices] = True
                found[count], found_cost[count] = item - vertices, cost
                count += 1
                if count == k:
                    last = cost
            continue
        if cost != visit[item].cost:
            continue
        link = visit[item].first
        while link >= 0:
            size = push(heap_cost, heap_item, size, cost + link_cost[link], vertices + (link >> 1))
            link = following[link]
        for slot in range(adj_offset[item], adj_offset[item + 1]):
            if in_ms[slot] < 0:
                continue
            total = cost + pack(in_ms[slot], adj_mm[slot])
            vertex = adj_vertex[slot]
            if visit[vertex].stamp != stamp:
                visit[vertex].stamp = stamp
                visit[vertex].cost = NEVER
                visit[vertex].first = -1
            if total < visit[vertex].cost:
                visit[vertex].cost = total
                slot_of[vertex] = slot
                # nothing lies beyond a dead end, and who stands in one leaves over the edge's other end
                if adj_offset[vertex + 1] - adj_offset[vertex] > 1:
                    size = push(heap_cost, heap_item, size, total, vertex)
    return found[:count], found_cost[:count]


@kernel
def path(
    graph: Graph, work: Workspace, stamp: Whole, origin: Any, destination: Any, cost: Whole
) -> tuple[Whole, NDArray[np.int32]]:
    """How the way found by `nearest` runs, after it: (leaves by, slots).

    leaves by  0 stays on the edge, 1 over its end, 2 over its start
    slots      the slots driven over, seen from their heads (the graph's in_ms), in the order of travel
    """
    if along_edge(origin, destination) == cost:
        return 0, np.empty(0, np.int32)
    leaves_by, vertex = 1, origin.end
    part = to_end(origin, origin.along)
    known = work.visit[vertex].stamp == stamp and work.visit[vertex].cost != NEVER
    if part == NEVER or not known or part + work.visit[vertex].cost != cost:
        leaves_by, vertex = 2, origin.start
    count, here = 0, vertex
    while work.slot[here] != NO_SLOT:
        count += 1
        here = _head(graph, work.slot[here])
    slots = np.empty(count, np.int32)
    for i in range(count):
        slots[i] = work.slot[vertex]
        vertex = _head(graph, slots[i])
    return leaves_by, slots


@kernel
def _head(graph: Graph, slot: Whole) -> Whole:
    """The vertex to which a slot belongs."""
    return np.int64(np.searchsorted(graph.adj_offset, slot, side="right") - 1)


@kernel
def reach(graph: Graph, origins: Positions, limit_ms: Whole, ms_to: NDArray[np.int32]) -> None:
    """Milliseconds to every vertex from the origin that gets there first, into ms_to (V,); -1 past the limit."""
    adj_offset, adj_vertex, out_ms = graph.adj_offset, graph.adj_vertex, graph.out_ms
    size: Whole = 0
    heap_cost = np.empty(64 + 2 * len(origins), np.int64)
    heap_item = np.empty(len(heap_cost), np.int32)
    ms_to[:] = -1
    for at in origins:
        if at.edge < 0:
            continue
        for vertex, cost in ((at.end, to_end(at, at.along)), (at.start, to_start(at, at.against))):
            ms = cost >> MM_BITS
            if cost != NEVER and ms <= limit_ms and (ms_to[vertex] < 0 or ms < ms_to[vertex]):
                ms_to[vertex] = ms
                size = push(heap_cost, heap_item, size, ms, vertex)
    while size > 0:
        cost, vertex = heap_cost[0], heap_item[0]
        size = pop(heap_cost, heap_item, size)
        if cost != ms_to[vertex]:
            continue
        for slot in range(adj_offset[vertex], adj_offset[vertex + 1]):
            ms, head = cost + out_ms[slot], adj_vertex[slot]
            if out_ms[slot] >= 0 and ms <= limit_ms and (ms_to[head] < 0 or ms < ms_to[head]):
                ms_to[head] = ms
                if size == len(heap_cost):
                    heap_cost, heap_item = _roomy(heap_cost, heap_item)
                size = push(heap_cost, heap_item, size, ms, head)


@kernel
def _roomy(heap_cost: NDArray[np.int64], heap_item: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The heap, twice as large."""
    size = len(heap_cost)
    cost, item = np.empty(2 * size, np.int64), np.empty(2 * size, np.int32)
    cost[:size], item[:size] = heap_cost, heap_item
    return cost, item
