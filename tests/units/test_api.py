from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.geo112.makers import make_user
from tests.units.makers import BENGKULU, make_agency, make_device, make_station, make_unit
from units import actions
from units.models import Device, LastFix, QuarantinedFix, Unit, UnitFault, UnitMove

pytestmark = pytest.mark.django_db
API = "/api/v1"
SIGN_IN_QUERIES = 2  # the session and its user


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Client]:
    def as_role(role: str = "dispatcher", **values: Any) -> Client:
        client.force_login(make_user(role, **values))
        return client

    return as_role


def post(client: Client, path: str, **data: object) -> Any:
    return client.post(f"{API}/{path}", data, content_type="application/json")


# --- Lists ------------------------------------------------------------------------------------------


def test_agencies(sign_in: Callable[..., Client], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_agency("fire"), make_agency("medical", "PSC119")
    client = sign_in("planner")
    with django_assert_num_queries(SIGN_IN_QUERIES + 2):
        response = client.get(f"{API}/agencies/?kind=medical")
    (agency,) = response.json()["results"]
    assert (agency["code"], agency["kind"]) == ("PSC119", "medical")


def test_stations(sign_in: Callable[..., Client], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    stations = [make_station() for _ in range(3)]
    client = sign_in()
    with django_assert_num_queries(SIGN_IN_QUERIES + 2):
        rows = client.get(f"{API}/stations/").json()["results"]
    assert [row["code"] for row in rows] == [station.code for station in stations]
    assert (rows[0]["lon"], rows[0]["lat"]) == BENGKULU
    (one,) = client.get(f"{API}/stations/?agency={stations[1].agency.code}").json()["results"]
    assert one["id"] == stations[1].pk


def test_stations_as_geojson(sign_in: Callable[..., Client]) -> None:
    station = make_station()
    (feature,) = sign_in().get(f"{API}/stations/?format_geo=1").json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": list(BENGKULU)}
    assert feature["properties"]["name"] == station.name


def test_units_with_their_fixes(
    sign_in: Callable[..., Client], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    placed = make_unit(callsign="A")
    make_unit(callsign="B", duty="returning")
    actions.place_by_hand(unit_id=placed.pk, lon=BENGKULU[0], lat=BENGKULU[1])
    client = sign_in()
    client.get(f"{API}/units/")  # the first one of a process learns what SRID 4326 is
    with django_assert_num_queries(SIGN_IN_QUERIES + 2):
        first, second = client.get(f"{API}/units/").json()["results"]
    assert first["fix"]["source"] == "manual"
    assert first["fix"]["freshness"] == "live"
    assert (first["fix"]["lon"], first["fix"]["lat"]) == BENGKULU
    assert first["in_quarters"] is True
    assert second["fix"] is None
    assert second["in_quarters"] is False


@pytest.mark.parametrize(
    ("query", "found"),
    [("duty=returning", "B"), ("capability=rescue", "B"), ("kind=rescue", "B"), ("duty=available", "A")],
)
def test_units_by_what_they_are(sign_in: Callable[..., Client], query: str, found: str) -> None:
    make_unit(callsign="A")
    make_unit(callsign="B", duty="returning", capabilities=["rescue"], kind="rescue")
    rows = sign_in().get(f"{API}/units/?{query}").json()["results"]
    assert [row["callsign"] for row in rows] == [found]


def test_a_filter_that_is_unknown_is_said(sign_in: Callable[..., Client]) -> None:
    response = sign_in().get(f"{API}/units/?capability=fly")
    assert response.status_code == 400
    assert response.json()["error"]["field"] == "capability"


def test_units_as_geojson_say_where_they_are_and_where_nobody_knows(sign_in: Callable[..., Client]) -> None:
    placed = make_unit(callsign="A")
    make_unit(callsign="B")
    actions.place_by_hand(unit_id=placed.pk, lon=102.3, lat=-3.8)
    collection = sign_in().get(f"{API}/units/?format_geo=1").json()
    assert collection["type"] == "FeatureCollection"
    assert [feature["geometry"] for feature in collection["features"]] == [
        {"type": "Point", "coordinates": [102.3, -3.8]},
        None,
    ]


def test_an_agency_sees_and_reaches_only_its_own(sign_in: Callable[..., Client]) -> None:
    mine, other = make_unit(), make_unit()
    client = sign_in("agency", agency=mine.station.agency)
    assert [row["id"] for row in client.get(f"{API}/units/").json()["results"]] == [mine.pk]
    assert [row["id"] for row in client.get(f"{API}/stations/").json()["results"]] == [mine.station_id]
    for path in ("", "duty/", "faults/", "track/"):
        assert client.get(f"{API}/units/{mine.pk}/{path}").status_code == 200
        assert client.get(f"{API}/units/{other.pk}/{path}").status_code == 404
    assert post(client, f"units/{other.pk}/duty/", duty="returning").status_code == 404
    assert post(client, f"units/{mine.pk}/duty/", duty="returning").status_code == 200


# --- Who may what -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["agencies/", "stations/", "units/", "units/1/", "units/1/duty/", "units/1/faults/", "units/1/track/"]
)
def test_strangers_see_nothing(client: Client, path: str) -> None:
    assert client.get(f"{API}/{path}").status_code == 403


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        ("planner", "post", "units/1/duty/"),
        ("administrator", "post", "units/1/place/"),
        ("agency", "post", "units/1/place/"),
        ("dispatcher", "get", "units/1/devices/"),
        ("dispatcher", "post", "units/1/devices/"),
        ("planner", "delete", "units/1/devices/1/"),
    ],
)
def test_roles_that_may_not(sign_in: Callable[..., Client], role: str, method: str, path: str) -> None:
    values = {"agency": make_agency()} if role == "agency" else {}
    assert getattr(sign_in(role, **values), method)(f"{API}/{path}").status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "agencies/"),
        ("put", "stations/"),
        ("delete", "units/1/"),
        ("put", "units/1/duty/"),
        ("get", "units/1/place/"),
        ("put", "units/1/devices/"),
        ("get", "units/1/devices/1/"),
        ("post", "units/1/faults/"),
        ("post", "units/1/track/"),
    ],
)
def test_methods_that_are_not_there(sign_in: Callable[..., Client], method: str, path: str) -> None:
    assert getattr(sign_in("supervisor"), method)(f"{API}/{path}").status_code in {403, 405}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "units/9/"),
        ("get", "units/9/duty/"),
        ("post", "units/9/duty/"),
        ("get", "units/9/devices/"),
        ("get", "units/9/faults/"),
        ("get", "units/9/track/"),
        ("delete", "units/9/devices/1/"),
    ],
)
def test_units_that_are_not_there(sign_in: Callable[..., Client], method: str, path: str) -> None:
    response = getattr(sign_in("supervisor"), method)(f"{API}/{path}")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


