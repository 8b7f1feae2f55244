"""Whole current states of units, incidents and calls, as the snapshot, the stream and the API all give them.

Each reader takes ids, or None for everything that a console shows, and needs a fixed number of queries.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from incidents.models import AgencyNotice, Assignment, Call, Incident, Note
from incidents.unitrows import UnitRow, read_units
from units.models import Agency

State = dict[str, Any]


def iso(moment: datetime | None) -> str | None:
    """A moment as ISO 8601 in UTC; None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- Units ----------------------------------------------------------------------------------------------


def unit_states(ids: Collection[int] | None = None) -> list[State]:
    """States of units by callsign, in one query."""
    now = timezone.now()
    return [unit_state(row, now) for row in read_units(ids)]


def unit_state(row: UnitRow, now: datetime) -> State:
    """One unit: while an assignment is open its status is the assignment's, else its duty."""
    return {
        "id": row.id,
        "callsign": row.callsign,
        "kind": row.kind,
        "agency_id": row.agency_id,
        "agency": row.agency,
        "agency_kind": row.agency_kind,
        "station_id": row.station_id,
        "station": row.station,
        "capabilities": row.capabilities,
        "profile": row.profile,
        "duty": row.duty,
        "status": row.assignment_status or row.duty,
        "in_quarters": row.in_quarters(now),
        "status_at": iso(row.assignment_status_at or row.duty_changed_at),
        "assignment_id": row.assignment_id,
        "incident_id": row.incident_id,
        "fix": _fix_state(row),
        "faults": {"count": row.fault_count, "last": row.fault_last},
        "version": row.version,
    }


def _fix_state(row: UnitRow) -> State | None:
    if row.fix_recorded_at is None:
        return None
    return {
        "lon": row.fix_lon,
        "lat": row.fix_lat,
        "recorded_at": iso(row.fix_recorded_at),
        "received_at": iso(row.fix_received_at),
        "speed_mps": row.speed_mps,
        "heading_deg": row.heading_deg,
        "accuracy_m": row.accuracy_m,
        "source": row.fix_source,
    }


# --- Incidents ------------------------------------------------------------------------------------------


def incident_states(ids: Collection[int] | None = None) -> list[State]:
    """States of incidents, newest first, in four queries; None means all that are not ended."""
    rows = Incident.objects.not_ended() if ids is None else Incident.objects.filter(pk__in=ids)
    incidents = list(_with_parts(rows))
    keys = [incident.pk for incident in incidents]
    assignments = _by_incident(_assignment_rows(keys))
    notices = _by_incident(_notice_rows(keys))
    agencies = _agencies_by_kind()
    return [incident_state(i, assignments[i.pk], notices[i.pk], agencies) for i in incidents]


def incident_state(
    incident: Any,
    assignments: list[Assignment],
    notices: list[AgencyNotice],
    agencies: Mapping[str, Collection[int]],
) -> State:
    """One incident with what belongs to it. agency_ids: every agency that it concerns."""
    concerned = {n.agency_id for n in notices} | {a.unit.station.agency_id for a in assignments}
    return {
        "id": incident.pk,
        "number": incident.number,
        "type": incident.type.code,
        "type_name": {"id": incident.type.name_id, "en": incident.type.name_en},
        "agency_kind": incident.type.agency_kind,
        "agency_ids": sorted(concerned.union(agencies.get(incident.type.agency_kind, ()))),
        "priority": incident.priority,
        "status": incident.status,
        **_place_state(incident),
        "opened_at": iso(incident.opened_at),
        "first_dispatched_at": iso(incident.first_dispatched_at),
        "on_scene_at": iso(incident.on_scene_at),
        "closed_at": iso(incident.closed_at),
        "result": incident.result,
        "assignments": [assignment_state(assignment) for assignment in assignments],
        "notices": [notice_state(notice) for notice in notices],
        "notes_count": incident.notes_count,
        "call_ids": incident.call_ids,
        "version": incident.version,
    }


