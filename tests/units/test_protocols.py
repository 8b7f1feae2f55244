"""Decoders on messages as the clients send them."""

import json
import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from units.gps.protocols import (
    Fix,
    Undecodable,
    decode_native,
    decode_osmand,
    decode_osmand_json,
    osmand_identity,
    printable,
    read_form,
    read_time,
)

NOW_S = 1_787_368_205.0
WIB = ZoneInfo("Asia/Jakarta")

# Traccar Client 8 for Android (ProtocolFormatter), as it stands in the address.
CLIENT_8 = (
    "id=123456&timestamp=1787368205&lat=-3.7956&lon=102.2655&speed=10.0&bearing=90.5&altitude=12.0"
    "&accuracy=8.0&batt=81.0&charge=true"
)
# Traccar Client 10 (HttpUploader), a form.
CLIENT_10 = (
    "id=123456&lat=-3.7956&lon=102.2655&timestamp=1787368205&accuracy=8.0&altitude=12.0&speed=10.0"
    "&bearing=90.5&batt=81&charge=false&battery_health=good&battery_voltage=4.1&battery_temp=31.5"
)
# OsmAnd's online tracking, with its milliseconds.
OSMAND = "deviceid=123456&lat=-3.7956&lon=102.2655&timestamp=1787368205123&hdop=4.2&altitude=12&speed=10&bearing=90.5"
# Traccar Client 9, as documented at traccar.org/osmand.
CLIENT_9 = {
    "device_id": "bkl-damkar-01",
    "location": {
        "timestamp": "2026-08-22T03:10:05.000Z",
        "coords": {
            "latitude": -3.79,
            "longitude": 102.26,
            "accuracy": 8,
            "speed": 6.2,
            "heading": 90,
            "altitude": 12,
        },
        "is_moving": True,
        "odometer": 1200,
        "event": "motionchange",
        "battery": {"level": 0.81, "is_charging": False},
        "activity": {"type": "in_vehicle"},
        "mock": False,
        "extras": {},
        "_": "&id=bkl-damkar-01",
    },
}


def osmand(query: str) -> Fix:
    return decode_osmand(read_form(query), now_s=NOW_S, zone=WIB)


def client_json(data: object) -> tuple[str, list[Fix]]:
    return decode_osmand_json(orjson.dumps(data), now_s=NOW_S, zone=WIB)


@pytest.mark.parametrize("message", [CLIENT_8, CLIENT_10])
def test_traccar_clients_speed_is_in_knots_and_battery_in_percent(message: str) -> None:
    fix = osmand(message)
    assert osmand_identity(read_form(message)) == "123456"
    assert (fix.time, fix.lat, fix.lon) == (1787368205, -3.7956, 102.2655)
    assert fix.speed_mps == pytest.approx(5.14444, abs=1e-5)
    assert (fix.heading_deg, fix.altitude_m, fix.accuracy_m, fix.battery) == (90.5, 12, 8, 0.81)
    assert not fix.mock
    assert fix.valid


def test_osmand_sends_milliseconds_and_deviceid() -> None:
    fix = osmand(OSMAND)
    assert fix.time == pytest.approx(1787368205.123)
    assert osmand_identity(read_form(OSMAND)) == "123456"
    assert fix.accuracy_m is None


def test_the_token_is_not_among_what_is_kept() -> None:
    assert "123456" not in repr(osmand(CLIENT_8).raw)
    assert "123456" not in repr(osmand(OSMAND).raw)


def test_gpslogger_says_metres_a_second_under_another_name() -> None:
    assert osmand("id=1&lat=1&lon=2&speed_mps=6.2").speed_mps == 6.2


def test_without_a_timestamp_it_is_now() -> None:
    assert osmand("id=1&lat=-3.7&lon=102.2").time == NOW_S


def test_a_place_in_one_field() -> None:
    fix = osmand("id=1&location=-3.7956,102.2655")
    assert (fix.lat, fix.lon) == (-3.7956, 102.2655)


