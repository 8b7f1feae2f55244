"""The demo traffic's pure parts: ways, crews, calls, pace and the engine."""

import threading
import time
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.models import NOISE
from incidents.rules import ASSIGNMENT_MOVES, CREW_MOVES, suggest_types
from incidents.simulation import calls
from incidents.simulation.calls import CallPattern, Place
from incidents.simulation.client import Offline, Pace
from incidents.simulation.crews import Temper, next_step, temper
from incidents.simulation.drives import Drive
from incidents.simulation.engine import Engine
from incidents.types import TYPES

EAST = [(102.26, -3.8), (102.27, -3.8)]
PLACES = [Place(102.26, -3.8, "Masjid Jamik")]
TEMPER = Temper(acknowledge_s=10, turnout_s=60, work_s=300, handover_s=600, carries=True)


def test_a_drive_goes_from_end_to_end_at_its_speed() -> None:
    drive = Drive(EAST, travel_s=100, length_m=1110)
    start, middle, end = drive.at(0), drive.at(50), drive.at(100)
    assert (start.lon, end.lon) == (102.26, 102.27)
    assert middle.lon == pytest.approx(102.265)
    assert middle.speed_mps == pytest.approx(11.1)
    assert middle.heading_deg == pytest.approx(90)
    assert (end.speed_mps, end.heading_deg) == (0, None)
    assert drive.is_over(100) and not drive.is_over(99)


@given(st.floats(-10, 1e6))
def test_a_drive_never_leaves_its_line(elapsed_s: float) -> None:
    spot = Drive(EAST, travel_s=77, length_m=1110).at(elapsed_s)
    assert 102.26 <= spot.lon <= 102.27
    assert spot.lat == pytest.approx(-3.8)


def test_a_crew_only_tells_what_it_may() -> None:
    for status, targets in ASSIGNMENT_MOVES.items():
        step = next_step(status, since_s=1e9, arrived=True, temper=TEMPER)
        assert step is None if not targets else step in targets & CREW_MOVES


def test_a_crew_takes_its_time() -> None:
    assert next_step("assigned", since_s=9, arrived=False, temper=TEMPER) is None
    assert next_step("assigned", since_s=10, arrived=False, temper=TEMPER) == "acknowledged"
    assert next_step("en_route", since_s=1e9, arrived=False, temper=TEMPER) is None
    assert next_step("en_route", since_s=0, arrived=True, temper=TEMPER) == "on_scene"


def test_only_ambulances_carry() -> None:
    rng = Random(1)
    assert not any(temper(rng, is_ambulance=False, tempo=1).carries for _ in range(100))
    assert 50 < sum(temper(rng, is_ambulance=True, tempo=1).carries for _ in range(100)) < 100


def pattern(seed: int = 1, *, noise: float = 99.0, emergencies: float = 1.0) -> CallPattern:
    return CallPattern(Random(seed), PLACES, noise_per_hour=noise, emergencies_per_hour=emergencies)


def test_the_same_seed_gives_the_same_calls() -> None:
    first, second = pattern(7), pattern(7)
    assert [first.next() for _ in range(50)] == [second.next() for _ in range(50)]
    assert pattern(7).next() != pattern(8).next()


def test_calls_come_at_their_rate_and_are_nearly_all_noise() -> None:
    row = pattern()
    drawn = [call for _ in range(5000) if (call := row.next())]
    assert sum(call.after_s for call in drawn) / len(drawn) == pytest.approx(36, rel=0.1)
    assert sum(call.is_emergency for call in drawn) / len(drawn) == pytest.approx(0.01, abs=0.006)
    kinds = Counter(call.truth for call in drawn)
    assert kinds["ghost"] + kinds["prank"] > 0.6 * len(drawn)
    assert Counter(call.number for call in drawn if call.truth == "prank").most_common(1)[0][1] > 100


def test_the_rate_is_bounded() -> None:
    row = pattern(noise=1e9)
    drawn = [call for _ in range(2000) if (call := row.next())]
    assert sum(call.after_s for call in drawn) / len(drawn) == pytest.approx(3600 / calls.MAX_PER_HOUR, rel=0.1)
    assert pattern(noise=0, emergencies=0).next() is None


def test_what_is_simulated_exists() -> None:
    assert set(calls.NOISE) <= set(NOISE)
    assert set(calls.EMERGENCIES) <= {shipped.code for shipped in TYPES}
    assert set(calls.SAID) == set(calls.NOISE) | set(calls.EMERGENCIES)


@pytest.mark.parametrize("code", sorted(calls.EMERGENCIES))
def test_what_callers_say_points_to_what_it_is(code: str) -> None:
    keywords = {shipped.code: shipped.words for shipped in TYPES}
    for words in calls.SAID[code]:
        assert code in {s.code for s in suggest_types(words.format(place="di dekat Pantai Panjang"), keywords)}


def test_the_pace_holds_over_threads() -> None:
    pace, began_s = Pace(200), time.monotonic()

    def wait_ten() -> None:
        for _ in range(10):
            pace.wait()

    threads = [threading.Thread(target=wait_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began_s >= 39 / 200


class Counting:
    """An actor that counts its steps, and how many run at once."""

    def __init__(self, trouble: type[Exception] | None = None) -> None:
        self.steps = 0
        self.inside = 0
        self.trouble = trouble

    def step(self) -> float:
        self.inside += 1
        assert self.inside == 1
        self.steps += 1
        time.sleep(0.01)
        self.inside -= 1
        if self.trouble:
            raise self.trouble("away")
        return 0.02


def test_the_engine_steps_everybody_and_nobody_twice_at_once() -> None:
    actors = [Counting() for _ in range(5)]
    engine = Engine(list(actors), spread_s=0)
    engine.run(seconds=0.6)
    assert all(actor.steps >= 3 for actor in actors)
    assert engine.steps == sum(actor.steps for actor in actors)


def test_the_engine_stops_when_told() -> None:
    engine = Engine([Counting()], spread_s=0)
    threading.Timer(0.2, engine.stop).start()
    began_s = time.monotonic()
    engine.run(seconds=30)
    assert time.monotonic() - began_s < 5


def test_an_absent_server_is_waited_for_and_a_fault_is_not_hidden() -> None:
    waiting = Counting(Offline)
    Engine([waiting], spread_s=0).run(seconds=0.3)
    assert waiting.steps == 1
    with pytest.raises(ZeroDivisionError):
        Engine([Counting(ZeroDivisionError)], spread_s=0).run(seconds=5)
