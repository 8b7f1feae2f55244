"""Every write about incidents and who is sent: one function per verb.

`by_id` is the user who acts, None when it was not a user. Nothing announces by hand: triggers do, on commit.
Locks are taken in one order everywhere: assignment, incident, unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from incidents import calls
from incidents.dispatch import Estimate, estimate
from incidents.errors import (
    AlreadyNotified,
    ForbiddenMove,
    IncidentBusy,
    IncidentEnded,
    StaleState,
    UnitTaken,
    UnitUnavailable,
    UnknownUnit,
)
from incidents.models import (
    AgencyNotice,
    Assignment,
    AssignmentMove,
    Incident,
    IncidentMove,
    IncidentType,
    Note,
)
from incidents.places import Found, describe
from incidents.rules import (
    ASSIGNMENT_ENDED,
    ASSIGNMENT_MOVES,
    ASSIGNMENT_REACHED,
    INCIDENT_ENDED,
    INCIDENT_MOVES,
    duty_after,
    incident_status,
    moment_of_move,
)
from incidents.states import iso
from incidents.unitrows import UnitRow, read_units
from maps.routing import NoRoads
from units.actions import set_duty
from units.models import Agency, Device, MoveSource, Unit, UnitDuty

ONE_OPEN = "one_open_assignment_per_unit"
NEXT_NUMBER = """
    INSERT INTO incidents_incidentcounter AS c (year, last) VALUES (%s, 1)
    ON CONFLICT (year) DO UPDATE SET last = c.last + 1 RETURNING last
"""

# --- Incidents ------------------------------------------------------------------------------------------


def open_incident(
    *,
    type: IncidentType,
    found: Found,
    location_source: str,
    words: str = "",
    priority: int | None = None,
    call_id: int | None = None,
    by_id: int | None = None,
) -> Incident:
    """Open an incident at a place found (see `incidents.places`), and end the call that told of it.

    Without words of its own the incident keeps the call's. Raises CallTaken.
    """
    now = timezone.now()
    facts = describe(found)
    with transaction.atomic():
        incident = Incident.objects.create(
            number=_next_number(now),
            type=type,
            priority=priority or type.default_priority,
            location_source=location_source,
            words=words or calls.words_of(call_id),
            opened_at=now,
            opened_by_id=by_id,
            **facts,
        )
        if call_id is not None:
            calls.attach(call_id=call_id, incident_id=incident.pk, by_id=by_id, at=now)
    return incident


def _next_number(now: datetime) -> str:
    """The next number of the year, such as 2026-000001, by the city's calendar."""
    year = timezone.localtime(now).year
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [year])
        return f"{year}-{cursor.fetchone()[0]:06d}"


@transaction.atomic
def update_incident(
    *,
    incident_id: int,
    changes: Mapping[str, Any],
    found: Found | None = None,
    version: int | None = None,
) -> None:
    """Correct an incident: `changes` of type, priority, words, location_source; `found` moves it.

    version  the version that the change was made from, when it must still be that
    Raises IncidentEnded, StaleState.
    """
    incident = _locked(incident_id)
    if version is not None and version != incident.version:
        raise StaleState(expected=str(version), found=str(incident.version))
    facts = {**changes, **(describe(found) if found else {})}
    if facts:
        Incident.objects.filter(pk=incident_id).update(**facts)


def _locked(incident_id: int) -> Incident:
    """The incident, locked until the transaction ends. Raises Incident.DoesNotExist, IncidentEnded."""
    incident = Incident.objects.select_for_update(no_key=True).get(pk=incident_id)
    if incident.status in INCIDENT_ENDED:
        raise IncidentEnded(incident.number, incident.status)
    return incident


@transaction.atomic
def end_incident(*, incident_id: int, new: str, result: str = "", by_id: int | None = None) -> None:
    """Close or cancel an incident. Raises IncidentEnded, IncidentBusy while units are on it, ForbiddenMove."""
    now = timezone.now()
    incident = _locked(incident_id)
    busy = Assignment.objects.filter(incident=incident_id, ended_at=None).order_by("unit__callsign")
    if callsigns := list(busy.values_list("unit__callsign", flat=True)):
        raise IncidentBusy(callsigns)
    if new not in INCIDENT_MOVES[incident.status]:
        raise ForbiddenMove(incident.status, new)
    Incident.objects.filter(pk=incident_id).update(status=new, closed_at=now, result=result)
    _keep_incident_move(incident, new, at=now, by_id=by_id, source=MoveSource.DISPATCHER, reason=result)


