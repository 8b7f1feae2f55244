"""A small city by a river, its units, and incidents in it.

Metres east and north of a point near Bengkulu. The south bank road runs along y = 0, the north bank road along
y = 150; the only bridge is at x = 3000. By air the other bank is near, by road it is far.
"""

from datetime import timedelta
from itertools import count
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from incidents import actions
from incidents.models import Call, Incident, IncidentType
from incidents.places import Found
from maps import builds
from maps.arrays import save
from maps.models import District, Region, RoadBuild
from maps.network import build_network
from maps.routing import forget_current_router
from tests.maps.road_maker import Roads
from units.models import Agency, Device, LastFix, Station, Unit
from units.rules import token_hash

DEGREE_M = 111_000.0
KINDS = {"fire": "fire_engine", "medical": "ambulance", "sar": "rescue", "disaster": "disaster_truck"}
PROFILES = {"fire": "fire_engine", "medical": "ambulance", "sar": "rescue_car"}
_number = count(1)


def lonlat(east_m: float, north_m: float) -> tuple[float, float]:
    return round(Roads.lon + east_m / DEGREE_M, 7), round(Roads.lat + north_m / DEGREE_M, 7)


def point(east_m: float, north_m: float) -> Point:
    return Point(*lonlat(east_m, north_m), srid=4326)


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> Polygon:
    polygon = Polygon.from_bbox((*lonlat(west_m, south_m), *lonlat(east_m, north_m)))
    polygon.srid = 4326
    return polygon


def roads() -> Roads:
    drawn = Roads()
    for step in range(7):
        drawn.node(step + 1, step * 500, 0).node(step + 11, step * 500, 150)
    drawn.way(*range(1, 8), highway="primary", name="Jalan Selatan")
    drawn.way(*range(11, 18), highway="primary", name="Jalan Utara")
    return drawn.way(7, 17, highway="primary", name="Jembatan")


def make_city(build_id: str = "city") -> Region:
    """The active region, its districts, and its roads as a published build."""
    region = Region.objects.create(
        code="city",
        name="Kota Uji",
        center=point(1500, 75),
        bounds=box(-500, -500, 3500, 650),
        source="drawn for tests",
        attribution="tests",
        imported_at=timezone.now(),
    )
    make_district(region, "regency", "17.71", "Kota Uji", box(-500, -500, 3500, 650))
    make_district(region, "kecamatan", "17.71.01", "Selatan", box(-500, -500, 3500, 75))
    make_district(region, "kelurahan", "17.71.01.1001", "Tepi Sungai", box(-500, -500, 3500, 75))
    network = build_network(roads().rows(), min_part_m=1e9)
    if not builds.build_folder(build_id).is_dir():
        working = builds.working_folder(build_id)
        save(network, working)
        builds.publish_folder(working, build_id)
    build = RoadBuild.objects.create(
        id=build_id,
        region=region,
        created_at=timezone.now(),
        node_count=network.vertex_count,
        arc_count=len(network.adj_arc),
    )
    Region.objects.filter(pk=region.pk).update(build=build, is_active=True)
    forget_current_router()
    return region


def make_district(region: Region, level: str, code: str, name: str, area: Polygon) -> District:
    return District.objects.create(
        region=region,
        level=level,
        code=code,
        name=name,
        geom=MultiPolygon(area, srid=4326),
        point=area.centroid,
        search=name.lower(),
        source="tests",
    )


def make_station(kind: str = "fire", east_m: float = 0, north_m: float = 0) -> Station:
    agency, _ = Agency.objects.get_or_create(code=kind.upper(), defaults={"name": kind, "kind": kind})
    code = f"S{next(_number)}"
    return Station.objects.create(code=code, agency=agency, name=f"Pos {code}", point=point(east_m, north_m))


def make_unit(callsign: str, station: Station | None = None, **facts: Any) -> Unit:
    """A fire engine unless `facts` say otherwise."""
    station = station or make_station()
    kind = station.agency.kind
    facts.setdefault("capabilities", {"fire": ["fire_pump"], "medical": ["ambulance"]}.get(kind, ["rescue"]))
    facts.setdefault("kind", KINDS.get(kind, "police_car"))
    facts.setdefault("profile", PROFILES.get(kind, "car"))
    facts.setdefault("duty_changed_at", timezone.now() - timedelta(hours=3))
    return Unit.objects.create(callsign=callsign, station=station, **facts)


def make_fix(unit: Unit, east_m: float, north_m: float, *, age_s: float = 5, source: str = "gps") -> LastFix:
    at = timezone.now() - timedelta(seconds=age_s)
    return LastFix.objects.create(
        unit=unit, recorded_at=at, received_at=at, point=point(east_m, north_m), source=source, speed_mps=0
    )


def make_device(unit: Unit, token: str = "token") -> Device:
    return Device.objects.create(unit=unit, name="HP", token_hash=token_hash(token))


def make_incident(type: str = "vehicle_fire", east_m: float = 1000, north_m: float = 0, **facts: Any) -> Incident:
    return actions.open_incident(
        type=IncidentType.objects.get(code=type),
        found=Found(*lonlat(east_m, north_m)),
        location_source="map",
        **facts,
    )


def make_call(**facts: Any) -> Call:
    return Call.objects.create(received_at=timezone.now(), **{"number": "0812000041", **facts})
