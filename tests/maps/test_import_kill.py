"""kill -9 in the middle of an import: what ran goes on running, and the next import succeeds."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from maps.arrays import Network
from maps.builds import ORPHAN_AFTER_S, ensure_local, networks_folder
from maps.imports import STEPS
from maps.models import District, Place, Region, RoadBuild, TileRoad
from maps.routing import current_router, forget_current_router
from tests.conftest import ROOT
from tests.maps.osm_maker import SOUTH, STEP, WEST, town

PREPARE = "import django, pathlib; django.setup(); from tests.maps.killed_import import main; "
BEFORE_COMMIT = STEPS[: STEPS.index("clean")]


@dataclass(frozen=True)
class State:
    """What the running system sees."""

    build: str | None
    districts: list[tuple[int, str]]
    streets: int
    roads: int

    @classmethod
    def now(cls) -> "State":
        region = Region.objects.active()
        assert region is not None
        return cls(
            build=region.build_id,
            districts=list(District.objects.order_by("pk").values_list("pk", "name")),
            streets=Place.objects.filter(kind="street").count(),
            roads=TileRoad.objects.count(),
        )


def database_url() -> str:
    """The address of the database that this test uses."""
    used = connection.settings_dict
    user = f"{used['USER']}:{quote(used['PASSWORD'])}@" if used["PASSWORD"] else f"{used['USER']}@"
    return f"postgresql://{user}/{used['NAME']}?host={used['HOST']}&port={used['PORT'] or 5432}"


@pytest.fixture
def killer(transactional_db: None, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Imports of a larger town, one for each step, killed at that step."""
    larger = town(7).write(tmp_path / "larger.osm")
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "GEO112_DATA_DIR": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "geo112.settings",
    }
    program = f"main(pathlib.Path({str(larger)!r}), {list(STEPS)!r})"
    command = [sys.executable, "-c", f"{PREPARE}{program}"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def next_death(process: "subprocess.Popen[str]") -> str:
    """The next "killed STEP", past the progress lines of the import."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(("killed", "ended")):
            return line.strip()
    return "the killer itself ended"


def go_on(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_kill_at_any_step(killer: "subprocess.Popen[str]", tmp_path: Path) -> None:
    call_command("import_osm", str(town(5).write(tmp_path / "town.osm")), code="town", verbosity=0)
    before = State.now()
    for step in BEFORE_COMMIT:
        assert next_death(killer) == f"killed {step}"
        assert State.now() == before, step
        assert_routes_work(before.build)
        go_on(killer)
    assert next_death(killer) == "killed clean"
    after = State.now()
    assert after.build != before.build
    assert (after.streets, len(after.districts)) == (14, 3)
    assert after.districts == before.districts
    assert_routes_work(after.build)
    go_on(killer)
    assert_the_next_import_tidies_up(tmp_path)


def assert_routes_work(build: str | None) -> None:
    forget_current_router()
    router = current_router()
    assert router.build_id == build
    assert router.route((WEST, SOUTH), (WEST + 3 * STEP, SOUTH + 3 * STEP), profile="car") is not None


def assert_the_next_import_tidies_up(tmp_path: Path) -> None:
    """What the killed left behind an hour ago goes; two builds stay, on disk and in the database."""
    for folder in networks_folder().iterdir():
        os.utime(folder, (time.time() - ORPHAN_AFTER_S - 60,) * 2)
    orphans = {folder.name for folder in networks_folder().iterdir()} - set(
        RoadBuild.objects.values_list("pk", flat=True)
    )
    assert orphans
    call_command("import_osm", str(town(5).write(tmp_path / "again.osm")), code="town", verbosity=0)
    builds = set(RoadBuild.objects.values_list("pk", flat=True))
    assert len(builds) == 2
    assert {folder.name for folder in networks_folder().iterdir()} == builds
    assert {Network.open(ensure_local(build)).vertex_count for build in builds} == {25 - 4, 49 - 4}