def _keep_incident_move(
    incident: Incident, new: str, *, at: datetime, by_id: int | None, source: str, reason: str = ""
) -> None:
    IncidentMove.objects.create(
        incident=incident,
        old=incident.status,
        new=new,
        at=at,
        told_at=timezone.now(),
        source=source,
        by_id=by_id,
        reason=reason,
    )


def _settle(*, incident_id: int, at: datetime, by_id: int | None, source: str) -> None:
    """Let an incident's status follow from its assignments. The row is locked before they are read."""
    incident = _locked(incident_id)
    new = incident_status(Assignment.objects.filter(incident=incident_id).values_list("status", flat=True))
    if new == incident.status:
        return
    if new not in INCIDENT_MOVES[incident.status]:
        raise ForbiddenMove(incident.status, new)
    Incident.objects.filter(pk=incident_id).update(status=new, **_clocks(incident, new, at))
    _keep_incident_move(incident, new, at=at, by_id=by_id, source=source)


def _clocks(incident: Incident, new: str, at: datetime) -> dict[str, datetime | None]:
    """The moments that a new status sets: the first dispatch stays, arrival is taken back with its status."""
    return {
        "first_dispatched_at": incident.first_dispatched_at or at,
        "on_scene_at": (incident.on_scene_at or at) if new == Incident.Status.ON_SCENE else None,
    }


# --- Assignments ----------------------------------------------------------------------------------------


def assign(*, incident_id: int, unit_ids: Iterable[int], by_id: int | None = None) -> list[Assignment]:
    """Send units, all or none.

    Raises UnknownUnit, UnitUnavailable, IncidentEnded, and UnitTaken with who took which and when.
    """
    ids = sorted(set(unit_ids))
    rows = read_units(ids)
    if missing := sorted(set(ids) - {row.id for row in rows}):
        raise UnknownUnit(missing)
    build, promises = _promises(incident_id, rows)
    try:
        with transaction.atomic():
            return _assign(incident_id=incident_id, ids=ids, build=build, promises=promises, by_id=by_id)
    except IntegrityError as error:
        if ONE_OPEN not in str(error):
            raise
        raise _taken(ids) from error


def _promises(incident_id: int, rows: Sequence[UnitRow]) -> tuple[str, dict[int, Estimate]]:
    """What each unit's way looks like now. Units are sent without roads as well, then nothing is promised."""
    try:
        return estimate(Incident.objects.get(pk=incident_id), rows)
    except NoRoads:
        return "", {}


