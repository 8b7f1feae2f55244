"""Pure decisions of dispatch: legal moves, derived states, turnout, suitability, and types from words."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# --- Moves -----------------------------------------------------------------------------------------------

# One step back exists because thumbs slip; a terminal state is final. An assignment is cleared only after
# the scene was reached, so "cleared" says that somebody was there; before that it is cancelled.
ASSIGNMENT_MOVES: dict[str, frozenset[str]] = {
    "assigned": frozenset({"acknowledged", "en_route", "on_scene", "cancelled"}),
    "acknowledged": frozenset({"en_route", "on_scene", "cancelled"}),
    "en_route": frozenset({"acknowledged", "on_scene", "cancelled"}),
    "on_scene": frozenset({"en_route", "transporting", "cleared"}),
    "transporting": frozenset({"on_scene", "at_hospital", "cleared"}),
    "at_hospital": frozenset({"transporting", "cleared"}),
    "cleared": frozenset(),
    "cancelled": frozenset(),
}
ASSIGNMENT_ENDED = frozenset({"cleared", "cancelled"})
ASSIGNMENT_REACHED = frozenset({"on_scene", "transporting", "at_hospital", "cleared"})

# open, dispatched and on_scene follow from the assignments; closed and cancelled are a person's decision.
INCIDENT_MOVES: dict[str, frozenset[str]] = {
    "open": frozenset({"dispatched", "closed", "cancelled"}),
    "dispatched": frozenset({"open", "on_scene"}),
    "on_scene": frozenset({"dispatched", "closed"}),
    "closed": frozenset(),
    "cancelled": frozenset(),
}
INCIDENT_ENDED = frozenset({"closed", "cancelled"})

# A crew taps its own progress. Taking a unit off a job is the centre's decision.
CREW_MOVES = frozenset({"acknowledged", "en_route", "on_scene", "transporting", "at_hospital", "cleared"})

CLOCK_TOLERANCE = timedelta(seconds=60)


def incident_status(assignments: Iterable[str]) -> str:
    """What the assignments' statuses, ended ones included, make of an incident that is not closed."""
    statuses = frozenset(assignments)
    if statuses & ASSIGNMENT_REACHED:
        return "on_scene"
    return "dispatched" if statuses - ASSIGNMENT_ENDED else "open"


def moment_of_move(claimed: datetime | None, *, previous: datetime, now: datetime) -> datetime:
    """When a move happened, as far as its teller's clock can be believed.

    A phone that was offline tells an earlier time, and that counts. A time after now or before the move
    before it cannot be true, and the nearest possible one is taken.
    """
    return now if claimed is None else max(min(claimed, now), min(previous, now))


# --- Turnout ---------------------------------------------------------------------------------------------

# Seconds from alarm to rolling, in quarters. fire and medical: NFPA 1710 (80 s and 60 s for 90 %).
# sar, police, disaster: OUR OWN ASSUMPTION for a crew on shift, to be replaced by a city's own figures
# (Basarnas' published "ready to move within 25 minutes" is the limit for an operation, not for a car).
TURNOUT_S: dict[str, int] = {"fire": 80, "medical": 60, "sar": 80, "police": 60, "disaster": 120}
TURNOUT_UNKNOWN_S = 80
TURNOUT_ROLLING_S = 15  # out and about, crew aboard: OUR OWN ASSUMPTION, time to read the job and turn round


def turnout_s(agency_kind: str, *, in_quarters: bool) -> int:
    """Seconds until the wheels turn."""
    return TURNOUT_S.get(agency_kind, TURNOUT_UNKNOWN_S) if in_quarters else TURNOUT_ROLLING_S


# --- Which units ----------------------------------------------------------------------------------------

# What a slot asks for, and the capabilities that can do it.
SUITED: dict[str, frozenset[str]] = {
    "ambulance": frozenset({"ambulance", "ambulance_als"}),
    "evacuation": frozenset({"evacuation", "disaster"}),
}
OFF_ROAD_LIMIT_M = 500.0  # beyond it a road time means nothing
OFF_ROAD_NOTE_M = 100.0  # beyond it the answer says so


def able(capability: str) -> frozenset[str]:
    """The capabilities of which any fills a slot that asks for `capability`."""
    return SUITED.get(capability, frozenset({capability}))


def suits(capability: str, capabilities: Collection[str]) -> bool:
    """Whether a unit with `capabilities` can fill a slot that asks for `capability`."""
    return not able(capability).isdisjoint(capabilities)


@dataclass(frozen=True)
class Standpoint:
    """Where a unit is taken to be, and what to say about it.

    source  gps, manual or station
    notes   stale_position_station_used, manual_position, never_reported
    """

    source: str
    notes: tuple[str, ...] = ()


def standpoint(*, source: str | None, freshness: str | None, duty: str, moved_since: bool) -> Standpoint | None:
    """Which position of a unit to believe; None when nobody knows where it is.

    source       of its last fix (gps, manual), None without a fix
    freshness    of that fix (live, ageing, stale, silent)
    moved_since  whether its duty has changed since that fix

    A place given by hand holds until the unit has moved. A unit without a believable fix is taken to be at
    its station, and the answer says so, unless its crew said that it is on the way back: then it is anywhere
    but there.
    """
    if source == "manual" and not moved_since:
        return Standpoint("manual", ("manual_position",))
    if source == "gps" and freshness in {"live", "ageing"}:
        return Standpoint("gps")
    if duty == "returning":
        return None
    return Standpoint("station", ("never_reported" if source is None else "stale_position_station_used",))


def duty_after(*, was_reached: bool, in_quarters: bool) -> str:
    """A unit's duty once its assignment ended: on the way back, unless it never left."""
    return "available" if in_quarters and not was_reached else "returning"


# --- Types from words ------------------------------------------------------------------------------------

_NOT_WORD = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Suggestion:
    """An incident type that a caller's words point to, by the keywords found."""

    code: str
    score: int
    found: tuple[str, ...]


def plain(words: str) -> str:
    """Lower case, one space between words, one at each end: ready to look whole words up in."""
    return f" {_NOT_WORD.sub(' ', words.lower()).strip()} "


def suggest_types(words: str, keywords: Mapping[str, Sequence[str]], *, limit: int = 5) -> list[Suggestion]:
    """Types whose keywords occur in `words` as whole words, best first.

    keywords  by type code; a keyword ending in * stands for all words that begin so
    """
    text = plain(words)
    found = ((code, {key: weight(key, text) for key in keys}) for code, keys in keywords.items())
    suggestions = [
        Suggestion(code, sum(weights.values()), tuple(key for key, value in weights.items() if value))
        for code, weights in found
    ]
    hits = [suggestion for suggestion in suggestions if suggestion.score]
    return sorted(hits, key=lambda suggestion: (-suggestion.score, suggestion.code))[:limit]


def weight(keyword: str, text: str) -> int:
    """What a keyword counts in plain `text`: by its letters, a quarter less when its words stand apart, else 0."""
    needle = plain(keyword)
    needle = needle.rstrip() if keyword.endswith("*") else needle
    if needle in text:
        return 4 * len(keyword)
    return 3 * len(keyword) if all(f" {word} " in text for word in needle.split()) else 0
