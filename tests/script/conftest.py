"""A private database server for the tests of the commands."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from script.lib import cluster, databases, keys
from script.lib.cluster import Cluster
from script.lib.progress import Progress


@pytest.fixture(scope="session")
def progress() -> Progress:
    """Progress that writes to a log of its own."""
    return Progress("tests", 0)


@pytest.fixture(scope="session")
def server(progress: Progress) -> Iterator[Cluster]:
    """A throw-away server, made as script/test makes it, with the extensions in its template."""
    with cluster.throw_away(progress) as made:
        databases.load_extensions(progress, made)
        yield made


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    """Passwords as a checkout has them."""
    return keys.load(tmp_path / "secrets")
