"""Looks at the system's processes; a zombie, which some containers never clear away, counts as ended."""

import time
from pathlib import Path


def parents() -> dict[int, int]:
    """Parent by process, of all that live."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state not in {"Z", "X"}:
            found[int(stat.parent.name)] = int(parent)
    return found


def is_alive(pid: int) -> bool:
    return pid in parents()


def descendants(pid: int) -> set[int]:
    """Processes that a process has started, and those that they have."""
    known = parents()
    found = {pid}
    while more := {child for child, parent in known.items() if parent in found} - found:
        found |= more
    return found - {pid}


def command_of(pid: int) -> str:
    """A process' command line; empty when it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_until_gone(*pids: int, seconds: float = 20) -> None:
    """Fails with the commands of those that are still there."""
    deadline = time.monotonic() + seconds
    while (left := parents().keys() & set(pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [command_of(pid) for pid in left] == []
