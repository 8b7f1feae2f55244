"""Which fixes cannot be true. Each reason is counted and shown on the unit; none of them stops the sender."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from units.gps.protocols import Fix

MAX_AHEAD_S = 120.0
MAX_AGE_S = 90 * 86_400.0
NULL_ISLAND_DEG = 0.01
MAX_SPEED_MPS = 100.0  # a rescue helicopter flies 62 m/s
SPEED_SLACK_M = 500.0
EARTH_RADIUS_M = 6_371_009.0

REASONS = (
    "not_json",
    "not_an_object",
    "other_device",
    "too_many_fields",
    "too_many_fixes",
    "bad_time",
    "not_a_number",
    "out_of_range",
    "null_island",
    "not_valid",
    "future",
    "too_old",
    "impossible_speed",
    "unstorable",
)


@dataclass(frozen=True, slots=True)
class Known:
    """Where and when a device was: seconds since 1970, degrees."""

    time: float
    lat: float
    lon: float


@dataclass(slots=True)
class Memory:
    """What a process remembers of one device: its newest believed fix and the newest that was too far from it."""

    believed: Known | None = None
    suspect: Known | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a fix was set aside. `detail` holds the numbers behind it."""

    reason: str
    detail: dict[str, float]


def judge(fix: Fix, *, now_s: float, memory: Memory) -> Rejection | None:
    """Why this fix cannot be true, or None. Takes a believable one into the memory.

    A jump is believed when a later fix confirms it: else one wrong fix would lock a device out. The same fix sent
    again confirms nothing.
    """
    reason = _place_fault(fix) or _time_fault(fix, now_s)
    if reason is not None:
        return reason
    assert fix.time is not None and fix.lat is not None and fix.lon is not None
    here = Known(fix.time, fix.lat, fix.lon)
    jump = _jump(memory.believed, here)
    if jump is not None and not _is_confirmed(memory.suspect, here):
        if memory.suspect is None or here.time >= memory.suspect.time:
            memory.suspect = here
        return jump
    if memory.believed is None or here.time > memory.believed.time or jump is not None:
        memory.believed = here
    memory.suspect = None
    return None


def _place_fault(fix: Fix) -> Rejection | None:
    lat, lon = fix.lat, fix.lon
    if fix.fault:
        return Rejection(fix.fault, {})
    if lat is None or lon is None or math.isnan(lat) or math.isnan(lon):
        return Rejection("not_a_number", {})
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return Rejection("out_of_range", {})
    if abs(lat) < NULL_ISLAND_DEG and abs(lon) < NULL_ISLAND_DEG:
        return Rejection("null_island", {})
    return None if fix.valid else Rejection("not_valid", {})


def _time_fault(fix: Fix, now_s: float) -> Rejection | None:
    if fix.time is None:
        return Rejection("bad_time", {})
    ahead_s = fix.time - now_s
    if ahead_s > MAX_AHEAD_S:
        return Rejection("future", {"skew_s": round(ahead_s, 1)})
    if ahead_s < -MAX_AGE_S:
        return Rejection("too_old", {"age_s": round(-ahead_s, 1)})
    return None


def _is_confirmed(suspect: Known | None, here: Known) -> bool:
    return suspect is not None and here.time > suspect.time and _jump(suspect, here) is None


def _jump(known: Known | None, here: Known) -> Rejection | None:
    """The rejection when nothing can drive from one to the other in the time; None when there is no other."""
    if known is None:
        return None
    seconds = abs(here.time - known.time)
    metres = distance_m(known, here)
    if metres <= SPEED_SLACK_M + MAX_SPEED_MPS * seconds:
        return None
    return Rejection("impossible_speed", {"distance_m": round(metres), "within_s": round(seconds, 1)})


def distance_m(a: Known, b: Known) -> float:
    """Metres by air over a sphere: good to 0.5 %, which a limit on speed does not notice."""
    north = math.radians(b.lat - a.lat)
    east = math.radians(b.lon - a.lon)
    narrowing = math.cos(math.radians(a.lat)) * math.cos(math.radians(b.lat))
    half = math.sin(north / 2) ** 2 + narrowing * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def sort_out(
    fixes: Sequence[Fix], *, now_s: float, memory: Memory
) -> tuple[list[tuple[int, Fix]], list[tuple[int, Fix, Rejection]]]:
    """The fixes to store and those to quarantine, each with its index; heartbeats are in neither."""
    good: list[tuple[int, Fix]] = []
    bad: list[tuple[int, Fix, Rejection]] = []
    for index, fix in enumerate(fixes):
        if fix.is_heartbeat and fix.time is not None:
            continue
        rejection = judge(fix, now_s=now_s, memory=memory)
        if rejection is None:
            good.append((index, fix))
        else:
            bad.append((index, fix, rejection))
    return good, bad
