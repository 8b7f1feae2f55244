"""Queries that the ORM says badly, one file each, with bound parameters."""

from functools import cache
from pathlib import Path


@cache
def load(name: str) -> str:
    """The text of `<name>.sql` in this folder."""
    return (Path(__file__).parent / f"{name}.sql").read_text()
