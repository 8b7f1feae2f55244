"""Cover: exact seconds and lengths against many single questions, and honest pictures."""

import numpy as np
import pytest
import shapely

from maps import coverage
from maps.network import Network, build_network
from maps.osm import read_file
from maps.routing import Origin, Router
from maps.speeds import PROFILES
from tests.conftest import shared_data
from tests.maps.road_maker import Roads
from tests.maps.test_kernels import random_places, random_roads
from tests.maps.test_routing import place, router_of, street

LIMITS_S = (10.0, 25.0, 60.0)


def random_router(seed: int) -> tuple[Router, np.random.Generator]:
    rng = np.random.default_rng((31, seed))
    network = build_network(random_roads(rng).way(0, 1).way(1, 2).rows(), min_part_m=50)
    return Router(network, "town"), rng


def soonest_s(router: Router, origins: list[tuple[float, float]], point: tuple[float, float], profile: str) -> float:
    """The same by asking for one point at a time."""
    units = [Origin(i, *at) for i, at in enumerate(origins)]
    answers = router.nearest(point, units, k=1, profile=profile)
    return answers[0].travel_s if answers else np.inf


def along(network: Network, edge: int, every_m: float) -> tuple[np.ndarray, float]:
    """Points along an edge, each in the middle of its share of the length, and that share in metres."""
    points = slice(network.shape_offset[edge], network.shape_offset[edge + 1])
    line = np.column_stack((network.point_x[points], network.point_y[points])) / 1e7
    at_m = np.concatenate([[0], np.cumsum(network.point_mm[points][:-1])]) / 1000
    count = int(at_m[-1] / every_m) + 1
    middle = (np.arange(count) + 0.5) / count * at_m[-1]
    return np.column_stack([np.interp(middle, at_m, line[:, axis]) for axis in (0, 1)]), at_m[-1] / count


@pytest.mark.parametrize("profile", PROFILES)
def test_seconds_at_points_equal_single_questions(profile: str) -> None:
    compared = 0
    for seed in range(20):
        router, rng = random_router(seed)
        lon, lat = random_places(rng, router.network, 16)
        places = list(zip(lon.tolist(), lat.tolist(), strict=True))
        if (router.positions(places, profile)["edge"] < 0).any():
            continue
        cover = coverage.reach(places[:3], LIMITS_S, profile, router=router)
        seconds = coverage.seconds_at(cover, np.array(places[3:]))
        for point, found in zip(places[3:], seconds.tolist(), strict=True):
            expected = soonest_s(router, places[:3], point, profile)
            assert found == (pytest.approx(expected, abs=1e-4) if expected <= LIMITS_S[-1] else np.inf)
            compared += 1
    assert compared > 60


def test_covered_lengths_equal_asking_along_every_edge() -> None:
    compared = 0
    for seed in range(12):
        router, rng = random_router(seed)
        lon, lat = random_places(rng, router.network, 2)
        origins = list(zip(lon.tolist(), lat.tolist(), strict=True))
        cover = coverage.reach(origins, LIMITS_S, "motorcycle", router=router)
        for limit_s in LIMITS_S:
            covered = coverage.covered_lengths(cover, limit_s)
            for edge in rng.choice(len(covered), min(len(covered), 6), replace=False):
                points, share_m = along(router.network, int(edge), 2.0)
                places = router.positions_of(points, "motorcycle")
                if not share_m or (places["edge"] != edge).any():
                    continue  # something else lies on top of it
                reached = sum(soonest_s(router, origins, tuple(p), "motorcycle") <= limit_s for p in points.tolist())
                assert covered[edge] == pytest.approx(reached * share_m, abs=2.1 * share_m)
                compared += 1
    assert compared > 80


def test_covered_length_grows_to_the_whole() -> None:
    router, rng = random_router(3)
    lon, lat = random_places(rng, router.network, 2)
    origins = list(zip(lon.tolist(), lat.tolist(), strict=True))
    cover = coverage.reach(origins, (5, 50, 5000), "ambulance", router=router)
    lengths = coverage.edge_lengths(router.network, "ambulance")
    some, more, all_of_it = (coverage.covered_lengths(cover, limit_s) for limit_s in cover.limits_s)
    assert (some <= more).all()
    assert (more <= all_of_it).all()
    assert 0 < some.sum() < more.sum()
    reached = all_of_it > 0
    assert all_of_it[reached] == pytest.approx(lengths[reached])


def test_part_of_a_street_on_both_sides_of_the_station() -> None:
    """A station in the middle of the street: ten seconds at 25 km/h each way."""
    cover = coverage.reach([place(100, 0)], (10,), "car", router=router_of(street()))
    covered = coverage.covered_lengths(cover, 10)
    assert covered.sum() == pytest.approx(2 * 25 / 3.6 * 10, rel=0.001)


def test_longer_limit_than_searched_is_refused() -> None:
    cover = coverage.reach([place(100, 0)], (10,), "car", router=router_of(street()))
    with pytest.raises(ValueError, match="11 s"):
        coverage.covered_lengths(cover, 11)


