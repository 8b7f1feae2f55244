"""What the containers run, against a PostgreSQL that is reached over TCP with passwords, as theirs is."""

import dataclasses
import os
import secrets as random
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, STDOUT, CompletedProcess, Popen

import httpx
import psycopg
import pytest

from script.lib import cluster, databases, environment
from script.lib.cluster import Cluster
from script.lib.paths import ROOT, VENV, Command
from script.lib.progress import Progress
from tests.script.test_server import FOR_CHILDREN

PASSWORDS = ("POSTGRES_PASSWORD", "GEO112_OWNER_PASSWORD", "GEO112_APP_PASSWORD", "SECRET_KEY")

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def container(server: Cluster, progress: Progress, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of the containers, with a database server that listens on TCP only for passwords."""
    if not (VENV / environment.STAMP.name).exists():
        pytest.skip("script/setup has not been run in this checkout")
    home = server.home / "tcp"
    own = dataclasses.replace(server, home=home, sockets=home / "run", port=free_port())
    wanted = cluster.SETTINGS | {"listen_addresses": "'127.0.0.1'", "port": str(own.port)}
    cluster.create(progress, own, wanted)
    with (own.data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 127.0.0.1/32 scram-sha-256\n")
    kept = {name: os.environ[name] for name in FOR_CHILDREN if name in os.environ}
    variables = kept | {name: f"{random.token_hex(12)}/@:&%" for name in PASSWORDS}
    variables |= {"GEO112_DATABASE_HOST": "127.0.0.1", "GEO112_DATABASE_PORT": str(own.port), "WORKERS": "1"}
    variables |= {"ALLOWED_HOSTS": "112.example.go.id", "PORT": str(free_port())}
    variables |= {"GEO112_STATE": str(tmp_path / "state"), "GEO112_DATA_DIR": str(tmp_path / "data")}
    with cluster.in_use(progress, own):
        password = databases.literal(variables["POSTGRES_PASSWORD"])
        databases.psql(progress, own, "postgres", f"ALTER ROLE postgres PASSWORD {password};", failed="no role")
        yield variables


def run(container: dict[str, str], *words: str) -> "CompletedProcess[str]":
    command: Command = [ROOT / "script" / "container", *words]
    return subprocess.run(command, env=container, capture_output=True, text=True, timeout=120, check=False)


def database(container: dict[str, str], user: str, variable: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        host="127.0.0.1",
        port=int(container["GEO112_DATABASE_PORT"]),
        dbname=databases.LIVE,
        user=user,
        password=container[variable],
        autocommit=True,
    )


def test_set_up_twice_then_web_serves_as_the_role_that_may_not_rewrite_the_log(container: dict[str, str]) -> None:
    for _ in range(2):
        done = run(container, "set-up")
        assert done.returncode == 0, done.stdout + done.stderr
    for_web = {name: value for name, value in container.items() if "OWNER" not in name and "POSTGRES" not in name}
    check_that_web_serves(for_web)
    with database(container, databases.APP, "GEO112_APP_PASSWORD") as app:
        app.execute("SELECT count(*) FROM incidents_logentry")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM incidents_logentry")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE incidents_logentry")


def check_that_web_serves(for_web: dict[str, str]) -> None:
    web = Popen([ROOT / "script" / "container", "web"], env=for_web, stdout=PIPE, stderr=STDOUT, text=True)
    address = f"http://127.0.0.1:{for_web['PORT']}"
    try:
        wait_until_ready(f"{address}/health/ready")
        named = httpx.get(f"{address}/login/", headers={"Host": "112.example.go.id"}, timeout=20)
        assert named.status_code == 200
        other = httpx.get(f"{address}/login/", headers={"Host": "elsewhere.example"}, timeout=20)
        assert other.status_code == 400
        assert httpx.get(f"{address}/static/geo112/theme.css", timeout=20).status_code == 200
        assert run(for_web, "worker-health").returncode == 0
    finally:
        web.terminate()
        said = web.communicate(timeout=30)[0]
    assert web.returncode == 0, said


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=20).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer")


@pytest.mark.parametrize("missing", [*PASSWORDS, "ALLOWED_HOSTS", "GEO112_DATABASE_HOST"])
def test_a_missing_secret_is_named(missing: str) -> None:
    given = dict.fromkeys((*PASSWORDS, "ALLOWED_HOSTS", "GEO112_DATABASE_HOST"), "x") | {"PATH": os.environ["PATH"]}
    done = run({name: value for name, value in given.items() if name != missing}, "set-up")
    assert done.returncode == 1
    assert f"Set {missing}: it has no default." in done.stderr
