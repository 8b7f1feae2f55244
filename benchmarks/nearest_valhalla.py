"""Valhalla's full matrix with its own auto costing. See nearest_peer.py."""

import json
import time
from pathlib import Path
from typing import Any

import valhalla

from benchmarks.nearest_peer import Engine, Point, Times, run, serve


def open_engine(request: dict[str, Any]) -> Engine:
    actor = valhalla.Actor(str(_built(Path(request["roads"]), Path(request["cache"]))))

    def answer(units: list[Point], destination: Point) -> tuple[float, Times]:
        started = time.perf_counter()
        question = {
            "sources": [{"lon": lon, "lat": lat} for lon, lat in units],
            "targets": [{"lon": destination[0], "lat": destination[1]}],
            "costing": "auto",
            "verbose": False,
        }
        reply = actor.matrix(json.dumps(question))
        ms = (time.perf_counter() - started) * 1000
        return ms, [row[0] for row in json.loads(reply)["sources_to_targets"]["durations"]]

    return answer


def _built(roads: Path, cache: Path) -> Path:
    """The configuration of tiles that are built."""
    (cache / "tiles").mkdir(exist_ok=True)
    config = valhalla.get_config(tile_extract="", tile_dir=cache / "tiles")
    config["service_limits"]["auto"]["max_matrix_location_pairs"] = 100_000
    config["service_limits"]["auto"]["max_matrix_distance"] = 10_000_000.0
    path, done = cache / "valhalla.json", cache / "valhalla.done"
    path.write_text(json.dumps(config))
    if not done.exists():
        run(Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles", "-c", path, roads)
        done.touch()
    return path


if __name__ == "__main__":
    serve(open_engine)
