"""The searches against NetworkX on the plain, uncontracted graph: equal to the millisecond and the millimetre."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.random import Generator

from maps import kernels
from maps.network import MIN_PART_M, Network, NoRoadsInSource, build_network
from maps.osm import read_file
from maps.snapping import POSITION, Positions, snap
from maps.speeds import PROFILES
from maps.tags import NodeFlag, RoadFlag
from tests.conftest import shared_data
from tests.maps.road_maker import Roads
from tests.maps.road_twin import Cost, Twin

HIGHWAYS = ("residential", "primary", "service", "path", "motorway", "footway", "pedestrian")
FLAGS = (0, 0, 0, 0, RoadFlag.CAR_NO, RoadFlag.CAR_PRIVATE, RoadFlag.CLOSED, RoadFlag.MOTORCYCLE_NO)
NODE_FLAGS = (0, 0, 0, 0, 0, NodeFlag.BOLLARD, NodeFlag.SIGNAL, NodeFlag.BLOCKED, NodeFlag.GATE | NodeFlag.PRIVATE)
FOREVER_MS = 10**8


@dataclass
class Asked:
    """One question to the kernel, kept so that the twin gets the same."""

    destination: np.void
    origins: Positions
    cost: dict[int, Cost]


def random_roads(rng: Generator) -> Roads:
    """A small town with everything that is awkward in it: one-way streets, dead ends, rings, parallel ways,
    nodes shared by nobody, ways that cross themselves, repeated nodes, barriers, islands."""
    roads, side = Roads(), int(rng.integers(2, 6))
    for number in range(side * side):
        jitter = rng.integers(-20, 20, 2) if rng.random() < 0.7 else (0, 0)
        east, north = 100 * (number % side) + jitter[0], 100 * (number // side) + jitter[1]
        roads.node(number, float(east), float(north), int(rng.choice(NODE_FLAGS)))
    for _ in range(int(rng.integers(2, 4 * side))):
        roads.way(
            *random_walk(rng, side),
            highway=str(rng.choice(HIGHWAYS, p=(0.5, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05))),
            oneway=int(rng.choice((0, 0, 0, 1, -1))),
            flags=int(rng.choice(FLAGS)),
            maxspeed_kmh=float(rng.choice((np.nan, np.nan, 30.0, 50.0))),
            surface=str(rng.choice(("", "gravel", "mud"), p=(0.8, 0.1, 0.1))),
            width_m=float(rng.choice((np.nan, 1.5, 2.4), p=(0.8, 0.1, 0.1))),
        )
    return roads


def random_walk(rng: Generator, side: int) -> list[int]:
    """Nodes of a way: mostly to neighbours, never twice over the same pair; sometimes closed to a ring."""
    walk = [int(rng.integers(side * side))]
    used: set[frozenset[int]] = set()
    for _ in range(int(rng.integers(1, 8))):
        x, y = walk[-1] % side, walk[-1] // side
        dx, dy = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (0, 0))[rng.integers(6)]
        x, y = min(max(x + dx, 0), side - 1), min(max(y + dy, 0), side - 1)
        step = frozenset((walk[-1], side * y + x))
        if len(step) == 1 or step not in used:
            walk.append(side * y + x)
            used.add(step)
    closing = frozenset((walk[0], walk[-1]))
    if rng.random() < 0.2 and closing not in used:
        walk.append(walk[0])
    return walk


def ask(network: Network, profile: str, lon: np.ndarray, lat: np.ndarray, k: int, limit_ms: int = FOREVER_MS) -> Asked:
    """Nearest k of all places but the first, to the first."""
    positions = np.zeros(len(lon), POSITION)
    snap(network.shapes(profile), lon, lat, positions)
    work = make_workspace(network, len(lon))
    found, cost = kernels.nearest(network.graph(profile), work, 1, positions[0], positions[1:], k, limit_ms)
    assert np.all(np.diff(cost) >= 0)
    costs = {int(i): (int(c) >> kernels.MM_BITS, int(c) & kernels.MM_MASK) for i, c in zip(found, cost, strict=True)}
    return Asked(positions[0], positions[1:], costs)


def make_workspace(network: Network, origins: int) -> kernels.Workspace:
    size = kernels.heap_size(len(network.adj_arc), origins)
    return kernels.Workspace(
        np.zeros(network.vertex_count, kernels.VISIT),
        np.empty(network.vertex_count, np.int32),
        np.empty(size, np.int64),
        np.empty(size, np.int32),
    )


def random_places(rng: Generator, network: Network, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Near points of roads, exactly on some, and some twice."""
    at = rng.integers(len(network.point_x), size=count)
    spread = rng.choice((0.0, 0.0, 2e-4, 2e-3), size=count)
    lon = network.point_x[at] * 1e-7 + rng.normal(size=count) * spread
    lat = network.point_y[at] * 1e-7 + rng.normal(size=count) * spread
    again = rng.integers(count, size=count // 4)
    lon[: len(again)], lat[: len(again)] = lon[again], lat[again]
    return lon, lat


def check_against_twin(rng: Generator, roads: Roads, profile: str, min_part_m: float, origins: int = 12) -> int:
    """Ask the kernel and the twin the same; returns how many costs were compared."""
    rows = roads.rows()
    twin = Twin(rows, profile, min_part_m)
    try:
        network = build_network(rows, min_part_m=min_part_m)
    except NoRoadsInSource:
        assert not twin.pieces
        return 0
    if twin.is_ambiguous or not twin.pieces:
        return 0
    lon, lat = random_places(rng, network, origins + 1)
    asked = ask(network, profile, lon, lat, k=origins)
    expected = twin.costs(network, asked.destination, asked.origins)
    assert {i: cost for i, cost in enumerate(expected) if cost is not None} == asked.cost
    ranked = sorted(asked.cost.values())
    for k in (1, 3):
        nearest = sorted(ask(network, profile, lon, lat, k=k).cost.values())
        assert nearest == [cost for cost in ranked if cost <= ranked[min(k, len(ranked)) - 1]]
    return origins


@pytest.mark.parametrize("profile", PROFILES)
def test_equals_twin_on_random_towns(profile: str) -> None:
    """Fixed seeds: the same towns every time, so that a failure can be looked at."""
    compared = 0
    for seed in range(120):
        rng = np.random.default_rng((PROFILES.index(profile), seed))
        compared += check_against_twin(rng, random_roads(rng), profile, float(rng.choice((0.0, 150.0, 1e9))))
    assert compared > 800


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32), profile=st.sampled_from(PROFILES), min_part_m=st.sampled_from((0.0, 300.0, 1e9)))
def test_equals_twin_on_any_town(seed: int, profile: str, min_part_m: float) -> None:
    rng = np.random.default_rng(seed)
    assume(check_against_twin(rng, random_roads(rng), profile, min_part_m) > 0)


