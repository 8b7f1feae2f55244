"""A question of cover and its answer: who is reached how soon, by district, with the gaps."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import numpy as np
import orjson
import shapely
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from incidents.dispatch import place_unit
from incidents.rules import OFF_ROAD_LIMIT_M
from incidents.states import iso
from incidents.unitrows import UnitRow, read_units
from maps import coverage
from maps.errors import DispatchError
from maps.models import District, Region
from maps.routing import NoRoads, Router, current_router
from units.models import Station

Answer = dict[str, Any]
COORDINATE_DEGREES = 1e-5  # about a metre: the areas are drawn in cells of 100 m

# Every building once: the same outline may be kept for several zooms, the largest of which is drawn from 15 on.
BUILDING_POINTS = """
    SELECT ST_X(point), ST_Y(point)
    FROM (SELECT ST_Transform(ST_PointOnSurface(geom), 4326) AS point
          FROM maps_tilebuilding WHERE region_id = %s AND zoom_min <= 15 AND zoom_max >= 15) AS building
"""


class NoOrigins(DispatchError):
    """Nobody to start from."""

    code = "no_origins"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class Question:
    """What is asked.

    origins    "stations", or "units": those free at this moment, where they are taken to be
    agency     code of the agency; "" for all
    kind       kind of agency; "" for all
    limits_s   ascending, from the call on; the last one is the limit that gaps are measured by
    prep_s     the part of every limit that passes before the wheels turn
    """

    origins: str
    agency: str
    kind: str
    profile: str
    limits_s: tuple[int, ...]
    prep_s: int = 0
    level: str = District.Level.KECAMATAN

    @property
    def driving_s(self) -> tuple[int, ...]:
        """The limits without preparation."""
        return tuple(limit_s - self.prep_s for limit_s in self.limits_s)


@dataclass(frozen=True)
class Ground:
    """What is the same for every question about one build: districts, whose roads are whose, buildings.

    area_of_edge, area_of_building  index into codes, -1: in none
    """

    codes: list[str]
    names: list[str]
    bounds: list[list[float]]
    area_of_edge: NDArray[np.int32]
    buildings: NDArray[np.float64]
    area_of_building: NDArray[np.int32]


def ask(question: Question) -> Answer:
    """Search and count. Raises NoRoads, NoOrigins."""
    began_s = time.perf_counter()
    region, router = region_with_roads(), current_router()
    origins, left_out = by_a_road(origins_of(question), router, question.profile)
    if not origins:
        raise NoOrigins(
            _("There is nobody to start from: no such station, or no free unit."),
            field="origins",
            detail={"left_out": left_out},
        )
    points = [(origin["lon"], origin["lat"]) for origin in origins]
    cover = coverage.reach(points, question.driving_s, question.profile, router=router)
    ground = ground_of(router, region.pk, question.level)
    districts, total = count(cover, ground, question)
    return {
        "question": question_json(question),
        "origins": origins,
        "left_out": left_out,
        "bands": bands_of(cover, question),
        "gaps": gaps_of(cover, question),
        "districts": districts,
        "total": total,
        "data": data_of(region),
        "computed_at": iso(timezone.now()),
        "took_ms": round((time.perf_counter() - began_s) * 1000),
    }


def region_with_roads() -> Region:
    """The active region. Raises NoRoads before the first import."""
    region = Region.objects.active()
    if region is None or region.build is None:
        raise NoRoads(_("No roads have been imported yet."))
    return region


# --- Origins ---------------------------------------------------------------------------------------------


def origins_of(question: Question) -> list[Answer]:
    """Where the question starts from, by name."""
    return station_origins(question) if question.origins == "stations" else unit_origins(question)


def station_origins(question: Question) -> list[Answer]:
    """Stations of the agency or kind asked for, with how many units they have."""
    stations = Station.objects.select_related("agency").prefetch_related("units").order_by("agency__code", "name")
    if question.agency:
        stations = stations.filter(agency__code=question.agency)
    if question.kind:
        stations = stations.filter(agency__kind=question.kind)
    return [
        {
            "name": station.name,
            "agency": station.agency.code,
            "agency_kind": station.agency.kind,
            "lon": station.point.x,
            "lat": station.point.y,
            "units": len(station.units.all()),
            "proposed": station.is_proposed,
        }
        for station in stations
    ]


def unit_origins(question: Question) -> list[Answer]:
    """Units that could be sent now, where dispatch takes them to be."""
    now = timezone.now()
    rows = [row for row in read_units() if _asked_for(row, question)]
    placed = [place for row in rows if (place := place_unit(row, now)) and place.free]
    return [
        {
            "name": place.row.callsign,
            "agency": place.row.agency,
            "agency_kind": place.row.agency_kind,
            "lon": place.at[0],
            "lat": place.at[1],
            "position": {
                "source": place.belief.source,
                "age_s": None if place.age_s is None else round(place.age_s),
            },
        }
        for place in placed
    ]


def _asked_for(row: UnitRow, question: Question) -> bool:
    return question.agency in {"", row.agency} and question.kind in {"", row.agency_kind}


def by_a_road(origins: list[Answer], router: Router, profile: str) -> tuple[list[Answer], list[Answer]]:
    """Origins near enough to a road for a road time to mean anything, and the others with how far off they are."""
    if not origins:
        return [], []
    off_m = router.positions([(origin["lon"], origin["lat"]) for origin in origins], profile)["off_m"]
    near = [origin for origin, off in zip(origins, off_m, strict=True) if off <= OFF_ROAD_LIMIT_M]
    far = [
        {"name": origin["name"], "off_m": round(float(off))}
        for origin, off in zip(origins, off_m, strict=True)
        if off > OFF_ROAD_LIMIT_M
    ]
    return near, far


# --- Ground ----------------------------------------------------------------------------------------------


def ground_of(router: Router, region_id: int, level: str) -> Ground:
    """Districts and buildings of a region as a router's build sees them; kept for the next question."""
    return _ground(router, router.build_id, region_id, level)


