"""script/manage: manage.py on the private database, with the secrets of this checkout."""

import os
import subprocess

from script.lib import cluster, databases, keys, prepare
from script.lib.application import Site
from script.lib.paths import PYTHON, ROOT
from script.lib.progress import Progress, Trouble, command_line

USAGE = "script/manage [--demo | --database NAME] COMMAND [ARGUMENT]…"


def main(arguments: list[str]) -> int:
    """Run the command as the owner of the tables; the exit code is manage.py's."""
    name, demo, command = read(arguments)
    if not PYTHON.exists():
        raise Trouble("This checkout is not set up yet: run script/setup or script/server first.")
    settings = keys.settings() | {"GEO112_DEMO": "1" if demo else os.environ.get("GEO112_DEMO", "0")}
    external = prepare.external_database()
    if external is not None:
        return _run(Site(external, None, settings), command)
    progress = Progress("manage", 0)
    private = cluster.private()
    with cluster.in_use(progress, private):
        if not databases.exists(progress, private, name):
            raise Trouble(f"There is no database {name} yet: start script/server first.")
        database = databases.provide(progress, private, name, keys.load())
        return _run(Site(database, private, settings), command)


def read(arguments: list[str]) -> tuple[str, bool, list[str]]:
    """Database, whether it is a demo, and the command. Raises Trouble."""
    name, rest = databases.LIVE, list(arguments)
    if rest[:1] == ["--demo"]:
        name, rest = databases.DEMO, rest[1:]
    elif rest[:1] == ["--database"] and len(rest) > 1:
        name, rest = rest[1], rest[2:]
    if not rest or rest[0] in {"-h", "--help"}:
        raise Trouble(f"usage: {USAGE}")
    return name, name.startswith(databases.DEMO), rest


def _run(site: Site, command: list[str]) -> int:
    environment = os.environ | site.environment(owner=True)
    where = os.environ.get("GEO112_CALLED_FROM", str(ROOT))
    return subprocess.run([PYTHON, ROOT / "manage.py", *command], cwd=where, env=environment, check=False).returncode


if __name__ == "__main__":
    command_line("manage", main)
