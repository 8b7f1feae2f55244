"""Runs many actors on a few threads: each is stepped when it is due, never by two threads at once."""

import heapq
import itertools
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from incidents.simulation.client import Offline

AWAY_S = 5.0  # before trying again when the server is away

log = logging.getLogger(__name__)


class Actor(Protocol):
    """Something with a life of its own."""

    def step(self) -> float:
        """Do what is due; seconds until the next step. May raise Offline."""
        ...


class Engine:
    """Actors in the order in which they are due. `stop` may be called from a signal handler."""

    def __init__(self, actors: list[Actor], *, threads: int = 8, spread_s: float = 10.0) -> None:
        self._turn = itertools.count()
        gap_s = spread_s / max(len(actors), 1)
        start_s = time.monotonic()
        self._due = [(start_s + i * gap_s, next(self._turn), actor) for i, actor in enumerate(actors)]
        heapq.heapify(self._due)
        self._threads = threads
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._away = False
        self.steps = 0

    def stop(self) -> None:
        """Let the steps under way end, and begin no other."""
        self._stopped.set()

    def run(self, *, seconds: float | None = None) -> None:
        """Step actors until stopped, or for so many seconds. Raises what an actor raised, except Offline."""
        end_s = None if seconds is None else time.monotonic() + seconds
        running: set[Future[None]] = set()
        with ThreadPoolExecutor(self._threads) as pool:
            while not self._stopped.is_set() and (end_s is None or time.monotonic() < end_s):
                running |= {pool.submit(self._step, actor) for actor in self._pop_due()}
                done = {future for future in running if future.done()}
                running -= done
                for future in done:
                    future.result()
                self._stopped.wait(0.05)

    def _pop_due(self) -> list[Actor]:
        now_s, due = time.monotonic(), []
        with self._lock:
            while self._due and self._due[0][0] <= now_s:
                due.append(heapq.heappop(self._due)[2])
        return due

    def _step(self, actor: Actor) -> None:
        try:
            pause_s = actor.step()
            self._away = False
        except Offline as error:
            if not self._away:
                log.warning("The server does not answer (%s); trying again.", error)
            self._away, pause_s = True, AWAY_S
        with self._lock:
            self.steps += 1
            heapq.heappush(self._due, (time.monotonic() + pause_s, next(self._turn), actor))
