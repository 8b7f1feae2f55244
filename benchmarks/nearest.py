"""The dispatch question, ours and others': the exact 5 nearest of 200 units by road, snapping included.

    python -m benchmarks.nearest [--quick] [--region porto --region isle-of-man --region sketch]

Same extract, same places, same run. Ours is timed from Python call to Python list with every snap fresh; of the
others only the engine's own call counts. OSRM (full table, CH and MLD), Valhalla (full matrix), pandana and
OSMnx with NetworkX run in process under their own Python; their data are built once into .geo112/bench. A second
row gives OSRM and Valhalla only the 30 units nearest by air, and says how often that misses one of its own five.
"""

import argparse
import hashlib
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from osmium.osm import NODE, WAY, Node, Way

from benchmarks import peers, report
from maps import kernels
from maps.arrays import DEGREE, VERSION, BadBuild, Network, save
from maps.network import build_network
from maps.osm import read_file
from maps.router import Origin, Router

SHARED = Path(os.environ.get("GEO112_SHARED", peers.ROOT.parent / "shared")) / "data" / "osm-extracts"
REGIONS = {
    "porto": SHARED / "porto-2015.osm.pbf",
    "isle-of-man": SHARED / "isle-of-man-2020.osm.pbf",
    "sketch": peers.ROOT / "fixtures" / "osm" / "kota-bengkulu-sketch.osm.pbf",
}
UNITS, NEAREST, SHORTLIST, SEED = 200, 5, 30, 112
OFF_ROAD_DEGREES = 0.0003  # units and incidents lie up to some 30 m beside a road
QUESTIONS = {"ours": 2000, "osrm_ch": 300, "osrm_mld": 300, "valhalla": 60, "pandana": 200, "osmnx": 10}
QUICK = {"ours": 400, "osrm_ch": 20, "osrm_mld": 20, "valhalla": 2, "pandana": 20, "osmnx": 1}
GOAL = 10.0  # times faster than OSRM's and Valhalla's full answer on Porto

Point = tuple[float, float]


@dataclass
class Row:
    """One line of the table; the times in milliseconds a question."""

    region: str
    who: str
    ms: Sequence[float]
    note: str = ""

    @property
    def p50(self) -> float:
        return statistics.median(self.ms)

    @property
    def p99(self) -> float:
        return float(np.quantile(self.ms, 0.99))


@dataclass
class Asked:
    """A region with its questions."""

    name: str
    source: Path
    router: Router
    units: list[Point]
    questions: list[Point]
    shortlists: list[list[int]] = field(default_factory=list)

    @property
    def cache(self) -> Path:
        digest = hashlib.sha256(self.source.read_bytes()).hexdigest()[:12]
        return peers.CACHE / "nearest" / f"{self.name}-{digest}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("--quick", action="store_true", help="fewer questions: under a minute with warm caches")
    arguments.add_argument("--region", action="append", choices=sorted(REGIONS), help="one or more; all by default")
    chosen = arguments.parse_args()
    counts = QUICK if chosen.quick else QUESTIONS
    python = peers.environment()
    rows = []
    for name in chosen.region or REGIONS:
        if not REGIONS[name].exists():
            print(f"{name} is not here ({REGIONS[name].name}): left out", file=sys.stderr)
            continue
        rows += measure(prepare(name, counts["ours"]), python, counts)
    print(report.table(HEAD, [line(row, rows) for row in rows]))
    print(closing(rows))


HEAD = ("region", "engine", "p50 ms", "p99 ms", "ours is faster", "note")


def line(row: Row, rows: Sequence[Row]) -> list[report.Cell]:
    ours = find(rows, row.region, "geo112")
    times = "" if row.who.startswith("geo112") or ours is None else f"{row.p50 / ours.p50:,.0f} ×"
    return [row.region, row.who, row.p50, row.p99, times, row.note]


