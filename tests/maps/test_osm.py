"""Reading files: what becomes of nodes, ways and relations, and what is said of files that cannot be read."""

from pathlib import Path

import numpy as np
import pytest
from django.utils.translation import override
from shapely import Point

from maps.extract import BadSource, Extract
from maps.osm import read_file
from maps.tags import HIGHWAYS, NodeFlag
from tests.conftest import SKETCH, shared_data
from tests.maps.osm_maker import SOUTH, STEP, WEST, OsmFile, town


def read(file: OsmFile, tmp_path: Path, name: str = "town.osm") -> Extract:
    return read_file(file.write(tmp_path / name))


def test_ways_share_their_nodes(tmp_path: Path) -> None:
    roads = read(town(3), tmp_path).roads
    assert len(roads.way_id) == 6
    assert sorted(roads.node_id.tolist()) == list(range(1, 10))
    assert np.diff(roads.way_offset).tolist() == [3] * 6
    assert len(roads.way_node) == 18
    assert roads.names[roads.name[0]] == "Jalan Mawar 1"
    assert HIGHWAYS[roads.highway[0]] == "residential"


def test_positions_belong_to_their_nodes(tmp_path: Path) -> None:
    roads = read(town(3), tmp_path).roads
    place = {int(node): (lon, lat) for node, lon, lat in zip(roads.node_id, roads.lon, roads.lat, strict=True)}
    assert place[6] == pytest.approx((WEST + 2 * STEP, SOUTH + STEP), abs=1e-7)


def test_lines_follow_the_ways(tmp_path: Path) -> None:
    extract = read(town(3), tmp_path)
    assert extract.road_lines()[0].coords[2] == pytest.approx((WEST + 2 * STEP, SOUTH), abs=1e-7)


def test_node_tags_become_flags(tmp_path: Path) -> None:
    file = OsmFile()
    file.node(1, WEST, SOUTH)
    file.node(2, WEST + STEP, SOUTH, highway="traffic_signals")
    file.way(10, [1, 2], highway="primary")
    roads = read(file, tmp_path).roads
    assert roads.node_flags.tolist() == [0, NodeFlag.SIGNAL]


def test_what_is_no_road_stays_out_of_the_network(tmp_path: Path) -> None:
    file = town(2)
    file.way(500, [1, 2], waterway="river", name="Air Bengkulu")
    file.way(501, [1, 2], highway="proposed")
    extract = read(file, tmp_path)
    assert 500 not in extract.roads.way_id.tolist()
    assert 501 not in extract.roads.way_id.tolist()
    assert [line.tags["name"] for line in extract.lines] == ["Air Bengkulu"]


def test_a_way_is_cut_where_the_file_lacks_a_node(tmp_path: Path) -> None:
    file = OsmFile()
    for number in (1, 2, 4, 5):
        file.node(number, WEST + number * STEP, SOUTH)
    file.way(10, [1, 2, 3, 4, 5], highway="residential", name="Jalan Putus")
    extract = read(file, tmp_path)
    assert extract.roads.way_id.tolist() == [10, 10]
    assert np.diff(extract.roads.way_offset).tolist() == [2, 2]
    assert extract.notes == {"ways with missing nodes": 1, "nodes missing": 1}


def test_borders_are_closed_from_their_pieces(tmp_path: Path) -> None:
    borders = {border.tags["name"]: border for border in read(town(), tmp_path).borders}
    assert set(borders) == {"Barat", "Timur", "Tengah"}
    assert borders["Barat"].osm_id == "r401"
    assert borders["Tengah"].geom.area == pytest.approx(borders["Barat"].geom.area + borders["Timur"].geom.area)


def test_a_border_that_does_not_close_is_counted(tmp_path: Path) -> None:
    file = town()
    file.relation(404, [(301, "outer")], type="boundary", boundary="administrative", admin_level="7", name="Putus")
    extract = read(file, tmp_path)
    assert "Putus" not in {border.tags["name"] for border in extract.borders}
    assert extract.notes["boundaries that do not close"] == 1


