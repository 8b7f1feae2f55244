"""Small makers of agencies, stations, units and devices."""

from itertools import count
from typing import Any

from django.contrib.gis.geos import Point

from units.actions import issue_device
from units.models import Agency, Device, Station, Unit

BENGKULU = (102.2655, -3.7956)
_number = count(1)


def make_agency(kind: str = "fire", code: str = "") -> Agency:
    """An agency of this kind."""
    code = code or f"A{next(_number)}"
    return Agency.objects.create(code=code, name=f"Agency {code}", kind=kind)


def make_station(agency: Agency | None = None, lon: float = BENGKULU[0], lat: float = BENGKULU[1]) -> Station:
    """A station in the middle of Bengkulu."""
    number = next(_number)
    return Station.objects.create(
        code=f"S{number}", agency=agency or make_agency(), name=f"Station {number}", point=Point(lon, lat, srid=4326)
    )


def make_unit(station: Station | None = None, **values: Any) -> Unit:
    """A fire engine, available at its station."""
    defaults: dict[str, Any] = {
        "callsign": f"U-{next(_number)}",
        "kind": "fire_engine",
        "capabilities": ["fire_pump"],
        "profile": "fire_engine",
    }
    unit = Unit.objects.create(station=station or make_station(), **{**defaults, **values})
    return Unit.objects.get(pk=unit.pk)


def make_device(unit: Unit | None = None, **values: Any) -> tuple[Device, str]:
    """A device and its token."""
    return issue_device(unit_id=(unit or make_unit()).pk, name="phone", **values)
