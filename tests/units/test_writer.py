"""The writer against a database that is whole, refuses a row, hangs, or goes away."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
import pytest
from django.db import connection

from maps.database import conninfo
from tests.units.makers import make_device, make_station, make_unit
from units.gps import writer as module
from units.gps.writer import Outcome, Row, Unavailable, Writer
from units.models import Device, LastFix, Position, UnitFault

pytestmark = pytest.mark.django_db(transaction=True, available_apps=["units"])
T = TypeVar("T")
NOW_S = time.time()


@pytest.fixture(autouse=True)
def no_positions() -> None:
    """The history is not Django's to empty."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE units_position")


@pytest.fixture
def device() -> Device:
    return make_device()[0]


def row(device: Device, ago_s: float = 0, accuracy_m: float = 5) -> Row:
    time_s = NOW_S - ago_s
    return Row(device.pk, device.unit_id, time_s, NOW_S, 102.26, -3.79, None, None, accuracy_m, None, None, False)


def with_writer(scenario: Callable[[Writer], Awaitable[T]], writers: int = 1) -> T:
    """Run a scenario with a writer, or the first of several that all work."""

    async def run() -> T:
        all_of_them = [Writer() for _ in range(writers)]
        for writer in all_of_them:
            writer.start()
        try:
            return await scenario(all_of_them[0])
        finally:
            for writer in all_of_them:
                await writer.stop()

    return asyncio.run(run())


def test_nothing_to_store_needs_no_database() -> None:
    assert asyncio.run(Writer().store([], [])) == Outcome()


def test_requests_that_come_together_share_a_commit(device: Device) -> None:
    async def scenario(writer: Writer) -> None:
        await asyncio.gather(*(writer.store([row(device, n)], []) for n in range(50)))

    with_writer(scenario)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT xmin::text) FROM units_position")
        stored, transactions = cursor.fetchone()
    assert stored == 50
    assert transactions <= 2


def test_a_row_that_the_database_refuses_costs_nobody_else(device: Device) -> None:
    other = make_device()[0]

    async def scenario(writer: Writer) -> list[Outcome]:
        parcels = [[row(device, n)] for n in range(9)]
        parcels.insert(4, [row(other, 1), row(other, 2, accuracy_m=666), row(other, 3)])
        return await asyncio.gather(*(writer.store(rows, []) for rows in parcels))

    with refusing("units_position", "accuracy_m <> 666"):
        outcomes = with_writer(scenario)
    assert outcomes[4].unstorable == {1}
    assert all(outcome == Outcome() for n, outcome in enumerate(outcomes) if n != 4)
    assert Position.objects.count() == 11
    assert UnitFault.objects.get().reason == "unstorable"
    assert LastFix.objects.get(unit=other.unit_id).device_id == other.pk


@contextmanager
def refusing(table: str, condition: str) -> Iterator[None]:
    """The database refuses rows of a table inside the block."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT refusing CHECK ({condition})")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT refusing")


def test_writers_that_store_the_same_units_in_any_order_do_not_lock_each_other_out() -> None:
    station = make_station()
    devices = [make_device(make_unit(station))[0] for _ in range(20)]
    chance = random.Random(7)

    async def scenario(writer: Writer) -> None:
        second = Writer()
        second.start()
        batches = []
        for n in range(100):
            rows = [row(device, n) for device in chance.sample(devices, 15)]
            batches.append(chance.choice([writer, second]).store(rows, []))
        await asyncio.gather(*batches)
        await second.stop()

    with_writer(scenario)
    assert Position.objects.count() == 1500
    newest = dict(Position.objects.order_by("recorded_at").values_list("unit_id", "recorded_at"))
    assert dict(LastFix.objects.values_list("unit_id", "recorded_at")) == newest
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert cursor.fetchone() == (0,)


def test_a_database_that_hangs_is_said_in_time_and_then_recovers(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DEADLINE_S", 0.5)
    monkeypatch.setattr(module, "STATEMENT_TIMEOUT_MS", 300)

    async def scenario(writer: Writer) -> float:
        began = time.monotonic()
        with psycopg.connect(conninfo()) as blocking:
            blocking.execute("LOCK units_lastfix")
            with pytest.raises(Unavailable):
                await writer.store([row(device)], [])
            waited_s = time.monotonic() - began
            blocking.rollback()
        await retried(writer, [row(device, 1)])
        return waited_s

    assert with_writer(scenario) < 1.5
    assert Position.objects.filter(recorded_at__lt=LastFix.objects.get().recorded_at).count() <= 1
    assert LastFix.objects.count() == 1


async def retried(writer: Writer, rows: list[Row]) -> Outcome:
    """What a phone does: come again until it is taken."""
    for _ in range(20):
        try:
            return await writer.store(rows, [])
        except Unavailable:
            await asyncio.sleep(0.2)
    raise AssertionError("the writer did not recover")


def test_a_connection_that_is_cut_loses_nothing(device: Device) -> None:
    async def scenario(writer: Writer) -> int:
        await writer.store([row(device, 1)], [])
        cut = await asyncio.to_thread(cut_connections)
        await asyncio.gather(*(retried(writer, [row(device, n)]) for n in range(2, 20)))
        return cut

    assert with_writer(scenario) >= 1
    assert Position.objects.count() == 19


def cut_connections() -> int:
    with psycopg.connect(conninfo(), autocommit=True) as other:
        rows = other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'geo112 gps'"
        ).fetchall()
    return len(rows)


def test_what_does_not_fit_is_refused_at_once(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING_ROWS", 10)

    async def scenario() -> float:
        writer = Writer()
        first = asyncio.create_task(writer.store([row(device, n) for n in range(10)], []))
        await asyncio.sleep(0)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await writer.store([row(device, 11)], [])
        waited_s = time.monotonic() - began
        writer.start()
        await first
        await writer.stop()
        return waited_s

    assert asyncio.run(scenario()) < 0.1
    assert Position.objects.count() == 10


def test_one_statement_announces_all_its_units_once() -> None:
    station = make_station()
    devices = [make_device(make_unit(station))[0] for _ in range(3)]

    async def scenario(writer: Writer) -> None:
        await writer.store([row(device, n) for device in devices for n in range(3)], [])

    with psycopg.connect(conninfo(), autocommit=True) as listening:
        listening.execute("LISTEN geo112")
        with_writer(scenario)
        heard = [notice.payload for notice in listening.notifies(timeout=0.5)]
    assert heard == ["units:" + ",".join(str(device.unit_id) for device in devices)]


def test_a_late_fix_is_not_announced(device: Device) -> None:
    async def scenario(writer: Writer) -> None:
        await writer.store([row(device)], [])
        with psycopg.connect(conninfo(), autocommit=True) as listening:
            listening.execute("LISTEN geo112")
            await writer.store([row(device, 60)], [])
            assert not list(listening.notifies(timeout=0.3))

    with_writer(scenario)
    assert Position.objects.count() == 2
