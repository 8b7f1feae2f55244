"""What the containers of docker-compose.yml run: the steps of script/server, one per container."""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from script.lib import application, cluster, databases, packages
from script.lib.application import Site
from script.lib.cluster import Cluster
from script.lib.databases import APP, LIVE, OWNER, Database
from script.lib.paths import PYTHON, ROOT, STATE, Command
from script.lib.progress import Progress, Trouble, command_line

PORT = 8112
HOST = "0.0.0.0"
HEALTH_CHECK_HOST = "127.0.0.1"


def main(arguments: list[str]) -> int:
    """set-up | web | worker | worker-health | manage COMMAND…; all but the first replace this process."""
    part, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if part == "manage" and rest:
        return _become(site(), [PYTHON, ROOT / "manage.py", *rest])
    parts: dict[str, Callable[[Site], int]] = {
        "set-up": set_up,
        "web": web,
        "worker": worker,
        "worker-health": worker_health,
    }
    if part not in parts or rest:
        raise Trouble(f"usage: script/container {' | '.join([*parts, 'manage COMMAND …'])}")
    return parts[part](site())


def site() -> Site:
    """The system as the environment describes it. Raises Trouble."""
    server = Cluster(
        home=STATE,
        sockets=Path(_secret("GEO112_DATABASE_HOST")),
        programs=packages.client_folder(),
        password=os.environ.get("POSTGRES_PASSWORD", ""),
        port=int(os.environ.get("GEO112_DATABASE_PORT", cluster.PORT)),
    )
    owner = quote(os.environ.get("GEO112_OWNER_PASSWORD", ""), safe="")
    database = Database(
        name=LIVE,
        owner_url=server.address(LIVE, OWNER, owner),
        app_url=server.address(LIVE, APP, quote(_secret("GEO112_APP_PASSWORD"), safe="")),
    )
    hosts = f"{_secret('ALLOWED_HOSTS')},{HEALTH_CHECK_HOST}"
    return Site(database, server, {"SECRET_KEY": _secret("SECRET_KEY"), "ALLOWED_HOSTS": hosts})


def set_up(site: Site) -> int:
    """Roles, database, tables, rights, static files: repeatable, and over before web and worker start."""
    progress = Progress("set-up", 2)
    passwords = {
        "OWNER_PASSWORD": _secret("GEO112_OWNER_PASSWORD"),
        "APP_PASSWORD": _secret("GEO112_APP_PASSWORD"),
    }
    _secret("POSTGRES_PASSWORD")
    with progress.step("Database and tables"):
        if site.cluster is not None:
            databases.provide(progress, site.cluster, LIVE, passwords)
        application.migrate(progress, site)
    with progress.step("Static files"):
        application.collect(progress, site)
    return 0


def web(site: Site) -> int:
    """The web server, in place of this process."""
    port, workers = int(os.environ.get("PORT", PORT)), os.environ.get("WORKERS", "2")
    return _become(site, application.web_command(site, host=HOST, port=port, workers=workers))


def worker(site: Site) -> int:
    """The background worker, in place of this process."""
    return _become(site, application.worker_command())


def worker_health(site: Site) -> int:
    """Ends with 0 when the queue can be reached, in place of this process."""
    return _become(site, application.worker_command("healthchecks"))


def _become(site: Site, command: Command) -> int:
    words = [str(word) for word in command]
    os.execvpe(words[0], words, os.environ | site.environment())


def _secret(name: str) -> str:
    """A variable that has no default. Raises Trouble."""
    value = os.environ.get(name)
    if not value:
        raise Trouble(f"Set {name}: it has no default.")
    return value


if __name__ == "__main__":
    command_line("container", main)
