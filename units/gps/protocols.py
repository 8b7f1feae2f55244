"""What phones send, decoded: bytes in, `Fix` values in SI units out. No I/O, no clock but the `now_s` passed in.

Sources of the field names: Traccar's OsmAndProtocolDecoder and Traccar Client (formats.md in the docs names
the traps: OsmAnd's `speed` is in knots, the newer JSON's in metres a second; battery is percent in one and
a share in the other; times are seconds, milliseconds or ISO).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import parse_qsl

import orjson

KNOT_MPS = 1852 / 3600
SECONDS_BELOW = 2_147_483_647  # Traccar: a smaller timestamp is in seconds, a larger one in milliseconds
MAX_FIELDS = 100
MAX_FIXES = 20_000  # of one request: what the writer takes at once
RAW_KEYS = 40
RAW_TEXT = 120

Fields = Mapping[str, Any]


class Undecodable(ValueError):
    """A body that is not what its content type says. The message is a reason for the quarantine."""


@dataclass(slots=True)
class Fix:
    """One report of a device, in SI units; None is "not said". nan in lat or lon is "said, but not a number".

    time       seconds since 1970 UTC; None when it was said but could not be read
    battery    share from 0 to 1
    valid      False when the device itself says that this is no position of now
    fault      why it could not be decoded at all; "" when it was
    raw        what was sent, for the quarantine; never holds the token
    """

    time: float | None
    lat: float | None = None
    lon: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    altitude_m: float | None = None
    battery: float | None = None
    mock: bool = False
    valid: bool = True
    fault: str = ""
    raw: Fields | None = None

    @property
    def is_heartbeat(self) -> bool:
        """Whether the device only says that it lives."""
        return self.lat is None and self.lon is None


# --- Native JSON: /gps/fixes ------------------------------------------------------------------------


def decode_native(body: bytes) -> list[Fix]:
    """One object, an array of them, or {"fixes": [...]}. Raises Undecodable.

    Fields: recorded_at (ISO 8601 with zone, or epoch s or ms), lat, lon, speed_mps, heading_deg, accuracy_m,
    altitude_m, battery (share 0 to 1), mock.
    """
    data = read_json(body)
    if isinstance(data, dict) and "fixes" in data:
        data = data["fixes"]
    items = data if isinstance(data, list) else [data]
    if len(items) > MAX_FIXES:
        raise Undecodable("too_many_fixes")
    return [_native_fix(item) for item in items]


def _native_fix(item: object) -> Fix:
    if not isinstance(item, dict):
        return Fix(time=None, fault="not_an_object", raw={"value": item})
    return Fix(
        time=read_time(item.get("recorded_at")),
        lat=_coordinate(item.get("lat")),
        lon=_coordinate(item.get("lon")),
        speed_mps=_at_least_0(item.get("speed_mps")),
        heading_deg=_heading(item.get("heading_deg")),
        accuracy_m=_at_least_0(item.get("accuracy_m")),
        altitude_m=number(item.get("altitude_m")),
        battery=_share(number(item.get("battery"))),
        mock=_flag(item.get("mock")),
        raw=item,
    )


# --- OsmAnd and Traccar Client: /gps/osmand -----------------------------------------------------------


def read_form(text: str) -> dict[str, str]:
    """Keys and first values of a query or form body. Raises Undecodable for more than MAX_FIELDS of them."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Undecodable("too_many_fields") from error
    return dict(reversed(pairs))


def osmand_identity(fields: Fields) -> str:
    """The token in a query, form or flat JSON object: `id` or `deviceid`; "" when there is none."""
    return str(fields.get("id") or fields.get("deviceid") or "")


def decode_osmand(fields: Fields, *, now_s: float, zone: tzinfo) -> Fix:
    """One report of OsmAnd or Traccar Client up to v8 (query) and v10 (form, or flat JSON). `speed` is in knots.

    Without `timestamp` it is now. `zone` is what `yyyy-MM-dd HH:mm:ss` is read in.
    """
    lat, lon = fields.get("lat"), fields.get("lon")
    if lat is None and lon is None and "location" in fields:
        lat, _comma, lon = str(fields["location"]).partition(",")
    speed_kn = _at_least_0(fields.get("speed"))
    speed_mps = _at_least_0(fields.get("speed_mps")) if speed_kn is None else speed_kn * KNOT_MPS
    percent = number(fields.get("batt"))
    return Fix(
        time=now_s if fields.get("timestamp") in (None, "") else read_time(fields["timestamp"], zone=zone),
        lat=_coordinate(lat),
        lon=_coordinate(lon),
        speed_mps=speed_mps,
        heading_deg=_heading(fields.get("bearing", fields.get("heading"))),
        accuracy_m=_at_least_0(fields.get("accuracy")),
        altitude_m=number(fields.get("altitude")),
        battery=_share(None if percent is None else percent / 100),
        mock=_flag(fields.get("mock")),
        valid="valid" not in fields or _flag(fields["valid"]),
        raw={key: value for key, value in fields.items() if key not in ("id", "deviceid")},
    )


