"""The private database server: private, short-named, whole or absent, stopped by its last user."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from script.lib import cluster, databases
from script.lib.cluster import Cluster
from script.lib.paths import ROOT, Command
from script.lib.progress import Progress, Trouble
from tests.script.processes import wait_until_gone

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user")


@pytest.fixture
def own_home(server: Cluster, progress: Progress) -> Cluster:
    """The place for a second cluster, beside the running one, where its owner may enter."""
    home = server.home / f"second-{time.monotonic_ns()}"
    return dataclasses.replace(server, home=home, sockets=home / "run")


def test_no_network_and_no_trust(server: Cluster, progress: Progress, secrets: dict[str, str]) -> None:
    made = databases.provide(progress, server, "geo112_private", secrets)
    with psycopg.connect(made.app_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SELECT current_user").fetchone() == (databases.APP,)
    without = made.app_url.replace(f":{secrets['APP_PASSWORD']}", "")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(without)


def test_application_role_cannot_change_tables(server: Cluster, progress: Progress, secrets: dict[str, str]) -> None:
    made = databases.provide(progress, server, "geo112_rights", secrets)
    with psycopg.connect(made.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE held (id int)")
    with psycopg.connect(made.app_url, autocommit=True) as app:
        for forbidden in ("DROP TABLE held", "CREATE TABLE mine (id int)", "SELECT * FROM held"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


@as_root
def test_another_user_of_the_system_gets_nowhere(server: Cluster) -> None:
    nobody = ["setpriv", "--reuid", "nobody", "--clear-groups", "--"]
    psql: Command = [server.programs / "psql", "-h", server.sockets, "-U", "postgres", "-w", "-c", "SELECT 1"]
    done = subprocess.run([*nobody, *psql], capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode != 0
    assert "Permission denied" in done.stderr
    for folder in (server.home, server.sockets):
        folder.chmod(0o755)
    try:
        done = subprocess.run([*nobody, *psql], capture_output=True, text=True, cwd="/", check=False)
    finally:
        for folder in (server.home, server.sockets):
            folder.chmod(0o700)
    assert done.returncode != 0
    assert "Peer authentication failed" in done.stderr


def test_provide_twice_keeps_the_data(server: Cluster, progress: Progress, secrets: dict[str, str]) -> None:
    made = databases.provide(progress, server, "geo112_twice", secrets)
    with psycopg.connect(made.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 112 AS number")
    databases.write_state(progress, server, "geo112_twice", region="it's noted")
    again = databases.provide(progress, server, "geo112_twice", secrets | {"OWNER_PASSWORD": "changed"})
    with psycopg.connect(again.owner_url) as owner:
        assert owner.execute("SELECT number FROM kept").fetchone() == (112,)
        assert owner.execute("SELECT postgis_version() IS NOT NULL").fetchone() == (True,)
    assert databases.read_state(progress, server, "geo112_twice") == {"region": "it's noted"}


def test_state_of_a_database_adds_up(server: Cluster, progress: Progress, secrets: dict[str, str]) -> None:
    databases.provide(progress, server, "geo112_state", secrets)
    assert databases.read_state(progress, server, "geo112_state") == {}
    databases.write_state(progress, server, "geo112_state", tables="a")
    databases.write_state(progress, server, "geo112_state", region="b")
    assert databases.read_state(progress, server, "geo112_state") == {"tables": "a", "region": "b"}


@pytest.mark.parametrize("depth", [1, 12, 40])
def test_socket_names_stay_under_100_bytes(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    home = Path("/home", *["folder"] * depth, ".geo112", "cluster")
    folder = cluster.socket_folder(home, cluster.short_mark(home))
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) < 100
    assert (folder == home / "run") == (depth < 10)


def test_two_checkouts_have_two_names() -> None:
    assert cluster.short_mark(Path("/home/a/geo112")) != cluster.short_mark(Path("/home/b/geo112"))


def test_a_killed_creation_is_done_again(own_home: Cluster, progress: Progress) -> None:
    program = (
        "from pathlib import Path\n"
        "from script.lib import cluster\n"
        "from script.lib.progress import Progress\n"
        f"made = cluster.Cluster(Path({str(own_home.home)!r}), Path({str(own_home.sockets)!r}), cluster.programs())\n"
        "cluster.create(Progress('tests-killed', 0), made, cluster.SETTINGS)\n"
    )
    creation = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, start_new_session=True)
    deadline = time.monotonic() + 30
    while not list(own_home.home.glob("data.new-*/base")) and time.monotonic() < deadline:
        time.sleep(0.002)
    os.killpg(creation.pid, signal.SIGKILL)
    creation.wait()
    assert not own_home.data.exists()
    with cluster.in_use(progress, own_home):
        assert cluster.runs(own_home)
        answer = databases.psql(progress, own_home, "postgres", "SELECT 112;", failed="no answer")
    assert answer.strip() == "112"
    assert not cluster.runs(own_home)


def test_the_last_user_stops_it(own_home: Cluster, progress: Progress) -> None:
    with cluster.in_use(progress, own_home):
        with cluster.in_use(progress, own_home):
            assert cluster.runs(own_home)
        assert cluster.runs(own_home)
    assert not cluster.runs(own_home)


def test_data_of_another_version_is_left_alone(own_home: Cluster, progress: Progress) -> None:
    own_home.data.mkdir(parents=True)
    (own_home.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(Trouble, match=r"made by PostgreSQL 12, but version"):
        cluster.start(progress, own_home)
    assert (own_home.data / "PG_VERSION").read_text() == "12\n"


def test_a_server_that_cannot_start_says_why(own_home: Cluster, progress: Progress) -> None:
    cluster.create(progress, own_home, cluster.SETTINGS | {"shared_buffers": "'lots'"})
    with pytest.raises(Trouble, match=r"did not start: FATAL:  configuration file .* contains errors"):
        cluster.start(progress, own_home)


def test_throw_away_leaves_nothing(progress: Progress) -> None:
    with cluster.throw_away(progress) as made:
        home = made.home
        pid = int((made.data / "postmaster.pid").read_text().splitlines()[0])
        assert home.exists()
    assert not home.exists()
    wait_until_gone(pid)


def test_an_abandoned_throw_away_is_swept(progress: Progress) -> None:
    program = (
        "import os, signal\n"
        "from script.lib import cluster\n"
        "from script.lib.progress import Progress\n"
        "with cluster.throw_away(Progress('tests-killed', 0)) as made:\n"
        "    print(made.home, (made.data / 'postmaster.pid').read_text().splitlines()[0], flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    home, pid = done.stdout.split()
    wait_until_gone(int(pid))
    with cluster.throw_away(progress):
        assert not Path(home).exists()
