"""Imports every extract in turn and prints what came of each: the table of a release's note.

    python -m benchmarks.import_all [--only isle-of-man]

Each import is a process of its own on a database of its own, which is made beside DATABASE_URL's and dropped at
the end. `seconds` is the whole command without Python's start; `peak` is the most memory the process held, and
`idle` what a process holds that has loaded the same code and imported nothing.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import report
from geo112.database import parse_database_url

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("GEO112_SHARED", ROOT.parent / "shared")) / "data"
EXTRACTS = (
    ROOT / "fixtures" / "osm" / "kota-bengkulu-sketch.osm.pbf",
    *sorted((SHARED / "osm-extracts").glob("*.osm.pbf")),
    *sorted((SHARED / "bengkulu-roads").glob("*.osm.pbf")),
)
ADMIN = SHARED / "bengkulu-admin"
# Central Bengkulu has streets only; the city's own files give its districts and landmarks.
EXTRA = {
    "kota-bengkulu-pusat-rdtr-2024-derived.osm.pbf": [
        *("--boundaries", str(ADMIN / "kabupaten-provinsi-bengkulu-17.geojson")),
        *("--level", "regency", "--name-field", "nama", "--code-field", "kode"),
        *("--boundaries", str(ADMIN / "kecamatan-provinsi-bengkulu-17.geojson")),
        *("--level", "kecamatan", "--name-field", "nama", "--code-field", "kode"),
        *("--boundaries", str(ADMIN / "kelurahan-kota-bengkulu-17.71.geojson")),
        *("--level", "kelurahan", "--name-field", "nama", "--code-field", "kode"),
        *("--places", str(SHARED / "bengkulu-points" / "kota-bengkulu-points.geojson")),
    ]
}
IDLE = """
import resource, django
django.setup()
import maps.management.commands.import_osm
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
ALLOWED_SHARE, ALLOWED_MIB = 4.0, 300.0  # above an idle process: 4 × arrays + 300 MiB


@dataclass(frozen=True)
class Import:
    """What one import reported."""

    name: str
    facts: dict[str, Any]

    @property
    def row(self) -> list[report.Cell]:
        facts = self.facts
        keys = ("nodes", "arcs", "districts", "places", "seconds", "stored_mib", "peak_mib")
        return [self.name, *(facts[key] for key in keys)]

    def is_frugal(self, idle_mib: float) -> bool:
        """Whether the peak keeps to the budget."""
        return bool(self.facts["peak_mib"] - idle_mib <= ALLOWED_SHARE * self.facts["stored_mib"] + ALLOWED_MIB)


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """The address of a new database on the same server; it goes at the end."""
    used = parse_database_url(url)
    name = f"import_all_{os.getpid()}"
    server = {"host": used["HOST"], "port": used["PORT"], "user": used["USER"], "password": used["PASSWORD"]}
    given = {key: value for key, value in server.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            head, _slash, query = url.rpartition(f"/{used['NAME']}")
            yield f"{head}/{name}{query}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run(arguments: Sequence[str], environment: dict[str, str]) -> str:
    """Run Python in the project and return what it printed; what it complains of goes to the terminal."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def import_one(path: Path, environment: dict[str, str], folder: Path) -> Import:
    """Import a file and read its report."""
    target = folder / "report.json"
    extra = EXTRA.get(path.name, [])
    run(["manage.py", "import_osm", str(path), "--report", str(target), *extra], environment)
    return Import(path.name.removesuffix(".osm.pbf"), json.loads(target.read_text()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only extracts whose name contains this")
    wanted = parser.parse_args().only
    extracts = [path for path in EXTRACTS if wanted in path.name]
    with TemporaryDirectory() as folder, own_database(os.environ["DATABASE_URL"]) as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "GEO112_DATA_DIR": f"{folder}/data",
            "GEO112_DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "geo112.settings",
        }
        run(["manage.py", "migrate", "--verbosity", "0"], environment)
        idle_mib = float(run(["-c", IDLE], environment))
        done = []
        for path in extracts:
            done.append(import_one(path, environment, Path(folder)))
            print(f"{done[-1].name}: {done[-1].facts['seconds']} s", file=sys.stderr)
    print_result(done, idle_mib)


def print_result(done: Sequence[Import], idle_mib: float) -> None:
    """The table and the closing line."""
    head = ["extract", "nodes", "arcs", "districts", "places", "seconds", "arrays MiB", "peak MiB"]
    print(report.table(head, [each.row for each in done]))
    print(f"an idle process holds {idle_mib:.0f} MiB")
    figures: dict[str, float | None] = {
        "idle_mib": idle_mib,
        "peak_mib": max(each.facts["peak_mib"] for each in done),
        "total_s": sum(each.facts["seconds"] for each in done),
        "slowest_s": max(each.facts["seconds"] for each in done),
    }
    holds = all(each.is_frugal(idle_mib) for each in done)
    print(report.json_line("import_all", figures=figures, ratios={}, holds=holds))


if __name__ == "__main__":
    main()
