"""Django's part of set-up: tables, rights, static files, translations."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from script.lib import databases, messages
from script.lib.cluster import Cluster
from script.lib.databases import APP, Database
from script.lib.paths import APPS, NODE_MODULES, PYTHON, REQUIREMENTS, ROOT, STATE, VENV, Command
from script.lib.processes import ENDS_WITH_PARENT
from script.lib.progress import Progress, Trouble
from script.lib.stamps import digest, is_fresh, put, traces

CUT_OFF = "marshal data too short"


@dataclass(frozen=True)
class Site:
    """One running system: its database, its folder of data, and what else its processes are told.

    cluster  the private cluster, None when DATABASE_URL names a server of somebody else's
    """

    database: Database
    cluster: Cluster | None
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data_dir(self) -> Path:
        given = os.environ.get("GEO112_DATA_DIR")
        return Path(given) if given else STATE / "data" / self.database.name

    def environment(self, *, owner: bool = False) -> dict[str, str]:
        """Variables for its processes; only set-up acts as the owner of the tables."""
        url = self.database.owner_url if owner else self.database.app_url
        return {
            "DJANGO_SETTINGS_MODULE": "geo112.settings",
            "PYTHONUNBUFFERED": "1",
            **self.settings,
            "DATABASE_URL": url,
            "GEO112_DATA_DIR": str(self.data_dir),
        }


def manage(progress: Progress, site: Site, *arguments: str | Path, failed: str, show: bool = False) -> str:
    """Run one manage.py command as the owner of the tables; returns what it printed. Raises Trouble.

    It ends with us even when we are killed: a left-over migration would meet the next start's.
    """
    command: Command = [*ENDS_WITH_PARENT, PYTHON, ROOT / "manage.py", *arguments]
    environment = site.environment(owner=True)
    try:
        return progress.run(command, failed=failed, env=environment, show=show)
    except Trouble as trouble:
        if CUT_OFF not in str(trouble):
            raise
        progress.say("Removing compiled modules that were cut off, as a full disk leaves them.")
        remove_compiled([VENV, *(ROOT / app for app in APPS)])
        return progress.run(command, failed=failed, env=environment, show=show)


def remove_compiled(folders: Iterable[Path]) -> None:
    """Remove compiled modules; Python writes them anew."""
    for cache in [cache for folder in folders for cache in folder.rglob("__pycache__")]:
        shutil.rmtree(cache, ignore_errors=True)


def migrate(progress: Progress, site: Site) -> None:
    """Bring the tables up to date and give the application its rights; skipped when nothing changed."""
    mark = digest(
        [file for app in APPS for file in (ROOT / app).rglob("migrations/*.py")]
        + [REQUIREMENTS / "base.txt", ROOT / "geo112" / "management" / "commands" / "grant_app_role.py"]
    )
    if site.cluster and databases.read_state(progress, site.cluster, site.database.name).get("tables") == mark:
        return
    manage(progress, site, "migrate", "--noinput", failed="The tables could not be brought up to date")
    if site.database.app_url != site.database.owner_url:
        manage(progress, site, "grant_app_role", _app_role(site), failed="The application's rights could not be set")
    if site.cluster:
        databases.write_state(progress, site.cluster, site.database.name, tables=mark)


def collect(progress: Progress, site: Site) -> None:
    """Compile translations and gather static files; skipped when nothing changed."""
    messages.compile_all(progress)
    site.data_dir.mkdir(parents=True, exist_ok=True)
    stamp = site.data_dir / "static.stamp"
    files = [file for app in APPS for file in (ROOT / app).rglob("static/**/*") if file.is_file()]
    mark = traces([*files, REQUIREMENTS / "base.txt", NODE_MODULES / ".geo112-lock"])
    if not is_fresh(stamp, mark) or not (site.data_dir / "static").is_dir():
        manage(progress, site, "collectstatic", "--noinput", "-v", "0", failed="Static files could not be gathered")
        put(stamp, mark)


def web_command(site: Site, *, host: str, port: int, workers: int | str) -> Command:
    """The web server: the application, and the static files beside it."""
    command: Command = [VENV / "bin" / "granian", "--interface", "asgi", "geo112.asgi:application"]
    command += ["--host", host, "--port", str(port), "--workers", str(workers), "--no-ws"]
    command += ["--workers-kill-timeout", "5", "--backpressure", "512"]
    command += ["--static-path-route", "/static", "--static-path-mount", site.data_dir / "static"]
    return [*command, "--static-path-expires", "60"]


def worker_command(verb: str = "worker") -> Command:
    """What works off the queue that lies in the database, or another verb of that program."""
    return [PYTHON, ROOT / "manage.py", "procrastinate", verb]


def _app_role(site: Site) -> str:
    """The role in the application's database address."""
    return site.database.app_url.partition("//")[2].partition("@")[0].partition(":")[0] or APP