# --- Duty and place -------------------------------------------------------------------------------------


def test_a_duty_heard_by_radio(sign_in: Callable[..., Client]) -> None:
    unit = make_unit()
    heard_at = timezone.now() - timedelta(minutes=2)
    client = sign_in("dispatcher")
    response = post(
        client, f"units/{unit.pk}/duty/", duty="out_of_service", told_at=heard_at.isoformat(), source="radio"
    )
    assert response.status_code == 200
    assert response.json()["duty"] == "out_of_service"
    (move,) = client.get(f"{API}/units/{unit.pk}/duty/").json()
    assert (move["old"], move["new"], move["source"]) == ("available", "out_of_service", "radio")
    assert UnitMove.objects.get().at == heard_at
    assert "dispatcher" in move["actor"]


@pytest.mark.parametrize(
    ("data", "status", "code", "field"),
    [
        ({}, 400, "invalid", "duty"),
        ({"duty": "asleep"}, 400, "invalid", "duty"),
        ({"duty": "returning", "source": "rumour"}, 400, "invalid", "source"),
        ({"duty": "returning", "told_at": "soon"}, 400, "invalid", "told_at"),
        ({"duty": "returning", "told_at": "2999-01-01T00:00:00Z"}, 400, "in_the_future", "told_at"),
        ({"duty": "out_of_service", "old": "returning"}, 409, "stale_state", None),
    ],
)
def test_duties_that_cannot_be(
    sign_in: Callable[..., Client], data: dict[str, str], status: int, code: str, field: str | None
) -> None:
    unit = make_unit()
    response = post(sign_in(), f"units/{unit.pk}/duty/", **data)
    assert response.status_code == status
    assert (response.json()["error"]["code"], response.json()["error"]["field"]) == (code, field)
    assert Unit.objects.get().duty == "available"


def test_a_move_that_the_table_forbids(sign_in: Callable[..., Client]) -> None:
    unit = make_unit(duty="out_of_service")
    response = post(sign_in(), f"units/{unit.pk}/duty/", duty="returning")
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "forbidden_move"


def test_placing_by_hand(sign_in: Callable[..., Client]) -> None:
    unit = make_unit()
    response = post(sign_in(), f"units/{unit.pk}/place/", lat=-3.8, lon=102.3)
    assert response.status_code == 200
    assert response.json()["fix"]["source"] == "manual"
    assert LastFix.objects.get().point.coords == (102.3, -3.8)


