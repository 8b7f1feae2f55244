"""A backup file: a tar with the database's dump, the road networks, and a list to check them by."""

import hashlib
import io
import json
import os
import shutil
import tarfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from script.lib.progress import Trouble

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
NETWORKS = "networks"
SECRETS = "secrets"
CHUNK = 1 << 20


@dataclass
class Manifest:
    """What is in a backup.

    rows    rows by table, counted in the very snapshot that was dumped
    notes   what set-up had noted in the database
    hashes  SHA-256 by file name
    """

    database: str
    made_at: str
    server_version: str
    rows: dict[str, int]
    notes: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def pack(folder: Path, target: Path, manifest: Manifest) -> None:
    """Write everything in the folder into the target, whole or not at all, readable by its owner only."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest.hashes = {str(path.relative_to(folder)): hash_of(path) for path in files}
    draft = target.with_name(target.name + ".part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                _add_manifest(tar, manifest)
                for path in files:
                    tar.add(path, arcname=str(path.relative_to(folder)), recursive=False)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> Manifest:
    """Take a backup apart into the folder and check every file of it. Raises Trouble."""
    try:
        with tarfile.open(source, mode="r:") as tar:
            for member in tar:
                _extract(tar, member, folder)
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (tarfile.TarError, KeyError, TypeError, ValueError, FileNotFoundError) as error:
        raise Trouble(f"{source} is not a whole backup of geo112 ({error}).") from error
    if manifest.format > FORMAT:
        raise Trouble(f"{source} was made by a newer geo112 (format {manifest.format}): upgrade first.")
    damaged = [name for name, known in manifest.hashes.items() if not _is(folder / name, known)]
    if damaged:
        raise Trouble(f"{source} is damaged: {', '.join(damaged)} differ from what was written.")
    return manifest


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            seen.update(chunk)
    return seen.hexdigest()


def copy_networks(data_dir: Path, folder: Path) -> None:
    """Put the finished network builds beside the dump."""
    if (data_dir / NETWORKS).is_dir():
        shutil.copytree(data_dir / NETWORKS, folder / NETWORKS)


def put_networks(folder: Path, data_dir: Path) -> None:
    """Bring the network builds of a backup into the folder of data; builds that are there are left."""
    for build in (folder / NETWORKS).glob("*"):
        target = data_dir / NETWORKS / build.name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f"{target.name}.restoring")
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(build, draft)
            draft.rename(target)


def _is(path: Path, known: str) -> bool:
    return path.is_file() and hash_of(path) == known


def _add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), indent=1).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode, entry.mtime = len(text), 0o600, int(time.time())
    tar.addfile(entry, io.BytesIO(text))


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One plain file, inside the folder whatever its name says. Raises Trouble."""
    target = (folder / member.name).resolve()
    content = tar.extractfile(member)
    if not member.isfile() or content is None or not target.is_relative_to(folder.resolve()):
        raise Trouble(f"The backup holds {member.name!r}, which is not one of its files.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as out:
        shutil.copyfileobj(content, out, CHUNK)
