"""The build: what is contracted, kept and dropped, and how it is saved."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyproj
import pytest

from maps.arrays import META, array_names
from maps.contraction import segment_mm, travel_ms
from maps.network import BadBuild, Network, NoRoadsInSource, RoadRows, build_network, save
from maps.osm import read_file
from maps.speeds import BACKWARD, PROFILES, way_speeds_mh
from maps.tags import NodeFlag, RoadFlag
from tests.conftest import shared_data
from tests.maps.road_maker import Roads

ALL_OF_IT = 1e9  # no part but the largest is kept


def shape(network: Network, edge: int) -> list[tuple[int, int]]:
    points = slice(network.shape_offset[edge], network.shape_offset[edge + 1])
    return list(zip(network.point_x[points].tolist(), network.point_y[points].tolist(), strict=True))


def line(*spots: tuple[float, float]) -> Roads:
    roads = Roads()
    for number, (east, north) in enumerate(spots):
        roads.node(number, east, north)
    return roads


def test_a_chain_becomes_one_edge_with_all_its_points() -> None:
    roads = line((0, 0), (100, 10), (200, 0), (300, 10)).way(0, 1, 2).way(2, 3, highway="primary")
    network = build_network(roads.rows())
    assert (network.vertex_count, len(network.edge_start)) == (2, 1)
    rows = roads.rows()
    expected = [(round(x * 1e7), round(y * 1e7)) for x, y in zip(rows.lon, rows.lat, strict=True)]
    assert shape(network, 0) in (expected, expected[::-1])
    assert network.edge_mm[0] == segment_mm(rows.lon, rows.lat, np.arange(3), np.arange(1, 4)).sum()


def test_speeds_that_change_inside_a_chain_are_summed_in_time() -> None:
    roads = line((0, 0), (100, 0), (300, 0)).way(0, 1).way(1, 2, highway="primary")
    network = build_network(roads.rows())
    seconds = network.in_ms[PROFILES.index("car"), 0] / 1000
    assert seconds == pytest.approx(100 / (25 / 3.6) + 200 / (65 / 3.6), rel=0.005)


def test_where_the_rules_change_a_vertex_stays() -> None:
    roads = line((0, 0), (100, 0), (200, 0), (200, 100), (0, 100))
    roads.way(0, 1).way(1, 2, oneway=1).way(2, 3, 4, 0)
    network = build_network(roads.rows(), min_part_m=ALL_OF_IT)
    assert len(network.edge_start) == 2
    oneway = [edge for edge in range(2) if network.edge_mm[edge] < 150_000]
    assert len(oneway) == 1
    car = PROFILES.index("car")
    access = int(network.edge_access[oneway[0]])
    assert (access >> car & 1) + (access >> (car + BACKWARD) & 1) == 1


def test_ring_without_a_junction_is_one_loop() -> None:
    roads = line((0, 0), (100, 0), (100, 100), (0, 100)).way(0, 1, 2, 3, 0)
    network = build_network(roads.rows())
    assert network.edge_start.tolist() == network.edge_end.tolist() == [0]
    assert len(shape(network, 0)) == 5
    assert network.adj_arc.tolist() == [0, 1]


def test_parallel_ways_and_a_loop_keep_their_own_edges() -> None:
    roads = line((0, 0), (100, 50), (200, 0), (100, -50), (250, 50), (250, -50), (-50, 0))
    roads.way(6, 0).way(0, 1, 2).way(0, 3, 2).way(2, 4, 5, 2)
    network = build_network(roads.rows())
    ends = [tuple(sorted(pair)) for pair in zip(network.edge_start.tolist(), network.edge_end.tolist(), strict=True)]
    assert sorted(ends.count(pair) for pair in set(ends)) == [1, 1, 2]
    assert sum(start == end for start, end in ends) == 1


def test_way_in_that_nobody_leaves_is_dropped_and_reported() -> None:
    roads = line((0, 0), (100, 0), (200, 0), (300, 0)).way(0, 1).way(1, 2, oneway=1).way(2, 3)
    report = build_network(roads.rows(), min_part_m=ALL_OF_IT).report["parts"]["car"]
    assert report == {"kept_km": 0.1, "dropped_km": 0.2, "parts": 1}


def test_another_island_is_kept_when_it_is_large_enough() -> None:
    roads = line((0, 0), (500, 0), (9000, 0), (9300, 0), (20_000, 0), (20_100, 0)).way(0, 1).way(2, 3).way(4, 5)
    kept = {
        min_part_m: len(build_network(roads.rows(), min_part_m=min_part_m).edge_mm) for min_part_m in (90, 200, 400)
    }
    assert kept == {90: 3, 200: 2, 400: 1}


def test_bollard_stops_cars_and_lets_motorcycles_through() -> None:
    roads = line((0, 0), (100, 0), (200, 0)).way(0, 1, 2)
    roads.node(1, 100, 0, int(NodeFlag.BOLLARD))
    parts = build_network(roads.rows(), min_part_m=50).report["parts"]
    assert (parts["car"]["parts"], parts["motorcycle"]["parts"]) == (2, 1)


def test_repeated_node_and_way_of_one_node_do_no_harm() -> None:
    roads = line((0, 0), (100, 0), (200, 0)).way(0, 1, 1, 2).way(1).way(0, 0)
    network = build_network(roads.rows())
    assert network.edge_mm.tolist() == [build_network(line((0, 0), (200, 0)).way(0, 1).rows()).edge_mm[0]]


def test_no_usable_road_is_an_error() -> None:
    roads = line((0, 0), (100, 0)).way(0, 1, flags=int(RoadFlag.CLOSED))
    with pytest.raises(NoRoadsInSource):
        build_network(roads.rows())
    with pytest.raises(NoRoadsInSource):
        build_network(Roads().rows())


def test_node_off_the_globe_is_an_error() -> None:
    roads = line((0, 0), (100, 0)).way(0, 1)
    roads.nodes[1] = (190.0, 0.0)
    with pytest.raises(ValueError, match="1 nodes"):
        build_network(roads.rows())


def test_names_and_ids_come_back() -> None:
    roads = line((0, 0), (100, 0), (200, 0)).way(0, 1, name="Jl. Sudirman – Barat").way(1, 2)
    network = build_network(roads.rows())
    names = {network.name(int(way)) for way in network.point_way}
    assert names == {"Jl. Sudirman – Barat", ""}
    assert network.way_id.tolist() == [100, 200]


def test_progress_is_told_from_start_to_end() -> None:
    told: list[float] = []
    build_network(line((0, 0), (9, 0)).way(0, 1).rows(), progress=lambda _, share: told.append(share))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)


def test_segment_length_is_the_ellipsoids() -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(-180, 180, 400), rng.uniform(-70, 70, 400)
    lon[1::2], lat[1::2] = lon[::2] + rng.uniform(-0.05, 0.05, 200), lat[::2] + rng.uniform(-0.05, 0.05, 200)
    u, v = np.arange(0, 400, 2, dtype=np.int32), np.arange(1, 400, 2, dtype=np.int32)
    expected = np.array(pyproj.Geod(ellps="WGS84").inv(lon[u], lat[u], lon[v], lat[v])[2])
    assert segment_mm(lon, lat, u, v) / 1000 == pytest.approx(expected, rel=2e-5, abs=0.001)


def test_travel_time_is_rounded_half_up() -> None:
    mm, speed = np.array([5, 4, 0, 7], np.int32), np.array([36_000_000, 36_000_000, 10, 0], np.int32)
    assert travel_ms(mm * 1000, speed // 1000).tolist() == [500, 400, 0, 0]
    assert travel_ms(np.array([5, 15], np.int32), np.array([36_000, 36_000], np.int32)).tolist() == [1, 2]


# Saved builds


def town() -> Network:
    return build_network(line((0, 0), (100, 0), (200, 0), (200, 90)).way(0, 1, 2, name="Jl. A").way(1, 3).rows())


def test_saved_build_opens_as_it_was_and_read_only(tmp_path: Path) -> None:
    network = town()
    save(network, tmp_path / "b1")
    opened = Network.open(tmp_path / "b1")
    for name in array_names():
        assert np.array_equal(getattr(opened, name), getattr(network, name)), name
        assert not getattr(opened, name).flags.writeable
    assert opened.report == network.report


def test_build_without_names_can_be_saved(tmp_path: Path) -> None:
    save(build_network(line((0, 0), (9, 0)).way(0, 1).rows()), tmp_path / "b1")
    assert Network.open(tmp_path / "b1").name(0) == ""


def test_half_written_folder_is_refused(tmp_path: Path) -> None:
    save(town(), tmp_path / "b1")
    (tmp_path / "b1" / META).unlink()
    with pytest.raises(BadBuild, match="no complete road build"):
        Network.open(tmp_path / "b1")
    with pytest.raises(BadBuild, match="no complete road build"):
        Network.open(tmp_path / "nowhere")


def test_other_version_is_refused(tmp_path: Path) -> None:
    save(town(), tmp_path / "b1")
    meta = json.loads((tmp_path / "b1" / META).read_text())
    (tmp_path / "b1" / META).write_text(json.dumps(meta | {"version": 0}))
    with pytest.raises(BadBuild, match="import again"):
        Network.open(tmp_path / "b1")


@pytest.mark.parametrize("harm", ["truncate", "remove", "swap"])
def test_damaged_array_is_refused(tmp_path: Path, harm: str) -> None:
    save(town(), tmp_path / "b1")
    array = tmp_path / "b1" / "out_ms.npy"
    if harm == "truncate":
        array.write_bytes(array.read_bytes()[:-4])
    elif harm == "remove":
        array.unlink()
    else:
        array.write_bytes((tmp_path / "b1" / "point_x.npy").read_bytes())
    with pytest.raises(BadBuild, match=r"out_ms\.npy"):
        Network.open(tmp_path / "b1")


# Real streets


def real_rows(name: str) -> RoadRows:
    return read_file(shared_data(f"osm-extracts/{name}.osm.pbf")).roads


@pytest.mark.parametrize("name", ["isle-of-man-2020", "monaco-2021"])
def test_real_build_loses_no_length_and_no_time(name: str) -> None:
    """Every usable metre is either in an edge or reported as dropped; every edge takes the sum of its segments."""
    rows = real_rows(name)
    network = build_network(rows)
    speeds = way_speeds_mh(
        highway=rows.highway,
        surface=rows.surface,
        maxspeed_kmh=rows.maxspeed_kmh,
        flags=rows.flags,
        width_m=rows.width_m,
    )
    for column, profile in enumerate(PROFILES):
        usable_mm = 0
        for way in np.flatnonzero(speeds[:, column]):
            nodes = rows.way_node[rows.way_offset[way] : rows.way_offset[way + 1]]
            usable_mm += int(segment_mm(rows.lon, rows.lat, nodes[:-1], nodes[1:]).sum())
        part = network.report["parts"][profile]
        assert part["kept_km"] + part["dropped_km"] == pytest.approx(usable_mm / 1e6, abs=0.11)
        either_way = (network.edge_access >> column | network.edge_access >> (column + BACKWARD)) & 1 != 0
        assert network.edge_mm[either_way].sum(dtype=np.int64) / 1e6 == pytest.approx(part["kept_km"], abs=0.06)
    for edge in range(0, len(network.edge_start), 97):
        points = range(network.shape_offset[edge], network.shape_offset[edge + 1] - 1)
        assert network.edge_mm[edge] == sum(network.point_mm[point] for point in points)
        ends = [(network.vertex_x[v], network.vertex_y[v]) for v in (network.edge_start[edge], network.edge_end[edge])]
        assert [shape(network, edge)[0], shape(network, edge)[-1]] == ends
    assert all(a <= b for a, b in pairwise(network.adj_offset.tolist()))
