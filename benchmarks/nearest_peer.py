"""What every peer's program has in common; runs under the peers' Python: PROGRAM REQUEST ANSWER.

REQUEST holds engine, roads (.osm.pbf), streets (.osm, the ways a car may use), cache (a folder for what is built
once), units and questions ([lon, lat] each), shortlists (by question the indices of the units nearest by air).
ANSWER holds ms and nearest by question, and shortlist_ms and shortlist_nearest likewise where a shortlist was given.
Only the engine's own work is timed: positions in, times out. Choosing the five is not counted against it.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Point = list[float]
Times = list[float | None]
Engine = Callable[[list[Point], Point], tuple[float, Times]]  # units, destination -> milliseconds taken, seconds


def serve(open_engine: Callable[[dict[str, Any]], Engine]) -> None:
    """Answer the request named on the command line."""
    request = json.loads(Path(sys.argv[1]).read_text())
    Path(request["cache"]).mkdir(parents=True, exist_ok=True)
    engine = open_engine(request)
    units, questions = request["units"], request["questions"]
    engine(units[:50], questions[0])  # warm
    everybody = [list(range(len(units)))] * len(questions)
    answer = _asked(engine, units, questions, everybody, "")
    if request["shortlists"]:
        answer |= _asked(engine, units, questions, request["shortlists"], "shortlist_")
    Path(sys.argv[2]).write_text(json.dumps(answer))


def _asked(
    engine: Engine, units: list[Point], questions: list[Point], chosen: list[list[int]], prefix: str
) -> dict[str, object]:
    took, nearest = [], []
    for question, indices in zip(questions, chosen, strict=True):
        ms, seconds = engine([units[i] for i in indices], question)
        ranked = sorted((s, i) for s, i in zip(seconds, indices, strict=True) if s is not None)
        took.append(ms)
        nearest.append([i for _, i in ranked[:5]])
    return {f"{prefix}ms": took, f"{prefix}nearest": nearest}


def run(*command: object) -> None:
    """Run a builder; its last words if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command[:4]))}: {(done.stderr or done.stdout)[-600:]}")
