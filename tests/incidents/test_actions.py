"""What dispatchers do, one verb at a time, and what happens when somebody else was quicker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from geo112.models import User
from incidents import actions, calls
from incidents.errors import (
    AlreadyNotified,
    CallTaken,
    ForbiddenMove,
    IncidentBusy,
    IncidentEnded,
    StaleState,
    UnitTaken,
    UnitUnavailable,
    UnknownUnit,
)
from incidents.models import Assignment, AssignmentMove, Incident, IncidentMove
from incidents.places import Found
from maps.models import Region
from tests.geo112.makers import make_user
from tests.incidents.makers import (
    lonlat,
    make_call,
    make_device,
    make_fix,
    make_incident,
    make_station,
    make_unit,
)
from units.models import Agency, Unit

pytestmark = pytest.mark.usefixtures("city")


def assigned(incident: Incident, unit: Unit, by: User | None = None) -> Assignment:
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[unit.pk], by_id=by.pk if by else None)
    return row


def move(assignment: Assignment, *news: str, source: str = "radio") -> Assignment:
    for new in news:
        assignment = actions.move_assignment(assignment_id=assignment.pk, new=new, source=source)
    return assignment


# --- Opening --------------------------------------------------------------------------------------------


def test_an_incident_gets_its_districts_and_keeps_the_words() -> None:
    incident = make_incident(east_m=1000, north_m=0, words="di dekat  jembatan,   ya pak")
    incident.refresh_from_db()
    assert incident.words == "di dekat  jembatan,   ya pak"
    assert incident.kelurahan and incident.kelurahan.name == "Tepi Sungai"
    assert incident.kecamatan and incident.kecamatan.name == "Selatan"
    assert incident.regency and incident.regency.name == "Kota Uji"
    assert not incident.outside


def test_a_level_that_is_not_known_here_stays_empty() -> None:
    incident = make_incident(east_m=1000, north_m=150)
    incident.refresh_from_db()
    assert incident.kelurahan is None
    assert incident.regency is not None
    assert not incident.outside


def test_a_point_outside_every_district_is_accepted_and_flagged() -> None:
    assert make_incident(east_m=9000, north_m=9000).outside


def test_numbers_count_up_within_the_year() -> None:
    year = timezone.localtime().year
    numbers = [make_incident().number for _ in range(3)]
    assert numbers == [f"{year}-{n:06d}" for n in (1, 2, 3)]


def test_priority_is_the_types_unless_given() -> None:
    assert make_incident("snake").priority == 3
    assert make_incident("snake", priority=1).priority == 1


def test_a_call_becomes_an_incident_and_ends(dispatcher: User) -> None:
    call = make_call(words="kebakaran di Tepi Sungai", status="open", taker=dispatcher, answered_at=timezone.now())
    incident = make_incident(call_id=call.pk, by_id=dispatcher.pk)
    call.refresh_from_db()
    assert (call.status, call.disposition, call.incident_id) == ("ended", "incident", incident.pk)
    assert incident.words == "kebakaran di Tepi Sungai"


def test_a_call_becomes_one_incident_only(dispatcher: User) -> None:
    call = make_call()
    make_incident(call_id=call.pk, by_id=dispatcher.pk)
    with pytest.raises(CallTaken):
        make_incident(call_id=call.pk, by_id=dispatcher.pk)
    assert Incident.objects.count() == 1


def test_a_second_call_is_attached_to_the_same_incident(dispatcher: User) -> None:
    incident, call = make_incident(), make_call()
    calls.attach(call_id=call.pk, incident_id=incident.pk, by_id=dispatcher.pk, at=timezone.now())
    assert list(incident.calls.values_list("pk", flat=True)) == [call.pk]


def test_corrections_move_the_incident_to_another_district() -> None:
    incident = make_incident(east_m=1000, north_m=0)
    actions.update_incident(incident_id=incident.pk, changes={"priority": 3}, found=Found(*lonlat(1000, 150)))
    incident.refresh_from_db()
    assert (incident.priority, incident.kelurahan) == (3, None)


def test_a_correction_made_from_an_old_version_is_refused() -> None:
    incident = make_incident()
    incident.refresh_from_db()
    seen = incident.version
    actions.update_incident(incident_id=incident.pk, changes={"priority": 3}, version=seen)
    with pytest.raises(StaleState):
        actions.update_incident(incident_id=incident.pk, changes={"priority": 2}, version=seen)
    incident.refresh_from_db()
    assert incident.priority == 3


# --- Calls ----------------------------------------------------------------------------------------------


def test_noise_is_disposed_of_in_one_step(dispatcher: User) -> None:
    call = make_call()
    calls.dispose(call_id=call.pk, disposition="prank", by_id=dispatcher.pk)
    call.refresh_from_db()
    assert (call.status, call.disposition, call.taker) == ("ended", "prank", dispatcher)
    assert call.answered_at is not None
    assert call.ended_at is not None


def test_nobody_answered_a_dropped_call(dispatcher: User) -> None:
    call = make_call()
    calls.dispose(call_id=call.pk, disposition="dropped", by_id=dispatcher.pk)
    call.refresh_from_db()
    assert (call.taker, call.answered_at) == (None, None)


def test_a_call_is_disposed_of_once(dispatcher: User) -> None:
    call = make_call()
    calls.dispose(call_id=call.pk, disposition="ghost", by_id=dispatcher.pk)
    with pytest.raises(CallTaken) as caught:
        calls.dispose(call_id=call.pk, disposition="prank", by_id=make_user().pk)
    assert caught.value.detail["by"] == str(dispatcher)
    call.refresh_from_db()
    assert call.disposition == "ghost"


def test_of_two_who_answer_one_gets_the_call(dispatcher: User) -> None:
    call = make_call()
    calls.take(call_id=call.pk, by_id=dispatcher.pk)
    assert calls.take(call_id=call.pk, by_id=dispatcher.pk).taker == dispatcher
    with pytest.raises(CallTaken) as caught:
        calls.take(call_id=call.pk, by_id=make_user().pk)
    assert caught.value.detail["by"] == str(dispatcher)


def test_a_slip_of_the_finger_is_taken_back(dispatcher: User) -> None:
    call = make_call()
    calls.dispose(call_id=call.pk, disposition="prank", by_id=dispatcher.pk)
    calls.reopen(call_id=call.pk, by_id=dispatcher.pk)
    call.refresh_from_db()
    assert (call.status, call.disposition, call.ended_at) == ("open", None, None)


def test_a_call_that_told_of_an_incident_is_not_reopened(dispatcher: User) -> None:
    call = make_call()
    make_incident(call_id=call.pk)
    with pytest.raises(CallTaken):
        calls.reopen(call_id=call.pk, by_id=dispatcher.pk)


def test_words_of_an_ended_call_stay(dispatcher: User) -> None:
    call = make_call(words="tolong")
    calls.dispose(call_id=call.pk, disposition="prank", by_id=dispatcher.pk)
    with pytest.raises(CallTaken):
        calls.write_down(call_id=call.pk, words="")
    call.refresh_from_db()
    assert call.words == "tolong"


# --- Assigning ------------------------------------------------------------------------------------------


def test_assigning_dispatches_the_incident_and_keeps_what_was_promised(dispatcher: User) -> None:
    unit = make_unit("DK-01", make_station("fire", 0, 0))
    make_fix(unit, 0, 0, age_s=8)
    incident = make_incident(east_m=1000)
    row = assigned(incident, unit, dispatcher)
    incident.refresh_from_db()
    assert incident.status == "dispatched"
    assert incident.first_dispatched_at == row.assigned_at
    assert row.assigned_by == dispatcher
    assert row.length_m == pytest.approx(1000, rel=0.01)
    assert row.eta_s == pytest.approx(80 + 1000 / (60 / 3.6), rel=0.01)
    assert (row.position_source, row.build) == ("gps", "city")
    assert row.position_age_s == pytest.approx(8, abs=2)
    (kept,) = AssignmentMove.objects.all()
    assert (kept.old, kept.new, kept.by, kept.source) == ("", "assigned", dispatcher, "dispatcher")


def test_a_taken_unit_is_refused_with_who_and_when(dispatcher: User) -> None:
    unit = make_unit("DK-01")
    first = make_incident()
    row = assigned(first, unit, dispatcher)
    with pytest.raises(UnitTaken) as caught:
        assigned(make_incident(), unit, make_user())
    (taken,) = caught.value.detail["taken"]
    assert taken["callsign"] == "DK-01"
    assert taken["by"] == str(dispatcher)
    assert taken["at"].startswith(f"{row.assigned_at:%Y-%m-%dT%H:%M:%S}")
    assert taken["incident_number"] == first.number


def test_nothing_is_assigned_when_one_of_several_is_taken() -> None:
    taken, free = make_unit("DK-01"), make_unit("DK-02")
    assigned(make_incident(), taken)
    incident = make_incident()
    with pytest.raises(UnitTaken):
        actions.assign(incident_id=incident.pk, unit_ids=[free.pk, taken.pk])
    incident.refresh_from_db()
    assert incident.status == "open"
    assert not Assignment.objects.filter(unit=free).exists()


def test_units_out_of_service_are_not_sent() -> None:
    unit = make_unit("DK-01", duty="out_of_service")
    with pytest.raises(UnitUnavailable):
        assigned(make_incident(), unit)


def test_units_that_do_not_exist_are_named() -> None:
    with pytest.raises(UnknownUnit) as caught:
        actions.assign(incident_id=make_incident().pk, unit_ids=[999])
    assert caught.value.detail == {"unit_ids": [999]}


def test_nobody_is_sent_to_an_incident_that_ended() -> None:
    incident = make_incident()
    actions.end_incident(incident_id=incident.pk, new="closed")
    with pytest.raises(IncidentEnded):
        assigned(incident, make_unit("DK-01"))


@pytest.mark.usefixtures("no_roads")
def test_without_roads_units_are_sent_and_nothing_is_promised() -> None:
    Region.objects.update(build=None)
    row = assigned(make_incident(), make_unit("DK-01"))
    assert (row.eta_s, row.length_m, row.build) == (None, None, "")


# --- Moves ----------------------------------------------------------------------------------------------


def test_the_whole_way_of_an_ambulance() -> None:
    unit = make_unit("AM-01", make_station("medical"))
    make_fix(unit, 2500, 0)
    incident = make_incident("cardiac")
    row = assigned(incident, unit)
    steps = ["acknowledged", "en_route", "on_scene", "transporting", "at_hospital", "cleared"]
    row = move(row, *steps)
    incident.refresh_from_db()
    unit.refresh_from_db()
    assert row.ended_at == row.status_at
    assert incident.status == "on_scene"
    assert unit.duty == "returning"
    assert list(row.moves.values_list("new", flat=True)) == ["assigned", *steps]
    actions.end_incident(incident_id=incident.pk, new="closed", result="dibawa ke RSUD")
    incident.refresh_from_db()
    assert (incident.status, incident.result) == ("closed", "dibawa ke RSUD")
    assert [m.new for m in IncidentMove.objects.all()] == ["dispatched", "on_scene", "closed"]


def test_a_move_that_the_table_does_not_know_is_refused() -> None:
    row = assigned(make_incident(), make_unit("DK-01"))
    with pytest.raises(ForbiddenMove):
        move(row, "transporting")
    row.refresh_from_db()
    assert row.status == "assigned"


def test_a_move_from_a_status_that_no_longer_holds_is_refused() -> None:
    row = move(assigned(make_incident(), make_unit("DK-01")), "en_route")
    with pytest.raises(StaleState) as caught:
        actions.move_assignment(assignment_id=row.pk, old="assigned", new="acknowledged", source="radio")
    assert caught.value.detail == {"expected": "assigned", "found": "en_route"}


def test_a_status_told_twice_changes_nothing() -> None:
    row = move(assigned(make_incident(), make_unit("DK-01")), "en_route", "en_route")
    assert row.moves.count() == 2


def test_a_slip_is_taken_back_and_the_arrival_with_it() -> None:
    incident = make_incident()
    row = move(assigned(incident, make_unit("DK-01")), "on_scene", "en_route")
    incident.refresh_from_db()
    assert (incident.status, incident.on_scene_at) == ("dispatched", None)
    assert row.status == "en_route"


def test_a_crew_that_was_offline_tells_when_it_was() -> None:
    unit = make_unit("DK-01")
    row = assigned(make_incident(), unit)
    earlier = timezone.now() - timedelta(minutes=5)
    Assignment.objects.update(assigned_at=earlier, status_at=earlier)
    at = timezone.now() - timedelta(minutes=2)
    actions.move_assignment(assignment_id=row.pk, new="en_route", source="crew", at=at, device=make_device(unit))
    row.refresh_from_db()
    kept = row.moves.get(new="en_route")
    assert (row.status_at, kept.at, kept.claimed_at) == (at, at, None)
    assert timezone.now() - kept.told_at < timedelta(seconds=5)
    assert kept.device and kept.device.unit == unit


def test_a_phone_from_the_future_is_believed_up_to_now() -> None:
    row = assigned(make_incident(), make_unit("DK-01"))
    claimed = timezone.now() + timedelta(minutes=7)
    row = actions.move_assignment(assignment_id=row.pk, new="en_route", source="crew", at=claimed)
    assert row.status_at <= timezone.now()
    assert row.moves.get(new="en_route").claimed_at == claimed


def test_a_cancelled_unit_that_never_left_is_available_again() -> None:
    unit = make_unit("DK-01")
    incident = make_incident()
    row = move(assigned(incident, unit), "cancelled", source="dispatcher")
    unit.refresh_from_db()
    incident.refresh_from_db()
    assert (unit.duty, unit.duty_changed_at) == ("available", row.ended_at)
    assert incident.status == "open"
    assigned(incident, unit)


def test_a_unit_that_went_out_of_service_on_the_job_stays_so() -> None:
    unit = make_unit("DK-01")
    row = assigned(make_incident(), unit)
    Unit.objects.update(duty="out_of_service")
    move(row, "on_scene", "cleared")
    unit.refresh_from_db()
    assert unit.duty == "out_of_service"


# --- Ending ---------------------------------------------------------------------------------------------


def test_an_incident_with_units_on_it_is_not_closed_and_they_are_named() -> None:
    incident = make_incident()
    actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-02").pk, make_unit("DK-01").pk])
    for new in ("closed", "cancelled"):
        with pytest.raises(IncidentBusy) as caught:
            actions.end_incident(incident_id=incident.pk, new=new)
        assert caught.value.detail == {"callsigns": ["DK-01", "DK-02"]}
    incident.refresh_from_db()
    assert incident.status == "dispatched"


def test_an_incident_is_ended_once() -> None:
    incident = make_incident()
    actions.end_incident(incident_id=incident.pk, new="cancelled", result="salah lapor")
    with pytest.raises(IncidentEnded):
        actions.end_incident(incident_id=incident.pk, new="closed")
    incident.refresh_from_db()
    assert (incident.status, incident.result) == ("cancelled", "salah lapor")


def test_an_incident_where_somebody_was_is_closed_and_not_cancelled() -> None:
    incident = make_incident()
    move(assigned(incident, make_unit("DK-01")), "on_scene", "cleared")
    with pytest.raises(ForbiddenMove):
        actions.end_incident(incident_id=incident.pk, new="cancelled")


# --- Agencies -------------------------------------------------------------------------------------------


def test_an_agency_is_told_once_and_acknowledges_once(dispatcher: User) -> None:
    agency = Agency.objects.create(code="BPBD", name="BPBD", kind="disaster")
    incident = make_incident()
    notice = actions.notify_agency(incident=incident, agency=agency, by_id=dispatcher.pk)
    with pytest.raises(AlreadyNotified):
        actions.notify_agency(incident=incident, agency=agency)
    first = actions.acknowledge(notice_id=notice.pk, by_id=dispatcher.pk)
    second = actions.acknowledge(notice_id=notice.pk, by_id=make_user().pk)
    assert first.acknowledged_at == second.acknowledged_at
    assert second.acknowledged_by == dispatcher
