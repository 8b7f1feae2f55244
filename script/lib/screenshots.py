"""script/screenshots: pictures of every page in every size, theme and language."""

import os
import subprocess
from contextlib import ExitStack

from script.lib import cluster, databases, messages, prepare
from script.lib.options import called_from
from script.lib.paths import PYTHON, ROOT, STATE, Command
from script.lib.progress import Progress, Trouble, command_line

USAGE = "script/screenshots [FOLDER] [--only PATTERN]; without a folder they go to .geo112/screenshots"


def main(arguments: list[str]) -> int:
    """Start a private site with something going on, and take pictures of it."""
    if {"-h", "--help"} & set(arguments):
        raise Trouble(f"usage: {USAGE}")
    given = arguments[:1] if arguments and not arguments[0].startswith("-") else []
    folder = called_from() / given[0] if given else STATE / "screenshots"
    progress = Progress("screenshots", prepare.STEPS + 2)
    with prepare.alone(progress):
        prepare.machine(progress, database=True, tests=True)
        with progress.step("Translations"):
            messages.compile_all(progress)
    with ExitStack() as cleanup:
        with progress.step("Throw-away database"):
            server = cleanup.enter_context(cluster.throw_away(progress))
            databases.load_extensions(progress, server)
        environment = os.environ | {"DATABASE_URL": server.address("geo112"), "SECRET_KEY": "only-for-pictures"}
        command: Command = [PYTHON, "-m", "tests.browser.screenshots", folder.resolve(), *arguments[len(given) :]]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    print(f"The pictures are in {folder}.")
    return done.returncode


if __name__ == "__main__":
    command_line("screenshots", main)
