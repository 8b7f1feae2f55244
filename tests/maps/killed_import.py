"""Runs import_osm in processes of their own and kills each at a step.

The parent warms up once and forks, so that ten imports do not load Python ten times. A child dies of SIGKILL in
the moment in which the line of its step appears on its standard output. After each death the parent prints
"killed STEP" (or what else happened) and waits for a line on its standard input. Django must be set up before.
"""

import os
import signal
import sys
from pathlib import Path

from django.core.management import call_command

from maps.management.commands.import_osm import TITLES
from maps.network import build_network
from maps.osm import read_file

FAILED = 3


class DiesAt:
    """A standard output that does not outlive the line of a step."""

    def __init__(self, title: str) -> None:
        self.title = title

    def write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
        if self.title in text:
            os.kill(os.getpid(), signal.SIGKILL)

    def flush(self) -> None:
        sys.stdout.flush()

    def isatty(self) -> bool:
        return False


def run(file: Path, step: str) -> str:
    """Fork an import and say how it ended."""
    child = os.fork()
    if child == 0:
        try:
            call_command("import_osm", str(file), code="town", stdout=DiesAt(str(TITLES[step])))
        finally:
            os._exit(FAILED)
    _pid, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else f"ended {status}"


def main(file: Path, steps: list[str]) -> None:
    """Kill one import after the other."""
    build_network(read_file(file).roads)
    for step in steps:
        sys.stdout.write(f"{run(file, step)} {step}\n")
        sys.stdout.flush()
        sys.stdin.readline()
