"""The GPS door: a plain ASGI application for what phones post, beside Django's request cycle (design §3, §6).

    POST /gps/fixes              native JSON, `Authorization: Bearer TOKEN`
    GET, POST /gps/osmand        OsmAnd and Traccar Client: query, form or JSON; `id` is the token

A known device always gets 2xx once its request is committed, whatever is wrong with the fixes in it: they are
quarantined and named in the answer. Only a bad identity is 4xx (and a request that is no request: method, path,
size); trouble of ours is 503 with Retry-After. Tokens never reach a log.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import psycopg
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope
from django.conf import settings

from units.gps import protocols
from units.gps.checks import Rejection, sort_out
from units.gps.protocols import Fix, Undecodable, printable
from units.gps.registry import Identity, Registry
from units.gps.upkeep import keep_partitions
from units.gps.writer import BadRow, Row, Unavailable, Writer

MAX_BODY_BYTES = 1 << 20
RETRY_AFTER_S = b"5"
MAX_KEPT_RAW = 20  # of one request; the rest is only counted

NATIVE_TYPES = frozenset({b"", b"application/json", b"text/plain"})
FORM_TYPES = frozenset({b"", b"application/x-www-form-urlencoded", b"text/plain"})
JSON_TYPE = b"application/json"
JSON_HEADER = (b"content-type", b"application/json")
TEXT_HEADER = (b"content-type", b"text/plain; charset=utf-8")

log = logging.getLogger(__name__)


class Refused(Exception):
    """The request gets this answer and nothing is stored."""

    def __init__(self, status: int, code: str, *headers: tuple[bytes, bytes]) -> None:
        self.status = status
        self.code = code
        self.headers = headers


@dataclass(slots=True)
class State:
    """What runs beside the requests of one process."""

    writer: Writer
    registry: Registry
    upkeep: asyncio.Task[None]


_state: State | None = None


async def startup() -> None:
    """Start to store and to know devices. Does not wait for the database."""
    global _state  # noqa: PLW0603 - one door a process, started and stopped by the server's lifespan
    _state = State(Writer(), Registry(), asyncio.create_task(_keep_partitions()))
    _state.writer.start()
    _state.registry.start()


async def shutdown() -> None:
    """Store what waits, then end everything that `startup` began."""
    global _state
    state, _state = _state, None
    if state is not None:
        await state.writer.stop()
        await state.registry.stop()
        state.upkeep.cancel()
        await asyncio.gather(state.upkeep, return_exceptions=True)


async def _keep_partitions() -> None:
    """Partitions for the coming days at start-up; the worker's daily task is the one to rely on."""
    try:
        await asyncio.to_thread(keep_partitions)
    except psycopg.Error as error:
        log.warning("GPS: partitions could not be made at start-up (%s).", error.sqlstate)


async def door(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """The ASGI application for everything under /gps/."""
    try:
        status, body, headers = await _answer(scope, receive)
    except Refused as refused:
        body = orjson.dumps({"error": {"code": refused.code, "message": refused.code, "field": None, "detail": {}}})
        status, headers = refused.status, [JSON_HEADER, *refused.headers]
    except Unavailable:
        status, body, headers = 503, b"", [TEXT_HEADER, (b"retry-after", RETRY_AFTER_S)]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})


Answer = tuple[int, bytes, list[tuple[bytes, bytes]]]


async def _answer(scope: HTTPScope, receive: ASGIReceiveCallable) -> Answer:
    path, method = scope["path"], scope["method"]
    if path == "/gps/fixes":
        if method != "POST":
            raise Refused(405, "method_not_allowed", (b"allow", b"POST"))
        return await _native(scope, receive)
    if path == "/gps/osmand":
        if method not in ("GET", "POST"):
            raise Refused(405, "method_not_allowed", (b"allow", b"GET, POST"))
        return await _osmand(scope, receive)
    raise Refused(404, "not_found")


# --- The two protocols --------------------------------------------------------------------------------


async def _native(scope: HTTPScope, receive: ASGIReceiveCallable) -> Answer:
    headers = _headers(scope)
    if _content_type(headers) not in NATIVE_TYPES:
        raise Refused(415, "unsupported_media_type")
    body = await _read_body(receive, headers)
    identity = await _identify(_bearer(headers))
    if identity is None:
        raise Refused(401, "unknown_device", (b"www-authenticate", b'Bearer realm="geo112"'))
    try:
        fixes = protocols.decode_native(body)
    except Undecodable as error:
        fixes = [_spoiled(error)]
    stored, duplicates, rejected = await _store(identity, fixes)
    return 200, orjson.dumps({"stored": stored, "duplicates": duplicates, "rejected": rejected}), [JSON_HEADER]


