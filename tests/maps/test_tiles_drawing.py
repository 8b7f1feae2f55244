"""What becomes rows of the tile tables."""

from itertools import pairwise
from pathlib import Path

import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from maps import drawing
from maps.districts import DistrictRow
from maps.osm import read_file
from tests.maps.osm_maker import SOUTH, STEP, WEST, OsmFile, town


def drawn_roads(file: OsmFile, tmp_path: Path) -> list[drawing.Row]:
    return list(drawing.roads(read_file(file.write(tmp_path / "map.osm"))))


def test_mercator() -> None:
    (point,) = drawing.to_mercator([Point(102.26, -3.79)])
    assert (point.x, point.y) == pytest.approx((11383531.13, -422208.88), abs=0.01)


def test_pieces_of_one_street_are_joined(tmp_path: Path) -> None:
    file = town(2)
    file.node(50, WEST + 2 * STEP, SOUTH)
    file.way(110, [2, 50], highway="residential", name="Jalan Mawar 1")
    rows = [row for row in drawn_roads(file, tmp_path) if row[1] == "Jalan Mawar 1" and row[3] == drawing.LAST_ZOOM]
    assert len(rows) == 1
    assert rows[0][-1].length == pytest.approx(2 * STEP * 111_319.5, rel=1e-3)


def test_a_bridge_stays_apart(tmp_path: Path) -> None:
    file = OsmFile()
    for number in range(4):
        file.node(number + 1, WEST + number * STEP, SOUTH)
    file.way(10, [1, 2], highway="primary")
    file.way(11, [2, 3], highway="primary", bridge="yes")
    file.way(12, [3, 4], highway="primary", tunnel="yes")
    structures = [row[5] for row in drawn_roads(file, tmp_path) if row[3] == drawing.LAST_ZOOM]
    assert sorted(map(str, structures)) == ["", "bridge", "tunnel"]


def test_a_one_way_against_its_line_is_turned(tmp_path: Path) -> None:
    file = OsmFile()
    file.node(1, WEST, SOUTH)
    file.node(2, WEST + STEP, SOUTH)
    file.way(10, [1, 2], highway="residential", oneway="-1")
    (row,) = [row for row in drawn_roads(file, tmp_path) if row[3] == drawing.LAST_ZOOM]
    start, end = shapely.get_coordinates(row[-1])
    assert row[6] is True
    assert start[0] > end[0]


def test_zooms_of_a_road_follow_on_each_other(tmp_path: Path) -> None:
    rows = [row for row in drawn_roads(town(2), tmp_path) if row[1] == "Jalan Melati 1"]
    zooms = sorted((row[2], row[3]) for row in rows)
    assert zooms[0][0] == drawing.ROAD_FROM[4]
    assert zooms[-1][1] == drawing.LAST_ZOOM
    assert all(earlier[1] + 1 == later[0] for earlier, later in pairwise(zooms))


def district(level: str, west: float, east: float) -> DistrictRow:
    return DistrictRow(level, f"{level}{west}", f"{level} {west}", MultiPolygon([box(west, 0, east, 1)]), "test")


def test_a_shared_border_is_drawn_once_and_under_the_higher_level() -> None:
    rows = list(
        drawing.borders([district("kecamatan", 0, 2), district("kelurahan", 0, 1), district("kelurahan", 1, 2)])
    )
    kelurahan = [row[-1] for row in rows if row[0] == "kelurahan" and row[3] == drawing.LAST_ZOOM]
    assert len(kelurahan) == 1
    assert kelurahan[0].length == pytest.approx(111_325, rel=0.01)


def test_borders_of_two_editions_are_not_drawn_twice() -> None:
    """A kelurahan's edge within 20 m of its kecamatan's is the same border."""
    shifted = DistrictRow("kelurahan", "k", "K", MultiPolygon([box(0.0001, 0.0001, 1, 0.9999)]), "other")
    rows = list(drawing.borders([district("kecamatan", 0, 1), shifted]))
    assert {row[0] for row in rows} == {"kecamatan"}


def test_small_areas_wait_for_large_zooms(tmp_path: Path) -> None:
    file = town(6)
    file.way(600, [1, 2, 8, 7, 1], landuse="forest")
    file.way(601, [1, 6, 36, 31, 1], natural="wood")
    extract = read_file(file.write(tmp_path / "map.osm"))
    first: dict[float, int] = {}
    for row in drawing.land(extract):
        shape = row[-1]
        assert isinstance(shape, Polygon)
        first[round(shape.area, -4)] = min(row[2], first.get(round(shape.area, -4), 99))
    small, large = sorted(first)
    assert first[small] > first[large]


def test_a_district_is_not_labelled_twice(tmp_path: Path) -> None:
    """A town gives its label up where that of the kelurahan of its name begins; a suburb never has one."""
    file = town()
    file.node(950, WEST, SOUTH, place="neighbourhood", name="Barat")
    file.node(951, WEST, SOUTH, place="hamlet", name="Dusun Kecil")
    file.node(952, WEST, SOUTH, place="town", name="Barat")
    extract = read_file(file.write(tmp_path / "map.osm"))
    rows = [DistrictRow("kelurahan", "b", "Barat", MultiPolygon([box(WEST, SOUTH, WEST + 1, SOUTH + 1)]), "test")]
    zooms = [row[:4] for row in drawing.labels(extract, rows, [])]
    assert zooms == [
        ("kelurahan", "Barat", 13, 16),
        ("hamlet", "Dusun Kecil", 13, drawing.LAST_ZOOM),
        ("town", "Barat", 9, 12),
    ]


def test_a_city_leaves_its_name_to_the_regency(tmp_path: Path) -> None:
    file = town()
    file.node(950, WEST, SOUTH, place="city", name="Bengkulu")
    extract = read_file(file.write(tmp_path / "map.osm"))
    rows = [DistrictRow("regency", "b", "Kota Bengkulu", MultiPolygon([box(WEST, SOUTH, WEST + 1, SOUTH + 1)]), "test")]
    assert [row[0] for row in drawing.labels(extract, rows, [])] == ["regency"]


def test_label_points_lie_inside() -> None:
    crescent = box(0, 0, 4, 4).difference(box(1, -1, 5, 3))
    assert crescent.contains(drawing.label_point(crescent))


def test_the_outside_leaves_region_and_sea_free() -> None:
    row = drawing.outside(box(102, -4, 103, -3), MultiPolygon([box(90, -10, 102, 0)]))
    assert row[0] == "outside"
    inside, at_sea, beyond = drawing.to_mercator([Point(102.5, -3.5), Point(101, -3.5), Point(104, -3.5)])
    assert [row[-1].contains(point) for point in (inside, at_sea, beyond)] == [False, False, True]