def prepare(name: str, count: int) -> Asked:
    """The network (built once a version) and the places asked for."""
    asked = Asked(name, REGIONS[name], None, [], [])  # type: ignore[arg-type]
    folder = asked.cache / f"geo112-{VERSION}"
    try:
        network = Network.open(folder)
    except BadBuild:
        roads = read_file(asked.source).roads
        network = build_network(roads)
        save(network, folder)
        write_streets(asked.source, set(network.way_id[network.way_speed_mh[:, -1] > 0].tolist()), asked.cache)
    asked.router = Router(network, name)
    rng = np.random.default_rng(SEED)
    car = np.flatnonzero((network.out_ms[-1] >= 0) & (network.in_ms[-1] >= 0))
    vertices = np.unique(network.adj_vertex[car])
    asked.units = places(rng, network, vertices, UNITS)
    asked.questions = places(rng, network, vertices, count)
    asked.shortlists = [by_air(asked.units, question) for question in asked.questions]
    return asked


def places(rng: np.random.Generator, network: Network, vertices: np.ndarray, count: int) -> list[Point]:
    """Points near junctions that cars reach, so that no engine is asked about an island it does not have."""
    at = rng.choice(vertices, count)
    lon = network.vertex_x[at] * DEGREE + rng.uniform(-OFF_ROAD_DEGREES, OFF_ROAD_DEGREES, count)
    lat = network.vertex_y[at] * DEGREE + rng.uniform(-OFF_ROAD_DEGREES, OFF_ROAD_DEGREES, count)
    return list(zip(lon.round(7).tolist(), lat.round(7).tolist(), strict=True))


def by_air(units: Sequence[Point], question: Point) -> list[int]:
    """Indices of the units nearest by air."""
    lon, lat = np.array(units).T
    distance = np.hypot((lon - question[0]) * np.cos(np.radians(question[1])), lat - question[1])
    return [int(i) for i in np.argsort(distance)[:SHORTLIST]]


def write_streets(source: Path, ways: set[int], cache: Path) -> None:
    """The ways that our car may use as OSM XML, which is what OSMnx reads."""
    wanted: set[int] = set()
    target = cache / "streets.osm"
    target.unlink(missing_ok=True)
    for way in osmium.FileProcessor(str(source), WAY):
        if isinstance(way, Way) and way.id in ways:
            wanted.update(node.ref for node in way.nodes)
    with osmium.SimpleWriter(str(target)) as writer:
        for item in osmium.FileProcessor(str(source), NODE | WAY):
            if isinstance(item, Node | Way) and item.id in (ways if isinstance(item, Way) else wanted):
                writer.add(item)


def measure(asked: Asked, python: Path | None, counts: dict[str, int]) -> list[Row]:
    rows = [*ours(asked)]
    for engine in PROGRAM:
        answer = peer_answer(asked, python, engine, counts[engine]) if python else None
        if answer:
            rows += peer_rows(asked, engine, answer)
    return rows


def ours(asked: Asked) -> list[Row]:
    """Three rows: every snap fresh, snaps remembered (as in service), and the kernel alone."""
    units = [Origin(i, lon, lat) for i, (lon, lat) in enumerate(asked.units)]

    def ask(question: Point) -> object:
        return asked.router.nearest(question, units, k=NEAREST, profile="car")

    def fresh(question: Point) -> object:
        asked.router.forget_snaps()
        return ask(question)

    return [
        Row(asked.name, "geo112", timed(fresh, asked.questions), "all 201 snaps fresh"),
        Row(asked.name, "geo112 in service", timed(ask, asked.questions), "snaps of units remembered"),
        Row(asked.name, "geo112 kernel", timed_kernel(asked), "search only"),
    ]


def timed(ask: Callable[[Point], object], questions: Sequence[Point]) -> list[float]:
    for question in questions[:20]:
        ask(question)
    took = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        took.append((time.perf_counter() - started) * 1000)
    return took


def timed_kernel(asked: Asked) -> list[float]:
    router, profile = asked.router, "car"
    graph, units = router.network.graph(profile), router.positions(asked.units, profile)
    took = []
    with router.room(len(units)) as room:
        for question in asked.questions:
            at = router.positions([question], profile)[0]
            room.stamp += 1
            started = time.perf_counter()
            kernels.nearest(graph, room.work, room.stamp, at, units, NEAREST, 7_200_000)
            took.append((time.perf_counter() - started) * 1000)
    return took


