"""The telephone exchange and a colleague at the next desk.

Calls ring. Whoever sits at the console may take them; what the caller says then appears in the call. A call that
nobody takes is handled by the colleague: noise is disposed of, an emergency becomes an incident, the proposed
units are sent, and the incident is closed when all of them are done.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from incidents.simulation.calls import CallPattern, PlannedCall
from incidents.simulation.client import Client, Refused

LOOK_S = 2.0
MAX_RINGING = 3
SPEAKS_AFTER_S = 3.0
CLOSES_AFTER_S = 20.0
ASKS_AGAIN_S = 15.0  # for units, when none was free
ENDED = frozenset({"cleared", "cancelled"})

log = logging.getLogger(__name__)


@dataclass
class LiveCall:
    """A call under way. patience_s: how long it rings before the colleague takes it."""

    plan: PlannedCall
    rang_s: float
    patience_s: float
    taken_s: float | None = None
    spoke: bool = False


@dataclass
class OwnIncident:
    """An incident of the colleague's. quiet_s: since when nobody is on it."""

    quiet_s: float | None = None
    ask_s: float = 0.0


@dataclass
class Desk:
    """Exchange and colleague. `step` does what is due and says when to come back.

    patience_s  how long a call rings, about, before the colleague takes it or the caller hangs up
    """

    client: Client
    pattern: CallPattern
    rng: Random
    me: int
    max_incidents: int
    helps: bool
    patience_s: float
    calls: dict[int, LiveCall] = field(default_factory=dict)
    incidents: dict[int, OwnIncident] = field(default_factory=dict)
    cleared: bool = False
    upcoming: PlannedCall | None = None
    due_s: float = 0.0

    def clear(self) -> None:
        """Whoever still rings from an earlier run has hung up long ago."""
        for state in self.client.get("/api/v1/calls/?status=waiting&limit=500")["results"]:
            self._try(partial(self.client.post, f"/api/v1/calls/{state['id']}/dispose/", {"disposition": "dropped"}))

    def step(self) -> float:
        """Ring, talk, handle. Returns seconds until the next step. Raises Offline."""
        now_s = time.monotonic()
        if not self.cleared:
            self.clear()
            self.cleared = True
        self._ring(now_s)
        for state in self.client.get("/api/v1/calls/?limit=100")["results"] if self.calls else ():
            if state["id"] in self.calls:
                self._advance(state, self.calls[state["id"]], now_s)
        self._forget_ended(now_s)
        for incident_id in list(self.incidents):
            self._follow_up(incident_id, now_s)
        return LOOK_S

    # --- The exchange -----------------------------------------------------------------------------------

    def _ring(self, now_s: float) -> None:
        """The next call comes in when it is due; while enough are ringing, nobody gets through."""
        if self.upcoming is None:
            self.upcoming = self.pattern.next()
            self.due_s = now_s + (self.upcoming.after_s if self.upcoming else 3600)
        ringing = sum(call.taken_s is None for call in self.calls.values())
        if self.upcoming and now_s >= self.due_s and ringing < MAX_RINGING:
            state = self.client.post("/api/v1/calls/", {"number": self.upcoming.number, "waiting": True})
            patience_s = self.patience_s * self.rng.uniform(0.6, 1.6)
            self.calls[state["id"]] = LiveCall(self.upcoming, now_s, patience_s)
            self.upcoming = None

    def _advance(self, state: dict[str, Any], call: LiveCall, now_s: float) -> None:
        """What happens next in a call that has not ended."""
        if state["status"] == "waiting":
            if now_s - call.rang_s > call.patience_s:
                self._answer_or_hang_up(state["id"], call)
            return
        call.taken_s = call.taken_s or now_s
        talked_s = now_s - call.taken_s
        if not call.spoke and talked_s >= SPEAKS_AFTER_S:
            call.spoke = True
            if not state["words"]:
                self._try(lambda: self.client.patch(f"/api/v1/calls/{state['id']}/", {"words": call.plan.words}))
        if state["taker_id"] == self.me and talked_s >= 3 * SPEAKS_AFTER_S:
            self._handle(state["id"], call.plan)

    def _answer_or_hang_up(self, call_id: int, call: LiveCall) -> None:
        gives_up = not self.helps or (not call.plan.is_emergency and self.rng.random() < 0.3)
        path = f"/api/v1/calls/{call_id}/"
        if gives_up:
            self._try(lambda: self.client.post(f"{path}dispose/", {"disposition": "dropped"}))
        else:
            self._try(lambda: self.client.post(f"{path}take/"))

    def _forget_ended(self, now_s: float) -> None:
        """Calls that ended, by whosever hand, and those that somebody talks on for ever."""
        open_ids = (
            {row["id"] for row in self.client.get("/api/v1/calls/?limit=100")["results"]} if self.calls else set()
        )
        self.calls = {key: call for key, call in self.calls.items() if key in open_ids and now_s - call.rang_s < 3600}

    # --- The colleague ----------------------------------------------------------------------------------

    def _handle(self, call_id: int, plan: PlannedCall) -> None:
        path = f"/api/v1/calls/{call_id}/"
        if plan.place is None:
            self._try(lambda: self.client.post(f"{path}dispose/", {"disposition": plan.truth}))
        elif len(self.incidents) < self.max_incidents:
            self._try(lambda: self._open(f"{path}incident/", plan))

    def _open(self, path: str, plan: PlannedCall) -> None:
        assert plan.place is not None
        place = {"lon": plan.place.lon, "lat": plan.place.lat, "location_source": "call"}
        opened = self.client.post(path, {"type": plan.truth, "words": plan.words, **place})
        incident_id = opened["incident"]["id"]
        self.incidents[incident_id] = OwnIncident()
        self._send(incident_id, opened["recommendation"])

    def _send(self, incident_id: int, answer: dict[str, Any] | None) -> None:
        """Send whoever is proposed."""
        slots = answer["slots"] if answer else []
        ids = [c["unit_id"] for slot in slots for c in slot["candidates"] if c["proposed"]]
        if ids:
            self.client.post(f"/api/v1/incidents/{incident_id}/assign/", {"unit_ids": ids})

    def _follow_up(self, incident_id: int, now_s: float) -> None:
        """Ask again while nobody could be sent; close a little after the last unit is done."""
        path, own = f"/api/v1/incidents/{incident_id}/", self.incidents[incident_id]
        state = self.client.get(path)
        if state["status"] in {"closed", "cancelled"}:
            del self.incidents[incident_id]
        elif state["status"] == "open" and now_s >= own.ask_s:
            own.ask_s = now_s + ASKS_AGAIN_S
            self._try(lambda: self._send(incident_id, self.client.get(f"{path}recommendation/")))
        elif state["status"] == "on_scene" and all(a["status"] in ENDED for a in state["assignments"]):
            own.quiet_s = own.quiet_s or now_s
            if now_s - own.quiet_s > CLOSES_AFTER_S:
                self._try(lambda: self.client.post(f"{path}close/", {"result": "Selesai."}))
        else:
            own.quiet_s = None

    def _try(self, act: Callable[[], object]) -> None:
        """Somebody at the console may have been quicker; then it is theirs."""
        try:
            act()
        except Refused as refusal:
            log.info("Left to others: %s", refusal)
