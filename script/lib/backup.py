"""script/backup: database and road networks in one verified file."""

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from script.lib import archive, cluster, databases, dumps, keys, packages, prepare
from script.lib.application import Site
from script.lib.archive import Manifest
from script.lib.cluster import Cluster
from script.lib.dumps import Server
from script.lib.options import called_from, choose_database
from script.lib.paths import STATE
from script.lib.progress import Progress, Trouble, command_line

USAGE = """script/backup [--demo | --database NAME] [--quick] [FILE]

Writes a backup, from one moment, while geo112 runs. It is then restored into a scratch database and
counted; --quick leaves that out. Secrets are not in it: docs/operating.md says why."""


def main(arguments: list[str]) -> int:
    """Dump, check by restoring, pack."""
    name, rest = choose_database(arguments, USAGE)
    quick = "--quick" in rest
    target = _target([word for word in rest if word != "--quick"], name)
    progress = Progress("backup", 3)
    with ExitStack() as cleanup:
        site, server = source(progress, cleanup, name)
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="backup-", dir=_scratch())))
        with progress.step("Reading the database"):
            manifest = _dump(progress, site, server, folder)
        with progress.step("Restoring it for a check"):
            _verify(progress, site, folder / archive.DUMP, manifest, quick=quick)
        with progress.step("Writing the file"):
            archive.copy_networks(site.data_dir, folder)
            archive.pack(folder, target, manifest)
    rows = sum(manifest.rows.values())
    size_mib = target.stat().st_size / 2**20
    print(f"{target}: {rows:,} rows of {len(manifest.rows)} tables, {size_mib:.1f} MiB")
    return 0


def source(progress: Progress, cleanup: ExitStack, name: str) -> tuple[Site, Server]:
    """The system to copy, and how clients reach its database; a private cluster runs until cleanup."""
    external = prepare.external_database()
    if external is not None:
        return Site(external, None, keys.settings()), Server.from_url(packages.client_folder(), external.owner_url)
    private = cluster.private()
    cleanup.enter_context(cluster.in_use(progress, private))
    if not databases.exists(progress, private, name):
        raise Trouble(f"There is no database {name} here: --demo or --database NAME choose another.")
    database = databases.provide(progress, private, name, keys.load())
    return Site(database, private, keys.settings()), Server(private.programs, private.address(name))


def _dump(progress: Progress, site: Site, server: Server, folder: Path) -> Manifest:
    """The dump, and what it has to hold."""
    with dumps.snapshot(server) as session:
        manifest = Manifest(
            database=site.database.name,
            made_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            server_version=session.ask("SHOW server_version;")[0],
            rows=session.row_counts(),
        )
        dumps.dump(progress, server, session, folder / archive.DUMP)
    if site.cluster is not None:
        manifest.notes = databases.read_state(progress, site.cluster, site.database.name)
    return manifest


def _verify(progress: Progress, site: Site, dump: Path, manifest: Manifest, *, quick: bool) -> None:
    """Restore into a scratch database and count. Raises Trouble."""
    if quick or site.cluster is None:
        progress.say("Left out (--quick)." if quick else "Left out: only the private cluster has room for it.")
        return
    scratch = f"{site.database.name}_check"
    restore_into(progress, site.cluster, scratch, dump, manifest)
    databases.drop(progress, site.cluster, scratch)


def restore_into(progress: Progress, private: Cluster, name: str, dump: Path, manifest: Manifest) -> None:
    """A new database from the dump, counted; what an earlier, killed try left is removed first. Raises Trouble."""
    databases.drop(progress, private, name)
    databases.provide(progress, private, name, keys.load())
    server = Server(private.programs, private.address(name))
    dumps.load(progress, server, dump, keep_roles=True)
    dumps.compare(manifest.rows, server)


def _target(rest: list[str], name: str) -> Path:
    """Where to write: the given file, or one named by database and time. Raises Trouble."""
    if len(rest) > 1 or any(word.startswith("-") for word in rest):
        raise Trouble(f"usage: {USAGE}")
    if rest:
        target = (called_from() / rest[0]).resolve()
    else:
        folder = STATE / "backups"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.tar"
    if not target.parent.is_dir():
        raise Trouble(f"There is no folder {target.parent}.")
    return target


def _scratch() -> Path:
    STATE.mkdir(parents=True, exist_ok=True)
    return STATE


if __name__ == "__main__":
    command_line("backup", main)
