import pytest

from units.rules import MOVES, freshness, in_quarters, may_move, new_token, token_hash


@pytest.mark.parametrize(
    ("age_s", "word"),
    [(-60, "live"), (30, "live"), (30.1, "ageing"), (120, "ageing"), (121, "stale"), (900, "stale"), (901, "silent")],
)
def test_freshness_goes_by_the_age_of_the_fix(age_s: float, word: str) -> None:
    assert freshness(age_s) == word


def test_freshness_takes_other_limits() -> None:
    assert freshness(50, live_s=60) == "live"


def test_moves_of_duty() -> None:
    assert may_move("available", "out_of_service")
    assert not may_move("out_of_service", "returning")
    assert not may_move("available", "available")
    assert not may_move("lost", "available")
    assert {new for news in MOVES.values() for new in news} == set(MOVES)


def test_a_fresh_position_decides_whether_a_unit_is_in_quarters() -> None:
    assert in_quarters(duty="returning", fresh=True, station_distance_m=40)
    assert not in_quarters(duty="available", fresh=True, station_distance_m=151)


def test_without_a_fresh_position_duty_decides() -> None:
    assert in_quarters(duty="available", fresh=False, station_distance_m=9000)
    assert not in_quarters(duty="returning", fresh=False, station_distance_m=None)


def test_tokens() -> None:
    one, other = new_token(), new_token()
    assert one != other
    assert len(one) == 32
    assert len(token_hash(one)) == 32
    assert token_hash(one) != token_hash(other)
