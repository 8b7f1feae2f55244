"""Every write about units, one function per verb. The GPS door has a writer of its own (`units/gps/writer.py`)."""

from datetime import datetime, timedelta
from http import HTTPStatus

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Func, TextField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from maps.errors import DispatchError
from maps.models import WGS84
from units.models import Device, LastFix, MoveSource, NextVersion, Unit, UnitMove
from units.rules import may_move, new_token, token_hash

CLOCK_SKEW = timedelta(minutes=2)
CURRENT_ACTOR = Coalesce(
    Func(Value("geo112.actor"), Value(True), function="current_setting", output_field=TextField()), Value("")
)


class UnknownUnit(DispatchError):
    """There is no such unit."""

    code = "unknown_unit"
    status = HTTPStatus.NOT_FOUND


class ForbiddenMove(DispatchError):
    """The table of moves does not lead from the old duty to the new one."""

    code = "forbidden_move"
    status = HTTPStatus.CONFLICT


class StaleState(DispatchError):
    """Somebody else changed the row first."""

    code = "stale_state"
    status = HTTPStatus.CONFLICT


class FutureMoment(DispatchError):
    """A moment that has not come yet."""

    code = "in_the_future"
    status = HTTPStatus.BAD_REQUEST


@transaction.atomic
def set_duty(
    *,
    unit_id: int,
    new: str,
    source: str = MoveSource.DISPATCHER,
    at: datetime | None = None,
    old: str | None = None,
) -> Unit:
    """Change a unit's duty and keep the move. A unit that has this duty already is left as it is.

    at   when it happened (heard by radio, or the phone's clock); now when not given
    old  the duty that the caller saw, when that must still hold
    Raises UnknownUnit, ForbiddenMove, StaleState, FutureMoment.
    """
    told_at = timezone.now()
    at = at or told_at
    if at > told_at + CLOCK_SKEW:
        raise FutureMoment(_("This moment has not come yet."), field="told_at")
    current = _duty_of(unit_id)
    old = old or current
    if new != current:
        _move_duty(unit_id=unit_id, old=old, new=new, at=at)
        UnitMove.objects.create(
            unit_id=unit_id, old=old, new=new, at=at, told_at=told_at, source=source, actor=CURRENT_ACTOR
        )
    return Unit.objects.with_fix().get(pk=unit_id)


def _duty_of(unit_id: int) -> str:
    duty = Unit.objects.filter(pk=unit_id).values_list("duty", flat=True).first()
    if duty is None:
        raise UnknownUnit(_("There is no such unit."))
    return duty


def _move_duty(*, unit_id: int, old: str, new: str, at: datetime) -> None:
    """The conditional update: of two who change one unit, one is told."""
    if not may_move(old, new):
        raise ForbiddenMove(
            _("A unit cannot go from “%(old)s” to “%(new)s”.")
            % {"old": Unit.Duty(old).label, "new": Unit.Duty(new).label},
            field="duty",
            detail={"old": old, "new": new},
        )
    if not Unit.objects.filter(pk=unit_id, duty=old).update(duty=new, duty_changed_at=at):
        raise StaleState(_("Somebody else has just changed this unit."), detail={"old": old, "now": _duty_of(unit_id)})


@transaction.atomic
def place_by_hand(*, unit_id: int, lon: float, lat: float) -> LastFix:
    """Put the unit's marker where a dispatcher heard that it is; the next fix of its devices replaces it.

    Raises UnknownUnit.
    """
    if not Unit.objects.filter(pk=unit_id).exists():
        raise UnknownUnit(_("There is no such unit."))
    now = timezone.now()
    unknown = dict.fromkeys(["speed_mps", "heading_deg", "accuracy_m", "altitude_m", "battery", "device"])
    fix, _made = LastFix.objects.update_or_create(
        unit_id=unit_id,
        defaults={
            **unknown,
            "recorded_at": now,
            "received_at": now,
            "point": Point(lon, lat, srid=WGS84),
            "mock": False,
            "source": LastFix.Source.MANUAL,
            "version": NextVersion(),
        },
    )
    return fix


@transaction.atomic
def issue_device(*, unit_id: int, name: str, expires_at: datetime | None = None) -> tuple[Device, str]:
    """A new device of a unit and its token, which nobody can read again later. Raises UnknownUnit."""
    if not Unit.objects.filter(pk=unit_id).exists():
        raise UnknownUnit(_("There is no such unit."))
    token = new_token()
    device = Device.objects.create(unit_id=unit_id, name=name, token_hash=token_hash(token), expires_at=expires_at)
    return device, token


@transaction.atomic
def renew_device(*, unit_id: int, name: str) -> tuple[Device, str]:
    """The unit's device of this name, made when missing, with a new token; the old one no longer opens the door.

    For senders that are started again and again, such as the simulated traffic. Raises UnknownUnit.
    """
    device = Device.objects.select_for_update().filter(unit_id=unit_id, name=name, revoked_at=None).first()
    if device is None:
        return issue_device(unit_id=unit_id, name=name)
    token = new_token()
    device.token_hash = token_hash(token)
    device.save(update_fields=["token_hash"])
    return device, token


def revoke_device(*, device: Device) -> None:
    """Close the door to a device for good; doing it twice changes nothing."""
    Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=timezone.now())
