"""The bus: PostgreSQL tells each web process what changed (design §7).

A message on the channel is `kind:1,2,3` or `kind:all`, sent by statement-level triggers on commit.
"""

import asyncio
import logging
from collections.abc import Callable

import psycopg

from maps.database import conninfo

CHANNEL = "geo112"
KINDS = ("units", "incidents", "calls")
RECONNECT_S = 1.0

log = logging.getLogger(__name__)


class Changes:
    """Which rows changed since somebody last looked: ids by kind, or all of a kind."""

    def __init__(self) -> None:
        self.ids: dict[str, set[int]] = {}
        self.all: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.ids or self.all)

    def add(self, payload: str) -> None:
        """Take in one message; an unknown kind is logged and ignored."""
        kind, _, ids = payload.partition(":")
        if kind == "build":
            self.all.update(KINDS)
        elif kind not in KINDS:
            log.warning("Unknown message on the bus: %r", payload[:80])
        elif ids == "all":
            self.all.add(kind)
            self.ids.pop(kind, None)
        elif kind not in self.all:
            self.ids.setdefault(kind, set()).update(int(part) for part in ids.split(",") if part)

    def wanted(self, kind: str) -> set[int] | None:
        """Ids to read of this kind: None for all of them, an empty set for none."""
        return None if kind in self.all else self.ids.get(kind, set())


async def listen(*, on_message: Callable[[str], None], on_gap: Callable[[], None]) -> None:
    """Hear the bus for ever, on one connection of its own outside every pool.

    on_message  called with each payload
    on_gap      called after each (re)connection: whatever happened before was not heard
    """
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                on_gap()
                async for notice in connection.notifies():
                    on_message(notice.payload)
        except psycopg.OperationalError as error:
            log.warning("The bus is silent, trying again in %s s: %s", RECONNECT_S, error)
        await asyncio.sleep(RECONNECT_S)
