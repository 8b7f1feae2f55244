"""Where a unit was: its history as GeoJSON."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from maps.errors import DispatchError
from units.models import Position, Unit

MAX_SPAN = timedelta(days=1)
MAX_POINTS = 50_000


class BadSpan(DispatchError):
    """A stretch of time that cannot be answered."""

    code = "bad_span"
    status = HTTPStatus.BAD_REQUEST


def track(*, unit: Unit, begin: datetime, end: datetime) -> dict[str, Any]:
    """A GeoJSON Feature: the line of the unit's fixes by time, with `times` and `speeds_mps` beside the points.

    The geometry is a Point for a single fix and null for none. Raises BadSpan.
    """
    if not timedelta(0) <= end - begin <= MAX_SPAN:
        raise BadSpan(_("Ask for at most one day, with “from” before “to”."), field="from")
    fixes = positions(unit=unit, begin=begin, end=end)
    if len(fixes) > MAX_POINTS:
        raise BadSpan(_("Too many positions: ask for a shorter time."), field="from")
    return {
        "type": "Feature",
        "geometry": _geometry([[lon, lat] for _at, lon, lat, _speed in fixes]),
        "properties": {
            "unit_id": unit.pk,
            "callsign": unit.callsign,
            "times": [at.isoformat() for at, _lon, _lat, _speed in fixes],
            "speeds_mps": [speed for _at, _lon, _lat, speed in fixes],
        },
    }


def positions(*, unit: Unit, begin: datetime, end: datetime) -> list[tuple[datetime, float, float, float | None]]:
    """(time, lon, lat, speed) by time, at most MAX_POINTS + 1 of them."""
    rows = Position.objects.filter(
        device_id__in=unit.devices.values("pk"), unit=unit, recorded_at__gte=begin, recorded_at__lte=end
    )
    ordered = rows.order_by("recorded_at", "device_id").values_list("recorded_at", "point", "speed_mps")
    return [(at, point.x, point.y, speed) for at, point, speed in ordered[: MAX_POINTS + 1]]


def _geometry(points: Sequence[Sequence[float]]) -> dict[str, Any] | None:
    if not points:
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "LineString", "coordinates": points}
