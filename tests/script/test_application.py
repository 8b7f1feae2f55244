"""Set-up's part with Django: what a full disk left behind is mended."""

from pathlib import Path

import pytest

from script.lib import application
from script.lib.application import Site
from script.lib.databases import Database
from script.lib.progress import Progress, Trouble

PROGRAM = """
import sys
from pathlib import Path
if list(Path(__file__).parent.glob("geo112/__pycache__/cut.pyc")):
    raise EOFError("marshal data too short")
print("fine", *sys.argv[1:])
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site whose manage.py stumbles over one compiled module, as Python does over one that was cut off."""
    for folder in ("geo112/__pycache__", "units"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "manage.py").write_text(PROGRAM)
    monkeypatch.setattr(application, "ROOT", tmp_path)
    monkeypatch.setattr(application, "VENV", tmp_path / "venv")
    return Site(Database("geo112", "postgresql://owner@/geo112", "postgresql://app@/geo112"), None)


def test_modules_that_were_cut_off_are_removed_and_the_command_repeated(
    site: Site, tmp_path: Path, progress: Progress, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "geo112" / "__pycache__" / "cut.pyc").write_bytes(b"")
    assert application.manage(progress, site, "migrate", failed="It failed") == "fine migrate\n"
    assert "cut off" in capsys.readouterr().out


def test_other_trouble_is_told(site: Site, tmp_path: Path, progress: Progress) -> None:
    (tmp_path / "manage.py").write_text("raise SystemExit('error: no such table')")
    with pytest.raises(Trouble, match=r"It failed: error: no such table\."):
        application.manage(progress, site, "migrate", failed="It failed")