@pytest.mark.parametrize("data", [{}, {"lat": -3.8}, {"lat": 91, "lon": 0}, {"lat": 0, "lon": "NaN"}])
def test_places_that_cannot_be(sign_in: Callable[..., Client], data: dict[str, object]) -> None:
    unit = make_unit()
    assert post(sign_in(), f"units/{unit.pk}/place/", **data).status_code == 400
    assert not LastFix.objects.exists()


def test_there_is_no_unit_to_place(sign_in: Callable[..., Client]) -> None:
    response = post(sign_in(), "units/9/place/", lat=-3.8, lon=102.3)
    assert response.status_code == 404


# --- Devices ----------------------------------------------------------------------------------------------


def test_a_token_is_shown_once(sign_in: Callable[..., Client]) -> None:
    unit = make_unit()
    client = sign_in("supervisor")
    response = post(client, f"units/{unit.pk}/devices/", name="HP regu A")
    assert response.status_code == 201
    token = response.json()["token"]
    assert len(token) == 32
    listed = client.get(f"{API}/units/{unit.pk}/devices/")
    assert [device["name"] for device in listed.json()] == ["HP regu A"]
    assert token not in listed.content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"name": ""}, {"name": "x" * 81}, {"name": "x", "expires_at": "2020-01-01T00:00:00Z"}]
)
def test_devices_that_cannot_be(sign_in: Callable[..., Client], data: dict[str, object]) -> None:
    unit = make_unit()
    assert post(sign_in("administrator"), f"units/{unit.pk}/devices/", **data).status_code == 400
    assert not Device.objects.exists()


def test_a_device_is_revoked_only_by_its_own_unit(sign_in: Callable[..., Client]) -> None:
    device, _token = make_device()
    other = make_unit()
    client = sign_in("administrator")
    assert client.delete(f"{API}/units/{other.pk}/devices/{device.pk}/").status_code == 404
    assert client.delete(f"{API}/units/{device.unit_id}/devices/{device.pk}/").status_code == 204
    assert not Device.objects.usable().exists()


# --- Faults and tracks ------------------------------------------------------------------------------------


def test_faults(sign_in: Callable[..., Client], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    device, _token = make_device()
    now = timezone.now()
    common = {"device": device, "unit_id": device.unit_id, "reason": "future", "detail": {"skew_s": 420.0}}
    UnitFault.objects.create(**common, count=3, since=now, last_at=now)
    QuarantinedFix.objects.create(**common, received_at=now, raw={"lat": 1})
    client = sign_in()
    with django_assert_num_queries(SIGN_IN_QUERIES + 3):
        found = client.get(f"{API}/units/{device.unit_id}/faults/").json()
    (fault,) = found["faults"]
    assert (fault["reason"], fault["count"], fault["detail"]) == ("future", 3, {"skew_s": 420.0})
    assert found["quarantined"][0]["raw"] == {"lat": 1}


def store(device: Device, *minutes: int) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO units_position (device_id, unit_id, recorded_at, received_at, point, speed_mps) VALUES "
            "(%s, %s, now() - %s * interval '1 minute', now(), ST_Point(102.26 + %s * 0.001, -3.79, 4326), 8)",
            [(device.pk, device.unit_id, minute, minute) for minute in minutes],
        )


def test_a_track_is_a_line_with_times(
    sign_in: Callable[..., Client], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    device, _token = make_device()
    store(device, 10, 20, 30, 90)
    client = sign_in()
    with django_assert_num_queries(SIGN_IN_QUERIES + 2):
        feature = client.get(f"{API}/units/{device.unit_id}/track/").json()
    assert feature["geometry"]["type"] == "LineString"
    assert [lon for lon, _lat in feature["geometry"]["coordinates"]] == pytest.approx([102.29, 102.28, 102.27])
    assert feature["properties"]["speeds_mps"] == [8, 8, 8]
    assert feature["properties"]["times"] == sorted(feature["properties"]["times"])


def test_a_track_of_one_fix_and_of_none(sign_in: Callable[..., Client]) -> None:
    device, _token = make_device()
    client = sign_in()
    assert client.get(f"{API}/units/{device.unit_id}/track/").json()["geometry"] is None
    store(device, 10)
    assert client.get(f"{API}/units/{device.unit_id}/track/").json()["geometry"]["type"] == "Point"


@pytest.mark.parametrize(
    "query", ["from=yesterday", "from=2026-11-01T00:00:00Z", "from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z"]
)
def test_tracks_that_cannot_be(sign_in: Callable[..., Client], query: str) -> None:
    unit = make_unit()
    response = sign_in().get(f"{API}/units/{unit.pk}/track/?{query}")
    assert response.status_code == 400
    assert response.json()["error"]["field"] == "from"
