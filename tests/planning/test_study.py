"""Cover counted on the sketch, against a slow count of the same thing by another way."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import Point
from django.utils import timezone

from geo112.planning.study import Answer, NoOrigins, Question, ask, building_points
from incidents.actions import assign, open_incident
from incidents.models import IncidentType
from incidents.places import Found
from maps.models import District, Region
from maps.routing import Origin, Router, current_router, forget_current_router
from tests.units.makers import make_agency, make_station, make_unit
from units.models import LastFix, Station

EAST = (102.2905, -3.8125)
SOUTH = (102.3216, -3.8449)


@pytest.fixture
def fire(demo_region: Region) -> Any:
    """Two stations of one fire service on the sketch."""
    forget_current_router()
    agency = make_agency("fire", "DAMKAR")
    yield [make_station(agency, *EAST), make_station(agency, *SOUTH)]
    forget_current_router()


def question(**changes: Any) -> Question:
    values = {"origins": "stations", "agency": "", "kind": "", "profile": "fire_engine", "limits_s": (180, 300)}
    return Question(**(values | changes))


def soonest_s(router: Router, place: tuple[float, float], stations: list[Station]) -> float:
    """Seconds from the nearest station by the search that dispatch uses, which goes backwards from the place."""
    origins = [Origin(station.pk, station.point.x, station.point.y) for station in stations]
    found = router.nearest(place, origins, k=1, profile="fire_engine")
    return found[0].travel_s if found else np.inf


def line_of(answer: Answer, name: str) -> Answer:
    return next(line for line in answer["districts"] if line["name"] == name)


def test_buildings_are_counted_as_one_by_one(fire: list[Station]) -> None:
    answer = ask(question())
    router, region = current_router(), Region.objects.get(is_active=True)
    for name in ("Ratu Samban", "Singaran Pati"):
        district = District.objects.get(level="kecamatan", name=name)
        area = shapely.from_wkb(bytes(district.geom.wkb))
        inside = [(x, y) for x, y in building_points(region.pk) if shapely.intersects_xy(area, x, y)]
        seconds = np.array([soonest_s(router, place, fire) for place in inside])
        line = line_of(answer, name)
        assert line["buildings"] == len(inside)
        for limit_s in (180, 300):
            assert line["buildings_covered"][str(limit_s)] == pytest.approx((seconds <= limit_s).mean(), abs=2e-5)
    assert 0 < answer["total"]["buildings_covered"]["180"] < answer["total"]["buildings_covered"]["300"] < 1


def test_road_length_is_counted_as_by_small_steps(fire: list[Station]) -> None:
    answer = ask(question())
    router = current_router()
    network = router.network
    district = District.objects.get(level="kecamatan", name="Singaran Pati")
    area = shapely.from_wkb(bytes(district.geom.wkb))
    reached_m, whole_m = 0.0, 0.0
    for edge in range(len(network.edge_mm)):
        if not network.edge_access[edge] & 0x0101:
            continue
        first, last = network.shape_offset[edge], network.shape_offset[edge + 1]
        xy = np.column_stack((network.point_x[first:last], network.point_y[first:last])) / 1e7
        middle = (len(xy) - 1) // 2
        if not shapely.covers(area, shapely.Point((xy[middle] + xy[middle + 1]) / 2)):
            continue
        road, length_m = shapely.LineString(xy), network.edge_mm[edge] / 1000
        steps = max(1, round(length_m / 25))
        pieces = [road.interpolate((i + 0.5) / steps, normalized=True) for i in range(steps)]
        within = sum(soonest_s(router, (piece.x, piece.y), fire) <= 300 for piece in pieces)
        reached_m += length_m * within / steps
        whole_m += length_m
    line = line_of(answer, "Singaran Pati")
    assert line["road_length_m"] == pytest.approx(whole_m, abs=1)
    assert line["covered"]["300"] == pytest.approx(reached_m / whole_m, abs=0.01)
    assert 0.1 < line["covered"]["300"] < 0.99


def test_areas_agree_with_seconds(fire: list[Station]) -> None:
    answer = ask(question(limits_s=(120, 240)))
    router = current_router()
    bands = [shapely.geometry.shape(band["geometry"]) for band in answer["bands"]]
    assert [band["properties"] for band in answer["bands"]] == [
        {"from_s": 0, "to_s": 120},
        {"from_s": 120, "to_s": 240},
    ]
    assert bands[0].intersection(bands[1]).area < bands[1].area / 1000
    gaps = shapely.geometry.shape(answer["gaps"]["geometry"])
    assert gaps.intersection(shapely.union_all(bands)).area < gaps.area / 1000
    for station in fire:
        at = router.snap((station.point.x, station.point.y), profile="fire_engine")
        assert bands[0].covers(shapely.Point(at.lon, at.lat))
    deep = gaps.buffer(-0.0015).representative_point()  # away from the edge of the drawn cells
    road = router.snap((deep.x, deep.y), profile="fire_engine")
    assert soonest_s(router, (road.lon, road.lat), fire) > 240


def test_preparation_takes_its_part_of_every_limit(fire: list[Station]) -> None:
    late, early = ask(question(limits_s=(320,), prep_s=140)), ask(question(limits_s=(180,)))
    assert late["total"]["covered"]["320"] == early["total"]["covered"]["180"]
    assert late["gaps"]["geometry"] == early["gaps"]["geometry"]


def test_stations_of_others_are_not_asked(fire: list[Station]) -> None:
    make_station(make_agency("medical", "PSC119"), 102.26, -3.79)
    assert len(ask(question())["origins"]) == 3
    assert [origin["agency"] for origin in ask(question(kind="medical"))["origins"]] == ["PSC119"]
    assert len(ask(question(agency="DAMKAR"))["origins"]) == 2


def test_free_units_start_from_where_dispatch_believes_them(fire: list[Station]) -> None:
    at_station, driving, away, busy = (make_unit(fire[0]) for _ in range(4))
    LastFix.objects.create(
        unit=driving,
        recorded_at=timezone.now() - timedelta(seconds=5),
        received_at=timezone.now(),
        point=Point(102.27, -3.80, srid=4326),
    )
    type(away).objects.filter(pk=away.pk).update(duty="out_of_service")
    incident = open_incident(
        type=IncidentType.objects.get(code="house_fire"), found=Found(*EAST), location_source="map"
    )
    assign(incident_id=incident.pk, unit_ids=[busy.pk])
    origins = {origin["name"]: origin for origin in ask(question(origins="units"))["origins"]}
    assert set(origins) == {at_station.callsign, driving.callsign}
    assert (origins[driving.callsign]["lon"], origins[driving.callsign]["lat"]) == (102.27, -3.8)
    assert origins[driving.callsign]["position"]["source"] == "gps"
    assert origins[at_station.callsign]["position"] == {"source": "station", "age_s": None}


def test_nobody_to_start_from_is_said(fire: list[Station]) -> None:
    with pytest.raises(NoOrigins):
        ask(question(kind="police"))
    with pytest.raises(NoOrigins):
        ask(question(origins="units"))


def test_a_station_far_from_every_road_reaches_nothing_and_is_named(fire: list[Station]) -> None:
    before = ask(question())
    lost = make_station(fire[0].agency, 102.0, -3.9)
    after = ask(question())
    assert after["total"] == before["total"]
    assert [(origin["name"], origin["off_m"] > 10_000) for origin in after["left_out"]] == [(lost.name, True)]
    assert lost.name not in {origin["name"] for origin in after["origins"]}
    Station.objects.exclude(pk=lost.pk).delete()
    with pytest.raises(NoOrigins) as refused:
        ask(question())
    assert refused.value.detail["left_out"][0]["name"] == lost.name


def test_kelurahan_add_up_to_their_kecamatan(fire: list[Station]) -> None:
    kecamatan = line_of(ask(question()), "Ratu Samban")
    parent = District.objects.get(level="kecamatan", name="Ratu Samban")
    codes = set(District.objects.filter(parent=parent).values_list("code", flat=True))
    parts = [line for line in ask(question(level="kelurahan"))["districts"] if line["code"] in codes]
    assert len(parts) == len(codes) > 3
    assert sum(part["buildings"] for part in parts) == pytest.approx(kecamatan["buildings"], abs=3)
    assert sum(part["road_length_m"] for part in parts) == pytest.approx(kecamatan["road_length_m"], rel=0.02)
