"""The router's answers in degrees, seconds and metres, and which build it answers from."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from django.contrib.gis.geos import Point, Polygon
from django.db import connection
from pytest_django import Settings

from maps import builds, routing
from maps import router as router_module
from maps.arrays import save
from maps.contraction import segment_mm
from maps.models import Region, RoadBuild
from maps.network import Network, build_network
from maps.routing import NoRoads, Origin, Router, current_router, forget_current_router
from tests.maps.road_maker import Roads
from tests.maps.test_kernels import random_places, random_roads

EAST = 1 / 111_000.0  # degrees of longitude per metre, as road_maker counts


def place(east_m: float, north_m: float) -> tuple[float, float]:
    return Roads.lon + east_m * EAST, Roads.lat + north_m * EAST


def street() -> Roads:
    """One straight street of 400 m from west to east, and a side street north at 200 m."""
    roads = Roads().node(1, 0, 0).node(2, 100, 0).node(3, 200, 0).node(4, 400, 0).node(5, 200, 300)
    return roads.way(1, 2, 3, 4, name="Jl. Suprapto").way(3, 5, name="Jl. Kartini")


def router_of(roads: Roads) -> Router:
    return Router(build_network(roads.rows(), min_part_m=1e9), "test")


def line_m(line: list[tuple[float, float]]) -> float:
    lon, lat = np.array(line).T
    step = np.arange(len(line) - 1, dtype=np.int32)
    return float(segment_mm(lon, lat, step, step + 1).sum() / 1000)


def test_nearest_is_by_road_and_not_by_air() -> None:
    """Across a river without a bridge near: the unit on the other bank is last."""
    roads = Roads().node(1, 0, 0).node(2, 1000, 0).node(3, 0, 100).node(4, 1000, 100).way(1, 2).way(2, 4).way(4, 3)
    units = [Origin(7, *place(20, 102)), Origin(8, *place(600, -3))]
    answers = router_of(roads).nearest(place(50, 0), units, k=2, profile="car")
    assert [answer.key for answer in answers] == [8, 7]
    assert answers[0].length_m == pytest.approx(550, rel=0.01)
    assert answers[1].length_m == pytest.approx(950 + 100 + 980, rel=0.01)
    assert answers[0].snap_m == pytest.approx(3, rel=0.02)
    assert answers[0].travel_s == pytest.approx(answers[0].length_m / (25 / 3.6), rel=1e-3)


def test_of_equals_the_earlier_comes_first_and_k_is_kept() -> None:
    units = [Origin(key, *place(100, 0)) for key in (5, 3, 9)]
    answers = router_of(street()).nearest(place(300, 0), units, k=2, profile="car")
    assert [answer.key for answer in answers] == [5, 3]


def test_limit_leaves_out_who_is_too_far() -> None:
    units = [Origin(1, *place(0, 0)), Origin(2, *place(290, 0))]
    answers = router_of(street()).nearest(place(300, 0), units, k=2, profile="car", limit_s=20)
    assert [answer.key for answer in answers] == [2]


def test_nobody_to_ask_gives_nothing() -> None:
    assert router_of(street()).nearest(place(0, 0), [], k=5, profile="car") == []


def test_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="hovercraft"):
        router_of(street()).nearest(place(0, 0), [Origin(1, *place(9, 0))], k=1, profile="hovercraft")


@pytest.mark.parametrize(("origin_m", "around"), [(50, False), (150, True)])
def test_one_way_on_the_same_edge(origin_m: float, around: bool) -> None:
    """Behind a one-way unit that has passed the spot the way leads around the block."""
    roads = Roads().node(1, 0, 0).node(2, 200, 0).node(3, 200, 200).node(4, 0, 200)
    roads.way(1, 2, oneway=1).way(2, 3).way(3, 4).way(4, 1)
    [answer] = router_of(roads).nearest(place(100, 0), [Origin(1, *place(origin_m, 0))], k=1, profile="car")
    expected = 50 + 200 * 3 + 100 if around else 50
    assert answer.length_m == pytest.approx(expected, rel=0.01)


def test_route_has_the_line_between_the_two_snaps() -> None:
    route = router_of(street()).route(place(50, 5), place(205, 100), profile="car")
    assert route is not None
    assert route.origin_snap_m == pytest.approx(5, rel=0.02)
    assert route.destination_snap_m == pytest.approx(5, rel=0.02)
    assert route.geometry == [pytest.approx(place(*at), abs=1e-7) for at in ((50, 0), (100, 0), (200, 0), (200, 100))]
    assert route.length_m == pytest.approx(line_m(route.geometry), abs=0.01)


def test_route_within_one_edge_and_to_itself() -> None:
    router = router_of(street())
    there = router.route(place(20, 0), place(150, 0), profile="car")
    back = router.route(place(150, 0), place(20, 0), profile="car")
    same = router.route(place(150, 0), place(150, 0), profile="car")
    assert there and back and same
    assert there.geometry == back.geometry[::-1]
    assert len(there.geometry) == 3
    assert (same.travel_s, same.length_m, len(same.geometry)) == (0, 0, 2)


def test_route_line_is_as_long_as_the_route_in_random_towns() -> None:
    drawn = 0
    for seed in range(60):
        rng = np.random.default_rng((77, seed))
        router = router_of(random_roads(rng).way(0, 1).way(1, 0))
        lon, lat = random_places(rng, router.network, 8)
        for start, end in pairwise(zip(lon.tolist(), lat.tolist(), strict=True)):
            route = router.route(start, end, profile="motorcycle")
            if route is None:
                continue
            [answer] = router.nearest(end, [Origin(1, *start)], k=1, profile="motorcycle")
            assert (route.travel_s, route.length_m) == (answer.travel_s, answer.length_m)
            assert line_m(route.geometry) == pytest.approx(route.length_m, abs=0.02 + 0.001 * len(route.geometry))
            drawn += 1
    assert drawn > 150


def test_no_way_gives_no_route() -> None:
    """Two towns, both kept, no road between them."""
    roads = street().node(11, 9000, 0).node(12, 9400, 0).way(11, 12)
    router = Router(build_network(roads.rows(), min_part_m=100), "islands")
    assert router.route(place(0, 0), place(9100, 0), profile="car") is None
    assert router.nearest(place(0, 0), [Origin(1, *place(9100, 0))], k=1, profile="car") == []


def test_snap_tells_street_and_distance() -> None:
    snap = router_of(street()).snap(place(245, 40.5))
    assert snap.street == "Jl. Suprapto"
    assert (snap.lon, snap.lat) == pytest.approx(place(245, 0), abs=1e-7)
    assert snap.offset_m == pytest.approx(40.5, rel=0.01)
    assert not snap.is_off_road
    assert router_of(street()).snap(place(250, 4000)).is_off_road


def test_snap_without_roads_for_the_profile_says_so() -> None:
    roads = Roads().node(1, 0, 0).node(2, 100, 0).way(1, 2, highway="path")
    assert router_of(roads).snap(place(0, 0), profile="motorcycle").offset_m == pytest.approx(0, abs=0.01)
    with pytest.raises(NoRoads):
        router_of(roads).snap(place(0, 0), profile="fire_engine")


def test_reach_is_seconds_from_the_first_to_arrive() -> None:
    router = router_of(street())
    seconds = router.reach_s([place(0, 0), place(200, 300)], profile="car", limit_s=60)
    order = np.argsort(router.network.vertex_x * 10 + router.network.vertex_y)
    metres = seconds[order] * 25 / 3.6
    assert sorted(np.round(metres / 10).tolist()) == [0, 0, 20, 40]
    assert np.isinf(router.reach_s([place(0, 0)], profile="car", limit_s=30)).sum() == 2


def test_threads_get_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """More callers than workspaces: each gets what a lone caller gets."""
    monkeypatch.setattr(router_module, "WORKSPACES", 2)
    rng = np.random.default_rng(5)
    router = router_of(random_roads(rng).way(*range(4)))
    lon, lat = random_places(rng, router.network, 40)
    places = list(zip(lon.tolist(), lat.tolist(), strict=True))
    units = [Origin(i, *at) for i, at in enumerate(places)]
    alone = [router.nearest(at, units, k=5, profile="motorcycle") for at in places]
    started = threading.Barrier(8)

    def ask_all(_worker: int) -> list[object]:
        started.wait()
        return [router.nearest(at, units, k=5, profile="motorcycle") for at in places * 5]

    with ThreadPoolExecutor(8) as pool:
        for answers in pool.map(ask_all, range(8)):
            assert answers == alone * 5


def test_snaps_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router_module, "CACHED_SNAPS", 10)
    router = router_of(street())
    for east in range(50):
        router.nearest(place(0, 0), [Origin(1, *place(east, 0))], k=1, profile="car")
    assert len(router._snaps["car"]) <= 10


@pytest.fixture
def own_data(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(routing, "RECHECK_S", 0.0)
    forget_current_router()
    yield tmp_path
    forget_current_router()


def publish(build_id: str, network: Network) -> RoadBuild:
    """As an import does: folder first, then the row that names it."""
    working = builds.working_folder(build_id)
    save(network, working)
    builds.publish_folder(working, build_id)
    build = RoadBuild.objects.create(
        pk=build_id,
        region=region(),
        created_at=datetime.now(UTC),
        node_count=network.vertex_count,
        arc_count=network.arc_count,
        report=network.report,
    )
    Region.objects.filter(pk=build.region_id).update(build=build)
    return build


def region() -> Region:
    made, _ = Region.objects.get_or_create(
        code="town",
        defaults={
            "name": "Town",
            "is_active": True,
            "center": Point(*place(0, 0)),
            "bounds": Polygon.from_bbox((102, -4, 103, -3)),
            "imported_at": datetime.now(UTC),
        },
    )
    return made


@pytest.mark.django_db
def test_no_roads_before_the_first_import(own_data: Path) -> None:
    with pytest.raises(NoRoads):
        current_router()


@pytest.mark.django_db
def test_router_follows_the_region(own_data: Path) -> None:
    publish("first", build_network(street().rows()))
    first = current_router()
    assert first.build_id == "first"
    assert current_router() is first
    publish("second", build_network(street().way(5, 1).rows()))
    second = current_router()
    assert second.build_id == "second"
    assert second.network.edge_mm.sum() > first.network.edge_mm.sum()
    assert first.route(place(0, 0), place(300, 0), profile="car")  # whoever still holds it can go on


@pytest.mark.django_db
def test_row_is_asked_for_at_most_once_a_second(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish("first", build_network(street().rows()))
    monkeypatch.setattr(routing, "RECHECK_S", 1.0)
    current_router()
    with connection.execute_wrapper(lambda *_: pytest.fail("asked the database again")):
        for _ in range(100):
            current_router()


@pytest.mark.django_db
def test_another_host_fetches_the_build(own_data: Path) -> None:
    network = build_network(street().rows())
    builds.store_files(publish("first", network))
    shutil.rmtree(own_data)
    fetched = current_router().network
    assert np.array_equal(fetched.out_ms, network.out_ms)
    assert fetched.report == network.report
