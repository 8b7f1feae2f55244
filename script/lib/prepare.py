"""The steps that every command shares, from a bare machine to a ready checkout."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from script.lib import browser, environment, packages
from script.lib.databases import Database
from script.lib.packages import FOR_APPLICATION, FOR_BROWSER, FOR_DATABASE
from script.lib.paths import STATE
from script.lib.progress import Progress

STEPS = 3


@contextmanager
def alone(progress: Progress) -> Iterator[None]:
    """Only one command sets up this checkout at a time; others wait and say so."""
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / "setup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("Another command is setting up this checkout; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def machine(progress: Progress, *, database: bool, tests: bool) -> None:
    """System packages, Python environment, browser libraries. Raises Trouble."""
    needs = FOR_APPLICATION + (FOR_DATABASE if database else ()) + (FOR_BROWSER if tests else ())
    with progress.step("System packages"):
        packages.provide(progress, needs)
    with progress.step("Python environment"):
        environment.provide(progress, tests=tests)
    with progress.step("Browser libraries"):
        browser.provide(progress)


def external_database() -> Database | None:
    """The database that DATABASE_URL names; GEO112_OWNER_URL may name the owner of its tables."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        return None
    name = unquote(urlsplit(url).path.lstrip("/")) or "geo112"
    return Database(name=name, owner_url=os.environ.get("GEO112_OWNER_URL", url), app_url=url)
