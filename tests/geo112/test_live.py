"""The live stream on a real database and a real bus; only the socket is a pair of queues."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.test import Client

from geo112 import live
from geo112.models import User
from tests.geo112.makers import make_user
from tests.incidents.makers import make_station, make_unit
from units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 20.0


class Page:
    """A page that reads the stream: what the browser's EventSource would do."""

    def __init__(self, user: User | None) -> None:
        client = Client()
        if user:
            client.force_login(user)
        cookies = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
        self.scope: Any = {
            "type": "http",
            "method": "GET",
            "path": "/live",
            "query_string": b"",
            "headers": [(b"cookie", cookies.encode()), (b"host", b"localhost")],
        }
        self.status = 0
        self.reading = asyncio.Event()
        self.reading.set()
        self._events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        await self.reading.wait()
        for block in message["body"].decode().split("\n\n"):
            if block:
                name, data = block.split("\n", 1)
                self._events.put_nowait((name.removeprefix("event: "), orjson.loads(data.removeprefix("data: "))))

    async def receive(self) -> Any:
        await asyncio.Event().wait()

    async def next(self, name: str) -> dict[str, Any]:
        """The next event of this name; others before it are passed over."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                got, data = await self._events.get()
                if got == name:
                    return data

    def queued(self) -> int:
        return self._events.qsize()


BUS = "FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN geo112' AND state = 'idle'"


def is_heard() -> bool:
    """Whether the hub hears the bus by now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {BUS}")
        return bool(cursor.fetchone()[0])


def close_connection() -> None:
    """Close the connection of the thread that this runs in."""
    connection.close()


@pytest.fixture
async def hub() -> AsyncIterator[live.Hub]:
    live.hub.start()
    async with asyncio.timeout(PATIENCE_S):
        while not await sync_to_async(is_heard)():
            await asyncio.sleep(0.02)
    yield live.hub
    await live.hub.stop()
    await sync_to_async(close_connection)()


@contextlib.asynccontextmanager
async def open_page(user: User | None) -> AsyncIterator[Page]:
    page = await sync_to_async(Page)(user)
    task = asyncio.create_task(live.live(page.scope, page.receive, page.send))
    try:
        yield page
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def unit() -> Iterator[Unit]:
    yield make_unit("DK-01")


def set_duty(unit: Unit, duty: str) -> None:
    Unit.objects.filter(pk=unit.pk).update(duty=duty)


async def test_a_stranger_gets_401() -> None:
    page = await sync_to_async(Page)(None)
    await live.live(page.scope, page.receive, page.send)
    assert page.status == 401
    await sync_to_async(close_connection)()


async def test_snapshot_first_then_what_changed(hub: live.Hub, unit: Unit) -> None:
    user = await sync_to_async(make_user)()
    async with open_page(user) as page:
        snapshot = await page.next("snapshot")
        assert [row["id"] for row in snapshot["units"]] == [unit.pk]
        await sync_to_async(set_duty)(unit, "out_of_service")
        change = await page.next("change")
        assert change["units"][0]["status"] == "out_of_service"
        assert change["units"][0]["version"] > snapshot["units"][0]["version"]
        assert page.status == 200


async def test_an_agency_sees_only_its_own_units(hub: live.Hub, unit: Unit) -> None:
    other = await sync_to_async(lambda: make_unit("AM-01", make_station("medical")))()
    agency = await sync_to_async(lambda: other.station.agency)()
    user = await sync_to_async(make_user)("agency", agency)
    async with open_page(user) as page:
        snapshot = await page.next("snapshot")
        assert [row["id"] for row in snapshot["units"]] == [other.pk]
        assert snapshot["calls"] == []


async def test_a_page_that_stops_reading_holds_nothing_up_and_gets_a_snapshot(hub: live.Hub, unit: Unit) -> None:
    user = await sync_to_async(make_user)()
    async with open_page(user) as slow, open_page(user) as quick:
        await slow.next("snapshot")
        await quick.next("snapshot")
        slow.reading.clear()
        for turn in range(live.QUEUE_LENGTH + 4):
            await sync_to_async(set_duty)(unit, ["available", "returning"][turn % 2])
            await quick.next("change")
        assert slow.queued() == 0
        slow.reading.set()
        snapshot = await slow.next("snapshot")
        assert snapshot["units"][0]["status"] == "returning"


async def test_after_the_bus_was_cut_every_page_gets_a_snapshot(hub: live.Hub, unit: Unit) -> None:
    user = await sync_to_async(make_user)()
    async with open_page(user) as page:
        await page.next("snapshot")
        await sync_to_async(cut_the_bus)()
        snapshot = await page.next("snapshot")
        assert snapshot["units"][0]["id"] == unit.pk


def cut_the_bus() -> None:
    """End the LISTEN connection from the server's side, as a database restart would."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {BUS}")
        assert cursor.rowcount == 1


async def test_a_session_that_ended_ends_the_stream(hub: live.Hub, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECHECK_S", 0.0)
    user = await sync_to_async(make_user)()
    async with open_page(user) as page:
        await page.next("snapshot")
        await sync_to_async(User.objects.filter(pk=user.pk).update)(is_active=False)
        await sync_to_async(set_duty)(unit, "out_of_service")
        async with asyncio.timeout(PATIENCE_S):
            while live.hub.streams:
                await asyncio.sleep(0.05)


def test_the_cookie_is_the_one_that_django_sets() -> None:
    assert settings.SESSION_COOKIE_NAME == "sessionid"


async def test_an_agency_is_told_what_it_may_no_longer_see(hub: live.Hub, unit: Unit) -> None:
    other = await sync_to_async(lambda: make_unit("AM-01", make_station("medical")))()
    agency = await sync_to_async(lambda: other.station.agency)()
    user = await sync_to_async(make_user)("agency", agency)
    async with open_page(user) as page:
        await page.next("snapshot")
        await sync_to_async(set_duty)(unit, "out_of_service")
        change = await page.next("change")
        assert change["units"] == []
        assert change["removed"]["units"] == [unit.pk]
