"""Fixtures that every area shares: the sketch, imported once a run, and where real data lies."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from pytest_django import DjangoDbBlocker

from maps.models import Region

ROOT = Path(__file__).resolve().parent.parent
SKETCH = ROOT / "fixtures" / "osm" / "kota-bengkulu-sketch.osm.pbf"
SHARED_DATA = Path(os.environ.get("GEO112_SHARED", ROOT.parent / "shared")) / "data"

TableRows = dict[str, bytes]


def shared_data(name: str) -> Path:
    """A file of the real data beside the project; the test is skipped, saying so, when it is not there."""
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"shared data not here: {name}")
    return path


@pytest.fixture(scope="session", autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Network builds of tests go to a folder of their own."""
    folder = tmp_path_factory.mktemp("data")
    settings.DATA_DIR = folder
    return folder


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """A slow hash protects passwords; in tests it would be most of the time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def log_guard_lets_tests_empty_tables() -> Iterator[None]:
    """Django empties all tables after a transactional test; the log's triggers refuse that, so they sleep then."""
    flush = DatabaseOperations.execute_sql_flush

    def unguarded(self: DatabaseOperations, statements: list[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = replica", *statements])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", unguarded)
        yield


@pytest.fixture(scope="session", autouse=True)
def sessions_end(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What a thread of a closed event loop still holds must not keep the test database from being dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def sketch_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker, data_dir: Path) -> TableRows:
    """The tables of one real import of the sketch, as COPY data; the import itself is rolled back."""
    tables = [model._meta.db_table for model in apps.get_app_config("maps").get_models()]
    with django_db_blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
        call_command("import_osm", str(SKETCH), verbosity=0)
        rows: TableRows = {}
        for table in tables:
            with cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as copy:
                rows[table] = b"".join(bytes(chunk) for chunk in copy)
        transaction.set_rollback(True)
    return rows


@pytest.fixture
def demo_region(db: None, sketch_rows: TableRows) -> Iterator[Region]:
    """The sketch of Kota Bengkulu as the active region, in this test's own transaction."""
    with connection.cursor() as cursor:
        for table, rows in sketch_rows.items():
            with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as copy:
                copy.write(rows)
    region = Region.objects.active()
    assert region is not None
    yield region
