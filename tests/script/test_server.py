"""script/server, script/backup and script/restore as a person runs them, on a private cluster of their own.

One test tells one story, because each start costs seconds: first start, backup, stop, loss, restore,
second start, crash.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from script.lib import cluster, databases, environment
from script.lib.cluster import Cluster
from script.lib.dumps import TABLES
from script.lib.paths import ROOT, VENV
from script.lib.progress import Progress
from tests.script.processes import command_of, descendants, wait_until_gone

pytestmark = pytest.mark.slow
ACCOUNT = re.compile(r"^ +(\w+) +user (\w+) +password (\S+)$", re.MULTILINE)
ADDRESS = re.compile(r"geo112 runs at (\S+)")
FOR_CHILDREN = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass
class Place:
    """A folder of state, as if this checkout were fresh, and the programs run in it."""

    state: Path
    port: int
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in FOR_CHILDREN if name in os.environ}
        return kept | {"GEO112_STATE": str(self.state), "PORT": str(self.port), "WORKERS": "1"}

    @property
    def cluster(self) -> Cluster:
        mark = cluster.short_mark(self.state)
        home = cluster.ROOTS_FOLDER / mark if os.geteuid() == 0 else self.state / "cluster"
        return Cluster(home, cluster.socket_folder(home, mark), cluster.programs())

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run one of the commands to its end."""
        words = [ROOT / "script" / command[0], *command[1:]]
        return subprocess.run(
            words, env=self.environment, capture_output=True, text=True, timeout=120, check=False, cwd=self.state
        )

    def start(self) -> "Run":
        """Start the server and wait until it has told its address. Fails with all that it said."""
        output = self.state / f"output-{len(self.running)}"
        with output.open("wb") as out:
            process = subprocess.Popen(
                [ROOT / "script" / "server"], env=self.environment, stdout=out, stderr=subprocess.STDOUT
            )
        self.running.append(process)
        deadline = time.monotonic() + 150
        while "Press Ctrl-C" not in output.read_text():
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.05)
        return Run(process, output)


@dataclass(frozen=True)
class Run:
    """A running server and what it printed."""

    process: "subprocess.Popen[bytes]"
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def address(self) -> str:
        found = ADDRESS.search(self.said)
        assert found is not None, self.said
        return found.group(1)

    @property
    def accounts(self) -> dict[str, str]:
        """Password by user."""
        return {user: password for _, user, password in ACCOUNT.findall(self.said)}


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if not (VENV / environment.STAMP.name).exists():
        pytest.skip("script/setup has not been run in this checkout")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Place(tmp_path_factory.mktemp("state"), port)
    try:
        yield made
    finally:
        for process in made.running:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=60)
        if cluster.runs(made.cluster):
            cluster.stop(Progress("tests", 0), made.cluster)
        shutil.rmtree(made.cluster.home, ignore_errors=True)