def decode_osmand_json(body: bytes, *, now_s: float, zone: tzinfo) -> tuple[str, list[Fix]]:
    """The token and the fixes of a JSON body: Client v9's object, or one or an array of v10's flat objects.

    An array speaks for the device of its first object; what speaks for another device is at fault. Raises Undecodable.
    """
    data = read_json(body)
    items = data if isinstance(data, list) else [data]
    objects = [item for item in items if isinstance(item, dict)]
    if not objects or len(objects) < len(items):
        raise Undecodable("not_an_object")
    token = _json_identity(objects[0])
    return token, [
        _json_fix(item, now_s=now_s, zone=zone) if _json_identity(item) == token else Fix(None, fault="other_device")
        for item in objects
    ]


def _json_identity(item: dict[str, Any]) -> str:
    return str(item.get("device_id") or "") or osmand_identity(item)


def _json_fix(item: dict[str, Any], *, now_s: float, zone: tzinfo) -> Fix:
    if "device_id" not in item:
        return decode_osmand(item, now_s=now_s, zone=zone)
    return _decode_v9(item.get("location"), now_s=now_s)


def _decode_v9(location: object, *, now_s: float) -> Fix:
    """Traccar Client v9: metres a second, battery as a share, -1 for unknown; no `coords` in a heartbeat."""
    place = location if isinstance(location, dict) else {}
    coords = _object(place, "coords")
    time = place.get("timestamp")
    return Fix(
        time=now_s if time is None else read_time(time),
        lat=_coordinate(coords.get("latitude")),
        lon=_coordinate(coords.get("longitude")),
        speed_mps=_at_least_0(coords.get("speed")),
        heading_deg=_heading(coords.get("heading")),
        accuracy_m=_at_least_0(coords.get("accuracy")),
        altitude_m=number(coords.get("altitude")),
        battery=_share(number(_object(place, "battery").get("level"))),
        mock=_flag(place.get("mock")),
        raw={**place, **coords},
    )


def _object(parent: dict[str, Any], key: str) -> dict[str, Any]:
    inner = parent.get(key)
    return inner if isinstance(inner, dict) else {}


# --- Values -----------------------------------------------------------------------------------------


def read_json(body: bytes) -> Any:
    """A JSON body. NaN, Infinity and half characters, which some senders write, spoil one fix and not all.

    Raises Undecodable.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass  # Python's own reader is slower and takes more
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Undecodable("not_json") from None


def number(value: object) -> float | None:
    """A finite number from a number or its text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def _coordinate(value: object) -> float | None:
    """A coordinate in degrees; nan when something was said that is no number."""
    if value is None:
        return None
    result = number(value)
    return math.nan if result is None else result


def _at_least_0(value: object) -> float | None:
    result = number(value)
    return result if result is not None and result >= 0 else None


def _heading(value: object) -> float | None:
    """Degrees from 0 to below 360; a negative one is how phones say "unknown"."""
    result = _at_least_0(value)
    return result % 360 if result is not None and result <= 360 else None


def _share(value: float | None) -> float | None:
    return value if value is not None and 0 <= value <= 1 else None


def _flag(value: object) -> bool:
    return value is True or value == 1 or str(value).lower() in {"true", "1"}


def read_time(value: object, *, zone: tzinfo | None = None) -> float | None:
    """Seconds since 1970 UTC from epoch seconds or milliseconds (as number or text) or ISO 8601 with a zone.

    zone  what a time without zone is read in; without it such a time is not believed
    None when it cannot be read.
    """
    seconds = number(value)
    if seconds is not None:
        return seconds if abs(seconds) < SECONDS_BELOW else seconds / 1000
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return None if moment.tzinfo is None else _timestamp(moment)


def _timestamp(moment: datetime) -> float | None:
    try:
        return moment.timestamp()
    except (OverflowError, ValueError):
        return None


def printable(raw: Fields | None) -> dict[str, Any]:
    """What was sent as something that PostgreSQL can keep as JSON: short, flat, without NUL or half characters."""
    items = list((raw or {}).items())[:RAW_KEYS]
    return {_text(key): _scalar(value) for key, value in items}


def _scalar(value: object) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < 1e15:  # false for nan and inf too
        return value
    return _text(value)


def _text(value: object) -> str:
    text = str(value)[:RAW_TEXT].replace("\x00", "�")
    return text.encode("utf-8", "replace").decode()
