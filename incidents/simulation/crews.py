"""What a crew does next, and after how long. Pure."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Temper:
    """How long a crew takes over each step of one job, in seconds."""

    acknowledge_s: float
    turnout_s: float
    work_s: float
    handover_s: float
    carries: bool


def temper(rng: Random, *, is_ambulance: bool, tempo: float) -> Temper:
    """A crew's pace for one job. tempo: 1 is a real day's, 0.2 makes everything but driving five times as quick."""
    return Temper(
        acknowledge_s=rng.uniform(4, 25) * max(tempo, 0.3),
        turnout_s=rng.uniform(30, 80) * tempo,
        work_s=rng.uniform(8, 25) * 60 * tempo,
        handover_s=rng.uniform(8, 15) * 60 * tempo,
        carries=is_ambulance and rng.random() < 0.8,
    )


def next_step(status: str, *, since_s: float, arrived: bool, temper: Temper) -> str | None:
    """The status that a crew tells next, or None while it is busy with this one.

    since_s  seconds in this status; arrived: at the place that this status drives to
    """
    waits = {"assigned": temper.acknowledge_s, "acknowledged": temper.turnout_s}
    waits |= {"on_scene": temper.work_s, "at_hospital": temper.handover_s}
    following = {
        "assigned": "acknowledged",
        "acknowledged": "en_route",
        "en_route": "on_scene",
        "on_scene": "transporting" if temper.carries else "cleared",
        "transporting": "at_hospital",
        "at_hospital": "cleared",
    }
    ready = since_s >= waits[status] if status in waits else arrived
    return following.get(status) if ready else None