def _place_state(incident: Incident) -> State:
    return {
        "lon": incident.point.x,
        "lat": incident.point.y,
        "location_source": incident.location_source,
        "words": incident.words,
        "place_words": incident.place_words,
        "street": incident.street,
        "landmark": incident.landmark,
        "kelurahan": incident.kelurahan.name if incident.kelurahan else None,
        "kecamatan": incident.kecamatan.name if incident.kecamatan else None,
        "regency": incident.regency.name if incident.regency else None,
        "outside": incident.outside,
    }


def assignment_state(assignment: Assignment) -> State:
    """One assignment, as part of its incident."""
    return {
        "id": assignment.pk,
        "unit_id": assignment.unit_id,
        "callsign": assignment.unit.callsign,
        "status": assignment.status,
        "assigned_at": iso(assignment.assigned_at),
        "status_at": iso(assignment.status_at),
        "eta_s": assignment.eta_s,
        "length_m": assignment.length_m,
        "position_source": assignment.position_source,
        "position_age_s": assignment.position_age_s,
        "ended_at": iso(assignment.ended_at),
    }


def notice_state(notice: AgencyNotice) -> State:
    """One notice to an agency, as part of its incident."""
    return {
        "id": notice.pk,
        "agency_id": notice.agency_id,
        "agency": notice.agency.code,
        "notified_at": iso(notice.notified_at),
        "acknowledged_at": iso(notice.acknowledged_at),
    }


def _with_parts(incidents: Any) -> Any:
    notes = Note.objects.filter(incident=OuterRef("pk")).order_by().values("incident").annotate(n=Count("pk"))
    calls = Call.objects.filter(incident=OuterRef("pk")).order_by("pk").values("pk")
    return (
        incidents.select_related("type", "kelurahan", "kecamatan", "regency")
        .defer("kelurahan__geom", "kecamatan__geom", "regency__geom")
        .annotate(
            notes_count=Coalesce(Subquery(notes.values("n"), output_field=IntegerField()), 0),
            call_ids=ArraySubquery(calls),
        )
    )


def _assignment_rows(incident_ids: list[int]) -> Iterable[Assignment]:
    rows = Assignment.objects.filter(incident__in=incident_ids)
    return rows.select_related("unit__station").order_by("assigned_at", "pk")


def _notice_rows(incident_ids: list[int]) -> Iterable[AgencyNotice]:
    return AgencyNotice.objects.filter(incident__in=incident_ids).select_related("agency").order_by("pk")


def _by_incident(rows: Iterable[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.incident_id].append(row)
    return grouped


def _agencies_by_kind() -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for pk, kind in Agency.objects.order_by("pk").values_list("pk", "kind"):
        grouped[kind].append(pk)
    return grouped


# --- Calls ----------------------------------------------------------------------------------------------


def call_states(ids: Collection[int] | None = None) -> list[State]:
    """States of calls, longest waiting first, in one query; None means all that are not ended."""
    calls = Call.objects.exclude(status=Call.Status.ENDED) if ids is None else Call.objects.filter(pk__in=ids)
    return [call_state(call) for call in calls.select_related("taker").order_by("received_at", "pk")]


def call_state(call: Call) -> State:
    """One call."""
    return {
        "id": call.pk,
        "line": call.line,
        "number": call.number,
        "words": call.words,
        "status": call.status,
        "taker": str(call.taker) if call.taker else None,
        "taker_id": call.taker_id,
        "received_at": iso(call.received_at),
        "answered_at": iso(call.answered_at),
        "ended_at": iso(call.ended_at),
        "disposition": call.disposition,
        "incident_id": call.incident_id,
        "version": call.version,
    }


READERS: dict[str, Callable[[Collection[int] | None], list[State]]] = {
    "units": unit_states,
    "incidents": incident_states,
    "calls": call_states,
}


def seen_by_agency(kind: str, rows: list[State], agency_id: int) -> list[State]:
    """What an agency's duty officer may see: its own units, the incidents that concern it, no calls."""
    if kind == "units":
        return [row for row in rows if row["agency_id"] == agency_id]
    if kind == "incidents":
        return [row for row in rows if agency_id in row["agency_ids"]]
    return []