async def _osmand(scope: HTTPScope, receive: ASGIReceiveCallable) -> Answer:
    headers = _headers(scope)
    content_type = _content_type(headers)
    body = await _read_body(receive, headers) if scope["method"] == "POST" else b""
    if content_type == JSON_TYPE and body:
        token, fixes = _osmand_json(body)
        unknown = 404
    elif content_type in FORM_TYPES or scope["query_string"]:
        token, fixes = _osmand_form(scope["query_string"] or body)
        unknown = 400
    else:
        raise Refused(415, "unsupported_media_type")
    identity = await _identify(token or _bearer(headers))
    if identity is None:
        raise Refused(unknown, "unknown_device")
    await _store(identity, fixes)
    return 200, b"", [TEXT_HEADER]


def _osmand_form(text: bytes) -> tuple[str, list[Fix]]:
    try:
        fields = protocols.read_form(text.decode("utf-8", "replace"))
    except Undecodable as error:
        raise Refused(400, str(error)) from error
    return protocols.osmand_identity(fields), [
        protocols.decode_osmand(fields, now_s=time.time(), zone=ZoneInfo(settings.TIME_ZONE))
    ]


def _osmand_json(body: bytes) -> tuple[str, list[Fix]]:
    """The identity is in the body: one that cannot be read has none, which is a bad identity."""
    try:
        return protocols.decode_osmand_json(body, now_s=time.time(), zone=ZoneInfo(settings.TIME_ZONE))
    except Undecodable as error:
        raise Refused(400, str(error)) from error


def _spoiled(error: Undecodable) -> Fix:
    return Fix(time=None, fault=str(error))


async def _identify(token: str) -> Identity | None:
    if _state is None:
        raise Unavailable
    return await _state.registry.find(token)


async def _store(identity: Identity, fixes: Sequence[Fix]) -> tuple[int, int, list[dict[str, Any]]]:
    """Check and store; returns how many were new, how many were known, and the rejected by index."""
    if _state is None:
        raise Unavailable
    now_s = time.time()
    good, bad = sort_out(fixes, now_s=now_s, memory=identity.memory)
    rows = [_row(identity, fix, now_s) for _index, fix in good]
    outcome = await _state.writer.store(rows, _bad_rows(identity, bad, now_s))
    rejected = [(index, rejection.reason) for index, _fix, rejection in bad]
    rejected += [(good[n][0], "unstorable") for n in outcome.unstorable]
    stored = len(good) - len(outcome.duplicates) - len(outcome.unstorable)
    return stored, len(outcome.duplicates), [{"index": index, "reason": reason} for index, reason in sorted(rejected)]


def _row(identity: Identity, fix: Fix, now_s: float) -> Row:
    assert fix.time is not None and fix.lon is not None and fix.lat is not None
    return Row(
        identity.device_id,
        identity.unit_id,
        fix.time,
        now_s,
        fix.lon,
        fix.lat,
        fix.speed_mps,
        fix.heading_deg,
        fix.accuracy_m,
        fix.altitude_m,
        fix.battery,
        fix.mock,
    )


def _bad_rows(identity: Identity, bad: Iterable[tuple[int, Fix, Rejection]], now_s: float) -> list[BadRow]:
    return [
        BadRow(
            identity.device_id,
            identity.unit_id,
            now_s,
            rejection.reason,
            rejection.detail,
            printable(fix.raw) if n < MAX_KEPT_RAW else None,
        )
        for n, (_index, fix, rejection) in enumerate(bad)
    ]


# --- HTTP ---------------------------------------------------------------------------------------------


def _headers(scope: HTTPScope) -> dict[bytes, bytes]:
    return dict(scope["headers"])


def _content_type(headers: dict[bytes, bytes]) -> bytes:
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def _bearer(headers: dict[bytes, bytes]) -> str:
    scheme, _space, token = headers.get(b"authorization", b"").partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


async def _read_body(receive: ASGIReceiveCallable, headers: dict[bytes, bytes]) -> bytes:
    """The whole body. Refuses one over MAX_BODY_BYTES, and a sender that left in the middle."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        raise Refused(413, "body_too_large")
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "sender_left")
        if message["type"] != "http.request":
            continue
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BODY_BYTES:
            raise Refused(413, "body_too_large")
        if not message.get("more_body", False):
            return b"".join(chunks)
