"""script/restore: puts a backup back."""

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from script.lib import application, archive, backup, cluster, databases, dumps, keys, packages, prepare
from script.lib.application import Site
from script.lib.archive import Manifest
from script.lib.databases import Database
from script.lib.dumps import Server
from script.lib.options import called_from
from script.lib.paths import PYTHON, STATE
from script.lib.progress import Progress, Trouble, command_line

USAGE = """script/restore [--database NAME] [--replace] FILE

Loads a backup into the database it came from, or into NAME, checks it, and only then lets it take the
place of what was there. The replaced database is kept under another name, unless --replace is given."""


def main(arguments: list[str]) -> int:
    """Check the file, load it beside the old database, count, swap, bring the tables up to date."""
    file, name, replace = _read(arguments)
    if not PYTHON.exists():
        raise Trouble("This checkout is not set up yet: run script/setup first.")
    progress = Progress("restore", 4)
    with ExitStack() as cleanup:
        STATE.mkdir(parents=True, exist_ok=True)
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="restore-", dir=STATE)))
        with progress.step("Checking the file"):
            manifest = archive.unpack(file, folder)
        name = name or manifest.database
        with progress.step("Loading and counting"):
            site, kept = _load(progress, cleanup, name, folder, manifest)
        with progress.step("Road networks"):
            archive.put_networks(folder, site.data_dir)
        with progress.step("Tables of this version"):
            application.migrate(progress, site)
        if kept and replace and site.cluster:
            databases.drop(progress, site.cluster, kept)
    rows = sum(manifest.rows.values())
    print(f"Restored {name} as of {manifest.made_at}: {rows:,} rows of {len(manifest.rows)} tables.")
    if kept and not replace:
        print(f"What was there before is kept as database {kept}.")
    return 0


def _load(progress: Progress, cleanup: ExitStack, name: str, folder: Path, manifest: Manifest) -> tuple[Site, str]:
    """The restored system, and the name under which the replaced database is kept. Raises Trouble."""
    external = prepare.external_database()
    if external is not None:
        return _load_elsewhere(progress, external, folder, manifest), ""
    private = cluster.private()
    cleanup.enter_context(cluster.in_use(progress, private))
    if databases.users(progress, private, name):
        raise Trouble(f"Somebody is working on database {name}: stop script/server first.")
    replaced = databases.exists(progress, private, name)
    fresh, kept = f"{name}_restoring", f"{name}_before_{time.strftime('%Y%m%d%H%M%S')}"
    backup.restore_into(progress, private, fresh, folder / archive.DUMP, manifest)
    databases.put_in_place(progress, private, fresh, name, kept)
    notes = {key: value for key, value in manifest.notes.items() if key != "tables"}
    databases.write_state(progress, private, name, **notes)
    database = databases.provide(progress, private, name, keys.load())
    return Site(database, private, keys.settings()), kept if replaced else ""


def _load_elsewhere(progress: Progress, database: Database, folder: Path, manifest: Manifest) -> Site:
    """Load into the empty database that DATABASE_URL names. Raises Trouble."""
    server = Server.from_url(packages.client_folder(), database.owner_url)
    with dumps.snapshot(server) as session:
        if session.row_counts():
            raise Trouble("The database that DATABASE_URL names is not empty: name an empty one.")
    dumps.load(progress, server, folder / archive.DUMP, keep_roles=False)
    dumps.compare(manifest.rows, server)
    return Site(database, None, keys.settings())


def _read(arguments: list[str]) -> tuple[Path, str, bool]:
    """File, database if another than the backup's, and whether the replaced one goes. Raises Trouble."""
    words = [word for word in arguments if word != "--replace"]
    name = ""
    if words[:1] == ["--database"] and len(words) > 1:
        name, words = words[1], words[2:]
    if len(words) != 1 or words[0].startswith("-"):
        raise Trouble(f"usage: {USAGE}")
    file = (called_from() / words[0]).resolve()
    if not file.is_file():
        raise Trouble(f"There is no file {words[0]}.")
    return file, name, "--replace" in arguments


if __name__ == "__main__":
    command_line("restore", main)
