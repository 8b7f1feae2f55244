"""From the incident posted to the ranked units in the reply, over HTTP, with 200 units on the sketch of Kota Bengkulu.

    python -m benchmarks.dispatch [--quick]

A private cluster (fsync on), the system's own migrations and import, 200 units on roads with fresh positions, a real
web server, one dispatcher on one keep-alive connection. Each request is a whole one: session, permission, district
and street words of the point, the incident with its log, the ranking by road for every slot, the proposed routes.
Beside it the recommendation alone, in process: the plan, the units and the ranking, with its SQL.
"""

import argparse
import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.gps_door import DATABASE, ROOT, environment, web_server
from benchmarks.pgcluster import Cluster, cluster
from benchmarks.report import Cell, json_line, table

UNITS = 200
REQUEST_P99_MS = 150.0
RECOMMEND_P50_MS = 5.0
RECOMMEND_P99_MS = 20.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer requests")
    times = 100 if parser.parse_args().quick else 500
    with cluster() as server, TemporaryDirectory() as data:
        os.environ["GEO112_DATA_DIR"] = data
        server.run("createdb", DATABASE)
        inside(server, f"prepare({UNITS})")
        with web_server(server) as port:
            request_ms = inside(server, f"time_requests({port}, {times})")
        recommend_ms = inside(server, f"time_recommendations({times})")
    report(json.loads(request_ms), json.loads(recommend_ms))


def inside(server: Cluster, call: str) -> str:
    """What a function of `dispatch_inside` prints, called where Django is set up."""
    code = f"from benchmarks import dispatch_inside; dispatch_inside.{call}"
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v", "0", "-c", code]
    return subprocess.run(command, check=True, env=environment(server), stdout=subprocess.PIPE, text=True).stdout


def report(request_ms: list[float], recommend_ms: list[float]) -> None:
    """The table for people and the line for machines."""
    rows: list[list[Cell]] = []
    figures: dict[str, float] = {}
    for key, name, took, budget in (
        ("request", "incident posted → ranked units in the reply", request_ms, REQUEST_P99_MS),
        ("recommend", "the recommendation alone, SQL included", recommend_ms, RECOMMEND_P99_MS),
    ):
        p50, p99 = (float(value) for value in np.percentile(took, [50, 99]))
        rows.append([name, len(took), p50, p99, budget])
        figures |= {f"{key}_p50_ms": p50, f"{key}_p99_ms": p99}
    print(table([f"{UNITS} units", "n", "p50 ms", "p99 ms", "budget p99 ms"], rows))
    holds = (
        figures["request_p99_ms"] <= REQUEST_P99_MS
        and figures["recommend_p50_ms"] <= RECOMMEND_P50_MS
        and figures["recommend_p99_ms"] <= RECOMMEND_P99_MS
    )
    print(json_line("dispatch", figures=figures, ratios={}, holds=holds))


if __name__ == "__main__":
    main()
