"""What the system has to provide (PostgreSQL with PostGIS, GDAL, Chromium) and how it gets there."""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from script.lib.progress import Progress, Trouble

OLDEST_POSTGRES = 15
POSTGRES_FOLDERS = Path("/usr/lib/postgresql")
POSTGRES_COMMON = Path("/usr/share/postgresql-common")
CLUSTER_SETTING = Path("/etc/postgresql-common/createcluster.d/geo112.conf")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
APT_ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class Need:
    """A Debian package, and how to see that what it brings is here already."""

    package: str
    why: str
    present: Callable[[], bool]


def postgres_folder() -> Path | None:
    """The folder of the newest PostgreSQL ≥ 15 programs that can make a cluster."""
    versions = [
        int(folder.name)
        for folder in POSTGRES_FOLDERS.glob("*")
        if folder.name.isdigit() and (folder / "bin" / "initdb").exists()
    ]
    newest = max(versions, default=0)
    return POSTGRES_FOLDERS / str(newest) / "bin" if newest >= OLDEST_POSTGRES else None


def client_folder() -> Path:
    """The folder of the newest psql, pg_dump and pg_restore. Raises Trouble."""
    folders = [f for f in POSTGRES_FOLDERS.glob("*/bin") if f.parent.name.isdigit() and (f / "pg_dump").exists()]
    if not folders:
        raise Trouble("PostgreSQL's clients are missing: on Debian or Ubuntu apt-get install postgresql-client.")
    return max(folders, key=lambda folder: int(folder.parent.name))


def has_postgis() -> bool:
    """Whether PostGIS is there for the PostgreSQL that postgres_folder() names."""
    folder = postgres_folder()
    if folder is None:
        return False
    extensions = Path("/usr/share/postgresql") / folder.parent.name / "extension"
    return (extensions / "postgis.control").exists()


def chromium() -> str | None:
    """The path of a Chromium that tests can drive."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def _has_fonts() -> bool:
    return any(next(folder.rglob("*.[ot]tf"), None) for folder in FONT_FOLDERS if folder.exists())


def _venv_package() -> str:
    """Debian's package of ensurepip for the Python that runs this."""
    system = Path("/usr/bin/python3")
    if system.exists() and Path(sys.executable).resolve() == system.resolve():
        return "python3-venv"
    return f"python3.{sys.version_info.minor}-venv"


VENV = Need(_venv_package(), "Python environments", lambda: importlib.util.find_spec("ensurepip") is not None)
GDAL = Need("gdal-bin", "GDAL", lambda: ctypes.util.find_library("gdal") is not None)
POSTGRES = Need("postgresql", "PostgreSQL ≥ 15", lambda: postgres_folder() is not None)
POSTGIS = Need("postgresql-postgis", "PostGIS", has_postgis)
CHROMIUM = Need("chromium", "a browser for the tests", lambda: chromium() is not None)
FONTS = Need("fonts-dejavu-core", "letters for the browser", _has_fonts)

DRIVER = Need("libatomic1", "the browser's driver", lambda: ctypes.util.find_library("atomic") is not None)

FOR_APPLICATION = (VENV, GDAL)
FOR_DATABASE = (POSTGRES, POSTGIS)
FOR_BROWSER = (CHROMIUM, FONTS, DRIVER)


def provide(progress: Progress, needs: Sequence[Need]) -> None:
    """Install what is missing with apt, as root or through sudo, after saying what. Raises Trouble."""
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    names = [need.package for need in missing]
    progress.say("Installing from the distribution: " + ", ".join(f"{n.package} ({n.why})" for n in missing))
    if shutil.which("apt-get") is None:
        raise Trouble(f"This system has no apt-get: install {_reasons(missing)} in its own way and start again.")
    administrator = administrator_prefix(names)
    if POSTGRES in missing and not POSTGRES_COMMON.exists():
        _forbid_cluster(progress, administrator)
    _install(progress, administrator, names)
    absent = [need for need in missing if not need.present()]
    if absent:
        raise Trouble(
            f"The distribution's packages {', '.join(n.package for n in absent)} did not bring "
            f"{_reasons(absent)}: Debian 12 or 13 or Ubuntu 24.04 have them, else install them by hand."
        )


def administrator_prefix(names: Sequence[str]) -> list[str]:
    """What to put before a command so that it runs as root: nothing, or sudo. Raises Trouble."""
    if os.geteuid() == 0:
        return []
    by_hand = f"as root run `apt-get install --no-install-recommends {' '.join(names)}`, then start again"
    if shutil.which("sudo") is None:
        raise Trouble(f"System packages are missing and there is no sudo here: {by_hand}.")
    asks = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode != 0
    if asks and (not sys.stdin.isatty() or subprocess.run(["sudo", "-v"], check=False).returncode):
        raise Trouble(f"System packages are missing and sudo does not let you install them: {by_hand}.")
    return ["sudo"]


def _reasons(needs: Sequence[Need]) -> str:
    return " and ".join(need.why for need in needs)


def _forbid_cluster(progress: Progress, administrator: list[str]) -> None:
    """Keep the distribution from making and starting a database cluster of its own."""
    program = (
        f"mkdir -p {CLUSTER_SETTING.parent} && "
        f"echo 'create_main_cluster = false  # geo112 runs a private cluster' >{CLUSTER_SETTING}"
    )
    progress.run([*administrator, "sh", "-c", program], failed="Could not configure PostgreSQL")


def _install(progress: Progress, administrator: list[str], names: list[str]) -> None:
    """Install, repairing first what a killed earlier installation left half done."""
    settings = [f"{name}={value}" for name, value in APT_ENVIRONMENT.items()]
    apt = [*administrator, "env", *settings, "apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=120"]
    if any(Path("/var/lib/dpkg/updates").glob("[0-9]*")):
        dpkg = [*administrator, "env", *settings, "dpkg", "--configure", "-a"]
        progress.run(dpkg, failed="An earlier installation of system packages could not be finished")
    try:
        progress.run([*apt, "update"], failed="The package lists could not be fetched")
    except Trouble as trouble:
        progress.say(f"{trouble} Trying with the lists that are here.")
    progress.run([*apt, "install", "--no-install-recommends", *names], failed="System packages could not be installed")