def _assign(
    *, incident_id: int, ids: list[int], build: str, promises: Mapping[int, Estimate], by_id: int | None
) -> list[Assignment]:
    _locked(incident_id)
    units = list(Unit.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    if idle := [unit.callsign for unit in units if unit.duty == UnitDuty.OUT_OF_SERVICE]:
        raise UnitUnavailable(idle)
    now = timezone.now()
    assignments = Assignment.objects.bulk_create(
        Assignment(
            incident_id=incident_id,
            unit=unit,
            assigned_at=now,
            status_at=now,
            assigned_by_id=by_id,
            build=build,
            **(promises.get(unit.pk) or Estimate()).as_fields(),
        )
        for unit in units
    )
    AssignmentMove.objects.bulk_create(
        AssignmentMove(
            assignment=assignment,
            old="",
            new=assignment.status,
            at=now,
            told_at=now,
            source=MoveSource.DISPATCHER,
            by_id=by_id,
        )
        for assignment in assignments
    )
    _settle(incident_id=incident_id, at=now, by_id=by_id, source=MoveSource.DISPATCHER)
    return assignments


def _taken(ids: list[int]) -> UnitTaken | StaleState:
    """Who holds these units; StaleState when they were let go again in the meantime."""
    held = Assignment.objects.filter(unit__in=ids, ended_at=None).order_by("unit__callsign")
    taken = [
        {
            "unit_id": a.unit_id,
            "callsign": a.unit.callsign,
            "by": str(a.assigned_by) if a.assigned_by else None,
            "at": iso(a.assigned_at),
            "clock": f"{timezone.localtime(a.assigned_at):%H:%M:%S}",
            "incident_id": a.incident_id,
            "incident_number": a.incident.number,
        }
        for a in held.select_related("unit", "incident", "assigned_by")
    ]
    return UnitTaken(taken) if taken else StaleState(expected="free", found="taken a moment ago")


@transaction.atomic
def move_assignment(
    *,
    assignment_id: int,
    new: str,
    source: str,
    at: datetime | None = None,
    told_at: datetime | None = None,
    old: str | None = None,
    by_id: int | None = None,
    device: Device | None = None,
) -> Assignment:
    """Change an assignment's status, keep the move, and let unit and incident follow.

    at       when it happened, by the teller's clock; when not given, when it was told
    told_at  when the centre heard it; now when not given
    old      the status that the teller saw, when that must still hold
    A status told twice changes nothing. Raises Assignment.DoesNotExist, ForbiddenMove, StaleState.
    """
    now = timezone.now()
    assignment = Assignment.objects.get(pk=assignment_id)
    if old is None and new == assignment.status:
        return assignment
    seen = old or assignment.status
    told_at = min(told_at or now, now)
    claimed = at or told_at
    moment = moment_of_move(claimed, previous=assignment.status_at, now=now)
    _change_status(assignment, seen, new, moment)
    AssignmentMove.objects.create(
        assignment=assignment,
        old=seen,
        new=new,
        at=moment,
        claimed_at=None if claimed == moment else claimed,
        told_at=told_at,
        source=source,
        by_id=by_id,
        device=device,
    )
    _settle(incident_id=assignment.incident_id, at=moment, by_id=by_id, source=source)
    if new in ASSIGNMENT_ENDED:
        _release(assignment.unit_id, reached=seen in ASSIGNMENT_REACHED, at=moment, source=source)
    assignment.refresh_from_db()
    return assignment


def _change_status(assignment: Assignment, seen: str, new: str, moment: datetime) -> None:
    """The conditional update: of two who move one assignment, one is told. Raises ForbiddenMove, StaleState."""
    if new not in ASSIGNMENT_MOVES[seen]:
        raise ForbiddenMove(seen, new)
    ended_at = moment if new in ASSIGNMENT_ENDED else None
    row = Assignment.objects.filter(pk=assignment.pk)
    if not row.filter(status=seen).update(status=new, status_at=moment, ended_at=ended_at):
        raise StaleState(expected=seen, found=row.values_list("status", flat=True).get())


def _release(unit_id: int, *, reached: bool, at: datetime, source: str) -> None:
    """A unit whose assignment ended is on its way back, or available if it never left; its clock starts anew."""
    (row,) = read_units([unit_id])
    if row.duty != UnitDuty.OUT_OF_SERVICE:
        new = duty_after(was_reached=reached, in_quarters=row.in_quarters(timezone.now()))
        set_duty(unit_id=unit_id, new=new, source=source, at=at)
    Unit.objects.filter(pk=unit_id).update(duty_changed_at=at)


# --- Notes and notices ----------------------------------------------------------------------------------


def add_note(*, incident_id: int, text: str, by_id: int | None = None, device: Device | None = None) -> Note:
    """Write something down about an incident, ended or not."""
    return Note.objects.create(incident_id=incident_id, text=text, at=timezone.now(), by_id=by_id, device=device)


def notify_agency(*, incident: Incident, agency: Agency, by_id: int | None = None) -> AgencyNotice:
    """Tell an agency of an incident; its duty officers see it from now on. Raises AlreadyNotified."""
    notice, made = AgencyNotice.objects.get_or_create(
        incident=incident, agency=agency, defaults={"notified_at": timezone.now(), "notified_by_id": by_id}
    )
    if not made:
        raise AlreadyNotified(agency.code, notice.notified_at)
    return notice


def acknowledge(*, notice_id: int, by_id: int | None = None) -> AgencyNotice:
    """Say that an agency has seen its notice; the first time counts."""
    fresh = AgencyNotice.objects.filter(pk=notice_id, acknowledged_at=None)
    fresh.update(acknowledged_at=timezone.now(), acknowledged_by=by_id)
    return AgencyNotice.objects.select_related("agency").get(pk=notice_id)
