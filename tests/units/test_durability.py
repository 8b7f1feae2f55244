"""What the door has acknowledged is there after its process is killed."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from tests.units.makers import make_device
from units.models import Device, LastFix, Position

pytestmark = pytest.mark.django_db(transaction=True, available_apps=["units"])
ROOT = Path(__file__).resolve().parent.parent.parent
PHONES = 8


def database_url() -> str:
    """The test database, as a child process is told of it."""
    known = connection.settings_dict
    user = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
    port = f"&port={known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{user}@/{known['NAME']}?host={quote(known['HOST'], safe='')}{port}"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """The whole system in a web server of its own process group, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "geo112.asgi:application"]
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    environment = {**os.environ, "DATABASE_URL": database_url(), "GEO112_DEBUG": "1", "GEO112_DATA_DIR": str(tmp_path)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_for(port, process)
        yield process, port
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert "token" not in (tmp_path / "log").read_text().lower()


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + 30
    while time.monotonic() < limit and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the web server did not start")


def post_until_killed(port: int, token: str, acknowledged: list[float]) -> None:
    """One phone: post, remember what was acknowledged, until the connection breaks."""
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        while True:
            moment = round(time.time(), 6)
            body = json.dumps({"recorded_at": moment, "lat": -3.79, "lon": 102.26})
            door.request("POST", "/gps/fixes", body, headers)
            answer = door.getresponse()
            said = json.loads(answer.read())
            if answer.status == 200 and said["stored"] == 1:
                acknowledged.append(moment)
    except (OSError, http.client.HTTPException):
        return
    finally:
        door.close()


def test_acknowledged_fixes_survive_a_killed_process(server: tuple["subprocess.Popen[bytes]", int]) -> None:
    process, port = server
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE units_position")
    phones: list[tuple[Device, list[float], threading.Thread]] = []
    for _ in range(PHONES):
        device, token = make_device()
        acknowledged: list[float] = []
        phones.append(
            (device, acknowledged, threading.Thread(target=post_until_killed, args=(port, token, acknowledged)))
        )
    for _device, _acknowledged, thread in phones:
        thread.start()
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGKILL)
    for _device, _acknowledged, thread in phones:
        thread.join()
    assert sum(len(acknowledged) for _device, acknowledged, _thread in phones) > 50
    for device, acknowledged, _thread in phones:
        stored = {
            round(at.timestamp(), 6)
            for at in Position.objects.filter(device_id=device.pk).values_list("recorded_at", flat=True)
        }
        assert set(acknowledged) <= stored
        assert len(stored) <= len(acknowledged) + 1
        assert round(LastFix.objects.get(unit=device.unit_id).recorded_at.timestamp(), 6) == max(stored)