def test_a_heartbeat_has_no_place() -> None:
    assert osmand("id=1&timestamp=1787368205&batt=12").is_heartbeat
    _token, (fix,) = client_json({"device_id": "x", "location": {"timestamp": "2026-08-22T03:10:05Z"}})
    assert fix.is_heartbeat


def test_a_phone_may_call_its_fix_invalid_or_faked() -> None:
    fix = osmand("id=1&lat=1&lon=2&valid=false&mock=true")
    assert not fix.valid
    assert fix.mock


def test_client_9_speaks_metres_a_second_and_shares() -> None:
    token, (fix,) = client_json(CLIENT_9)
    assert token == "bkl-damkar-01"
    assert fix.time == datetime(2026, 8, 22, 3, 10, 5, tzinfo=UTC).timestamp()
    assert (fix.lat, fix.lon, fix.speed_mps, fix.heading_deg) == (-3.79, 102.26, 6.2, 90)
    assert (fix.accuracy_m, fix.altitude_m, fix.battery) == (8, 12, 0.81)


def test_client_9_says_minus_one_for_unknown() -> None:
    location = {
        "timestamp": "2026-08-22T03:10:05Z",
        "coords": {"latitude": 1, "longitude": 2, "speed": -1, "heading": -1, "accuracy": -1},
        "battery": {"level": -1},
    }
    _token, (fix,) = client_json({"device_id": "x", "location": location})
    assert (fix.speed_mps, fix.heading_deg, fix.accuracy_m, fix.battery) == (None, None, None, None)


def test_client_10_may_send_an_array_of_flat_objects() -> None:
    flat = {"id": "abc", "lat": -3.79, "lon": 102.26, "timestamp": 1787368205, "speed": 10.0, "batt": 81}
    token, fixes = client_json([flat, {**flat, "timestamp": 1787368210}, {**flat, "id": "someone else"}])
    assert token == "abc"
    assert [fix.time for fix in fixes[:2]] == [1787368205, 1787368210]
    assert fixes[0].speed_mps == pytest.approx(5.14444, abs=1e-5)
    assert fixes[2].fault == "other_device"


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"[1]", b'{"id":', b"\xff"])
def test_json_that_names_no_device(body: bytes) -> None:
    with pytest.raises(Undecodable):
        decode_osmand_json(body, now_s=NOW_S, zone=WIB)


NATIVE = {"recorded_at": "2026-08-22T10:10:05+07:00", "lat": -3.79, "lon": 102.26, "speed_mps": 6.2, "battery": 0.5}


@pytest.mark.parametrize("data", [NATIVE, [NATIVE], {"fixes": [NATIVE]}])
def test_native_fixes_come_alone_in_an_array_or_in_an_object(data: object) -> None:
    (fix,) = decode_native(orjson.dumps(data))
    assert fix.time == datetime(2026, 8, 22, 3, 10, 5, tzinfo=UTC).timestamp()
    assert (fix.lat, fix.lon, fix.speed_mps, fix.battery) == (-3.79, 102.26, 6.2, 0.5)


def test_one_nan_does_not_spoil_the_others() -> None:
    bad, good = decode_native(b'[{"recorded_at": 1, "lat": NaN, "lon": 2}, {"recorded_at": 1, "lat": 1, "lon": 2}]')
    assert math.isnan(bad.lat or 0)
    assert good.lat == 1


@pytest.mark.parametrize("body", [b"", b"{", b"lat=1&lon=2", b"\xff\xfe", b"NaN[" + b"[" * 100_000])
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(Undecodable, match="not_json"):
        decode_native(body)


