"""A fleet as values: agencies, stations and units of one city, and how they get into the tables."""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.contrib.gis.geos import Point
from django.db import models, transaction
from django.utils.translation import gettext as _

from maps.models import WGS84
from units.models import Agency, Station, Unit, UnitKind


class KindDefaults(NamedTuple):
    """What a unit of some kind is, unless a file says otherwise."""

    profile: str
    capabilities: tuple[str, ...]
    crew: int


KIND_DEFAULTS: dict[str, KindDefaults] = {
    UnitKind.FIRE_ENGINE: KindDefaults("fire_engine", ("fire_pump",), 5),
    UnitKind.WATER_TENDER: KindDefaults("fire_engine", ("water_tender",), 3),
    UnitKind.AMBULANCE: KindDefaults("ambulance", ("ambulance",), 3),
    UnitKind.MOTORCYCLE_MEDIC: KindDefaults("motorcycle", (), 1),
    UnitKind.RESCUE: KindDefaults("rescue_car", ("rescue",), 4),
    UnitKind.DISASTER_TRUCK: KindDefaults("fire_engine", ("disaster", "evacuation"), 4),
    UnitKind.POLICE_CAR: KindDefaults("rescue_car", ("police",), 2),
}


@dataclass(frozen=True)
class AgencyRow:
    """An agency as a file names it."""

    code: str
    name: str
    kind: str
    phone: str = ""


@dataclass(frozen=True)
class StationRow:
    """A station as a file names it; degrees."""

    code: str
    agency: str
    name: str
    lon: float
    lat: float
    place: str = ""


@dataclass(frozen=True)
class UnitRow:
    """A unit as a file names it."""

    callsign: str
    station: str
    kind: str
    capabilities: tuple[str, ...]
    profile: str
    crew: int


@dataclass
class Fleet:
    """Everything of one city, by code and callsign."""

    agencies: dict[str, AgencyRow] = field(default_factory=dict)
    stations: dict[str, StationRow] = field(default_factory=dict)
    units: dict[str, UnitRow] = field(default_factory=dict)


@dataclass
class Saved:
    """What saving a fleet did, by model name: how many rows were new, changed, and the same as before.

    left_alone  units in the tables that the fleet does not name
    """

    made: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("Agency", "Station", "Unit"), 0))
    changed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("Agency", "Station", "Unit"), 0))
    same: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("Agency", "Station", "Unit"), 0))
    left_alone: int = 0

    def __str__(self) -> str:
        names = {"Agency": _("agencies"), "Station": _("stations"), "Unit": _("units")}
        lines = [
            _("%(what)s: %(made)d new, %(changed)d changed, %(same)d as before")
            % {"what": names[key], "made": self.made[key], "changed": self.changed[key], "same": self.same[key]}
            for key in names
        ]
        if self.left_alone:
            lines.append(_("%d units that the file does not name were left as they are") % self.left_alone)
        return "\n".join(lines)


@transaction.atomic
def save_fleet(fleet: Fleet, *, proposed: bool = False) -> Saved:
    """Make the tables say what the fleet says, by code and callsign; duty and devices of units stay."""
    saved = Saved()
    agencies = {
        row.code: _save(
            saved, Agency, {"code": row.code}, {"name": row.name, "kind": row.kind, "phone": row.phone}, proposed
        )
        for row in fleet.agencies.values()
    }
    stations = {
        row.code: _save(saved, Station, {"code": row.code}, _station_values(row, agencies), proposed)
        for row in fleet.stations.values()
    }
    for unit in fleet.units.values():
        _save(saved, Unit, {"callsign": unit.callsign}, _unit_values(unit, stations), proposed)
    saved.left_alone = Unit.objects.exclude(callsign__in=fleet.units).count()
    return saved


def _agency_values(row: AgencyRow) -> dict[str, object]:
    return {"name": row.name, "kind": row.kind, "phone": row.phone}


def _station_values(row: StationRow, agencies: dict[str, int]) -> dict[str, object]:
    return {
        "agency_id": agencies[row.agency],
        "name": row.name,
        "point": Point(row.lon, row.lat, srid=WGS84),
        "place_words": row.place,
    }


def _unit_values(row: UnitRow, stations: dict[str, int]) -> dict[str, object]:
    return {
        "station_id": stations[row.station],
        "kind": row.kind,
        "capabilities": list(row.capabilities),
        "profile": row.profile,
        "crew_count": row.crew,
    }


def _save(
    saved: Saved, model: type[models.Model], key: dict[str, str], values: dict[str, object], proposed: bool
) -> int:
    """Make or change one row; returns its id."""
    values = {**values, "is_proposed": proposed}
    row, made = model._default_manager.get_or_create(**key, defaults=values)
    different = [name for name, value in values.items() if getattr(row, name) != value]
    if made:
        saved.made[model.__name__] += 1
    elif different:
        model._default_manager.filter(pk=row.pk).update(**values)
        saved.changed[model.__name__] += 1
    else:
        saved.same[model.__name__] += 1
    return int(row.pk)
