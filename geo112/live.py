"""The live stream: server-sent events with whole current states (design §7).

    hello     {"at", "version"}                        at once
    snapshot  {"units", "incidents", "calls", "at"}    at once, and whenever a client fell behind
    change    the same keys, only what changed,        at most 4 a second
              and "removed": ids by kind to drop
    beat      {"at"}                                   after 15 s of silence

One `Hub` a process hears the bus and feeds every stream. Nothing queues without bound: a client
that does not keep up is skipped, costs nothing, and gets a snapshot when it reads again.
"""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from geo112.audience import Audience, audience_of, in_database, read_changes, read_snapshot
from geo112.bus import Changes, listen

TICK_S = 0.25
BEAT_S = 15.0
STUCK_S = 60.0
RECHECK_S = 30.0
QUEUE_LENGTH = 16
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


log = logging.getLogger(__name__)


def event(name: str, **data: Any) -> bytes:
    """One server-sent event with `at` added to its data."""
    payload = orjson.dumps({**data, "at": datetime.now(UTC)})
    return b"event: " + name.encode() + b"\ndata: " + payload + b"\n\n"


class Stream:
    """One open page. `offer` never blocks; what does not fit is replaced by a later snapshot."""

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.needs_snapshot = True
        self.sending = False
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LENGTH)

    @property
    def idle(self) -> bool:
        """Whether the client has taken all that it was given."""
        return not self.sending and self._queue.empty()

    def offer(self, message: bytes) -> None:
        """Queue a message, or note that the client missed one."""
        if self.needs_snapshot:
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.needs_snapshot = True

    def offer_snapshot(self, message: bytes) -> None:
        """Give an idle client the whole state."""
        self._queue.put_nowait(message)

    async def next(self) -> bytes:
        """The next message, or a beat when there is none for a while."""
        try:
            return await asyncio.wait_for(self._queue.get(), BEAT_S)
        except TimeoutError:
            return event("beat")


class Hub:
    """Hears the bus, reads what changed once, and hands it to every stream that may see it."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self._changes = Changes()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen and to tick. Call from within the event loop."""
        self._changes, self._wake = Changes(), asyncio.Event()
        heard = listen(on_message=self._heard, on_gap=self._gap)
        self._tasks = [asyncio.create_task(heard), asyncio.create_task(self._run())]

    async def stop(self) -> None:
        """End both tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @contextlib.contextmanager
    def joined(self, stream: Stream) -> Iterator[None]:
        """The stream is fed while the context lasts; its first message is a snapshot."""
        self.streams.add(stream)
        self._wake.set()
        try:
            yield
        finally:
            self.streams.discard(stream)

    def _heard(self, payload: str) -> None:
        self._changes.add(payload)
        self._wake.set()

    def _gap(self) -> None:
        for stream in self.streams:
            stream.needs_snapshot = True
        self._wake.set()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), 1.0)
            self._wake.clear()
            changes, self._changes = self._changes, Changes()
            try:
                await self._feed(changes)
            except Exception:
                log.exception("The live stream could not read the newest state; every page gets a snapshot next.")
                self._gap()
            await asyncio.sleep(TICK_S)

    async def _feed(self, changes: Changes) -> None:
        if changes and self.streams:
            await self._give("change", [s for s in self.streams if not s.needs_snapshot], changes)
        behind = [s for s in self.streams if s.needs_snapshot and s.idle]
        for stream in behind:
            stream.needs_snapshot = False  # before the read: a gap heard meanwhile asks for another one
        if behind:
            await self._give("snapshot", behind, None)

    async def _give(self, name: str, streams: list[Stream], changes: Changes | None) -> None:
        groups: dict[Audience, list[Stream]] = defaultdict(list)
        for stream in streams:
            groups[stream.audience].append(stream)
        state = await in_database(read_snapshot if changes is None else lambda: read_changes(changes))
        for audience, members in groups.items():
            removed = {} if changes is None else {"removed": audience.loses(state)}
            message = event(name, **audience.sees(state), **removed)
            for stream in members:
                stream.offer(message) if changes else stream.offer_snapshot(message)


hub = Hub()


async def live(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """The ASGI endpoint `/live`: 401 for strangers, else a stream until the page leaves or the session ends."""
    audience = await in_database(lambda: audience_of(scope))
    if audience is None:
        await send({"type": "http.response.start", "status": 401, "headers": [], "trailers": False})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS, "trailers": False})
    await send({"type": "http.response.body", "body": event("hello", version=1), "more_body": True})
    stream = Stream(audience)
    with hub.joined(stream):
        tasks = {asyncio.create_task(_pump(stream, scope, send)), asyncio.create_task(_gone(receive))}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    with contextlib.suppress(OSError, RuntimeError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pump(stream: Stream, scope: HTTPScope, send: ASGISendCallable) -> None:
    """Send what the stream is given; ends when the client is stuck or may no longer see it."""
    checked_at = time.monotonic()
    while True:
        message = await stream.next()
        stream.sending = True
        async with asyncio.timeout(STUCK_S):
            await send({"type": "http.response.body", "body": message, "more_body": True})
        stream.sending = False
        if time.monotonic() - checked_at > RECHECK_S:
            checked_at = time.monotonic()
            if await in_database(lambda: audience_of(scope)) != stream.audience:
                return


async def _gone(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
