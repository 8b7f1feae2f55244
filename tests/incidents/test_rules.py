"""Pure decisions: moves, derived states, moments, turnout, and types from words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import rules
from incidents.models import Assignment, Incident
from incidents.types import TYPES
from units.models import CAPABILITIES, AgencyKind

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
KEYWORDS = {shipped.code: shipped.words for shipped in TYPES}
walks = st.lists(st.sampled_from(Assignment.Status.values), max_size=30)


def test_the_tables_speak_of_the_models_statuses() -> None:
    assert set(rules.ASSIGNMENT_MOVES) == set(Assignment.Status.values)
    assert set(rules.INCIDENT_MOVES) == set(Incident.Status.values)
    assert all(targets <= set(rules.ASSIGNMENT_MOVES) for targets in rules.ASSIGNMENT_MOVES.values())
    assert all(targets <= set(rules.INCIDENT_MOVES) for targets in rules.INCIDENT_MOVES.values())


def test_ended_is_where_no_move_leads_from() -> None:
    assert {s for s, targets in rules.ASSIGNMENT_MOVES.items() if not targets} == rules.ASSIGNMENT_ENDED
    assert {s for s, targets in rules.INCIDENT_MOVES.items() if not targets} == rules.INCIDENT_ENDED


@settings(max_examples=1000)
@given(walks)
def test_every_walk_ends_at_most_once_and_cleared_says_that_the_scene_was_reached(wishes: list[str]) -> None:
    status, visited = "assigned", ["assigned"]
    for wish in wishes:
        if wish in rules.ASSIGNMENT_MOVES[status]:
            status = wish
            visited.append(wish)
    ended = [s for s in visited if s in rules.ASSIGNMENT_ENDED]
    assert len(ended) <= 1
    if status == "cleared":
        assert "on_scene" in visited


@settings(max_examples=1000)
@given(st.lists(st.lists(st.sampled_from(Assignment.Status.values), max_size=12), min_size=1, max_size=4))
def test_the_derived_incident_status_only_makes_legal_moves(wishes: list[list[str]]) -> None:
    """Whatever several units do, one move at a time, the incident's table leads there."""
    statuses: list[str] = []
    incident = "open"
    for unit, moves in enumerate(wishes):
        statuses.append("assigned")
        for wish in ["assigned", *moves]:
            if wish in rules.ASSIGNMENT_MOVES[statuses[unit]]:
                statuses[unit] = wish
            new = rules.incident_status(statuses)
            assert new == incident or new in rules.INCIDENT_MOVES[incident]
            incident = new


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], "open"),
        (["cancelled"], "open"),
        (["assigned", "cancelled"], "dispatched"),
        (["en_route", "on_scene"], "on_scene"),
        (["cleared"], "on_scene"),
        (["cleared", "assigned"], "on_scene"),
    ],
)
def test_incident_status(statuses: list[str], expected: str) -> None:
    assert rules.incident_status(statuses) == expected


@given(st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_a_move_never_lies_in_the_future_or_before_the_move_before_it(claimed_s: int, previous_s: int) -> None:
    claimed, previous = NOW + timedelta(seconds=claimed_s), NOW + timedelta(seconds=previous_s)
    moment = rules.moment_of_move(claimed, previous=previous, now=NOW)
    assert moment <= NOW
    assert moment >= min(previous, NOW)
    if previous <= claimed <= NOW:
        assert moment == claimed


def test_turnout_is_nfpa_1710_in_quarters_and_short_when_rolling() -> None:
    assert rules.turnout_s("fire", in_quarters=True) == 80
    assert rules.turnout_s("medical", in_quarters=True) == 60
    assert rules.turnout_s("fire", in_quarters=False) < 60
    assert set(rules.TURNOUT_S) == set(AgencyKind.values)


@pytest.mark.parametrize(
    ("source", "freshness", "duty", "moved", "expected"),
    [
        ("gps", "live", "available", True, "gps"),
        ("gps", "ageing", "returning", False, "gps"),
        ("gps", "stale", "available", False, "station"),
        ("gps", "silent", "returning", False, None),
        (None, None, "available", False, "station"),
        (None, None, "returning", False, None),
        ("manual", "silent", "available", False, "manual"),
        ("manual", "live", "available", True, "station"),
    ],
)
def test_which_position_is_believed(
    source: str | None, freshness: str | None, duty: str, moved: bool, expected: str | None
) -> None:
    belief = rules.standpoint(source=source, freshness=freshness, duty=duty, moved_since=moved)
    assert (belief.source if belief else None) == expected


def test_shipped_types_ask_for_capabilities_that_exist() -> None:
    assert len({shipped.code for shipped in TYPES}) == len(TYPES)
    assert {capability for shipped in TYPES for capability, _ in shipped.slots} <= set(CAPABILITIES)
    assert {shipped.agency_kind for shipped in TYPES} == set(AgencyKind.values)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tolong pak ada kebakaran rumah di belakang masjid", "house_fire"),
        ("Pasar Panorama TERBAKAR!", "building_fire"),
        ("ada ular masuk rumah, besar sekali", "snake"),
        ("anak saya digigit ular", "poisoning"),
        ("pohon tumbang nutup jalan", "fallen_tree"),
        ("istri saya mau melahirkan, ketuban pecah", "childbirth"),
        ("dua motor tabrakan di simpang lima", "road_accident"),
        ("bapak saya sakit dada, sesak", "cardiac"),
        ("banjir, air masuk rumah", "flood"),
        ("ada orang tenggelam di Pantai Panjang", "drowning"),
        ("perahu terbalik, nelayan hilang", "missing_at_sea"),
        ("sarang tawon besar", "hornets"),
        ("tetangga odgj mengamuk", "mental_health"),
        ("there is a house fire", "house_fire"),
    ],
)
def test_words_point_to_types(words: str, expected: str) -> None:
    assert rules.suggest_types(words, KEYWORDS)[0].code == expected


@pytest.mark.parametrize("words", ["", "halo", "kapitulasi", "selamat malam, cuma tes"])
def test_words_that_point_nowhere(words: str) -> None:
    """A keyword inside another word (api in kapitulasi) is not found."""
    assert rules.suggest_types(words, KEYWORDS) == []
