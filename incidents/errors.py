"""What can stand in a dispatcher's way, with what to say about it."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from incidents.models import Assignment, Incident
from maps.errors import DispatchError


class ForbiddenMove(DispatchError):
    """The table of moves does not lead from the old status to the new one."""

    code = "forbidden_move"
    status = HTTPStatus.CONFLICT

    def __init__(self, old: str, new: str) -> None:
        labels = {**dict(Incident.Status.choices), **dict(Assignment.Status.choices)}
        words = {"old": labels.get(old, old), "new": labels.get(new, new)}
        message = _("Not possible: from “%(old)s” to “%(new)s”.") % words
        super().__init__(message, field="new", detail={"old": old, "new": new})


class StaleState(DispatchError):
    """Somebody else changed it first."""

    code = "stale_state"
    status = HTTPStatus.CONFLICT

    def __init__(self, *, expected: str, found: str) -> None:
        message = _("Somebody else changed this a moment ago. Look again.")
        super().__init__(message, detail={"expected": expected, "found": found})


class UnitTaken(DispatchError):
    """Another open assignment holds the unit."""

    code = "unit_taken"
    status = HTTPStatus.CONFLICT

    def __init__(self, taken: list[dict[str, Any]]) -> None:
        first = taken[0]
        message = _("%(callsign)s was taken by %(by)s at %(at)s for incident %(incident)s.") % {
            "callsign": first["callsign"],
            "by": first["by"] or _("somebody"),
            "at": first["clock"],
            "incident": first["incident_number"],
        }
        super().__init__(message, field="unit_ids", detail={"taken": taken})


class UnitUnavailable(DispatchError):
    """The unit is out of service."""

    code = "unit_out_of_service"
    status = HTTPStatus.CONFLICT

    def __init__(self, callsigns: list[str]) -> None:
        message = _("Out of service: %(callsigns)s.") % {"callsigns": ", ".join(callsigns)}
        super().__init__(message, field="unit_ids", detail={"callsigns": callsigns})


class UnknownUnit(DispatchError):
    """No unit has this id."""

    code = "unknown_unit"
    status = HTTPStatus.BAD_REQUEST

    def __init__(self, unit_ids: list[int]) -> None:
        super().__init__(_("There is no such unit."), field="unit_ids", detail={"unit_ids": unit_ids})


class IncidentEnded(DispatchError):
    """The incident is closed or cancelled."""

    code = "incident_ended"
    status = HTTPStatus.CONFLICT

    def __init__(self, number: str, status: str) -> None:
        message = _("Incident %(number)s has ended already.") % {"number": number}
        super().__init__(message, detail={"number": number, "status": status})


class IncidentBusy(DispatchError):
    """Units are still on the incident."""

    code = "incident_busy"
    status = HTTPStatus.CONFLICT

    def __init__(self, callsigns: list[str]) -> None:
        message = _("Still on this incident: %(callsigns)s. Clear or cancel them first.") % {
            "callsigns": ", ".join(callsigns)
        }
        super().__init__(message, detail={"callsigns": callsigns})


class CallTaken(DispatchError):
    """Somebody else took or ended the call."""

    code = "call_taken"
    status = HTTPStatus.CONFLICT

    def __init__(self, *, status: str, by: str | None, at: datetime | None) -> None:
        message = _("%(by)s has this call already.") % {"by": by or _("Somebody else")}
        detail = {"status": status, "by": by, "at": at.isoformat() if at else None}
        super().__init__(message, detail=detail)


class PlaceNotFound(DispatchError):
    """Words that name no place we know."""

    code = "place_not_found"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, words: str) -> None:
        message = _("No place found for “%(words)s”. Point at the map instead.") % {"words": words}
        super().__init__(message, field="place", detail={"place": words})


class AlreadyNotified(DispatchError):
    """The agency was told of this incident before."""

    code = "already_notified"
    status = HTTPStatus.CONFLICT

    def __init__(self, agency: str, at: datetime) -> None:
        message = _("%(agency)s was told before.") % {"agency": agency}
        super().__init__(message, field="agency_id", detail={"agency": agency, "notified_at": at.isoformat()})


class NotYours(DispatchError):
    """A crew or an agency asked for something that belongs to others."""

    code = "not_yours"
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(_("This belongs to somebody else."))
