"""Stamps say from what something was made, so that a second start skips it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(files: Iterable[Path], *words: str) -> str:
    """A short hash of the files' contents and the words."""
    seen = hashlib.sha256("\0".join(words).encode())
    for file in sorted(files):
        seen.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return seen.hexdigest()[:24]


def traces(files: Iterable[Path]) -> str:
    """A short hash of paths, sizes and times: quick for thousands of files, right for files that tools write."""
    seen = hashlib.sha256()
    for file in sorted(files):
        facts = file.stat()
        seen.update(f"{file}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return seen.hexdigest()[:24]


def is_fresh(stamp: Path, mark: str) -> bool:
    """Whether the stamp carries this mark."""
    return stamp.exists() and stamp.read_text().strip() == mark


def put(stamp: Path, mark: str) -> None:
    """Write the stamp, at once or not at all."""
    draft = stamp.with_name(stamp.name + ".new")
    draft.write_text(mark + "\n")
    draft.replace(stamp)
