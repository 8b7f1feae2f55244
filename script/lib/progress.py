"""Progress a person can follow: numbered steps with their times, a log file, errors of one sentence."""

import errno
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from script.lib.paths import LOGS, ROOT

QUIET_S = 20.0
LOG_PREFIX = re.compile(r"^\S+ \S+ \w+ \[\d+\] ")
DISK_FULL = "No space left on device"


class Trouble(Exception):
    """Something a person has to know, in one sentence that says what to do."""


class Progress:
    """Prints steps as `[3/8] Database … 2.1 s` and writes what the tools say into one log file."""

    def __init__(self, command: str, total: int) -> None:
        LOGS.mkdir(parents=True, exist_ok=True)
        self.log = LOGS / f"{command}.log"
        self.total = total
        self.number = 0
        self.times: list[tuple[str, float]] = []
        self._terminal = sys.stdout.isatty()
        self._again = "\r" if self._terminal else ""
        self.log.write_text(f"{time.strftime('%Y-%m-%d %H:%M:%S')} script/{command} {sys.argv[1:]}\n")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One numbered step; its time is printed when it ends, and a sign of life while it lasts."""
        self.number += 1
        label = f"[{self.number}/{self.total}] {title}"
        self._write(f"== {label}\n")
        print(f"{label} …", end="" if self._terminal else "\n", flush=True)
        started = time.monotonic()
        ended = threading.Event()
        alive = threading.Thread(target=self._show_life, args=(label, started, ended), daemon=True)
        alive.start()
        try:
            yield
        except BaseException:
            if self._terminal:
                print(flush=True)
            raise
        finally:
            ended.set()
            alive.join()
        seconds = time.monotonic() - started
        self.times.append((title, seconds))
        print(f"{self._again}{label} … {seconds:.1f} s", flush=True)

    def say(self, text: str) -> None:
        """A line for the person, between or inside steps."""
        self._write(text + "\n")
        print(f"\n      {text}" if self._terminal else f"      {text}", flush=True)

    def run(
        self,
        command: Sequence[str | Path],
        *,
        failed: str,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        text_in: str | None = None,
        show: bool = False,
    ) -> str:
        """Run a tool with its words going to the log; returns what it printed.

        env      additions to this process' environment
        text_in  given on standard input, never logged: it may hold secrets
        show     also print its words as they come
        raises   Trouble(failed + the tool's last line)
        """
        self._write(f"$ {' '.join(map(str, command))}\n")
        try:
            tool = subprocess.Popen(
                [str(part) for part in command],
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL if text_in is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except FileNotFoundError as error:
            raise Trouble(f"{failed}: {error.filename} is not there.") from error
        said = self._listen(tool, text_in, show=show)
        if tool.returncode:
            raise Trouble(self.explain(failed, said, tool.returncode))
        return said

    def _listen(self, tool: "subprocess.Popen[str]", text_in: str | None, *, show: bool) -> str:
        """All that the tool says until it ends; it ends with us when we are interrupted."""
        try:
            if text_in is not None or not show:
                said = tool.communicate(text_in)[0]
                self._write(said)
                return said
            lines = []
            for line in tool.stdout or ():
                lines.append(line)
                self._write(line)
                print(f"      {line}", end="", flush=True)
            tool.wait()
            return "".join(lines)
        except BaseException:
            tool.terminate()
            tool.wait()
            raise

    def explain(self, failed: str, output: str, code: int) -> str:
        """One sentence from what a failed tool said, and where the rest is."""
        if DISK_FULL in output:
            return f"{failed}: the disk is full. Free some space and start again; what was half done is redone."
        lines = [LOG_PREFIX.sub("", line).strip() for line in output.splitlines() if line.strip()]
        errors = [line for line in lines if "error" in line.lower()]
        reason = (errors or lines or [f"it ended with code {code}"])[-1]
        return f"{failed}: {reason.rstrip('.')}. (All it said: {self.log})"

    def _write(self, text: str) -> None:
        with self.log.open("a", errors="replace") as log:
            log.write(text)

    def _show_life(self, label: str, started: float, ended: threading.Event) -> None:
        pause = 1.0 if self._terminal else QUIET_S
        while not ended.wait(pause):
            seconds = time.monotonic() - started
            print(f"{self._again}{label} … {seconds:.0f} s", end="", flush=True)
            if not self._terminal:
                print(" so far", flush=True)


def command_line(command: str, body: Callable[[list[str]], int]) -> None:
    """Run a command of script/ to its exit code; trouble becomes one sentence on standard error."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        code = body(sys.argv[1:])
    except Trouble as trouble:
        print(f"script/{command}: {trouble}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        print(f"\nscript/{command}: stopped; start it again to go on.", file=sys.stderr)
        code = 130
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT}:
            raise
        print(f"script/{command}: cannot write {error.filename or ''}: {error.strerror}.", file=sys.stderr)
        code = 1
    sys.stdout.flush()
    raise SystemExit(code)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
