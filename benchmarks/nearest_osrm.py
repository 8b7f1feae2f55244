"""OSRM's full table, contracted (CH) or multi-level (MLD), with its own car profile. See nearest_peer.py."""

import shutil
import sys
import time
from pathlib import Path
from typing import Any

import osrm

from benchmarks.nearest_peer import Engine, Point, Times, run, serve


def open_engine(request: dict[str, Any]) -> Engine:
    algorithm = {"osrm_ch": "CH", "osrm_mld": "MLD"}[request["engine"]]
    base = _built(Path(request["roads"]), Path(request["cache"]), algorithm)
    engine = osrm.OSRM(
        storage_config=str(base), algorithm=algorithm, use_shared_memory=False, max_locations_distance_table=1000
    )

    def answer(units: list[Point], destination: Point) -> tuple[float, Times]:
        question = osrm.TableParameters(
            coordinates=[tuple(destination), *map(tuple, units)],
            sources=list(range(1, len(units) + 1)),
            destinations=[0],
            annotations=["duration"],
            generate_hints=False,
        )
        started = time.perf_counter()
        table = engine.Table(question)
        ms = (time.perf_counter() - started) * 1000
        return ms, [row[0] for row in table["durations"]]

    return answer


def _built(roads: Path, cache: Path, algorithm: str) -> Path:
    base, done = cache / f"{algorithm.lower()}.osrm", cache / f"{algorithm}.done"
    if done.exists():
        return base
    source = cache / f"{algorithm.lower()}.osm.pbf"
    shutil.copy(roads, source)
    run(sys.executable, "-m", "osrm", "extract", "-p", Path(osrm.__file__).parent / "share/profiles/car.lua", source)
    for step in ("contract",) if algorithm == "CH" else ("partition", "customize"):
        run(sys.executable, "-m", "osrm", step, base)
    done.touch()
    return base


if __name__ == "__main__":
    serve(open_engine)
