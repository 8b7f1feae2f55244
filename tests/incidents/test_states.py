"""Whole states: their shape, their sums, and how few queries they need."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework import serializers as drf

from incidents import actions, shapes, states
from tests.incidents.makers import make_call, make_device, make_fix, make_incident, make_station, make_unit
from units.models import Agency, LastFix, UnitFault

pytestmark = pytest.mark.usefixtures("city")


def keys_of(serializer: type[drf.BaseSerializer[Any]]) -> set[str]:
    return set(serializer().fields)  # type: ignore[attr-defined]


def unit_state(unit_id: int) -> dict[str, Any]:
    (state,) = states.unit_states([unit_id])
    return state


def test_states_have_the_documented_keys() -> None:
    unit = make_unit("DK-01")
    make_fix(unit, 0, 0)
    incident = make_incident()
    actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
    actions.notify_agency(incident=incident, agency=unit.station.agency)
    (incident_state,) = states.incident_states([incident.pk])
    (call_state,) = states.call_states([make_call().pk])
    unit_now = unit_state(unit.pk)
    assert set(unit_now) == keys_of(shapes.UnitStateSerializer)
    assert set(unit_now["fix"]) == keys_of(shapes.FixStateSerializer)
    assert set(incident_state) == keys_of(shapes.IncidentStateSerializer)
    assert set(incident_state["assignments"][0]) == keys_of(shapes.AssignmentStateSerializer)
    assert set(incident_state["notices"][0]) == keys_of(shapes.NoticeStateSerializer)
    assert set(call_state) == keys_of(shapes.CallStateSerializer)


def test_an_assigned_units_status_is_the_assignments() -> None:
    unit, incident = make_unit("DK-01"), make_incident()
    assert unit_state(unit.pk)["status"] == "available"
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
    actions.move_assignment(assignment_id=row.pk, new="en_route", source="crew")
    state = unit_state(unit.pk)
    assert (state["status"], state["incident_id"], state["assignment_id"]) == ("en_route", incident.pk, row.pk)
    actions.move_assignment(assignment_id=row.pk, new="on_scene", source="crew")
    actions.move_assignment(assignment_id=row.pk, new="cleared", source="crew")
    state = unit_state(unit.pk)
    assert (state["status"], state["incident_id"], state["assignment_id"]) == ("returning", None, None)


def test_a_units_version_grows_with_its_fix() -> None:
    unit = make_unit("DK-01")
    before = unit_state(unit.pk)["version"]
    make_fix(unit, 0, 0)
    with_fix = unit_state(unit.pk)["version"]
    LastFix.objects.filter(unit=unit).update(version=LastFix.objects.get(unit=unit).version + 1)
    assert before < with_fix < unit_state(unit.pk)["version"]


def test_in_quarters_follows_the_fix() -> None:
    home, out = make_unit("HOME", make_station()), make_unit("OUT", make_station())
    make_fix(home, 20, 0)
    make_fix(out, 900, 0)
    assert [unit_state(u.pk)["in_quarters"] for u in (home, out)] == [True, False]


def test_an_incident_shows_what_belongs_to_it() -> None:
    call = make_call()
    incident = make_incident(call_id=call.pk, words="api")
    actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-01").pk])
    actions.add_note(incident_id=incident.pk, text="dua lantai")
    (state,) = states.incident_states()
    assert (state["call_ids"], state["notes_count"]) == ([call.pk], 1)
    assert [a["callsign"] for a in state["assignments"]] == ["DK-01"]
    assert (state["kelurahan"], state["kecamatan"], state["regency"]) == ("Tepi Sungai", "Selatan", "Kota Uji")
    assert state["opened_at"].endswith("Z")


def test_none_means_what_a_console_shows() -> None:
    make_incident()
    ended = make_incident()
    actions.end_incident(incident_id=ended.pk, new="closed")
    make_call()
    disposed = make_call(status="ended", ended_at=ended.opened_at, disposition="prank")
    assert ended.pk not in {state["id"] for state in states.incident_states()}
    assert disposed.pk not in {state["id"] for state in states.call_states()}
    assert [state["status"] for state in states.incident_states([ended.pk])] == ["closed"]
    assert [state["status"] for state in states.call_states([disposed.pk])] == ["ended"]


def test_the_snapshot_needs_six_queries_whatever_the_size(django_assert_num_queries: Any) -> None:
    for number in range(4):
        unit = make_unit(f"DK-{number}")
        make_fix(unit, 100 * number, 0)
        incident = make_incident(call_id=make_call().pk)
        actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
        make_call()
    with django_assert_num_queries(5):  # and one that goes past Django's cursor, see `read_units`
        for read in states.READERS.values():
            read(None)


def test_an_agency_sees_its_units_and_what_concerns_it() -> None:
    fire, medical = make_unit("DK-01", make_station("fire")), make_unit("AM-01", make_station("medical"))
    bpbd = Agency.objects.create(code="BPBD", name="BPBD", kind="disaster")
    fires, birth = make_incident("land_fire"), make_incident("childbirth")
    actions.assign(incident_id=fires.pk, unit_ids=[medical.pk])
    actions.notify_agency(incident=birth, agency=bpbd)

    def seen(agency: Agency) -> dict[str, set[int]]:
        everything = {kind: read(None) for kind, read in states.READERS.items()}
        return {
            kind: {row["id"] for row in states.seen_by_agency(kind, rows, agency.pk)}
            for kind, rows in everything.items()
        }

    make_call()
    assert seen(fire.station.agency) == {"units": {fire.pk}, "incidents": {fires.pk}, "calls": set()}
    assert seen(medical.station.agency) == {"units": {medical.pk}, "incidents": {fires.pk, birth.pk}, "calls": set()}
    assert seen(bpbd) == {"units": set(), "incidents": {birth.pk}, "calls": set()}


@pytest.mark.parametrize(("age", "count"), [(timedelta(minutes=59), 3), (timedelta(minutes=61), 0)])
def test_faults_show_for_an_hour(age: timedelta, count: int) -> None:
    unit = make_unit("DK-01")
    last_at = timezone.now() - age
    device = make_device(unit)
    UnitFault.objects.create(unit=unit, device=device, reason="future", count=3, since=last_at, last_at=last_at)
    faults = unit_state(unit.pk)["faults"]
    assert faults["count"] == count
    assert (faults["last"] is None) == (count == 0)
