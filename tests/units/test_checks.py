import math

import pytest

from units.gps.checks import REASONS, Known, Memory, distance_m, judge, sort_out
from units.gps.protocols import Fix

NOW_S = 1_787_368_205.0


def fix(
    time: float | None = NOW_S, lat: float | None = -3.7956, lon: float | None = 102.2655, valid: bool = True
) -> Fix:
    return Fix(time=time, lat=lat, lon=lon, valid=valid)


def reason(candidate: Fix, memory: Memory | None = None) -> str | None:
    rejection = judge(candidate, now_s=NOW_S, memory=memory or Memory())
    assert rejection is None or rejection.reason in REASONS
    return None if rejection is None else rejection.reason


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        (fix(), None),
        (fix(NOW_S + 119), None),
        (fix(NOW_S + 121), "future"),
        (fix(NOW_S - 89 * 86_400), None),
        (fix(NOW_S - 91 * 86_400), "too_old"),
        (fix(0), "too_old"),
        (fix(None), "bad_time"),
        (fix(lat=math.nan), "not_a_number"),
        (fix(lon=None), "not_a_number"),
        (fix(lat=90.1), "out_of_range"),
        (fix(lon=-180.1), "out_of_range"),
        (fix(lat=102.2, lon=-3.8), "out_of_range"),
        (fix(lat=0.0, lon=0.001), "null_island"),
        (fix(lat=0.0, lon=102.0), None),
        (fix(valid=False), "not_valid"),
    ],
)
def test_reasons(candidate: Fix, expected: str | None) -> None:
    assert reason(candidate) == expected


def test_a_clock_that_is_ahead_is_told_by_how_much() -> None:
    rejection = judge(fix(NOW_S + 420), now_s=NOW_S, memory=Memory())
    assert rejection is not None
    assert rejection.detail == {"skew_s": 420.0}


def test_a_jump_that_nothing_can_drive_is_set_aside() -> None:
    memory = Memory()
    assert reason(fix(NOW_S - 10), memory) is None
    assert reason(fix(NOW_S - 5, lon=103.2655), memory) == "impossible_speed"
    assert reason(fix(NOW_S), memory) is None


def test_a_jump_that_the_next_fix_confirms_is_believed() -> None:
    memory = Memory()
    assert reason(fix(NOW_S - 10), memory) is None
    assert reason(fix(NOW_S - 5, lon=103.2655), memory) == "impossible_speed"
    assert reason(fix(NOW_S - 4, lon=103.2656), memory) is None
    assert reason(fix(NOW_S - 3, lon=103.2657), memory) is None


def test_a_jump_that_is_only_sent_again_stays_set_aside() -> None:
    memory = Memory()
    assert reason(fix(NOW_S - 10), memory) is None
    for _ in range(3):
        assert reason(fix(NOW_S - 5, lon=103.2655), memory) == "impossible_speed"
    assert reason(fix(NOW_S - 6, lon=103.2656), memory) == "impossible_speed"
    assert reason(fix(NOW_S - 4, lon=103.2656), memory) is None


def test_the_spread_of_a_bad_reception_is_no_jump() -> None:
    memory = Memory()
    assert reason(fix(NOW_S - 10), memory) is None
    assert reason(fix(NOW_S - 9, lat=-3.7916), memory) is None


def test_a_buffered_fix_is_measured_against_the_newest() -> None:
    memory = Memory()
    assert reason(fix(NOW_S), memory) is None
    assert reason(fix(NOW_S - 3600, lon=102.3), memory) is None
    assert memory.believed == Known(NOW_S, -3.7956, 102.2655)


def test_distance_against_a_known_one() -> None:
    # Bengkulu to Jakarta, by the ellipsoid (pyproj, WGS84): 573.7 km
    assert distance_m(Known(0, -3.7956, 102.2655), Known(0, -6.2088, 106.8456)) == pytest.approx(573_726, rel=0.005)
    assert distance_m(Known(0, 0, 179.999), Known(0, 0, -179.999)) == pytest.approx(222.4, rel=0.01)


def test_heartbeats_are_neither_good_nor_bad() -> None:
    good, bad = sort_out([fix(), fix(lat=None, lon=None), fix(None)], now_s=NOW_S, memory=Memory())
    assert [index for index, _fix in good] == [0]
    assert [(index, rejection.reason) for index, _fix, rejection in bad] == [(2, "bad_time")]
