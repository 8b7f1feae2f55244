"""The sea, from lines that have land on their left."""

import pytest
from shapely import LineString, Point, box

from maps.coast import sea

BOX = box(0, 0, 10, 10)


def test_no_coast_no_sea() -> None:
    assert sea([], BOX).is_empty


def test_an_island_has_the_sea_around_it() -> None:
    island = LineString([(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)])  # counter-clockwise: land inside
    water = sea([island], BOX)
    assert water.area == pytest.approx(100 - 4)
    assert not water.contains(Point(5, 5))


def test_a_lake_of_sea_inside_land() -> None:
    water = sea([LineString([(4, 4), (4, 6), (6, 6), (6, 4), (4, 4)])], BOX)
    assert water.area == pytest.approx(4)


@pytest.mark.parametrize(("line", "west_is_sea"), [([(5, 12), (5, -2)], True), ([(5, -2), (5, 12)], False)])
def test_the_direction_decides(line: list[tuple[int, int]], west_is_sea: bool) -> None:
    water = sea([LineString(line)], BOX)
    assert water.area == pytest.approx(50)
    assert water.contains(Point(2, 5)) is west_is_sea


def test_pieces_in_any_order_are_one_coast() -> None:
    pieces = [LineString([(5, 5), (5, -1)]), LineString([(5, 11), (5, 8)]), LineString([(5, 8), (5, 5)])]
    assert sea(pieces, BOX).area == pytest.approx(50)


def test_a_coast_that_ends_is_led_on_to_the_edge() -> None:
    water = sea([LineString([(5, 7), (5, 3)])], BOX)
    assert water.area == pytest.approx(50)
    assert water.contains(Point(1, 9))


def test_islands_off_a_coast() -> None:
    island = LineString([(1, 4), (2, 4), (2, 5), (1, 5), (1, 4)])
    water = sea([LineString([(5, 12), (5, -2)]), island], BOX)
    assert water.area == pytest.approx(49)


def test_a_coast_beyond_the_box() -> None:
    assert sea([LineString([(20, 30), (20, -30)])], BOX).is_empty