@lru_cache(maxsize=4)
def _ground(router: Router, build_id: str, region_id: int, level: str) -> Ground:
    districts = list(District.objects.filter(region=region_id, level=level).order_by("name", "code"))
    areas = [shapely.from_wkb(bytes(district.geom.wkb)) for district in districts]
    buildings = building_points(region_id)
    return Ground(
        codes=[district.code for district in districts],
        names=[district.name for district in districts],
        bounds=[[round(value, 5) for value in area.bounds] for area in areas],
        area_of_edge=coverage.areas_of_edges(router.network, areas),
        buildings=buildings,
        area_of_building=coverage.areas_of_points(buildings, areas),
    )


def building_points(region_id: int) -> NDArray[np.float64]:
    """(N, 2) a point on each building of a region, in degrees."""
    with connection.cursor() as cursor:
        cursor.execute(BUILDING_POINTS, [region_id])
        return np.array(cursor.fetchall(), np.float64).reshape(-1, 2)


# --- Counting --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sums:
    """Per district: all, and (L, districts) what is reached within each limit."""

    road_m: NDArray[np.float64]
    road_reached_m: NDArray[np.float64]
    buildings: NDArray[np.int64]
    buildings_reached: NDArray[np.int64]


def count(cover: coverage.Reach, ground: Ground, question: Question) -> tuple[list[Answer], Answer]:
    """The table by district, and its last line: all districts together."""
    sums = sums_of(cover, ground)
    districts = [
        {"code": code, "name": name, "bounds": bounds, **_line(sums, slice(i, i + 1), question)}
        for i, (code, name, bounds) in enumerate(zip(ground.codes, ground.names, ground.bounds, strict=True))
    ]
    return districts, _line(sums, slice(None), question)


