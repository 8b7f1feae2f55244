"""Which device a token belongs to, remembered in the process for as long as the database's word stands.

A connection of its own hears when devices change and gives a sign of life twice a second; without one, nothing
that was read more than a second ago is believed. So a revoked token is refused within a second on every host.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import psycopg

from maps.database import conninfo
from units.gps.checks import Known, Memory
from units.gps.writer import Unavailable
from units.rules import token_hash

CHANNEL = "geo112_devices"
TRUST_S = 1.0
PULSE_S = 0.5
LOOKUP_TIMEOUT_S = 3.0
RECONNECT_S = 0.5
MAX_KNOWN = 50_000
MAX_ASKED = 5_000
MAX_TOKEN_LENGTH = 200

FIND = """
SELECT
    d.token_hash, d.id, d.unit_id, extract(epoch FROM d.expires_at)::float8,
    extract(epoch FROM f.recorded_at)::float8, ST_Y(f.point::geometry), ST_X(f.point::geometry)
FROM units_device d
LEFT JOIN units_lastfix f ON f.unit_id = d.unit_id AND f.device_id = d.id
WHERE d.token_hash = ANY (%s) AND d.revoked_at IS NULL
"""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Identity:
    """A device that may enter, the unit it speaks for, and what this process remembers of its positions."""

    device_id: int
    unit_id: int
    expires_at: float | None
    memory: Memory = field(default_factory=Memory)


class Registry:
    """Finds identities by token: all that are asked for at one time in one query."""

    def __init__(self) -> None:
        self._known: dict[bytes, Identity | None] = {}
        self._trusted_until = 0.0
        self._asked: dict[bytes, asyncio.Future[Identity | None]] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen. Call from within the event loop."""
        self._task = asyncio.create_task(self._work(), name="gps-devices")

    async def stop(self) -> None:
        """End the task and close its connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._refuse_asked()

    async def find(self, token: str) -> Identity | None:
        """The device behind a token; None when it may not enter. Raises Unavailable."""
        if not token or len(token) > MAX_TOKEN_LENGTH or not token.isascii():
            return None
        key = token_hash(token)
        if time.monotonic() < self._trusted_until and key in self._known:
            identity = self._known[key]
        else:
            identity = await self._ask(key)
        expired = identity is not None and identity.expires_at is not None and identity.expires_at <= time.time()
        return None if expired else identity

    async def _ask(self, key: bytes) -> Identity | None:
        future = self._asked.get(key)
        if future is None:
            if len(self._asked) >= MAX_ASKED:
                raise Unavailable
            future = self._asked[key] = asyncio.get_running_loop().create_future()
            self._wake.set()
        return await asyncio.shield(future)

    async def _work(self) -> None:
        """Connect, listen, answer questions, and begin again when the connection breaks."""
        while True:
            try:
                async with self._connected() as connection:
                    while True:
                        async with asyncio.timeout(PULSE_S + LOOKUP_TIMEOUT_S):
                            await self._pulse(connection)
            except (psycopg.OperationalError, TimeoutError) as error:
                log.warning("GPS: devices cannot be looked up (%s), trying again.", type(error).__name__)
            except Exception:  # whatever it was, the next request must find a registry
                log.exception("GPS: looking up devices failed, beginning again.")
            self._refuse_asked()
            await asyncio.sleep(RECONNECT_S)

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[psycopg.AsyncConnection]:
        async with await psycopg.AsyncConnection.connect(
            conninfo(), autocommit=True, connect_timeout=5, application_name="geo112 gps devices"
        ) as connection:
            connection.add_notify_handler(lambda _notice: self._forget())
            await connection.execute(f"LISTEN {CHANNEL}")
            self._forget()
            yield connection

    def _forget(self) -> None:
        self._known = {}

    async def _pulse(self, connection: psycopg.AsyncConnection) -> None:
        """Answer what is asked, or ask the database for a sign of life. Messages are heard on the way."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), PULSE_S)
        self._wake.clear()
        asked = list(self._asked)
        known, began = self._known, time.monotonic()
        cursor = await connection.execute(FIND, [asked], prepare=True)
        found = {bytes(row[0]): _identity(row[1:]) for row in await cursor.fetchall()}
        self._trusted_until = began + TRUST_S
        if known is not self._known:  # something changed while we read: ask again
            self._wake.set()
            return
        if len(self._known) > MAX_KNOWN:
            self._forget()
        for key in asked:
            self._answer(key, found.get(key))

    def _answer(self, key: bytes, identity: Identity | None) -> None:
        old = self._known.get(key)
        if old is not None and identity is not None and old.unit_id == identity.unit_id:
            identity.memory = old.memory
        self._known[key] = identity
        future = self._asked.pop(key)
        if not future.done():
            future.set_result(identity)

    def _refuse_asked(self) -> None:
        asked, self._asked = self._asked, {}
        for future in asked.values():
            if not future.done():
                future.set_exception(Unavailable())
                future.exception()  # retrieved, should nobody wait any more


def _identity(row: tuple[Any, ...]) -> Identity:
    device_id, unit_id, expires_at, time_s, lat, lon = row
    believed = None if time_s is None else Known(time_s, lat, lon)
    return Identity(device_id, unit_id, expires_at, Memory(believed))
