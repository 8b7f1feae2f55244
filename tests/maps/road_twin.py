"""The slow, obvious twin of the road network: NetworkX over every node of every way, nothing contracted.

Shares with the network only the two tables of facts (which speed a way has, who passes a node) and the length of
a segment; both have tests of their own. Costs are pairs of Python integers: milliseconds, then millimetres.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import networkx as nx
import numpy as np

from maps.contraction import segment_mm
from maps.network import Network, RoadRows
from maps.snapping import Positions
from maps.speeds import PROFILES, node_passage, way_speeds_mh

Cost = tuple[int, int]
Node = tuple[object, ...]
MS = 10**15  # one millisecond in a single weight: more millimetres than any road has


@dataclass(frozen=True)
class Piece:
    """A segment of a way between two nodes of the plain graph, and whether it may be driven each way."""

    way: int
    u: Node
    v: Node
    mm: int
    ms: int
    along: bool
    against: bool


class Twin:
    """The plain graph of one profile."""

    def __init__(self, rows: RoadRows, profile: str, min_part_m: float) -> None:
        self.rows = rows
        self.column = PROFILES.index(profile)
        self.pieces = list(self._pieces())
        self._drop_parts(round(min_part_m * 1000))

    def _pieces(self) -> Iterable[Piece]:
        rows, seen = self.rows, 0
        speeds = way_speeds_mh(
            highway=rows.highway,
            surface=rows.surface,
            maxspeed_kmh=rows.maxspeed_kmh,
            flags=rows.flags,
            width_m=rows.width_m,
        )[:, self.column].tolist()
        passes = (node_passage(rows.node_flags) >> self.column & 1).astype(bool).tolist()
        nodes, oneway = rows.way_node.tolist(), rows.oneway.tolist()
        lengths = segment_mm(rows.lon, rows.lat, rows.way_node[:-1], rows.way_node[1:]).tolist()
        for way, speed in enumerate(speeds):
            for at in range(rows.way_offset[way], rows.way_offset[way + 1] - 1):
                u, v, mm = nodes[at], nodes[at + 1], lengths[at]
                if u == v or not speed:
                    continue
                seen += 1
                yield Piece(
                    way,
                    (u,) if passes[u] else (u, "before", seen),
                    (v,) if passes[v] else (v, "after", seen),
                    mm,
                    _round_half_up(mm * 3600, speed),
                    oneway[way] >= 0,
                    oneway[way] <= 0,
                )

    def _drop_parts(self, min_part_mm: int) -> None:
        graph = nx.DiGraph()
        graph.add_edges_from((piece.u, piece.v) for piece in self.pieces if piece.along)
        graph.add_edges_from((piece.v, piece.u) for piece in self.pieces if piece.against)
        part = {n: i for i, part in enumerate(nx.strongly_connected_components(graph)) for n in part}
        size: dict[int, int] = {}
        for piece in self.pieces:
            if part[piece.u] == part[piece.v]:
                size[part[piece.u]] = size.get(part[piece.u], 0) + piece.mm
        largest = max(size.values(), default=0)
        kept = {i for i, mm in size.items() if mm >= min_part_mm or mm == largest}
        self.pieces = [p for p in self.pieces if part[p.u] == part[p.v] and part[p.u] in kept]
        self.is_ambiguous = sum(mm == largest for mm in size.values()) > 1 and largest < min_part_mm

    @cached_property
    def by_way(self) -> dict[int, list[Piece]]:
        found: dict[int, list[Piece]] = {}
        for piece in self.pieces:
            found.setdefault(piece.way, []).append(piece)
        return found

    def piece_at(self, network: Network, position: np.void) -> tuple[Piece, int, int]:
        """The segment on which a position of the network lies, and how far along it in millimetres and in
        milliseconds. The time is rounded from the side where the network's edge starts."""
        point, into = int(position["point"]), int(position["into_mm"])
        ends = []
        for p in (point, point + 1):
            ends.append((round(float(network.point_x[p])), round(float(network.point_y[p]))))
        for piece in self.by_way[int(network.point_way[point])]:
            places = [self._e7(piece.u), self._e7(piece.v)]
            if places == ends:
                return piece, into, _round_half_up(piece.ms * into, piece.mm)
            if places == ends[::-1]:
                return piece, piece.mm - into, piece.ms - _round_half_up(piece.ms * into, piece.mm)
        raise AssertionError(f"no piece of way {network.point_way[point]} at {ends}")

    def _e7(self, node: Node) -> tuple[int, int]:
        i = int(str(node[0]))
        return round(self.rows.lon[i] * 1e7), round(self.rows.lat[i] * 1e7)

    def costs(self, network: Network, destination: np.void, origins: Positions) -> list[Cost | None]:
        """Cost from each origin to the destination."""
        graph = self._graph(
            network, {("to",): destination} | {("from", i): at for i, at in enumerate(origins)}, turned=True
        )
        best = nx.single_source_dijkstra_path_length(graph, ("to",))
        found = [best.get(("from", i)) for i in range(len(origins))]
        return [None if cost is None else divmod(cost, MS) for cost in found]

    def reach_ms(self, network: Network, origins: Positions) -> dict[tuple[int, int], set[int]]:
        """Milliseconds from the nearest origin, by place in 1e-7 degrees: a barrier has several nodes at one."""
        named: dict[Node, np.void] = {("from", i): at for i, at in enumerate(origins)}
        best = nx.multi_source_dijkstra_path_length(self._graph(network, named), set(named))
        found: dict[tuple[int, int], set[int]] = {}
        for node, cost in best.items():
            if node not in named:
                found.setdefault(self._e7(node), set()).add(cost // MS)
        return found

    def _graph(self, network: Network, named: dict[Node, np.void], *, turned: bool = False) -> nx.DiGraph:
        """The plain graph with named positions put in as nodes; turned: every arc the other way round.

        Weights are milliseconds * MS + millimetres.
        """
        cuts: dict[Piece, list[tuple[int, int, Node]]] = {}
        for name, at in named.items():
            piece, mm, ms = self.piece_at(network, at)
            cuts.setdefault(piece, []).append((mm, ms, name))
        arcs: dict[tuple[Node, Node], int] = {}  # of parallel arcs the best
        for piece in self.pieces:
            stops = sorted(cuts.get(piece, []), key=lambda cut: cut[:2])
            chain = [(0, 0, piece.u), *stops, (piece.mm, piece.ms, piece.v)]
            for (mm0, ms0, a), (mm1, ms1, b) in pairwise(chain):
                same_place = mm0 == mm1 and piece.mm > 0
                weight = (ms1 - ms0) * MS + mm1 - mm0
                if (piece.against if turned else piece.along) or same_place:
                    arcs[a, b] = min(weight, arcs.get((a, b), weight))
                if (piece.along if turned else piece.against) or same_place:
                    arcs[b, a] = min(weight, arcs.get((b, a), weight))
        graph = nx.DiGraph()
        graph.add_weighted_edges_from((a, b, weight) for (a, b), weight in arcs.items())
        return graph


def _round_half_up(amount: int, whole: int) -> int:
    return (amount + whole // 2) // whole if whole else 0
