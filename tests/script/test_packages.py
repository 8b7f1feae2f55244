"""Missing system packages are named, installed with apt as root or through sudo, or refused in one sentence."""

import os
import subprocess
from pathlib import Path

import pytest

from script.lib import packages
from script.lib.packages import Need
from script.lib.progress import Progress, Trouble


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one folder with the few programs that apt's callers need."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("env", "sh", "mkdir", "touch"):
        (folder / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return folder


def program(folder: Path, name: str, body: str) -> None:
    """A stand-in for a program of the system, which notes how it was called."""
    file = folder / name
    file.write_text(f'#!/bin/sh\necho "{name} $*" >>"{folder}/calls"\n{body}\n')
    file.chmod(0o755)


def need(tmp_path: Path) -> Need:
    return Need("libexample", "an example", (tmp_path / "installed").exists)


def test_nothing_missing_calls_nobody(tools: Path, progress: Progress) -> None:
    packages.provide(progress, [Need("libexample", "an example", lambda: True)])
    assert not (tools / "calls").exists()


def test_says_what_it_installs_and_uses_sudo(
    tools: Path, tmp_path: Path, progress: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    program(tools, "sudo", '[ "$1" = -n ] && exit 0\nexec "$@"')
    program(tools, "apt-get", f"touch {tmp_path}/installed")
    packages.provide(progress, [need(tmp_path)])
    assert "libexample (an example)" in capsys.readouterr().out
    calls = (tools / "calls").read_text().splitlines()
    installs = [call for call in calls if call.startswith("apt-get") and " install " in call]
    assert len(installs) == 1
    assert installs[0].endswith("install --no-install-recommends libexample")
    assert any(call.startswith("apt-get") and call.endswith("update") for call in calls)


def test_without_sudo_one_sentence_says_what_to_do(tools: Path, tmp_path: Path, progress: Progress) -> None:
    program(tools, "apt-get", "exit 0")
    with pytest.raises(Trouble, match=r"no sudo here: as root run `apt-get install .* libexample`"):
        packages.provide(progress, [need(tmp_path)])


def test_sudo_that_asks_nobody_is_refused(tools: Path, tmp_path: Path, progress: Progress) -> None:
    program(tools, "apt-get", "exit 0")
    program(tools, "sudo", "exit 1")
    with pytest.raises(Trouble, match=r"sudo does not let you install"):
        packages.provide(progress, [need(tmp_path)])


def test_without_apt_the_reasons_are_named(tools: Path, tmp_path: Path, progress: Progress) -> None:
    with pytest.raises(Trouble, match=r"no apt-get: install an example"):
        packages.provide(progress, [need(tmp_path)])


def test_a_full_disk_is_called_so(tools: Path, tmp_path: Path, progress: Progress) -> None:
    program(tools, "sudo", '[ "$1" = -n ] && exit 0\nexec "$@"')
    program(tools, "apt-get", 'case "$*" in *install*) echo "dpkg: No space left on device"; exit 100;; esac')
    with pytest.raises(Trouble, match=r"the disk is full"):
        packages.provide(progress, [need(tmp_path)])


def test_packages_that_bring_nothing_are_reported(tools: Path, tmp_path: Path, progress: Progress) -> None:
    program(tools, "sudo", '[ "$1" = -n ] && exit 0\nexec "$@"')
    program(tools, "apt-get", "exit 0")
    with pytest.raises(Trouble, match=r"libexample did not bring an example"):
        packages.provide(progress, [need(tmp_path)])


def test_the_system_of_these_tests_has_what_the_application_needs() -> None:
    needs = packages.FOR_APPLICATION + packages.FOR_DATABASE + packages.FOR_BROWSER
    assert [need.package for need in needs if not need.present()] == []
    folder = packages.postgres_folder()
    assert folder is not None
    version = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert int(version.stdout.split()[2].partition(".")[0]) >= packages.OLDEST_POSTGRES
