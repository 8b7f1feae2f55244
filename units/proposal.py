"""A fleet proposed from what the map knows, for a region whose city has not supplied its own.

Sizes are those of a city like Kota Bengkulu and are OUR OWN PROPOSAL, not a count of what exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from maps.models import District, Place, Region
from units.fleet import KIND_DEFAULTS, AgencyRow, Fleet, Saved, StationRow, UnitRow, save_fleet
from units.models import CAPABILITIES, AgencyKind, Unit, UnitKind

MAX_OF_A_KIND = 40


class Vehicle(NamedTuple):
    """Units of one kind that an agency gets: `number` of them, or one at each of its sites if `each_site`."""

    prefix: str
    kind: str
    number: int
    extra: tuple[str, ...] = ()
    each_site: bool = False


class Wish(NamedTuple):
    """An agency, the kinds of places where it may have stations (best first), and its vehicles."""

    code: str
    name: str
    kind: str
    sites: tuple[str, ...]
    vehicles: tuple[Vehicle, ...]


WISHES = (
    Wish(
        "DAMKAR",
        "Dinas Pemadam Kebakaran dan Penyelamatan",
        AgencyKind.FIRE,
        (Place.Kind.FIRE_STATION,),
        (
            Vehicle("DK-", UnitKind.FIRE_ENGINE, 6, each_site=True),
            Vehicle("DT-", UnitKind.WATER_TENDER, 1),
            Vehicle("DL-", UnitKind.FIRE_ENGINE, 1, ("fire_ladder",)),
            Vehicle("DR-", UnitKind.RESCUE, 1, ("snake",)),
        ),
    ),
    Wish(
        "PSC119",
        "Public Safety Center 119",
        AgencyKind.MEDICAL,
        (Place.Kind.AMBULANCE_STATION, Place.Kind.HOSPITAL),
        (
            Vehicle("AL-", UnitKind.AMBULANCE, 2, ("ambulance_als",)),
            Vehicle("AM-", UnitKind.AMBULANCE, 3, each_site=True),
        ),
    ),
    Wish(
        "BASARNAS",
        "Badan Nasional Pencarian dan Pertolongan",
        AgencyKind.SAR,
        (Place.Kind.SAR_STATION, Place.Kind.HARBOUR),
        (Vehicle("SR-", UnitKind.RESCUE, 2, ("water_rescue",)),),
    ),
    Wish(
        "BPBD",
        "Badan Penanggulangan Bencana Daerah",
        AgencyKind.DISASTER,
        (),
        (Vehicle("BP-", UnitKind.DISASTER_TRUCK, 2),),
    ),
    Wish(
        "POLRES",
        "Kepolisian Resor",
        AgencyKind.POLICE,
        (Place.Kind.POLICE,),
        (Vehicle("PL-", UnitKind.POLICE_CAR, 3),),
    ),
)


class Site(NamedTuple):
    """A point where a station may stand."""

    name: str
    words: str
    point: Point


@dataclass
class Proposal:
    """What was proposed, and where each agency's stations come from."""

    saved: Saved
    sources: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        title = _("A proposed fleet, for the demo only: not what the city has.")
        return "\n".join([title, *self.sources, str(self.saved)])


class HasFleet(Exception):
    """The tables hold a real fleet, beside which nothing is proposed."""


def propose_fleet(region: Region | None) -> Proposal:
    """Save a proposed fleet for the region and say where its stations stand.

    Raises HasFleet when there are units that were not proposed, ValueError without a region.
    """
    if region is None:
        raise ValueError(_("There is no region yet: import one first."))
    if Unit.objects.filter(is_proposed=False).exists():
        raise HasFleet(_("The city's own fleet is loaded; nothing is proposed beside it."))
    fleet = Fleet()
    sources = [_plan(fleet, region, wish) for wish in WISHES]
    return Proposal(save_fleet(fleet, proposed=True), sources)


def _plan(fleet: Fleet, region: Region, wish: Wish) -> str:
    """Add one agency with its stations and units; returns a line about where they stand."""
    sites, source = _sites(region, wish)
    wanted = max(vehicle.number for vehicle in wish.vehicles)
    if any(vehicle.each_site for vehicle in wish.vehicles):
        wanted = max(wanted, min(len(sites), MAX_OF_A_KIND))
    sites = spread(sites, wanted)
    fleet.agencies[wish.code] = AgencyRow(wish.code, wish.name, wish.kind)
    codes = [f"{wish.code}-{n:02d}" for n in range(1, len(sites) + 1)]
    for code, site in zip(codes, sites, strict=True):
        lon, lat = site.point.coords
        fleet.stations[code] = StationRow(code, wish.code, site.name[:120], lon, lat, site.words[:200])
    for vehicle in wish.vehicles:
        _add_units(fleet, vehicle, codes)
    return f"{wish.code}: {source}"


def _add_units(fleet: Fleet, vehicle: Vehicle, codes: Sequence[str]) -> None:
    usual = KIND_DEFAULTS[vehicle.kind]
    able = tuple(name for name in CAPABILITIES if name in usual.capabilities + vehicle.extra)
    count = max(vehicle.number, len(codes)) if vehicle.each_site else vehicle.number
    for n in range(count):
        callsign = f"{vehicle.prefix}{n + 1:02d}"
        station = codes[n % len(codes)]
        fleet.units[callsign] = UnitRow(callsign, station, vehicle.kind, able, usual.profile, usual.crew)


def _sites(region: Region, wish: Wish) -> tuple[list[Site], str]:
    """Where the agency's stations may stand, and in words where that was learnt."""
    for kind in wish.sites:
        places = Place.objects.filter(region=region, kind=kind).order_by("pk")
        sites = [Site(place.name, place.words, place.point) for place in places]
        if sites:
            label = Place.Kind(kind).label
            return sites, _("at places that the map knows as “%(kind)s” (%(count)d)") % {
                "kind": label,
                "count": len(sites),
            }
    named = Place.objects.filter(region=region, name__icontains=wish.code).order_by("pk")
    sites = [Site(place.name, place.words, place.point) for place in named]
    if sites:
        return sites, _("at places named so on the map (%d)") % len(sites)
    return _district_sites(region, wish)


def _district_sites(region: Region, wish: Wish) -> tuple[list[Site], str]:
    for level in (District.Level.KECAMATAN, District.Level.KELURAHAN, District.Level.REGENCY):
        districts = District.objects.filter(region=region, level=level).defer("geom").order_by("pk")
        sites = [Site(f"{wish.code} {district.name}", district.name, district.point) for district in districts]
        if sites:
            label = District.Level(level).label
            return sites, _("the map knows no such place: at the centres of districts (%s)") % label
    centre = Site(f"{wish.code} {region.name}", region.name, region.center)
    return [centre], _("the map knows no such place and no district: at the centre of the map")


def spread(sites: Sequence[Site], count: int) -> list[Site]:
    """At most `count` of the sites, far from each other: the first one, then always the farthest from those taken.

    Degrees will do: it is a proposal, and the order of distances within a city is what counts.
    """
    if len(sites) <= count:
        return list(sites)
    taken = [0]
    gaps = [site.point.distance(sites[0].point) for site in sites]
    while len(taken) < count:
        farthest = max(range(len(sites)), key=gaps.__getitem__)
        taken.append(farthest)
        gaps = [min(gap, site.point.distance(sites[farthest].point)) for gap, site in zip(gaps, sites, strict=True)]
    return [sites[n] for n in sorted(taken)]
