"""A backup file is whole, checked, and cannot write outside its folder."""

import io
import tarfile
from pathlib import Path

import pytest

from script.lib import archive
from script.lib.archive import Manifest
from script.lib.progress import Trouble


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A small backup with a dump and a network."""
    folder = tmp_path / "in"
    (folder / "networks" / "build-1").mkdir(parents=True)
    (folder / archive.DUMP).write_bytes(b"dump" * 5000)
    (folder / "networks" / "build-1" / "arcs.npy").write_bytes(bytes(range(256)) * 100)
    target = tmp_path / "saved.tar"
    archive.pack(folder, target, Manifest("geo112", "2026-11-23T00:00:00Z", "15.20", {"public.a": 3}, {"region": "x"}))
    return target


def test_what_goes_in_comes_out(packed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    manifest = archive.unpack(packed, out)
    assert (manifest.database, manifest.rows, manifest.notes) == ("geo112", {"public.a": 3}, {"region": "x"})
    assert (out / archive.DUMP).read_bytes() == b"dump" * 5000
    archive.put_networks(out, tmp_path / "data")
    assert (tmp_path / "data" / "networks" / "build-1" / "arcs.npy").read_bytes() == bytes(range(256)) * 100


def test_nobody_else_may_read_it_and_nothing_is_left_beside_it(packed: Path) -> None:
    assert packed.stat().st_mode & 0o077 == 0
    assert not list(packed.parent.glob("*.part"))


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_any_changed_byte_is_noticed(packed: Path, tmp_path: Path, part: float) -> None:
    content = bytearray(packed.read_bytes())
    content[int(20000 * part) + 1024] ^= 1
    packed.write_bytes(content)
    with pytest.raises(Trouble, match=r"damaged|not a whole backup"):
        archive.unpack(packed, tmp_path / "out")


def test_half_a_file_and_another_file_are_refused(packed: Path, tmp_path: Path) -> None:
    whole = packed.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"PK\x03\x04 something else"):
        packed.write_bytes(content)
        with pytest.raises(Trouble, match="not a whole backup"):
            archive.unpack(packed, tmp_path / f"out-{len(content)}")


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "networks/../../outside"])
def test_it_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 3
        tar.addfile(entry, io.BytesIO(b"abc"))
    with pytest.raises(Trouble, match="not one of its files"):
        archive.unpack(evil, tmp_path / "deep" / "out")
    assert not list(tmp_path.rglob("outside"))


def test_a_newer_format_asks_for_an_upgrade(packed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "newer"
    folder.mkdir()
    archive.pack(folder, packed, Manifest("geo112", "", "", {}, format=archive.FORMAT + 1))
    with pytest.raises(Trouble, match="newer geo112"):
        archive.unpack(packed, tmp_path / "out")
