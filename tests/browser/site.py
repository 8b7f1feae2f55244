"""A whole geo112 for browser tests: its own database, the sketch imported, the demo's fleet, a real web server."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0
SECRET = "only-for-browser-tests"


@dataclass
class Site:
    """A running system. accounts: user name and password by role."""

    url: str
    port: int
    folder: Path
    environment: dict[str, str]
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    people: dict[str, "Person"] = field(default_factory=dict)

    def manage(self, *arguments: str) -> str:
        """Run a manage.py command on this site; returns what it printed."""
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start the web server and wait till it answers."""
        command = [str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "geo112.asgi:application"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1", "--no-ws"]
        command += ["--workers-kill-timeout", "1", "--static-path-route", "/static"]
        command += ["--static-path-mount", str(self.folder / "static"), "--static-path-expires", "60"]
        with (self.folder / "web.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while not self.answers():
            assert time.monotonic() < deadline and self.process.poll() is None, (self.folder / "web.log").read_text()
            time.sleep(0.1)

    def answers(self) -> bool:
        """Whether the server is up."""
        try:
            return httpx.get(f"{self.url}/health/live", timeout=2).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """Stop the web server."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(15)
            self.process = None

    def person(self, role: str) -> "Person":
        """Somebody signed in with the demo account of a role; the same one each time."""
        if role not in self.people:
            self.people[role] = Person(self, *self.accounts[role])
        return self.people[role]


class Person:
    """Somebody signed in who speaks to the API."""

    def __init__(self, site: Site, username: str, password: str) -> None:
        self.client = httpx.Client(base_url=site.url, follow_redirects=True, timeout=30)
        self.client.get("/login/")
        form = {"username": username, "password": password, "csrfmiddlewaretoken": self.client.cookies["csrftoken"]}
        self.client.post("/login/", data=form, headers={"Referer": f"{site.url}/login/"})
        assert "sessionid" in self.client.cookies, f"{username} could not sign in"

    def get(self, path: str, **query: Any) -> Any:
        """GET below /api/v1/; the parsed answer."""
        return self._checked(self.client.get(f"/api/v1/{path}", params=query))

    def post(self, path: str, **body: Any) -> Any:
        """POST below /api/v1/; the parsed answer."""
        headers = {"X-CSRFToken": self.client.cookies["csrftoken"], "Referer": str(self.client.base_url)}
        return self._checked(self.client.post(f"/api/v1/{path}", json=body, headers=headers))

    def all(self, path: str) -> list[Any]:
        """All rows of a list."""
        answer = self.get(path, limit=500)
        return list(answer["results"])

    @staticmethod
    def _checked(response: httpx.Response) -> Any:
        assert response.is_success, f"{response.request.method} {response.url}: {response.status_code} {response.text}"
        return response.json() if response.content else None


class Fleet:
    """Phones for the units of a site, which say through the public door where their unit is."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._tokens: dict[int, str] = {}
        keeper = site.person("administrator")
        self.units = {unit["callsign"]: unit for unit in keeper.all("units/")}
        self.stations = {station["id"]: station for station in keeper.all("stations/")}

    def report(self, callsign: str, *, lon: float, lat: float, age_s: float = 0, **more: Any) -> None:
        """One fix of a unit, `age_s` seconds old."""
        at = datetime.now(UTC) - timedelta(seconds=age_s)
        fix = {"lat": lat, "lon": lon, "recorded_at": at.isoformat(), "accuracy_m": 8, "speed_mps": 0, **more}
        unit = self.units[callsign]
        headers = {"Authorization": f"Bearer {self._token(unit['id'])}"}
        answer = httpx.post(f"{self.site.url}/gps/fixes", json=fix, headers=headers, timeout=10)
        assert answer.is_success, answer.text

    def report_all(self, *, age_s: float = 0) -> None:
        """Every unit stands at its station."""
        for callsign, unit in self.units.items():
            station = self.stations[unit["station"]]
            self.report(callsign, lon=station["lon"], lat=station["lat"], age_s=age_s)

    def _token(self, unit_id: int) -> str:
        if unit_id not in self._tokens:
            device = self.site.person("administrator").post(f"units/{unit_id}/devices/", name="HP uji")
            self._tokens[unit_id] = device["token"]
        return self._tokens[unit_id]


@contextmanager
def running_site(folder: Path, database_url: str) -> Iterator[Site]:
    """Make the database, import the sketch, load the demo, serve; remove everything at the end."""
    name = f"{urlsplit(database_url).path.lstrip('/')}_site_{os.getpid()}"
    with psycopg.connect(with_database(database_url, "postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        site = make_site(folder, with_database(database_url, name))
        try:
            site.manage("migrate", "--noinput", "-v", "0")
            site.manage("collectstatic", "--noinput", "-v", "0")
            accounts = json.loads(site.manage("prepare_demo", "--json"))
            site.accounts = {row["role"]: (row["username"], row["password"]) for row in accounts}
            site.start()
            yield site
        finally:
            for person in site.people.values():
                person.client.close()
            site.stop()
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def make_site(folder: Path, database_url: str) -> Site:
    """The site's facts, nothing started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {
        "DATABASE_URL": database_url,
        "GEO112_DATA_DIR": str(folder),
        "GEO112_DEMO": "1",
        "SECRET_KEY": SECRET,
        "DJANGO_SETTINGS_MODULE": "geo112.settings",
    }
    return Site(url=f"http://127.0.0.1:{port}", port=port, folder=folder, environment=os.environ | own)


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()