def test_a_lake_keeps_its_island(tmp_path: Path) -> None:
    file = town(4)
    file.way(600, [1, 4, 16, 13, 1])
    file.way(601, [6, 7, 11, 10, 6])
    file.relation(602, [(600, "outer"), (601, "inner")], type="multipolygon", natural="water", name="Danau")
    (lake,) = [area for area in read(file, tmp_path).areas if area.tags.get("name") == "Danau"]
    assert lake.osm_id == "r602"
    assert not lake.geom.contains(Point(WEST + 1.5 * STEP, SOUTH + 1.5 * STEP))


def test_buildings_stand_apart_and_named_ones_are_places_too(tmp_path: Path) -> None:
    file = town(3)
    file.way(700, [1, 2, 5, 4, 1], building="yes")
    file.way(701, [5, 6, 9, 8, 5], building="yes", name="Gedung Daerah")
    extract = read(file, tmp_path)
    assert len(extract.buildings) == 2
    assert [area.tags["name"] for area in extract.areas] == ["Gedung Daerah"]


@pytest.mark.parametrize("name", ["town.osm", "town.osm.gz", "town.osm.pbf"])
def test_every_format_says_the_same(tmp_path: Path, name: str) -> None:
    extract = read(town(4), tmp_path, name)
    assert extract.source == name
    assert len(extract.roads.way_id) == 8
    assert len(extract.borders) == 3
    assert {point.tags["name"] for point in extract.points} == {"RS Harapan", "Masjid Al-Falah"}


def test_objects_may_come_in_any_order(tmp_path: Path) -> None:
    file = town(4)
    file.in_order = False
    extract = read(file, tmp_path)
    assert len(extract.roads.way_id) == 8
    assert len(extract.borders) == 3


def test_the_sketch_says_that_it_is_one() -> None:
    assert read_file(SKETCH).is_sketch


def test_another_file_is_no_sketch(tmp_path: Path) -> None:
    assert not read(town(2), tmp_path).is_sketch


def refusal(path: Path) -> str:
    with override("en"), pytest.raises(BadSource) as caught:
        read_file(path)
    return str(caught.value.message)


def test_a_missing_file(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "none.osm.pbf")


def test_another_kind_of_file(tmp_path: Path) -> None:
    path = tmp_path / "map.zip"
    path.write_bytes(b"PK")
    assert "the name of an OpenStreetMap file ends in" in refusal(path)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "map.osm.pbf"
    path.touch()
    assert "is empty" in refusal(path)


@pytest.mark.parametrize("name", ["map.osm.pbf", "map.osm", "map.osm.gz"])
def test_something_else_under_the_right_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"this is a letter, not a map\n" * 99)
    assert "not a readable OpenStreetMap file" in refusal(path)


@pytest.mark.parametrize("name", ["town.osm.pbf", "town.osm", "town.osm.gz"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_is_cut_off(tmp_path: Path, name: str, share: float) -> None:
    path = town(12).write(tmp_path / name)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "cut off" in refusal(path)


# ways as the data's README counts them, less those that no profile of ours could use
@pytest.mark.parametrize(
    ("name", "ways", "borders", "buildings"),
    [
        ("osm-extracts/monaco-2021.osm.pbf", 2076, 6, 1207),
        ("osm-extracts/liechtenstein-2015.osm.pbf", 4560, 14, 8994),
        ("osm-extracts/isle-of-man-2020.osm.pbf", 9025, 31, 12169),
        ("bengkulu-roads/kota-bengkulu-mainroads-2025.osm.pbf", 698, 0, 0),
        ("bengkulu-roads/kota-bengkulu-pusat-rdtr-2024-derived.osm.pbf", 4191, 0, 0),
    ],
)
def test_real_files(name: str, ways: int, borders: int, buildings: int) -> None:
    extract = read_file(shared_data(name))
    assert len(extract.roads.way_id) == ways
    assert len(extract.borders) == borders
    assert len(extract.buildings) == buildings
    assert (np.diff(extract.roads.way_offset) >= 2).all()
