"""What the benchmark of the dispatch question says at its end. The timing itself is no test."""

import json

import pytest

from benchmarks import report
from benchmarks.nearest import Row, by_air, closing, line


def rows(osrm_ms: float | None, valhalla_ms: float | None) -> list[Row]:
    found = [Row("porto", "geo112", [0.4, 0.5, 0.6]), Row("sketch", "geo112", [0.1])]
    if osrm_ms:
        found += [Row("porto", "osrm_ch", [osrm_ms]), Row("porto", "osrm_mld", [osrm_ms * 2])]
    if valhalla_ms:
        found += [Row("porto", "valhalla", [valhalla_ms]), Row("porto", "valhalla shortlist", [0.1])]
    return found


@pytest.mark.parametrize(
    ("osrm_ms", "valhalla_ms", "holds"),
    [(10.0, 80.0, True), (4.9, 80.0, False), (10.0, None, None), (None, None, None)],
)
def test_goal_is_judged_on_porto_by_the_better_osrm(
    osrm_ms: float | None, valhalla_ms: float | None, holds: bool | None
) -> None:
    said = json.loads(closing(rows(osrm_ms, valhalla_ms)))
    assert (said["benchmark"], said["holds"]) == ("nearest", holds)
    assert said["ratios"]["osrm"] == (osrm_ms and pytest.approx(osrm_ms / 0.5))
    assert said["ratios"]["pgrouting"] is None
    assert said["figures"]["nearest_p50_ms"] == 0.5
    assert said["figures"]["sketch_nearest_p50_ms"] == 0.1


def test_table_shows_how_many_times_faster() -> None:
    told = rows(10.0, 80.0)
    assert line(told[2], told)[4] == "20 ×"
    assert line(told[0], told)[4] == ""


def test_table_is_in_columns() -> None:
    text = report.table(("who", "ms"), [("a", 12.345), ("long name", None), ("c", 1234.5)])
    assert text.splitlines() == [
        "who           ms",
        "---------  -----",
        "a           12.3",
        "long name      –",
        "c          1,234",
    ]


def test_shortlist_is_by_air_at_this_latitude() -> None:
    units = [(0.0, 60.011), (0.02, 60.0), (0.024, 60.0), *[(5.0, 60.0)] * 30]
    assert by_air(units, (0.0, 60.0))[:3] == [1, 0, 2]
