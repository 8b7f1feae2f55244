"""Single durable fixes over HTTP, beside pgbench with one transaction per fix into the same tables.

    python -m benchmarks.gps_door [--quick]

Both run against the same private cluster (fsync on), in the same run: first pgbench with 1, 4, 16 and 64 clients,
each fix one prepared statement that writes the history and the marker under the same triggers; then the same
without the triggers that announce; then phones on keep-alive connections, each waiting for its answer before it
sends its next fix, against the real server. Holds when the door stores at least as many fixes a second as
pgbench's best. A fix is only counted when it was answered as stored, and the rows are counted afterwards.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.pgcluster import Cluster, cluster
from benchmarks.report import json_line, table

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "geo112_bench"
UNITS = 200
CLIENTS = (1, 4, 16, 64)
CONNECTIONS = 128
HOLDS_FROM = 1.0

# The fastest form that pgbench can be given: one statement, prepared, one commit.
FIX_SCRIPT = f"""
\\set unit random(1, {UNITS})
\\set shift random(1, 1000)
WITH stored AS (
    INSERT INTO units_position (device_id, unit_id, recorded_at, received_at, point, speed_mps, heading_deg, accuracy_m)
    VALUES (:unit, :unit, clock_timestamp(), clock_timestamp(),
        ST_Point(102.26 + :shift * 1e-5, -3.79 - :shift * 1e-5, 4326)::geography, 8.3, 41.5, 6.2)
    ON CONFLICT (device_id, recorded_at) DO NOTHING
    RETURNING *
)
INSERT INTO units_lastfix AS marker (
    unit_id, device_id, recorded_at, received_at, point, speed_mps, heading_deg, accuracy_m, mock, source
)
SELECT unit_id, device_id, recorded_at, received_at, point, speed_mps, heading_deg, accuracy_m, mock, 'gps' FROM stored
ON CONFLICT (unit_id) DO UPDATE SET
    device_id = excluded.device_id, recorded_at = excluded.recorded_at, received_at = excluded.received_at,
    point = excluded.point, speed_mps = excluded.speed_mps, heading_deg = excluded.heading_deg,
    accuracy_m = excluded.accuracy_m, mock = excluded.mock, source = excluded.source,
    version = nextval('geo112_version')
WHERE excluded.recorded_at > marker.recorded_at;
"""

FLEET = f"""
INSERT INTO units_agency (id, code, name, kind, phone, is_proposed) VALUES (1, 'B', 'Bench', 'fire', '', true);
INSERT INTO units_station (id, code, agency_id, name, point, place_words, is_proposed)
    VALUES (1, 'B', 1, 'Bench', ST_Point(102.26, -3.79, 4326), '', true);
INSERT INTO units_unit
        (id, callsign, station_id, kind, capabilities, profile, crew_count, duty, duty_changed_at, is_proposed)
    SELECT n, 'B-' || n, 1, 'rescue', '{{}}', 'car', 1, 'available', now(), true FROM generate_series(1, {UNITS}) n;
INSERT INTO units_device (id, unit_id, name, token_hash, created_at)
    SELECT n, n, 'bench', sha256(('bench-token-' || n)::bytea), now() FROM generate_series(1, {UNITS}) n;
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short runs, under 50 s in all")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    options = parser.parse_args()
    with cluster() as server:
        prepare(server)
        seconds = 2 if options.quick else 10
        triggered = best_of_pgbench(server, seconds)
        with triggers_off(server):
            untriggered = best_of_pgbench(server, seconds)
        door = run_door(server, connections=options.connections, seconds=5 if options.quick else 20)
    report(triggered, untriggered, door, options.connections)


