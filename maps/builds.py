"""Where road builds lie: a folder per build on each host, and a copy of its files in PostgreSQL.

`ensure_local(build_id)` gives the folder, fetched from the database when this host has none yet.
"""

import os
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection

from maps.models import RoadBuild, RoadBuildFile

PART_BYTES = 4 << 20
ORPHAN_AFTER_S = 3600


def networks_folder() -> Path:
    """The folder that holds this host's builds."""
    return Path(settings.DATA_DIR) / "networks"


def build_folder(build_id: str) -> Path:
    """Where this host keeps a build; it need not exist."""
    return networks_folder() / build_id


def working_folder(build_id: str) -> Path:
    """A folder to write a build into, not made yet; `publish_folder` gives it its name when it is whole."""
    return networks_folder() / f".{build_id}.{uuid4().hex[:8]}"


def publish_folder(working: Path, build_id: str) -> Path:
    """Flush a written folder to the disk and move it to its name in one step.

    Another process may have published the same build first; then that one stays.
    """
    for path in [*working.iterdir(), working]:
        _flush(path)
    target = build_folder(build_id)
    try:
        working.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(working)
    _flush(target.parent)
    return target


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def store_files(build: RoadBuild) -> int:
    """Copy the files of a published build into the database. Returns the bytes copied."""
    total = 0
    copy_sql = f"COPY {RoadBuildFile._meta.db_table} (build_id, name, part, data) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(copy_sql) as copy:
        copy.set_types(["text", "text", "int4", "bytea"])
        for path in sorted(build_folder(build.pk).iterdir()):
            for part, data in enumerate(_parts(path)):
                copy.write_row((build.pk, path.name, part, data))
                total += len(data)
    return total


def _parts(path: Path) -> Iterator[bytes]:
    """A file in pieces; an empty file is one empty piece."""
    with path.open("rb") as file:
        yield file.read(PART_BYTES)
        while data := file.read(PART_BYTES):
            yield data


def ensure_local(build_id: str) -> Path:
    """The build's folder on this host, fetched from the database when it is missing.

    Raises FileNotFoundError when the database has no such build either.
    """
    folder = build_folder(build_id)
    if folder.is_dir():
        return folder
    working = working_folder(build_id)
    working.mkdir(parents=True)
    parts = RoadBuildFile.objects.filter(build_id=build_id).order_by("name", "part")
    for part in parts.iterator(chunk_size=4):
        with (working / part.name).open("ab") as file:
            file.write(part.data)
    if not any(working.iterdir()):
        working.rmdir()
        raise FileNotFoundError(f"No road build {build_id} on this host or in the database.")
    return publish_folder(working, build_id)


def remove_unused(*, keep: Collection[str]) -> list[str]:
    """Remove this host's folders of builds not to keep, and what a killed import left an hour ago or more.

    A process that still has removed arrays mapped goes on reading them. Returns the names removed.
    """
    removed = []
    for folder in networks_folder().glob("*"):
        old = time.time() - folder.stat().st_mtime > ORPHAN_AFTER_S
        if folder.is_dir() and folder.name not in keep and old:
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder.name)
    return sorted(removed)
