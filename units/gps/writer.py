"""Stores the fixes of all requests together: one statement for whatever came in during a few milliseconds.

A request is answered after its rows are committed. While the database is slow or gone requests are refused
(`Unavailable`), nothing is lost in silence, and the writer recovers by itself. A row that the database refuses
is found by halving the batch and set aside, so that it costs nobody else.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import orjson
import psycopg

from maps.database import conninfo

SQL = Path(__file__).parent.parent / "sql"
STORE = (SQL / "store_fixes.sql").read_text()
QUARANTINE = (SQL / "quarantine.sql").read_text()

WRITERS = 2
GATHER_S = 0.003
MAX_BATCH_ROWS = 500
MAX_WAITING_ROWS = 20_000
DEADLINE_S = 5.0
STATEMENT_TIMEOUT_MS = 4000
HANGING_S = 2 * DEADLINE_S
RECONNECT_S = 0.5

log = logging.getLogger(__name__)


class Unavailable(Exception):
    """The database is slow or gone, or too much waits for it: the sender should come again later."""


class Row(NamedTuple):
    """One fix as the database takes it; times are seconds since 1970."""

    device_id: int
    unit_id: int
    recorded_at: float
    received_at: float
    lon: float
    lat: float
    speed_mps: float | None
    heading_deg: float | None
    accuracy_m: float | None
    altitude_m: float | None
    battery: float | None
    mock: bool


class BadRow(NamedTuple):
    """One fix for the quarantine; `raw` is None when it is only counted."""

    device_id: int
    unit_id: int
    received_at: float
    reason: str
    detail: dict[str, float]
    raw: dict[str, object] | None


@dataclass(slots=True)
class Outcome:
    """What became of the rows of one request, by their index in it."""

    duplicates: set[int] = field(default_factory=set)
    unstorable: set[int] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Parcel:
    """The rows of one request on their way, and the answer that it waits for."""

    rows: Sequence[Row]
    bad: Sequence[BadRow]
    answer: asyncio.Future[Outcome]
    give_up_at: float

    @property
    def size(self) -> int:
        return len(self.rows) + len(self.bad)

    def finish(self, outcome: Outcome) -> None:
        if not self.answer.done():
            self.answer.set_result(outcome)

    def refuse(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(Unavailable())


class Writer:
    """Gathers parcels and stores them over connections of its own."""

    def __init__(self) -> None:
        self._waiting: deque[Parcel] = deque()
        self._waiting_rows = 0
        self._in_flight: dict[psycopg.AsyncConnection, list[Parcel]] = {}
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to store. Call from within the event loop."""
        self._tasks = [asyncio.create_task(self._work(), name=f"gps-writer-{n}") for n in range(WRITERS)]
        self._tasks.append(asyncio.create_task(self._expire(), name="gps-deadlines"))

    async def stop(self) -> None:
        """Store what waits, as long as the deadline allows, then end."""
        limit = time.monotonic() + DEADLINE_S
        while self._waiting and time.monotonic() < limit:
            await asyncio.sleep(GATHER_S)
        for task in self._tasks:
            task.cancel()
        parcels = [*chain(self._waiting, *self._in_flight.values())]
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for parcel in parcels:
            parcel.refuse()

    async def store(self, rows: Sequence[Row], bad: Sequence[BadRow]) -> Outcome:
        """Store both kinds of rows; returns after the commit. Raises Unavailable."""
        size = len(rows) + len(bad)
        if not size:
            return Outcome()
        if self._waiting_rows + size > MAX_WAITING_ROWS:
            raise Unavailable
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._put(Parcel(rows, bad, future, time.monotonic() + DEADLINE_S))
        return await future

    def _put(self, parcel: Parcel) -> None:
        self._waiting.append(parcel)
        self._waiting_rows += parcel.size
        self._wake.set()

    def _put_back(self, parcels: Sequence[Parcel]) -> None:
        self._waiting.extendleft(reversed(parcels))
        self._waiting_rows += sum(parcel.size for parcel in parcels)
        self._wake.set()

    def _take(self) -> list[Parcel]:
        """Parcels for one statement, oldest first; those that gave up are left out."""
        parcels: list[Parcel] = []
        rows = 0
        while self._waiting and (not parcels or rows + self._waiting[0].size <= MAX_BATCH_ROWS):
            parcel = self._waiting.popleft()
            self._waiting_rows -= parcel.size
            if not parcel.answer.done():
                parcels.append(parcel)
                rows += parcel.size
        if not self._waiting:
            self._wake.clear()
        return parcels

    async def _expire(self) -> None:
        """Refuse what has waited too long, also while every connection hangs."""
        while True:
            await asyncio.sleep(0.25)
            now = time.monotonic()
            for parcel in chain(self._waiting, *self._in_flight.values()):
                if parcel.give_up_at < now:
                    parcel.refuse()

    async def _work(self) -> None:
        """One connection's life: connect, store batches, and begin again when it breaks."""
        while True:
            try:
                async with connected() as connection:
                    while True:
                        await self._store_next(connection)
            except (psycopg.OperationalError, TimeoutError) as error:
                log.warning("GPS: the database is gone (%s), trying again.", type(error).__name__)
            except Exception:  # whatever it was, the next request must find a writer
                log.exception("GPS: the writer failed, beginning again.")
            await asyncio.sleep(RECONNECT_S)

    async def _store_next(self, connection: psycopg.AsyncConnection) -> None:
        await self._wake.wait()
        await asyncio.sleep(GATHER_S)
        parcels = self._take()
        if not parcels:
            return
        self._in_flight[connection] = parcels
        try:
            async with asyncio.timeout(HANGING_S):
                await store_batch(connection, parcels)
        except (psycopg.OperationalError, TimeoutError) as error:
            self._put_back([parcel for parcel in parcels if not parcel.answer.done()])
            if connection.closed or isinstance(error, TimeoutError):
                raise
            log.warning("GPS: a batch of %d failed (%s), trying again.", len(parcels), error.sqlstate)
            await asyncio.sleep(RECONNECT_S)
        except BaseException:
            for parcel in parcels:
                parcel.refuse()
            raise
        finally:
            del self._in_flight[connection]


