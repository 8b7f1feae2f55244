"""The demo traffic against a running web server, over HTTP."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from incidents.models import AssignmentMove, Call, LogEntry
from maps.models import Place
from tests.browser.site import ROOT, Site, make_site, with_database
from tests.incidents.makers import make_city, make_station, make_unit, point
from units.models import Device, LastFix, Position, Unit

PATIENCE_S = 90.0


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    """A web server on this test's database, with the small city."""
    region = make_city()
    for number in range(4):
        make_unit(f"DK-{number}", make_station("fire", 400 * number, 0), capabilities=["fire_pump", "snake", "rescue"])
        make_unit(f"AM-{number}", make_station("medical", 500 * number, 150))
    for name, east_m in (("Masjid Jamik", 900), ("Pasar Panorama", 1600)):
        Place.objects.create(
            region=region, kind="landmark", name=name, point=point(east_m, 0), search="", source="tests"
        )
    site = make_site(tmp_path, with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]))
    site.environment["GEO112_DATA_DIR"] = str(settings.DATA_DIR)
    (tmp_path / "static").mkdir()
    site.start()
    yield site
    site.stop()


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert process.poll() is None, "the simulation ended by itself"
        assert time.monotonic() < deadline
        time.sleep(0.3)


@pytest.mark.slow
def test_units_drive_calls_come_crews_work_and_it_ends_when_told(site: Site) -> None:
    command: list[str | Path] = [sys.executable, ROOT / "manage.py", "simulate", "--url", site.url, "--seed", "5"]
    command += ["--emergencies", "900", "--rate", "300", "--tempo", "0.01", "--patience", "0.5"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=site.environment, stdout=pipe, stderr=pipe, text=True) as process:
        wait_for(lambda: LastFix.objects.count() == Unit.objects.count(), process)
        wait_for(lambda: AssignmentMove.objects.filter(new="en_route").exists(), process)
        wait_for(lambda: Position.objects.filter(speed_mps__gt=3).exists(), process)
        wait_for(lambda: Call.objects.filter(status="ended").exclude(disposition="incident").exists(), process)
        process.send_signal(signal.SIGTERM)
        said, complaints = process.communicate(timeout=30)
    assert process.returncode == 0, complaints
    assert "Ended after" in said
    assert "Traceback" not in complaints
    assert not Device.objects.usable().exists()
    assert set(AssignmentMove.objects.exclude(old="").values_list("source", flat=True)) == {"crew"}
    moves = LogEntry.objects.filter(table_name="incidents_assignmentmove").exclude(before=None, after__old="")
    assert {entry.actor.split(":")[0] for entry in moves} == {"device"}
