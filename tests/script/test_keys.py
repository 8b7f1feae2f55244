"""Secrets are made once, kept, and readable by their owner only."""

import stat
from pathlib import Path

from script.lib import keys


def test_made_once_and_kept(tmp_path: Path) -> None:
    first = keys.load(tmp_path / "secrets")
    assert set(first) == set(keys.NAMES)
    assert all(len(value) >= 40 for value in first.values())
    assert len(set(first.values())) == len(first)
    assert keys.load(tmp_path / "secrets") == first


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    keys.load(tmp_path / "secrets")
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o600


def test_a_half_written_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.new").write_text("SECRET_KE")
    assert set(keys.load(tmp_path / "secrets")) == set(keys.NAMES)
    assert not (tmp_path / "secrets.new").exists()


def test_a_missing_one_is_added_and_the_others_stay(tmp_path: Path) -> None:
    keys.save({"SECRET_KEY": "known"}, tmp_path / "secrets")
    loaded = keys.load(tmp_path / "secrets")
    assert loaded["SECRET_KEY"] == "known"
    assert set(loaded) == set(keys.NAMES)
