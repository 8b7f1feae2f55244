"""The Python environment: uv from PyPI into a private folder, then exactly the hashed requirements."""

import shutil
import subprocess
import sys
from pathlib import Path

from script.lib.paths import PYTHON, REQUIREMENTS, TOOLS, VENV, Command
from script.lib.progress import Progress, Trouble
from script.lib.stamps import digest, is_fresh, put

STAMP = VENV / "geo112-requirements"
UV = TOOLS / "bin" / "uv"
NETWORK = "check the network and start again"


def provide(progress: Progress, *, tests: bool) -> None:
    """Make .venv hold the requirements; with tests also the tools of the tests. Raises Trouble."""
    wanted = _mark("dev")
    if _works() and (is_fresh(STAMP, wanted) or (not tests and is_fresh(STAMP, _mark("base")))):
        return
    _provide_uv(progress)
    if not _works():
        progress.run([UV, "venv", "--clear", "--python", base_python(), VENV], failed="Could not make .venv")
    kind = "dev" if tests else "base"
    STAMP.unlink(missing_ok=True)
    progress.run(
        [UV, "pip", "sync", "--python", PYTHON, "--require-hashes", REQUIREMENTS / f"{kind}.txt"],
        failed=f"Python packages could not be fetched ({NETWORK})",
        env={"UV_PYTHON_DOWNLOADS": "never"},
    )
    put(STAMP, _mark(kind))


def base_python() -> str:
    """The Python that runs this, outside any environment that happens to be active."""
    return getattr(sys, "_base_executable", sys.executable)


def install_tool(progress: Progress, requirements: Path) -> None:
    """Add one hashed requirements file to the private tools (uv, Node). Raises Trouble."""
    python = TOOLS / "bin" / "python"
    stamp = TOOLS / f"{requirements.stem}.stamp"
    mark = digest([requirements], sys.version)
    if is_fresh(stamp, mark) and _runs(python):
        return
    if not _runs(python) or not (TOOLS / "bin" / "pip").exists():
        shutil.rmtree(TOOLS, ignore_errors=True)
        TOOLS.parent.mkdir(exist_ok=True)
        progress.run([base_python(), "-m", "venv", TOOLS], failed="Could not make an environment for tools")
    command: Command = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    progress.run([*command, "-r", requirements], failed=f"{requirements.stem} could not be fetched ({NETWORK})")
    put(stamp, mark)


def _provide_uv(progress: Progress) -> None:
    install_tool(progress, REQUIREMENTS / "uv.txt")
    if not UV.exists():
        raise Trouble(f"uv was installed but {UV} is missing: remove {TOOLS} and start again.")


def _mark(kind: str) -> str:
    return digest([REQUIREMENTS / f"{kind}.txt"], kind, sys.version)


def _works() -> bool:
    return _runs(PYTHON) and (VENV / "pyvenv.cfg").exists()


def _runs(python: Path) -> bool:
    """Whether it starts, and is new enough (an upgrade of the system can take its base away)."""
    if not python.exists():
        return False
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-I", "-c", check], capture_output=True, check=False).returncode == 0
