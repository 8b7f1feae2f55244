"""One unit: drives, reports its fixes, polls its job and tells its states, as a crew's phone does."""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from incidents.simulation.client import Client, Refused
from incidents.simulation.crews import Temper, next_step, temper
from incidents.simulation.drives import Drive, LonLat, Spot, blurred
from maps.routing import Router

MOVING_S = 3.0  # between reports on the way or on a job
STANDING_S = 12.0
DEAD_SPOT_SHARE = 0.004  # of the reports on the way begin a spell without network
IDLE = frozenset({"available", "out_of_service"})
DRIVES_TO = {"en_route": "incident", "transporting": "hospital", "returning": "station"}

log = logging.getLogger(__name__)


class Vehicle:
    """A unit with one device. `step` does what is due and says when to come back."""

    def __init__(
        self,
        *,
        unit: dict[str, Any],
        here: LonLat,
        client: Client,
        router: Router,
        hospitals: Sequence[LonLat],
        rng: Random,
        tempo: float,
    ) -> None:
        self.unit = unit
        self.client = client
        self.router = router
        self.hospitals = hospitals
        self.rng = rng
        self.tempo = tempo
        self.here = here
        self.drive: Drive | None = None
        self.drive_began_s = 0.0
        self.status = "available"
        self.temper: Temper | None = None
        self.unsent: list[dict[str, Any]] = []
        self.silent_until_s = 0.0

    def step(self) -> float:
        """Report, look for the job, act. Returns seconds until the next step. Raises Offline."""
        now_s = time.monotonic()
        spot = self._move(now_s)
        self._remember(spot)
        if now_s >= self.silent_until_s:
            self._send()
            self._follow(self.client.get("/api/v1/crew/job/"), now_s)
        busy = self.drive is not None or self.status not in IDLE
        return (MOVING_S if busy else STANDING_S) * self.rng.uniform(0.9, 1.1)

    # --- The phone's receiver ---------------------------------------------------------------------------

    def _move(self, now_s: float) -> Spot:
        if self.drive is None:
            return Spot(*self.here, 0.0, None)
        spot = self.drive.at(now_s - self.drive_began_s)
        self.here = (spot.lon, spot.lat)
        if self.silent_until_s <= now_s and self.rng.random() < DEAD_SPOT_SHARE:
            self.silent_until_s = now_s + self.rng.uniform(20, 60)
        return spot

    def _remember(self, spot: Spot) -> None:
        seen = blurred(spot, self.rng)
        self.unsent.append(
            {
                "recorded_at": datetime.now(UTC).isoformat(),
                "lon": round(seen.lon, 7),
                "lat": round(seen.lat, 7),
                "speed_mps": round(seen.speed_mps, 1),
                "heading_deg": None if seen.heading_deg is None else round(seen.heading_deg),
                "accuracy_m": round(self.rng.uniform(4, 14)),
            }
        )

    def _send(self) -> None:
        """All that has gathered, the oldest first; kept until the server says that it is stored."""
        self.client.post("/gps/fixes", {"fixes": self.unsent})
        self.unsent = []

    # --- The crew ---------------------------------------------------------------------------------------

    def _follow(self, job: dict[str, Any], now_s: float) -> None:
        """Act on the newest state of the unit and its job."""
        status = job["unit"]["status"]
        if status != self.status:
            self._enter(status, job, now_s)
        if status == "returning" and self._arrived(now_s):
            self.client.post("/api/v1/crew/duty/", {"duty": "available"})
        if job["assignment"] and self.temper:
            since_s = (datetime.now(UTC) - datetime.fromisoformat(job["unit"]["status_at"])).total_seconds()
            new = next_step(status, since_s=since_s, arrived=self._arrived(now_s), temper=self.temper)
            if new:
                self._tell(job["assignment"]["id"], new)

    def _enter(self, status: str, job: dict[str, Any], now_s: float) -> None:
        """A new status, ours or one that a dispatcher recorded: turn to where it leads."""
        if self.temper is None or status in {"assigned", "available"}:
            is_ambulance = "ambulance" in self.unit["kind"]
            self.temper = temper(self.rng, is_ambulance=is_ambulance, tempo=self.tempo)
        self.status = status
        self.drive = None
        goal = self._goal(DRIVES_TO.get(status), job)
        route = self.router.route(self.here, goal, profile=self.unit["profile"]) if goal else None
        if route:
            self.drive = Drive(route.geometry, travel_s=route.travel_s, length_m=route.length_m)
            self.drive_began_s = now_s

    def _goal(self, kind: str | None, job: dict[str, Any]) -> LonLat | None:
        if kind == "incident" and job["incident"]:
            return job["incident"]["lon"], job["incident"]["lat"]
        if kind == "hospital" and self.hospitals:
            return self.rng.choice(self.hospitals)
        station: LonLat = self.unit["station_at"]
        return station if kind == "station" else None

    def _arrived(self, now_s: float) -> bool:
        """At the end of the drive, or nowhere to drive to."""
        return self.drive is None or self.drive.is_over(now_s - self.drive_began_s)

    def _tell(self, assignment_id: int, new: str) -> None:
        body = {"new": new, "at": datetime.now(UTC).isoformat()}
        try:
            self.client.post(f"/api/v1/crew/assignments/{assignment_id}/move/", body)
        except Refused as refusal:
            log.info("%s could not tell %s: %s", self.unit["callsign"], new, refusal)
