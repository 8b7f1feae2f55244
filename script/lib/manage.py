"""script/manage: manage.py on the private database, with the secrets of this checkout."""

import os
import subprocess

from script.lib import cluster, databases, keys, prepare
from script.lib.application import Site
from script.lib.options import called_from, choose_database
from script.lib.paths import PYTHON, ROOT
from script.lib.progress import Progress, Trouble, command_line

USAGE = "script/manage [--demo | --database NAME] COMMAND [ARGUMENT]…"


def main(arguments: list[str]) -> int:
    """Run the command as the owner of the tables; the exit code is manage.py's."""
    name, command = choose_database(arguments, USAGE)
    if not command:
        raise Trouble(f"usage: {USAGE}")
    if not PYTHON.exists():
        raise Trouble("This checkout is not set up yet: run script/setup or script/server first.")
    settings = keys.settings() | {"GEO112_DEMO": "1" if name.startswith(databases.DEMO) else "0"}
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


def _run(site: Site, command: list[str]) -> int:
    environment = os.environ | site.environment(owner=True)
    return subprocess.run(
        [PYTHON, ROOT / "manage.py", *command], cwd=called_from(), env=environment, check=False
    ).returncode


if __name__ == "__main__":
    command_line("manage", main)
