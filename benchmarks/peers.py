"""The engines we measure ourselves against, from PyPI, in an environment of their own.

Their wheels ask for Python 3.12 or newer. Any such Python on this machine will do; without one, or without a
network on the first run, there are no peers and the benchmarks say so.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("GEO112_STATE") or ROOT / ".geo112") / "bench"
REQUIREMENTS = ROOT / "benchmarks" / "peers.txt"
OLDEST = (3, 12)


def environment() -> Path | None:
    """The peers' Python, made on the first call; None when there is none to be had, and stderr says why."""
    folder = CACHE / "peers"
    python, stamp = folder / "bin" / "python", folder / "requirements.sha256"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    base = next(_pythons(), None)
    if base is None:
        print(f"No Python {OLDEST[0]}.{OLDEST[1]} or newer here: the peers are left out.", file=sys.stderr)
        return None
    print("Installing the peers (once) …", file=sys.stderr)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        _run(base, "-m", "venv", folder)
        _run(
            python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", REQUIREMENTS
        )
    except subprocess.CalledProcessError as error:
        print(f"The peers could not be installed and are left out: {error.stderr.strip()[-500:]}", file=sys.stderr)
        return None
    stamp.write_text(wanted)
    return python


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _pythons() -> Iterator[Path]:
    """Pythons new enough: this one, those on the path, and those of pyenv that are not on it."""
    names = [f"python3.{minor}" for minor in range(12, 20)]
    found = [Path(sys.executable), *(Path(path) for name in names if (path := shutil.which(name)))]
    found += sorted((Path.home() / ".pyenv" / "versions").glob("3.*/bin/python3"))
    check = f"import sys, venv, ensurepip; sys.exit(sys.version_info < {OLDEST})"
    for python in found:
        if subprocess.run([python, "-I", "-c", check], capture_output=True, check=False).returncode == 0:
            yield python


def ask(python: Path, program: str, request: dict[str, Any], *, scratch: Path) -> dict[str, Any] | None:
    """Run one of our programs under the peers' Python: JSON in, JSON out; None, and stderr says why, if it fails."""
    scratch.mkdir(parents=True, exist_ok=True)
    question, answer = scratch / "request.json", scratch / "answer.json"
    question.write_text(json.dumps(request))
    answer.unlink(missing_ok=True)
    command: list[str | Path] = [python, "-m", program, question, answer]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0 or not answer.exists():
        said = (done.stderr or done.stdout).strip()[-800:]
        print(f"{request.get('engine', program)} failed and is left out:\n{said}", file=sys.stderr)
        return None
    found: dict[str, Any] = json.loads(answer.read_text())
    return found