def prepare(server: Cluster) -> None:
    """The system's own tables by its own migrations, and a fleet whose devices have known tokens."""
    server.run("createdb", DATABASE)
    manage = [sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"]
    subprocess.run(manage, check=True, env=environment(server), stderr=subprocess.DEVNULL)
    server.run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", DATABASE, "-c", FLEET)


def environment(server: Cluster) -> dict[str, str]:
    """What a process of the system needs to know."""
    return {**os.environ, "DATABASE_URL": server.url(DATABASE), "GEO112_DEBUG": "1"}


@contextmanager
def triggers_off(server: Cluster) -> Iterator[None]:
    """Without the announcements inside the block."""
    alter = "ALTER TABLE units_lastfix {} TRIGGER USER"
    server.run("psql", "-q", "-d", DATABASE, "-c", alter.format("DISABLE"))
    try:
        yield
    finally:
        server.run("psql", "-q", "-d", DATABASE, "-c", alter.format("ENABLE"))


def best_of_pgbench(server: Cluster, seconds: int) -> dict[int, float]:
    """Fixes a second by number of clients."""
    with TemporaryDirectory() as folder:
        script = Path(folder, "fix.sql")
        script.write_text(FIX_SCRIPT)
        return {clients: pgbench(server, script, clients, seconds) for clients in CLIENTS}


def pgbench(server: Cluster, script: Path, clients: int, seconds: int) -> float:
    """Transactions a second of one run."""
    threads = min(clients, os.cpu_count() or 1)
    orders = ["-n", "-M", "prepared", "-c", str(clients), "-j", str(threads), "-T", str(seconds), "-f", str(script)]
    said = server.run("pgbench", *orders, DATABASE)
    line = next(line for line in said.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


def run_door(server: Cluster, *, connections: int, seconds: int) -> dict[str, float]:
    """The client's report of a run against the real server; `rows` are the fixes found in the table afterwards."""
    before = count_rows(server)
    with web_server(server) as port:
        orders = {
            "port": port,
            "tokens": [f"bench-token-{n}" for n in range(1, UNITS + 1)],
            "connections": connections,
            "warm_up_s": 2,
            "seconds": seconds,
        }
        client = [sys.executable, "-m", "benchmarks.gps_client"]
        said = subprocess.run(client, input=json.dumps(orders), check=True, capture_output=True, text=True, cwd=ROOT)
    result: dict[str, float] = json.loads(said.stdout)
    return {**result, "rows": count_rows(server) - before}


def count_rows(server: Cluster) -> int:
    return int(server.run("psql", "-qAt", "-d", DATABASE, "-c", "SELECT count(*) FROM units_position"))


@contextmanager
def web_server(server: Cluster) -> Iterator[int]:
    """The whole system in one web process; yields its port."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "geo112.asgi:application"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--no-ws", "--log-level", "warning"]
    process = subprocess.Popen(command, env=environment(server), cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 30) -> None:
    """Return when something listens. Raises TimeoutError."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the web server did not start")


def report(
    triggered: dict[int, float], untriggered: dict[int, float], door: dict[str, float], connections: int
) -> None:
    """The table for people and the line for machines."""
    rate = door["fixes"] / door["seconds"]
    best, best_untriggered = max(triggered.values()), max(untriggered.values())
    rows: list[list[str | float | None]] = [
        [f"{name}, {clients} clients", round(fixes), None, None]
        for name, runs in (("pgbench", triggered), ("pgbench without triggers", untriggered))
        for clients, fixes in runs.items()
    ]
    rows.append([f"door, {connections} connections", round(rate), round(door["p50_ms"], 1), round(door["p99_ms"], 1)])
    print(table(["single durable fixes", "fixes/s", "p50 ms", "p99 ms"], rows))
    print(f"rows in the table after the door's run: {door['rows']:.0f}; answers other than stored: {door['other']:.0f}")
    ratios = {"pgbench": rate / best, "pgbench_untriggered": rate / best_untriggered}
    figures = {
        "fixes_per_s": rate,
        "p50_ms": door["p50_ms"],
        "p99_ms": door["p99_ms"],
        "pgbench_fixes_per_s": best,
        "pgbench_untriggered_fixes_per_s": best_untriggered,
        "connections": connections,
    }
    holds = ratios["pgbench"] >= HOLDS_FROM and door["rows"] >= door["fixes"] and not door["other"]
    print(json_line("gps_door", figures=figures, ratios=ratios, holds=holds))


if __name__ == "__main__":
    main()