@pytest.mark.parametrize("item", [7, None, "x", [1, 2]])
def test_a_fix_that_is_no_object(item: object) -> None:
    (fix,) = decode_native(orjson.dumps([item]))
    assert fix.fault == "not_an_object"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1787368205, 1787368205),
        ("1787368205", 1787368205),
        (1787368205123, 1787368205.123),
        ("2026-08-22T03:10:05Z", 1787368205),
        ("2026-08-22T10:10:05.5+07:00", 1787368205.5),
        ("2026-08-22 10:10:05", 1787368205),
        (None, None),
        ("", None),
        ("soon", None),
        (True, None),
        ({}, None),
        ("9" * 400, None),
        ("0001-01-01T00:00:00+14:00", datetime.fromisoformat("0001-01-01T00:00:00+14:00").timestamp()),
    ],
)
def test_times(value: object, seconds: float | None) -> None:
    read = read_time(value, zone=WIB)
    assert read == (None if seconds is None else pytest.approx(seconds))


def test_a_native_time_without_zone_is_not_believed() -> None:
    assert read_time("2026-08-22 10:10:05") is None


@pytest.mark.parametrize("heading", [360, 720, -5, "north"])
def test_headings_are_below_360(heading: object) -> None:
    (fix,) = decode_native(orjson.dumps({**NATIVE, "heading_deg": heading}))
    assert fix.heading_deg in (0, None)


@pytest.mark.parametrize("value", [-3, "fast", float("inf"), 1e400, None, [], True])
def test_an_impossible_extra_costs_only_itself(value: object) -> None:
    fix = decode_osmand({"lat": 1, "lon": 2, "speed": value, "accuracy": value, "batt": value}, now_s=1, zone=WIB)
    assert (fix.lat, fix.speed_mps, fix.accuracy_m, fix.battery) == (1, None, None, None)


def test_too_many_fields() -> None:
    with pytest.raises(Undecodable, match="too_many_fields"):
        read_form("&".join(f"k{n}=1" for n in range(101)))


def test_of_a_repeated_field_the_first_counts() -> None:
    assert read_form("id=first&id=second")["id"] == "first"


def test_what_is_kept_is_short_and_fit_for_the_database() -> None:
    kept = printable({"a\x00": "x" * 500, "b": float("nan"), "c": 10**30, "d": "\ud800", "e": [1], "f": True, "g": 1.5})
    assert "\x00" not in repr(kept)
    assert max(len(str(value)) for value in kept.values()) <= 120
    assert kept["g"] == 1.5
    assert orjson.loads(orjson.dumps(kept)) == kept


text = st.text("aé0-.,:TZ\x00\ud800 ", max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=8,
)
NATIVE_FIELDS = "recorded_at lat lon speed_mps heading_deg accuracy_m altitude_m battery mock fixes"
OSMAND_FIELDS = "id timestamp speed bearing batt location device_id valid"
fields = st.sampled_from(f"{NATIVE_FIELDS} {OSMAND_FIELDS}".split())
messages = st.dictionaries(fields, json_values, max_size=10)
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sound(fix: Fix) -> bool:
    """Whether every value but the place is absent or a number that a column can take."""
    shares = fix.battery is None or 0 <= fix.battery <= 1
    headings = fix.heading_deg is None or 0 <= fix.heading_deg < 360
    speeds = fix.speed_mps is None or 0 <= fix.speed_mps < math.inf
    times = fix.time is None or math.isfinite(fix.time)
    return shares and headings and speeds and times


@calm
@given(messages)
def test_no_native_message_breaks_the_decoder(message: dict[str, object]) -> None:
    for fix in decode_native(json.dumps(message).encode()):
        assert sound(fix)
        orjson.dumps(printable(fix.raw))


@calm
@given(messages)
def test_no_osmand_message_breaks_the_decoder(message: dict[str, object]) -> None:
    fix = decode_osmand(message, now_s=NOW_S, zone=WIB)
    assert sound(fix)
    orjson.dumps(printable(fix.raw))


@calm
@given(st.binary(max_size=200))
def test_no_bytes_break_the_decoders(body: bytes) -> None:
    for decode in (decode_native, lambda data: decode_osmand_json(data, now_s=NOW_S, zone=WIB)):
        try:
            decode(body)
        except Undecodable as error:
            assert str(error) in {"not_json", "not_an_object"}