@asynccontextmanager
async def connected() -> AsyncIterator[psycopg.AsyncConnection]:
    """A connection for the writer. Raises psycopg.OperationalError."""
    async with await psycopg.AsyncConnection.connect(
        conninfo(), autocommit=True, connect_timeout=5, application_name="geo112 gps", prepare_threshold=0
    ) as connection:
        await connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
        await connection.execute("SET synchronous_commit = on")
        yield connection


async def store_batch(connection: psycopg.AsyncConnection, parcels: Sequence[Parcel]) -> None:
    """Store the parcels in one transaction, or in smaller ones when the database refuses a row of it.

    Raises psycopg.OperationalError; parcels that were stored before have their answer then.
    """
    try:
        outcomes = await _commit(connection, parcels)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        await _store_halves(connection, parcels, error)
        return
    for parcel, outcome in zip(parcels, outcomes, strict=True):
        parcel.finish(outcome)


async def _store_halves(connection: psycopg.AsyncConnection, parcels: Sequence[Parcel], error: psycopg.Error) -> None:
    if len(parcels) > 1:
        middle = len(parcels) // 2
        await store_batch(connection, parcels[:middle])
        await store_batch(connection, parcels[middle:])
        return
    log.warning("GPS: a request cannot be stored as it is (%s), setting its bad row aside.", error.sqlstate)
    parcels[0].finish(await _store_one_by_one(connection, parcels[0]))


async def _store_one_by_one(connection: psycopg.AsyncConnection, parcel: Parcel) -> Outcome:
    """Store the rows of one request singly; those that the database refuses are quarantined without their raw text."""
    result = Outcome()
    refused = [bad._replace(raw=None) for bad in parcel.bad]
    for index, row in enumerate(parcel.rows):
        try:
            if await _store_rows(connection, [row]):
                result.duplicates.add(index)
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            log.warning("GPS: device %s sent a row that cannot be stored (%s).", row.device_id, error.sqlstate)
            result.unstorable.add(index)
            refused.append(BadRow(row.device_id, row.unit_id, row.received_at, "unstorable", {}, None))
    try:
        await _store_bad(connection, refused)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        log.warning(
            "GPS: not even the quarantine takes what device %s sent (%s).", refused[0].device_id, error.sqlstate
        )
    return result


async def _commit(connection: psycopg.AsyncConnection, parcels: Sequence[Parcel]) -> list[Outcome]:
    """One transaction for all parcels; where only one kind of row is there, its statement is the transaction."""
    rows, places, outcomes = _unique_rows(parcels)
    bad = [row for parcel in parcels for row in parcel.bad]
    if rows and bad:
        async with connection.transaction():
            known = await _store_rows(connection, rows)
            await _store_bad(connection, bad)
    else:
        known = await _store_rows(connection, rows)
        await _store_bad(connection, bad)
    for n in known:
        parcel, index = places[n]
        outcomes[parcel].duplicates.add(index)
    return outcomes


def _unique_rows(parcels: Sequence[Parcel]) -> tuple[list[Row], list[tuple[int, int]], list[Outcome]]:
    """Rows with each (device, time) once, where each comes from, and outcomes that note the repeated ones."""
    rows: list[Row] = []
    places: list[tuple[int, int]] = []
    outcomes = [Outcome() for _ in parcels]
    seen: set[tuple[int, float]] = set()
    for n, parcel in enumerate(parcels):
        for index, row in enumerate(parcel.rows):
            key = (row.device_id, round(row.recorded_at, 6))
            if key in seen:
                outcomes[n].duplicates.add(index)
                continue
            seen.add(key)
            rows.append(row)
            places.append((n, index))
    return rows, places, outcomes


async def _store_rows(connection: psycopg.AsyncConnection, rows: Sequence[Row]) -> list[int]:
    """Store rows; returns the indices of those that were there before."""
    if not rows:
        return []
    cursor = await connection.execute(STORE, [_array(column) for column in zip(*rows, strict=True)], prepare=True)
    found = await cursor.fetchone()
    return list(found[0]) if found else []


def _array(column: tuple[float | None, ...]) -> str:
    """A column as PostgreSQL's array text, whose type the statement says: one prepared statement fits all batches."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in column]) + "}"


async def _store_bad(connection: psycopg.AsyncConnection, bad: Sequence[BadRow]) -> None:
    if not bad:
        return
    device_ids, unit_ids, received, reasons, details, raws = zip(*bad, strict=True)
    await connection.execute(
        QUARANTINE,
        [
            list(device_ids),
            list(unit_ids),
            list(received),
            list(reasons),
            [orjson.dumps(detail).decode() for detail in details],
            [None if raw is None else orjson.dumps(raw).decode() for raw in raws],
        ],
    )
