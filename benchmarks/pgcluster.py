"""A PostgreSQL cluster of a benchmark's own: in a temporary folder on disk, durable, gone at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "150",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "'UTC'",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}


@dataclass(frozen=True)
class Cluster:
    """A running cluster: `sockets` is what libpq calls host."""

    programs: Path
    sockets: Path

    def url(self, database: str) -> str:
        """A DATABASE_URL for one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def run(self, program: str, *arguments: str, check: bool = True) -> str:
        """One of PostgreSQL's programs against this cluster; returns what it prints.

        Raises subprocess.CalledProcessError.
        """
        command = [str(self.programs / program), "-h", str(self.sockets), "-U", "postgres", *arguments]
        return subprocess.run(command, check=check, capture_output=True, text=True, cwd="/").stdout


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new cluster that runs inside the block. fsync is on. Raises CalledProcessError, FileNotFoundError."""
    programs = _programs()
    home = Path(tempfile.mkdtemp(prefix="geo112-bench-", dir="/var/tmp"))
    try:
        home.chmod(0o755)
        data, sockets = home / "data", home / "run"
        for folder in (data, sockets):
            folder.mkdir()
            _give_to_owner(folder)
        sockets.chmod(0o755)
        _as_owner(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        with (data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        control = (programs / "pg_ctl", "-D", data, "-w", "-s", "-l", home / "run" / "log")
        _as_owner(*control, "-o", f"-k {sockets}", "start")
        try:
            yield Cluster(programs, sockets)
        finally:
            _as_owner(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs() -> Path:
    """The folder of PostgreSQL's programs, the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    here = shutil.which("initdb")
    if not found and here is None:
        raise FileNotFoundError("PostgreSQL is not installed: run script/setup.")
    return found[-1] if found else Path(here or "").parent


def _give_to_owner(folder: Path) -> None:
    """PostgreSQL refuses to run as root: there its files belong to postgres."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def _as_owner(*command: str | Path) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    words = [*prefix, *map(str, command)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")
