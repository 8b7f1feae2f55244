"""Processes that belong to one run: they end with it, and its end is theirs."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from script.lib.paths import ROOT
from script.lib.progress import Trouble

ENDS_WITH_PARENT = ("setpriv", "--pdeathsig", "TERM", "--")
GRACE_S = 10.0
POLL_S = 0.2
SHOWN_LINES = 6
LARGEST_LOG = 20_000_000


@dataclass(frozen=True)
class Child:
    """A started process, under the name that messages use."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


class Children:
    """Starts processes in sessions of their own and ends exactly these."""

    def __init__(self) -> None:
        self._children: list[Child] = []

    def start(self, name: str, command: Sequence[str | Path], *, env: Mapping[str, str], log: Path) -> Child:
        """Start one; its words go to the log. It is told to stop even when this process is killed."""
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".old.log"))
        with log.open("ab") as out:
            process = subprocess.Popen(
                [*ENDS_WITH_PARENT, *map(str, command)],
                cwd=ROOT,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Raises Trouble when one has ended, with its last words."""
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                raise Trouble(
                    f"{child.name} ended by itself ({ending(code)}), so everything was stopped. "
                    f"Its last words, from {child.log}:\n{last_words(child.log)}"
                )

    def watch(self) -> None:
        """Wait until one ends by itself (Trouble) or a signal interrupts."""
        while True:
            self.check()
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End all of them, the last started first; what does not listen, or was left alone, is killed."""
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + GRACE_S
        for child in reversed(self._children):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            _kill_session(child.process.pid)
            child.process.wait()
        self._children.clear()


def ending(code: int) -> str:
    """How a process ended, in words."""
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def last_words(log: Path) -> str:
    """The end of a log, indented."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"    {line}" for line in lines[-SHOWN_LINES:])


def _kill_session(leader: int) -> None:
    """Kill a process that did not stop, and what it started and left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
