"""Where and when kernels are compiled."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUESTION = """
import sys
sys.path.insert(0, {folder!r})
from maps import kernels
print(int(kernels.pack(3, 5)) == (3 << kernels.MM_BITS) + 5)
"""


def ask(folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", QUESTION.format(folder=str(folder))],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    return done.stdout.strip() or done.stderr


def copy_of_maps(folder: Path) -> Path:
    shutil.copytree(ROOT / "maps", folder / "maps", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_machine_code_is_kept_for_the_next_process(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert ask(copy_of_maps(tmp_path / "copy"), NUMBA_CACHE_DIR=str(cache)) == "True"
    assert list(cache.rglob("kernels.pack-*.nbc"))


def test_works_where_nothing_can_be_kept(tmp_path: Path) -> None:
    """A folder that is a file can hold nothing, whoever runs this."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    assert ask(copy_of_maps(tmp_path / "copy"), NUMBA_CACHE_DIR=str(blocked)) == "True"
