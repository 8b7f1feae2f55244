"""The nearest point of a road, against trying every segment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.network import Network, build_network
from maps.osm import read_file
from maps.snapping import POSITION, Positions, snap
from maps.speeds import BACKWARD, PROFILES
from tests.conftest import shared_data
from tests.maps.road_maker import Roads
from tests.maps.test_kernels import random_places, random_roads


def snapped(network: Network, lon: np.ndarray, lat: np.ndarray, profile: str) -> Positions:
    positions = np.zeros(len(lon), POSITION)
    snap(network.shapes(profile), lon, lat, positions)
    return positions


def nearest_m(network: Network, lon: float, lat: float, profile: str) -> float:
    """Distance to the nearest segment that the profile may use, trying all of them."""
    phi = np.radians(lat)
    east = 111412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi) + 0.118 * np.cos(5 * phi)
    north = 111132.954 - 559.822 * np.cos(2 * phi) + 1.175 * np.cos(4 * phi)
    x, y = (network.point_x / 1e7 - lon) * east, (network.point_y / 1e7 - lat) * north
    points = np.stack([x, y], axis=1)
    start, step = points[:-1], np.diff(points, axis=0)
    square = np.maximum((step**2).sum(axis=1), 1e-12)
    share = np.clip(-(start * step).sum(axis=1) / square, 0, 1)[:, None]
    distance = np.hypot(*(start + share * step).T)
    column = PROFILES.index(profile)
    bits = (1 << column) | (1 << (column + BACKWARD))
    edge = np.searchsorted(network.shape_offset, np.arange(len(x) - 1), side="right") - 1
    usable = (network.point_way[:-1] >= 0) & ((network.edge_access[edge] & bits) != 0)
    return float(distance[usable].min(initial=np.inf))


def check(network: Network, lon: np.ndarray, lat: np.ndarray, profile: str) -> None:
    positions = snapped(network, lon, lat, profile)
    for i, at in enumerate(positions):
        expected = nearest_m(network, lon[i], lat[i], profile)
        if np.isinf(expected):
            assert at["edge"] == -1
            continue
        assert at["off_m"] == pytest.approx(expected, rel=1e-5, abs=1e-3)
        assert 0 <= at["at_mm"] <= at["edge_mm"]
        assert 0 <= at["at_ms"] <= at["edge_ms"]
        assert network.shape_offset[at["edge"]] <= at["point"] < network.shape_offset[at["edge"] + 1] - 1
        before = network.point_mm[network.shape_offset[at["edge"]] : at["point"]].sum()
        assert at["at_mm"] == before + at["into_mm"]


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32), profile=st.sampled_from(PROFILES))
def test_equals_trying_every_segment(seed: int, profile: str) -> None:
    rng = np.random.default_rng(seed)
    network = build_network(random_roads(rng).way(0, 1).rows())
    check(network, *random_places(rng, network, 20), profile)


@pytest.mark.parametrize("name", ["isle-of-man-2020", "porto-2015"])
def test_equals_trying_every_segment_on_real_streets(name: str) -> None:
    network = build_network(read_file(shared_data(f"osm-extracts/{name}.osm.pbf")).roads)
    rng = np.random.default_rng(8)
    west, east = network.vertex_x.min() / 1e7, network.vertex_x.max() / 1e7
    south, north = network.vertex_y.min() / 1e7, network.vertex_y.max() / 1e7
    check(network, rng.uniform(west, east, 40), rng.uniform(south, north, 40), "car")
    check(network, *random_places(rng, network, 40), "motorcycle")


def test_equally_near_goes_to_the_same_road_every_time() -> None:
    roads = Roads().node(1, 0, 0).node(2, 100, 0).node(3, 0, 50).node(4, 100, 50).way(1, 2).way(3, 4).way(1, 3)
    network = build_network(roads.rows())
    lon, lat = np.full(50, Roads.lon + 50 / 111_000), np.full(50, Roads.lat + 25 / 111_000)
    assert len(set(snapped(network, lon, lat, "car")["edge"].tolist())) == 1


def test_position_that_is_no_number_finds_no_road() -> None:
    network = build_network(Roads().node(1, 0, 0).node(2, 100, 0).way(1, 2).rows())
    assert snapped(network, np.array([np.nan]), np.array([np.nan]), "car")["edge"].tolist() == [-1]


def test_far_away_still_finds_the_nearest() -> None:
    """At sea, on the other side of the country: an answer, with its distance."""
    network = build_network(Roads().node(1, 0, 0).node(2, 100, 0).way(1, 2).rows())
    [at] = snapped(network, np.array([Roads.lon + 1.0]), np.array([Roads.lat]), "car")
    assert at["off_m"] == pytest.approx(111_000, rel=0.01)
    assert at["at_mm"] in (0, at["edge_mm"])
