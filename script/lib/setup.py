"""script/setup: prepares this checkout without starting anything."""

import argparse

from script.lib import application, cluster, databases, keys, prepare
from script.lib.application import Site
from script.lib.progress import Progress, command_line


def main(arguments: list[str]) -> int:
    """Everything that script/server does before it starts processes; with --tests also what tests need."""
    parser = argparse.ArgumentParser(prog="script/setup", description=main.__doc__)
    parser.add_argument("--tests", action="store_true", help="also Chromium and the tools of script/test")
    options = parser.parse_args(arguments)
    progress = Progress("setup", prepare.STEPS + 2)
    external = prepare.external_database()
    with prepare.alone(progress):
        prepare.machine(progress, database=external is None, tests=options.tests)
        if external is not None:
            _tables(progress, Site(external, None, keys.settings()))
            return 0
        private = cluster.private()
        with cluster.in_use(progress, private):
            database = databases.provide(progress, private, databases.LIVE, keys.load())
            _tables(progress, Site(database, private, keys.settings()))
    return 0


def _tables(progress: Progress, site: Site) -> None:
    with progress.step("Tables"):
        application.migrate(progress, site)
    with progress.step("Translations and static files"):
        application.collect(progress, site)


if __name__ == "__main__":
    command_line("setup", main)
