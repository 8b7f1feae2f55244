"""script/test: every check of the project on a throw-away database."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from script.lib import browser, cluster, databases, messages, prepare
from script.lib.paths import APPS, PYTHON, ROOT, VENV, Command
from script.lib.progress import Progress, command_line

CODE = (*APPS, "script", "benchmarks", "manage.py")
PYTEST_WORKERS = "2"


@dataclass(frozen=True)
class Result:
    """How one check went."""

    name: str
    code: int
    seconds: float


def main(arguments: list[str]) -> int:
    """Prepare, then run all checks; with arguments only pytest, which gets them. 0 when all pass."""
    progress = Progress("test", prepare.STEPS + 2)
    with ExitStack() as cleanup:
        given = os.environ.get("DATABASE_URL")
        with prepare.alone(progress):
            prepare.machine(progress, database=not given, tests=True)
            with progress.step("Translations"):
                messages.compile_all(progress)
        with progress.step("Database of the tests"):
            url = given or _throw_away_database(progress, cleanup)
        environment = os.environ | {"DATABASE_URL": url, "SECRET_KEY": "only-for-tests"}
        if arguments:
            return check("pytest", [PYTHON, "-m", "pytest", *arguments], environment).code
        results = [check(name, command, environment) for name, command in _checks(progress)]
    return _summary(progress, results)


def check(name: str, command: Sequence[str | Path], environment: Mapping[str, str]) -> Result:
    """Run one check in the open."""
    print(f"\n--- {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run([str(word) for word in command], cwd=ROOT, env=environment, check=False)
    return Result(name, done.returncode, time.monotonic() - started)


def _checks(progress: Progress) -> list[tuple[str, Command]]:
    """Name and command of each check; pytest comes last, so that its closing line stands near the end."""
    modules = sorted((ROOT / "tests").rglob("*.test.mjs"))
    node_tests: Command = [browser.provide_node(progress), "--test", *modules]
    return [
        ("ruff check", [VENV / "bin" / "ruff", "check", "."]),
        ("ruff format", [VENV / "bin" / "ruff", "format", "--check", "."]),
        ("import-linter", [VENV / "bin" / "lint-imports"]),
        ("mypy", [VENV / "bin" / "mypy", *CODE]),
        *([("node --test", node_tests)] if modules else []),
        ("pytest", [PYTHON, "-m", "pytest", "-n", PYTEST_WORKERS, "--dist", "loadfile"]),
    ]


def _throw_away_database(progress: Progress, cleanup: ExitStack) -> str:
    """The address of a private server that forgets everything at the end."""
    server = cleanup.enter_context(cluster.throw_away(progress))
    databases.load_extensions(progress, server)
    return server.address("geo112")


def _summary(progress: Progress, results: Sequence[Result]) -> int:
    """Print what took how long and what failed; the exit code of the whole."""
    preparation = sum(seconds for _, seconds in progress.times)
    total = preparation + sum(result.seconds for result in results)
    print(f"\n{'set-up':<14} {preparation:6.1f} s")
    for result in results:
        verdict = "ok" if result.code == 0 else f"FAILED (exit code {result.code})"
        print(f"{result.name:<14} {result.seconds:6.1f} s  {verdict}")
    print(f"{'total':<14} {total:6.1f} s", flush=True)
    return next((result.code for result in results if result.code), 0)


if __name__ == "__main__":
    command_line("test", main)
