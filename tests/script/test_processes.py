"""What a run starts ends with it, and nothing else does."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from script.lib.paths import ROOT
from script.lib.processes import Children
from script.lib.progress import Trouble
from tests.script.processes import is_alive, wait_until_gone

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


def test_stop_ends_all_of_its_own_and_nothing_else(tmp_path: Path) -> None:
    stranger = subprocess.Popen(SLEEPER)
    try:
        children = Children()
        started = [children.start(f"child {n}", SLEEPER, env={}, log=tmp_path / f"{n}.log") for n in range(2)]
        children.check()
        children.stop()
        assert [child.process.poll() is not None for child in started] == [True, True]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_one_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("script.lib.processes.GRACE_S", 0.3)
    children = Children()
    child = children.start("a deaf child", DEAF, env={}, log=tmp_path / "deaf.log")
    deadline = time.monotonic() + 10
    while "deaf" not in child.log.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)
    children.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_what_a_dead_child_left_behind_goes_too(tmp_path: Path) -> None:
    program = (
        "import os, signal, subprocess, sys\n"
        f"print(subprocess.Popen({SLEEPER!r}).pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    children = Children()
    child = children.start("a parent", [sys.executable, "-c", program], env={}, log=tmp_path / "p.log")
    child.process.wait()
    orphan = int(child.log.read_text())
    assert is_alive(orphan)
    children.stop()
    wait_until_gone(orphan)


def test_the_end_of_one_is_told_with_its_last_words(tmp_path: Path) -> None:
    children = Children()
    program = [sys.executable, "-c", "print('the roof is on fire'); raise SystemExit(3)"]
    child = children.start("The worker", program, env={}, log=tmp_path / "worker.log")
    child.process.wait()
    with pytest.raises(Trouble, match=r"The worker ended by itself \(exit code 3\)(.|\n)*the roof is on fire"):
        children.watch()


def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from script.lib.processes import Children\n"
        f"child = Children().start('c', {SLEEPER!r}, env={{}}, log=Path({str(tmp_path / 'c.log')!r}))\n"
        "command = Path(f'/proc/{child.process.pid}/cmdline')\n"
        "while not command.read_text().startswith(sys.executable): pass\n"
        "print(child.process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    wait_until_gone(int(done.stdout))


def test_a_large_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("script.lib.processes.LARGEST_LOG", 10)
    log = tmp_path / "web.log"
    log.write_text("words of an earlier run")
    children = Children()
    children.start("child", [sys.executable, "-c", "print('new')"], env={}, log=log).process.wait()
    assert log.read_text() == "new\n"
    assert (tmp_path / "web.old.log").read_text() == "words of an earlier run"
    assert os.access(log, os.W_OK)