def peer_answer(asked: Asked, python: Path, engine: str, count: int) -> dict[str, Any] | None:
    request = {
        "engine": engine,
        "roads": str(asked.source),
        "streets": str(asked.cache / "streets.osm"),
        "cache": str(asked.cache / PROGRAM[engine]),
        "units": asked.units,
        "questions": asked.questions[:count],
        "shortlists": asked.shortlists[:count] if PROGRAM[engine] in {"osrm", "valhalla"} else [],
    }
    return peers.ask(python, f"benchmarks.nearest_{PROGRAM[engine]}", request, scratch=asked.cache / "scratch")


def peer_rows(asked: Asked, engine: str, answer: dict[str, Any]) -> list[Row]:
    """The full answer and, where it was asked, the shortlist's; the notes say what the answers are worth."""
    units = [Origin(i, lon, lat) for i, (lon, lat) in enumerate(asked.units)]
    shared = []
    for question, five in zip(asked.questions, answer["nearest"], strict=False):
        mine = {travel.key for travel in asked.router.nearest(question, units, k=NEAREST, profile="car")}
        shared.append(len(mine & set(five)))
    note = f"{FULL[engine]}; {statistics.mean(shared):.1f} of its five are ours too"
    rows = [Row(asked.name, engine, answer["ms"], note)]
    if "shortlist_ms" in answer:
        pairs = zip(answer["nearest"], answer["shortlist_nearest"], strict=True)
        missed = statistics.mean(set(full) != set(short) for full, short in pairs)
        note = f"{SHORTLIST} nearest by air: misses one of its five in {missed:.1%} of questions"
        rows.append(Row(asked.name, f"{engine} shortlist", answer["shortlist_ms"], note))
    return rows


PROGRAM = {"osrm_ch": "osrm", "osrm_mld": "osrm", "valhalla": "valhalla", "pandana": "osmnx", "osmnx": "osmnx"}
FULL = {
    "osrm_ch": "table of all 200",
    "osrm_mld": "table of all 200",
    "valhalla": "matrix of all 200",
    "pandana": "200 shortest paths, nearest nodes",
    "osmnx": "one Dijkstra over the network, nearest nodes",
}


def find(rows: Sequence[Row], region: str, who: str) -> Row | None:
    return next((row for row in rows if (row.region, row.who) == (region, who)), None)


def closing(rows: Sequence[Row]) -> str:
    """The JSON line. Figures and ratios are Porto's, the others' carry the region's name."""
    figures: dict[str, float | None] = {}
    for row in rows:
        prefix = "" if row.region == "porto" else row.region.replace("-", "_") + "_"
        name = {"geo112": "nearest", "geo112 in service": "in_service", "geo112 kernel": "kernel"}.get(row.who)
        name = name or row.who.replace(" ", "_")
        figures[f"{prefix}{name}_p50_ms"] = row.p50
        figures[f"{prefix}{name}_p99_ms"] = row.p99
    ours = find(rows, "porto", "geo112")
    ratios: dict[str, float | None] = dict.fromkeys(("osrm", "valhalla", "pgrouting", "pandana", "osmnx"))
    for peer, engines in PEERS.items():
        best = min((row.p50 for row in rows if row.region == "porto" and row.who in engines), default=None)
        ratios[peer] = best / ours.p50 if best and ours else None
    judged = [ratios["osrm"], ratios["valhalla"]]
    holds = all(ratio >= GOAL for ratio in judged if ratio) if all(judged) else None
    return report.json_line("nearest", figures=figures, ratios=ratios, holds=holds)


PEERS = {
    "osrm": ("osrm_ch", "osrm_mld"),
    "valhalla": ("valhalla",),
    "pandana": ("pandana",),
    "osmnx": ("osmnx",),
}

if __name__ == "__main__":
    main()
