"""PostgreSQL's own dump and restore, with row counts from the same snapshot."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from script.lib.paths import Command
from script.lib.progress import Progress, Trouble

TABLES = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1;
"""


@dataclass(frozen=True)
class Server:
    """How PostgreSQL's clients reach a server.

    programs  the folder of psql, pg_dump, pg_restore
    url       address of a database there, by a role that may read everything; it never holds a password
    password  given to the clients through their environment, where other users do not see it
    """

    programs: Path
    url: str
    password: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {"PGPASSWORD": self.password} if self.password else {}

    @classmethod
    def from_url(cls, programs: Path, url: str) -> "Server":
        """Take the password out of an address."""
        scheme, _, rest = url.partition("://")
        user, at, place = rest.rpartition("@")
        name, _, password = user.partition(":")
        return cls(programs, f"{scheme}://{name}{at}{place}", unquote(password))


@contextmanager
def snapshot(server: Server) -> Iterator["Session"]:
    """A session whose view of the data stays the same, and which others can share."""
    command = [str(server.programs / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", server.url]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env=os.environ | server.environment,
    ) as psql:
        yield Session(psql)
        psql.communicate("\\q\n")


class Session:
    """One psql that answers questions inside one read-only transaction."""

    def __init__(self, psql: "subprocess.Popen[str]") -> None:
        self._psql = psql
        self.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;")
        self.name = self.ask("SELECT pg_export_snapshot();")[0]

    def ask(self, query: str) -> list[str]:
        """The rows of the answer. Raises Trouble."""
        if self._psql.stdin is None or self._psql.stdout is None or self._psql.poll() is not None:
            raise Trouble("The database could not be read.")
        self._psql.stdin.write(f"{query}\n\\echo end-of-answer\n")
        self._psql.stdin.flush()
        rows: list[str] = []
        for line in self._psql.stdout:
            if line == "end-of-answer\n":
                return rows
            rows.append(line.rstrip("\n"))
        raise Trouble(f"The database could not be read: {' '.join(rows)}")

    def row_counts(self) -> dict[str, int]:
        """Rows by table, extensions' own tables left out."""
        tables = self.ask(TABLES)
        return {table: int(self.ask(f"SELECT count(*) FROM {table};")[0]) for table in tables}


def dump(progress: Progress, server: Server, session: Session, target: Path) -> None:
    """Dump what the session sees. Raises Trouble."""
    command: Command = [server.programs / "pg_dump", "--format=custom", f"--snapshot={session.name}"]
    progress.run(
        [*command, "--file", target, "--dbname", server.url],
        failed="The database could not be dumped",
        cwd=Path("/"),
        env=server.environment,
    )


def load(progress: Progress, server: Server, source: Path, *, keep_roles: bool) -> None:
    """Load a dump into an empty database that has the extensions already. Raises Trouble.

    keep_roles  give tables and rights to the roles that had them; else to the one who loads
    """
    parts = progress.run([server.programs / "pg_restore", "--list", source], failed="The dump cannot be read")
    wanted = source.with_name("wanted.list")
    wanted.write_text("".join(f"{line}\n" for line in parts.splitlines() if " EXTENSION " not in line))
    command: Command = [server.programs / "pg_restore", "--exit-on-error", "--single-transaction"]
    command += [] if keep_roles else ["--no-owner", "--no-acl"]
    progress.run(
        [*command, "--use-list", wanted, "--dbname", server.url, source],
        failed="The dump could not be loaded",
        cwd=Path("/"),
        env=server.environment,
    )


def compare(manifest_rows: dict[str, int], server: Server) -> None:
    """Raises Trouble when a table does not have the rows that it had when it was dumped."""
    with snapshot(server) as session:
        found = session.row_counts()
    wrong = [
        f"{table} has {found.get(table)} rows instead of {count}"
        for table, count in sorted(manifest_rows.items())
        if found.get(table) != count
    ]
    if wrong:
        raise Trouble(f"The restored database is not what was dumped: {'; '.join(wrong[:3])}.")