def sums_of(cover: coverage.Reach, ground: Ground) -> Sums:
    """Metres and buildings by district and limit."""
    areas, limits = len(ground.codes), cover.limits_s
    edge_in, building_in = ground.area_of_edge >= 0, ground.area_of_building >= 0
    edge_area, building_area = ground.area_of_edge[edge_in], ground.area_of_building[building_in]
    length_m = coverage.edge_lengths(cover.router.network, cover.profile)[edge_in]
    seconds = coverage.seconds_at(cover, ground.buildings[building_in])
    reached_m = [coverage.covered_lengths(cover, limit_s)[edge_in] for limit_s in limits]
    return Sums(
        road_m=np.bincount(edge_area, length_m, minlength=areas).astype(np.float64),
        road_reached_m=np.array([np.bincount(edge_area, metres, minlength=areas) for metres in reached_m]),
        buildings=np.bincount(building_area, minlength=areas),
        buildings_reached=np.array(
            [np.bincount(building_area[seconds <= limit_s], minlength=areas) for limit_s in limits]
        ),
    )


def _line(sums: Sums, part: slice, question: Question) -> Answer:
    road_m, buildings = float(sums.road_m[part].sum()), int(sums.buildings[part].sum())
    return {
        "road_length_m": round(road_m),
        "covered": _shares(question, sums.road_reached_m[:, part], road_m),
        "buildings": buildings,
        "buildings_covered": _shares(question, sums.buildings_reached[:, part], buildings),
    }


def _shares(question: Question, reached: NDArray[Any], whole: float) -> dict[str, float | None]:
    """Share by limit; None where there is nothing to reach."""
    parts = reached.sum(axis=1)
    return {
        str(limit_s): round(float(part) / whole, 5) if whole else None
        for limit_s, part in zip(question.limits_s, parts, strict=True)
    }


# --- Shapes ----------------------------------------------------------------------------------------------


def bands_of(cover: coverage.Reach, question: Question) -> list[Answer]:
    """One feature a limit: the area reached within it and not within the one before."""
    features: list[Answer] = []
    before: shapely.Geometry = shapely.MultiPolygon()
    from_s = 0
    for limit_s, area in zip(question.limits_s, coverage.reach_polygons(cover), strict=True):
        features.append(feature(shapely.difference(area, before), {"from_s": from_s, "to_s": limit_s}))
        before, from_s = area, limit_s
    return features


def gaps_of(cover: coverage.Reach, question: Question) -> Answer:
    """Where there are roads and nobody comes within the last limit."""
    gaps = coverage.gap_polygons(cover, cover.limits_s[-1])
    return feature(gaps, {"beyond_s": question.limits_s[-1]})


def feature(area: shapely.Geometry, properties: Answer) -> Answer:
    """A GeoJSON feature with coordinates to the metre."""
    rounded = shapely.set_precision(area, COORDINATE_DEGREES)
    return {"type": "Feature", "properties": properties, "geometry": orjson.loads(shapely.to_geojson(rounded))}


def question_json(question: Question) -> Answer:
    """The question as it was understood."""
    return {
        "origins": question.origins,
        "agency": question.agency,
        "kind": question.kind,
        "profile": question.profile,
        "limits_s": list(question.limits_s),
        "prep_s": question.prep_s,
        "level": question.level,
    }


def data_of(region: Region) -> Answer:
    """Where the roads and houses are from, and of when."""
    assert region.build is not None
    return {
        "region": region.name,
        "is_sketch": region.is_sketch,
        "source": region.source,
        "attribution": region.attribution,
        "imported_at": iso(region.imported_at),
        "build": region.build_id,
    }


def bounds_of(features: Sequence[Answer]) -> tuple[float, float, float, float]:
    """West, south, east, north of some GeoJSON features."""
    shapes = [shapely.geometry.shape(one["geometry"]) for one in features]
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west), float(south), float(east), float(north)