@pytest.mark.parametrize(
    ("name", "questions"),
    [("monaco-2021", 3), ("isle-of-man-2020", 2), pytest.param("porto-2015", 1, marks=pytest.mark.slow)],
)
def test_equals_twin_on_real_streets(name: str, questions: int) -> None:
    rows = read_file(shared_data(f"osm-extracts/{name}.osm.pbf")).roads
    network, rng = build_network(rows), np.random.default_rng(11)
    for question in range(questions):
        profile = ("car", "fire_engine", "motorcycle")[question % 3]
        lon, lat = random_places(rng, network, 101)
        asked = ask(network, profile, lon, lat, k=100)
        expected = Twin(rows, profile, MIN_PART_M).costs(network, asked.destination, asked.origins)
        assert {i: cost for i, cost in enumerate(expected) if cost is not None} == asked.cost
        assert len(asked.cost) == 100
        five = sorted(ask(network, profile, lon, lat, k=5).cost.values())
        assert five[:5] == sorted(asked.cost.values())[:5]


def test_search_looks_no_farther_than_help() -> None:
    """A street of 2,000 crossings with a unit at every hundredth: five of them cost some hundreds of vertices."""
    roads = Roads()
    for number in range(2000):
        roads.node(number, 50.0 * number, 0).node(10_000 + number, 50.0 * number, 30).way(number, 10_000 + number)
    network = build_network(roads.way(*range(2000)).rows())
    lon = Roads.lon + 50 / 111_000 * np.array([1000, *range(0, 2000, 100)])
    positions = np.zeros(len(lon), POSITION)
    snap(network.shapes("car"), lon, np.full(len(lon), Roads.lat), positions)
    work = make_workspace(network, len(lon))
    found, _ = kernels.nearest(network.graph("car"), work, 1, positions[0], positions[1:], 5, FOREVER_MS)
    assert sorted(found.tolist()) == [8, 9, 10, 11, 12]
    assert 600 < (work.visit["stamp"] == 1).sum() < 1000


@pytest.mark.parametrize("profile", PROFILES)
def test_reach_equals_twin(profile: str) -> None:
    """Milliseconds to every vertex. A barrier's vertices all lie at one place, and a profile reaches some of them."""
    compared = 0
    for seed in range(25):
        rng = np.random.default_rng((9, seed))
        rows = random_roads(rng).way(0, 1).rows()
        network, twin = build_network(rows, min_part_m=0.0), Twin(rows, profile, 0.0)
        lon, lat = random_places(rng, network, 3)
        origins = np.zeros(3, POSITION)
        snap(network.shapes(profile), lon, lat, origins)
        if origins["edge"].min() < 0:
            continue
        ms_to = np.empty(network.vertex_count, np.int32)
        kernels.reach(network.graph(profile), origins, FOREVER_MS, ms_to)
        expected = twin.reach_ms(network, origins)
        places = list(zip(network.vertex_x.tolist(), network.vertex_y.tolist(), strict=True))
        for place, ms in zip(places, ms_to.tolist(), strict=True):
            if places.count(place) == 1:
                assert {ms} == expected.get(place, {-1})
            else:
                assert ms in expected.get(place, set()) | {-1}
            compared += ms >= 0
        within = np.empty_like(ms_to)
        kernels.reach(network.graph(profile), origins, 20_000, within)
        assert np.array_equal(within, np.where(ms_to <= 20_000, ms_to, -1))
    assert compared > 100