def test_shares_by_district() -> None:
    """West of 200 m everything is near the station; the side street to the north-east is not."""
    router = router_of(street())
    west = shapely.box(*place(-50, -50), *place(199, 50))
    rest = shapely.box(*place(199, -50), *place(500, 500))
    nowhere = shapely.box(*place(5000, 0), *place(6000, 100))
    cover = coverage.reach([place(0, 0)], (28.8, 600), "car", router=router)
    areas = coverage.areas_of_edges(router.network, [west, rest, nowhere])
    assert sorted(areas.tolist()) == [0, 1, 1]
    shares = coverage.road_shares(cover, areas, 3)
    assert shares[0] == pytest.approx([1, 0, np.nan], abs=0.01, nan_ok=True)
    assert shares[1] == pytest.approx([1, 1, np.nan], nan_ok=True)
    houses = np.array([place(20, 5), place(390, 5), place(205, 290)])
    by_house = coverage.point_shares(
        cover, coverage.seconds_at(cover, houses), coverage.areas_of_points(houses, [west, rest, nowhere]), 3
    )
    assert by_house[0] == pytest.approx([1, 0, np.nan], nan_ok=True)


def test_point_in_two_districts_counts_in_the_first() -> None:
    boxes = [shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)]
    assert coverage.areas_of_points(np.array([[1.5, 1], [2.5, 1], [9, 9]]), boxes).tolist() == [0, 1, -1]


def test_nobody_reaches_nothing() -> None:
    cover = coverage.reach([], (300,), "car", router=router_of(street()))
    assert coverage.covered_lengths(cover, 300).sum() == 0
    assert coverage.reach_polygons(cover)[0].is_empty
    assert coverage.gap_polygons(cover, 300).area > 0
    assert np.isinf(coverage.seconds_at(cover, np.array([place(0, 0)]))).all()


def long_street() -> Roads:
    return Roads().node(1, 0, 0).node(2, 5000, 0).node(3, 5000, 3000).way(1, 2, highway="primary").way(2, 3)


def test_pictures_hold_what_is_reached_and_not_what_is_far() -> None:
    router = router_of(long_street())
    cover = coverage.reach([place(0, 0)], (60, 200), "car", router=router)
    near, wide = coverage.reach_polygons(cover)
    gap = coverage.gap_polygons(cover, 60)
    reached_m = 60 * 65 / 3.6
    for east_m in range(0, 5001, 50):
        point = shapely.Point(place(east_m, 0))
        assert near.covers(point) == (east_m < reached_m + 100) or abs(east_m - reached_m) < 300
        assert gap.covers(point) == (east_m > reached_m + 200) or abs(east_m - reached_m) < 300
    assert wide.buffer(1e-9).covers(near)
    assert near.intersection(gap).area < 0.05 * gap.area
    for far in (place(2500, 1500), place(0, 400), place(-400, 0)):
        assert not wide.covers(shapely.Point(far))
        assert not gap.covers(shapely.Point(far))
    assert all(shape.is_valid for shape in (near, wide, gap))


def test_station_in_the_middle_of_a_long_edge_is_in_the_picture() -> None:
    cover = coverage.reach([place(2500, 0)], (20,), "car", router=router_of(long_street()))
    [area] = coverage.reach_polygons(cover)
    assert area.covers(shapely.Point(place(2500, 0)))
    assert area.covers(shapely.Point(place(2750, 0)))
    assert area.covers(shapely.Point(place(2250, 0)))
    assert not area.covers(shapely.Point(place(3500, 0)))


def test_hole_is_a_hole() -> None:
    """A ring road around fields: the fields are not reached, and not a gap either."""
    roads = Roads()
    ring = [(0, 0), (2000, 0), (2000, 2000), (0, 2000)]
    for number, (east, north) in enumerate(ring):
        roads.node(number, east, north)
    cover = coverage.reach([place(0, 0)], (3600,), "car", router=router_of(roads.way(0, 1, 2, 3, 0)))
    [area] = coverage.reach_polygons(cover)
    assert not area.covers(shapely.Point(place(1000, 1000)))
    assert area.covers(shapely.Point(place(2000, 1000)))
    assert coverage.gap_polygons(cover, 3600).is_empty


def test_real_island() -> None:
    """Isle of Man from two stations: shares agree with the lengths, every reached metre is inside the picture."""
    router = Router(build_network(read_file(shared_data("osm-extracts/isle-of-man-2020.osm.pbf")).roads), "iom")
    cover = coverage.reach([(-4.4821, 54.1509), (-4.3833, 54.3211)], (300, 600, 900), "fire_engine", router=router)
    network, lengths = router.network, coverage.edge_lengths(router.network, "fire_engine")
    whole = shapely.box(-5, 54, -4, 54.5)
    shares = coverage.road_shares(cover, coverage.areas_of_edges(network, [whole]), 1)[:, 0]
    for limit_s, share in zip(cover.limits_s, shares, strict=True):
        assert share == pytest.approx(coverage.covered_lengths(cover, limit_s).sum() / lengths.sum())
    assert 0.05 < shares[0] < shares[1] < shares[2] < 1
    for limit_s, area in zip(cover.limits_s, coverage.reach_polygons(cover), strict=True):
        vertices = (cover.ms_to >= 0) & (cover.ms_to <= limit_s * 1000)
        points = shapely.points(network.vertex_x[vertices] / 1e7, network.vertex_y[vertices] / 1e7)
        assert shapely.covers(area, points).mean() > 0.99
        assert shapely.dwithin(area, points, 1e-3).all()
