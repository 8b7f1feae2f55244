"""The door on the real database: what is asked over HTTP, answered, and found in the tables afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from tests.units.makers import make_device, make_unit
from units import actions
from units.gps import door
from units.gps.door import MAX_BODY_BYTES
from units.gps.protocols import MAX_FIXES
from units.models import Device, LastFix, Position, QuarantinedFix, Unit, UnitFault
from units.rules import token_hash

pytestmark = pytest.mark.django_db(transaction=True, available_apps=["units"])
T = TypeVar("T")
LAT, LON = -3.7956, 102.2655
AS_JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def no_positions() -> None:
    """The history is not Django's to empty."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE units_position")


@pytest.fixture
def unit() -> Unit:
    return make_unit()


@pytest.fixture
def token(unit: Unit) -> str:
    return make_device(unit)[1]


def door_client() -> httpx.AsyncClient:
    """A client whose requests go straight into the door."""
    application: Any = door.door
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=application), base_url="http://door", timeout=20)


def with_door(scenario: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
    """Run a scenario against a door that is open for as long."""

    async def run() -> T:
        await door.startup()
        try:
            async with door_client() as client:
                return await scenario(client)
        finally:
            await door.shutdown()

    return asyncio.run(run())


def request(method: str, path: str, **options: object) -> httpx.Response:
    """One request to a door that is opened for it."""
    return with_door(lambda client: client.request(method, path, **options))  # type: ignore[arg-type]  # httpx's own


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def native(token: str, fixes: object) -> httpx.Response:
    return request("POST", "/gps/fixes", json=fixes, headers=bearer(token))


def fix(seconds_ago: float = 5, lat: float = LAT, lon: float = LON, **more: object) -> dict[str, object]:
    return {"recorded_at": time.time() - seconds_ago, "lat": lat, "lon": lon, **more}


def test_a_fix_is_stored_and_becomes_the_marker(unit: Unit, token: str) -> None:
    sent = {
        "recorded_at": datetime.now(UTC).isoformat(),
        "lat": LAT,
        "lon": LON,
        "speed_mps": 6.5,
        "heading_deg": 90,
        "accuracy_m": 8,
        "altitude_m": 12,
        "battery": 0.5,
        "mock": True,
    }
    response = native(token, sent)
    assert response.status_code == 200
    assert response.json() == {"stored": 1, "duplicates": 0, "rejected": []}
    for row in (Position.objects.get(), LastFix.objects.get()):
        assert row.unit_id == unit.pk
        assert row.recorded_at == datetime.fromisoformat(str(sent["recorded_at"]))
        assert row.point.coords == (LON, LAT)
        assert (row.speed_mps, row.heading_deg, row.accuracy_m) == (6.5, 90, 8)
        assert (row.altitude_m, row.battery, row.mock) == (12, 0.5, True)
    assert LastFix.objects.get().source == "gps"


def test_a_fix_that_is_sent_again_changes_nothing(token: str) -> None:
    sent = fix()
    assert native(token, [sent, sent]).json() == {"stored": 1, "duplicates": 1, "rejected": []}
    version = LastFix.objects.get().version
    assert native(token, sent).json() == {"stored": 0, "duplicates": 1, "rejected": []}
    assert Position.objects.count() == 1
    assert LastFix.objects.get().version == version


def test_the_marker_is_the_newest_by_its_own_time(token: str) -> None:
    native(token, [fix(10), fix(60, lat=-3.7957), fix(300, lat=-3.7958)])
    native(token, fix(120, lat=-3.7959))
    assert Position.objects.count() == 4
    assert LastFix.objects.get().point.y == LAT


def test_a_future_fix_never_moves_the_marker(unit: Unit, token: str) -> None:
    native(token, fix(10))
    reply = native(token, [fix(-420, lat=-3.7957), fix(1, lat=-3.7958)]).json()
    assert reply == {"stored": 1, "duplicates": 0, "rejected": [{"index": 0, "reason": "future"}]}
    assert LastFix.objects.get().point.y == -3.7958
    fault = UnitFault.objects.get()
    assert (fault.unit_id, fault.reason, fault.count) == (unit.pk, "future", 1)
    assert fault.detail["skew_s"] == pytest.approx(420, abs=2)
    kept = QuarantinedFix.objects.get()
    assert kept.raw["lat"] == -3.7957


def test_useless_fixes_are_named_counted_and_kept_and_the_good_ones_stored(token: str) -> None:
    sent = [fix(lat=0, lon=0), fix(lat=91), {"lat": 1, "lon": 2}, 7, fix(1), fix(lat=0, lon=0)]
    response = native(token, sent)
    assert response.status_code == 200
    assert response.json() == {
        "stored": 1,
        "duplicates": 0,
        "rejected": [
            {"index": 0, "reason": "null_island"},
            {"index": 1, "reason": "out_of_range"},
            {"index": 2, "reason": "bad_time"},
            {"index": 3, "reason": "not_an_object"},
            {"index": 5, "reason": "null_island"},
        ],
    }
    assert dict(UnitFault.objects.values_list("reason", "count"))["null_island"] == 2
    assert QuarantinedFix.objects.count() == 5


def test_faults_of_an_hour_ago_are_another_spell(token: str) -> None:
    native(token, [fix(lat=91)] * 3)
    UnitFault.objects.update(last_at=timezone.now() - timedelta(minutes=61))
    native(token, fix(lat=91))
    assert UnitFault.objects.get().count == 1
    native(token, fix(lat=91))
    assert UnitFault.objects.get().count == 2


def test_of_many_bad_fixes_in_one_request_twenty_are_kept(token: str) -> None:
    native(token, [fix(lat=91)] * 50)
    assert UnitFault.objects.get().count == 50
    assert QuarantinedFix.objects.count() == 20


def test_a_body_that_cannot_be_read_does_not_stop_a_known_device(token: str) -> None:
    response = request("POST", "/gps/fixes", content=b"{", headers=bearer(token))
    assert response.status_code == 200
    assert response.json()["rejected"] == [{"index": 0, "reason": "not_json"}]
    assert UnitFault.objects.get().reason == "not_json"


def test_a_fix_after_one_placed_by_hand_moves_the_marker(unit: Unit, token: str) -> None:
    native(token, fix(30))
    actions.place_by_hand(unit_id=unit.pk, lon=102.3, lat=-3.8)
    native(token, fix(20))
    assert LastFix.objects.get().source == "manual"
    native(token, fix(-1))
    assert LastFix.objects.get().source == "gps"


def test_a_token_that_is_no_text_is_unknown(unit: Unit) -> None:
    response = request("POST", "/gps/osmand", content=rb'{"id": "\ud800", "lat": 1}', headers=AS_JSON)
    assert response.status_code == 404


def test_more_fixes_than_the_writer_takes_are_named_and_do_not_block_the_phone(token: str) -> None:
    response = native(token, [1] * (MAX_FIXES + 1))
    assert (response.status_code, response.json()["rejected"]) == (200, [{"index": 0, "reason": "too_many_fixes"}])


@pytest.mark.parametrize(
    "spoil",
    [lambda device: None, lambda device: actions.revoke_device(device=device), "expire"],
    ids=["nothing", "revoked", "expired"],
)
def test_only_a_good_token_opens(unit: Unit, spoil: object) -> None:
    device, token = make_device(unit)
    if spoil == "expire":
        Device.objects.filter(pk=device.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    elif callable(spoil):
        spoil(device)
        token = token if Device.objects.get().revoked_at else token + "x"
    response = native(token, fix())
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["error"]["code"] == "unknown_device"
    assert not Position.objects.exists()


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic eHg6eHg="}, {"Authorization": "Bearer "}])
def test_no_token(header: dict[str, str]) -> None:
    assert request("POST", "/gps/fixes", json=fix(), headers=header).status_code == 401


def test_a_token_revoked_while_the_door_is_open_is_refused_within_a_second(unit: Unit) -> None:
    device, token = make_device(unit)

    async def scenario(client: httpx.AsyncClient) -> tuple[int, float]:
        assert (await client.post("/gps/fixes", json=fix(), headers=bearer(token))).status_code == 200
        await asyncio.to_thread(revoke_elsewhere, device)
        began = time.monotonic()
        status = 200
        while status == 200 and time.monotonic() - began < 5:
            status = (await client.post("/gps/fixes", json=fix(), headers=bearer(token))).status_code
        return status, time.monotonic() - began

    status, seconds = with_door(scenario)
    assert status == 401
    assert seconds < 1.5


def revoke_elsewhere(device: Device) -> None:
    actions.revoke_device(device=device)
    connection.close()


def test_a_device_made_while_the_door_is_open_may_enter(unit: Unit) -> None:
    token = "made later"

    async def scenario(client: httpx.AsyncClient) -> list[int]:
        before = await client.post("/gps/fixes", json=fix(), headers=bearer(token))
        await asyncio.to_thread(make_late)
        await asyncio.sleep(1)
        after = await client.post("/gps/fixes", json=fix(), headers=bearer(token))
        return [before.status_code, after.status_code]

    def make_late() -> None:
        Device.objects.create(unit=unit, name="late", token_hash=token_hash(token))
        connection.close()

    assert with_door(scenario) == [401, 200]


# --- OsmAnd ---------------------------------------------------------------------------------------


def osmand_query(token: str) -> str:
    return f"id={token}&timestamp={int(time.time())}&lat={LAT}&lon={LON}&speed=10&bearing=90&batt=81"


def check_osmand() -> None:
    row = Position.objects.get()
    assert row.point.coords == (LON, LAT)
    assert row.speed_mps == pytest.approx(5.1444, abs=1e-3)
    assert row.battery == 0.81


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_osmand_in_the_address(token: str, method: str) -> None:
    response = request(method, f"/gps/osmand?{osmand_query(token)}")
    assert (response.status_code, response.content) == (200, b"")
    check_osmand()


def test_osmand_as_a_form(token: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert request("POST", "/gps/osmand", content=osmand_query(token), headers=form).status_code == 200
    check_osmand()


def test_traccar_client_as_json(token: str) -> None:
    coords = {"latitude": LAT, "longitude": LON, "speed": 5.14444}
    location = {"timestamp": datetime.now(UTC).isoformat(), "coords": coords, "battery": {"level": 0.81}}
    assert request("POST", "/gps/osmand", json={"device_id": token, "location": location}).status_code == 200
    check_osmand()


def test_a_heartbeat_is_welcome_and_stores_nothing(token: str) -> None:
    assert request("GET", f"/gps/osmand?id={token}&batt=50").status_code == 200
    assert not Position.objects.exists()
    assert not UnitFault.objects.exists()


def test_a_useless_fix_does_not_block_those_behind_it(token: str) -> None:
    assert request("GET", f"/gps/osmand?id={token}&lat=0&lon=0").status_code == 200
    assert UnitFault.objects.get().reason == "null_island"


def test_a_stranger_gets_what_traccar_answers() -> None:
    assert request("GET", "/gps/osmand?id=nobody&lat=1&lon=2").status_code == 400
    assert request("GET", "/gps/osmand").status_code == 400
    assert request("POST", "/gps/osmand", json={"device_id": "nobody", "location": {}}).status_code == 404
    assert request("POST", "/gps/osmand", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400


# --- What is no request -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_fixes_are_posted(method: str) -> None:
    response = request(method, "/gps/fixes")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"


def test_osmand_is_got_or_posted() -> None:
    assert request("HEAD", "/gps/osmand").status_code == 405
    assert request("PUT", "/gps/osmand").headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("path", ["/gps/", "/gps/fixes/", "/gps/owntracks"])
def test_there_is_no_such_door(path: str) -> None:
    assert request("POST", path).status_code == 404


def test_other_content_is_refused(token: str) -> None:
    headers = {**bearer(token), "Content-Type": "image/png"}
    assert request("POST", "/gps/fixes", content=b"x", headers=headers).status_code == 415
    assert request("POST", "/gps/osmand", content=b"x", headers=headers).status_code == 415


def test_a_body_may_be_a_mebibyte_and_no_more(token: str) -> None:
    padded = b" " * (MAX_BODY_BYTES - 2) + b"[]"
    assert request("POST", "/gps/fixes", content=padded, headers=bearer(token)).status_code == 200
    assert request("POST", "/gps/fixes", content=padded + b" ", headers=bearer(token)).status_code == 413


def test_a_body_without_length_is_measured_as_it_comes(token: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    assert request("POST", "/gps/fixes", content=endless(), headers=bearer(token)).status_code == 413


def test_a_door_that_is_not_open_asks_to_come_again() -> None:
    async def knock() -> httpx.Response:
        async with door_client() as client:
            return await client.post("/gps/fixes", json=fix(), headers=bearer("x"))

    response = asyncio.run(knock())
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