@contextmanager
def signed_in(run: Run, user: str, password: str) -> Iterator[httpx.Client]:
    """A client that has sent the login form."""
    with httpx.Client(base_url=run.address, timeout=20) as client:
        client.get("/login/")
        form = {"username": user, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        client.post("/login/", data=form)
        yield client


def fingerprints(place: Place, progress: Progress) -> Mapping[str, str]:
    """A hash of all rows of each table of the demo."""
    with cluster.in_use(progress, place.cluster):

        def ask(query: str) -> str:
            return databases.psql(progress, place.cluster, databases.DEMO, query, failed="no answer").strip()

        return {
            table: ask(f"SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {table} t;")
            for table in ask(TABLES).splitlines()
        }


def test_the_life_of_a_server(place: Place, progress: Progress) -> None:
    first = place.start()
    check_first_start_shows_its_steps_and_one_account_per_role(first)
    check_the_printed_accounts_open_the_door(first)
    check_the_page_and_its_files_come_from_here(first)
    check_secrets_are_not_for_others(first, place)
    check_a_second_server_on_the_same_port_is_refused(first, place)
    check_restoring_under_a_running_server_is_refused(make_backup(place, "while-running.tar"), place)
    check_stopping_ends_all_and_nothing_else(first, place)
    backup = make_backup(place, "at-rest.tar")
    check_restore_brings_everything_back(backup, place, progress)
    check_a_damaged_backup_changes_nothing(backup, place, progress)
    again = place.start()
    check_second_start_skips_what_is_done(first, again)
    check_a_crash_ends_all_with_its_reason(again, place)


def check_first_start_shows_its_steps_and_one_account_per_role(first: Run) -> None:
    numbers = re.findall(r"^\[(\d)/8\] .* s$", first.said, re.MULTILINE)
    assert numbers == list("12345678")
    assert set(first.accounts) == {"dispatcher", "supervisor", "planner", "agency", "administrator"}
    assert len(set(first.accounts.values())) == 5


def check_the_printed_accounts_open_the_door(first: Run) -> None:
    for user, password in first.accounts.items():
        with signed_in(first, user, password) as client:
            answer = client.get("/api/v1/me/")
            assert answer.status_code == 200, user
            assert answer.json()["role"] == user
    with signed_in(first, "dispatcher", "not this one") as client:
        assert client.get("/api/v1/me/").status_code in {401, 403}


def check_the_page_and_its_files_come_from_here(first: Run) -> None:
    with signed_in(first, "dispatcher", first.accounts["dispatcher"]) as client:
        assert client.get("/").status_code == 200
        for file in ("geo112/theme.css", "vendor/maplibre-gl/maplibre-gl.mjs"):
            answer = client.get(f"/static/{file}")
            assert (answer.status_code, len(answer.content) > 1000) == (200, True), file
    assert httpx.get(f"{first.address}health/ready", timeout=20).json()["region"]


def check_secrets_are_not_for_others(first: Run, place: Place) -> None:
    assert (place.state / "secrets").stat().st_mode & 0o077 == 0
    words = [line.partition("=")[2] for line in (place.state / "secrets").read_text().splitlines()]
    logs = "".join(file.read_text() for file in (place.state / "log").glob("*.log"))
    commands = "".join(command_of(pid) for pid in descendants(first.process.pid))
    assert words
    assert [word for word in words if word in logs + commands + first.said] == []


def check_a_second_server_on_the_same_port_is_refused(first: Run, place: Place) -> None:
    done = place.run("server")
    assert done.returncode == 1
    assert f"Port {place.port} is taken" in done.stderr
    assert first.process.poll() is None


def make_backup(place: Place, name: str) -> Path:
    """A backup of the demo; script/backup itself restores it into a scratch database and counts."""
    done = place.run("backup", "--demo", name)
    assert done.returncode == 0, done.stdout + done.stderr
    backup = place.state / name
    assert backup.stat().st_mode & 0o077 == 0
    return backup


def check_restoring_under_a_running_server_is_refused(backup: Path, place: Place) -> None:
    done = place.run("restore", backup)
    assert done.returncode == 1
    assert "stop script/server first" in done.stderr


def check_stopping_ends_all_and_nothing_else(first: Run, place: Place) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    started = descendants(first.process.pid)
    assert any("granian" in command_of(pid) for pid in started)
    assert any("procrastinate" in command_of(pid) for pid in started)
    assert any("simulate" in command_of(pid) for pid in started)
    try:
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(timeout=30) == 0
        wait_until_gone(*started)
        assert not cluster.runs(place.cluster)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def check_restore_brings_everything_back(backup: Path, place: Place, progress: Progress) -> None:
    before = fingerprints(place, progress)
    assert len(before) > 20
    program = "from geo112.models import User; print(User.objects.filter(username='planner').delete()[0] > 0)"
    done = place.run("manage", "--demo", "shell", "-v", "0", "-c", program)
    assert done.stdout.strip().endswith("True"), done.stdout + done.stderr
    assert fingerprints(place, progress) != before
    restored = place.run("restore", "--replace", backup)
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert fingerprints(place, progress) == before


def check_a_damaged_backup_changes_nothing(backup: Path, place: Place, progress: Progress) -> None:
    before = fingerprints(place, progress)
    damaged = place.state / "damaged.tar"
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    done = place.run("restore", damaged)
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    cut = place.state / "cut.tar"
    cut.write_bytes(backup.read_bytes()[: len(content) // 3])
    done = place.run("restore", cut)
    assert done.returncode == 1
    assert "not a whole backup" in done.stderr
    assert fingerprints(place, progress) == before


def check_second_start_skips_what_is_done(first: Run, again: Run) -> None:
    assert again.accounts.keys() == first.accounts.keys()
    assert not set(again.accounts.values()) & set(first.accounts.values())
    steps = dict(re.findall(r"^\[\d/8\] (.*) … ([\d.]+) s$", again.said, re.MULTILINE))
    assert all(float(steps[name]) < 2 for name in ("System packages", "Python environment", "Browser libraries"))


def check_a_crash_ends_all_with_its_reason(again: Run, place: Place) -> None:
    web = min(pid for pid in descendants(again.process.pid) if "granian" in command_of(pid))
    started = descendants(again.process.pid)
    os.kill(web, signal.SIGKILL)
    assert again.process.wait(timeout=30) == 1
    assert "The web server ended by itself (killed by SIGKILL), so everything was stopped." in again.said
    wait_until_gone(*started)
    assert not cluster.runs(place.cluster)
