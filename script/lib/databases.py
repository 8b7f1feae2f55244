"""Roles and databases of the private cluster, and one line of state that each database carries with it."""

import json
from dataclasses import dataclass
from pathlib import Path

from script.lib.cluster import SUPERUSER, Cluster
from script.lib.paths import Command
from script.lib.progress import Progress

OWNER = "geo112_owner"
APP = "geo112_app"
LIVE = "geo112"
DEMO = "geo112_demo"
EXTENSIONS = ("postgis", "pg_trgm", "unaccent", "btree_gist")


@dataclass(frozen=True)
class Database:
    """One database as the system uses it: who owns it changes tables, the application only works in them."""

    name: str
    owner_url: str
    app_url: str


def psql(progress: Progress, cluster: Cluster, database: str, script: str, *, failed: str) -> str:
    """Run SQL as the cluster's superuser; returns the bare rows."""
    program = cluster.programs / "psql"
    arguments: Command = [
        "-X",
        "-q",
        "-A",
        "-t",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        cluster.sockets,
        "-p",
        str(cluster.port),
    ]
    return progress.run(
        [program, *arguments, "-U", SUPERUSER, "-d", database],
        failed=failed,
        text_in=script,
        cwd=Path("/"),
        env={"PGPASSWORD": cluster.password} if cluster.password else None,
    )


def provide(progress: Progress, cluster: Cluster, name: str, passwords: dict[str, str]) -> Database:
    """Make roles and the database where they are missing, and set the roles' passwords. Raises Trouble."""
    load_extensions(progress, cluster)
    psql(progress, cluster, "postgres", _roles_sql(passwords), failed="Database roles could not be made")
    psql(progress, cluster, "postgres", _database_sql(name), failed=f"Database {name} could not be made")
    return Database(
        name=name,
        owner_url=cluster.address(name, OWNER, passwords["OWNER_PASSWORD"]),
        app_url=cluster.address(name, APP, passwords["APP_PASSWORD"]),
    )


def drop(progress: Progress, cluster: Cluster, name: str) -> None:
    """Remove a database if it is there; refused while somebody is connected. Raises Trouble."""
    script = f"SET client_min_messages = warning;\nDROP DATABASE IF EXISTS {identifier(name)};"
    psql(progress, cluster, "postgres", script, failed=f"Database {name} could not be removed")


def users(progress: Progress, cluster: Cluster, name: str) -> int:
    """How many connections the database has."""
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = {literal(name)};"
    return int(psql(progress, cluster, "postgres", query, failed="The database did not answer"))


def put_in_place(progress: Progress, cluster: Cluster, new: str, name: str, kept_as: str) -> None:
    """Give one database the name of another, whose data stays under a third name. Raises Trouble."""
    script = (
        "BEGIN;\n"
        f"SELECT {literal(f'ALTER DATABASE {identifier(name)} RENAME TO {identifier(kept_as)}')} "
        f"WHERE EXISTS (SELECT FROM pg_database WHERE datname = {literal(name)}) \\gexec\n"
        f"ALTER DATABASE {identifier(new)} RENAME TO {identifier(name)};\nCOMMIT;\n"
    )
    psql(progress, cluster, "postgres", script, failed="The restored database could not take its place")


def load_extensions(progress: Progress, cluster: Cluster) -> None:
    """Put the extensions into the template, so that each new database has them. Raises Trouble."""
    script = "SET client_min_messages = warning;\n" + "".join(
        f"CREATE EXTENSION IF NOT EXISTS {extension};\n" for extension in EXTENSIONS
    )
    psql(progress, cluster, "template1", script, failed="PostGIS could not be loaded")


def exists(progress: Progress, cluster: Cluster, name: str) -> bool:
    """Whether the cluster has this database."""
    query = f"SELECT 1 FROM pg_database WHERE datname = {literal(name)};"
    return bool(psql(progress, cluster, "postgres", query, failed="The database did not answer").strip())


def read_state(progress: Progress, cluster: Cluster, name: str) -> dict[str, str]:
    """What set-up noted in the database: from what it was made."""
    query = (
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '{}') "
        f"FROM pg_database WHERE datname = {literal(name)};"
    )
    noted = psql(progress, cluster, "postgres", query, failed="The database did not answer").strip()
    try:
        state = json.loads(noted or "{}")
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}


def write_state(progress: Progress, cluster: Cluster, name: str, **changes: str) -> None:
    """Note in the database from what it was made; the note leaves with the database."""
    state = read_state(progress, cluster, name) | changes
    script = f"COMMENT ON DATABASE {identifier(name)} IS {literal(json.dumps(state))};"
    psql(progress, cluster, "postgres", script, failed="The database did not take a note")


def literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """An SQL name."""
    return '"' + name.replace('"', '""') + '"'


def _roles_sql(passwords: dict[str, str]) -> str:
    roles = {OWNER: ("CREATEDB", "OWNER_PASSWORD"), APP: ("NOCREATEDB", "APP_PASSWORD")}
    return "".join(
        f"SELECT 'CREATE ROLE {role}' WHERE NOT EXISTS "
        f"(SELECT FROM pg_roles WHERE rolname = {literal(role)}) \\gexec\n"
        f"ALTER ROLE {role} LOGIN NOSUPERUSER {right} PASSWORD {literal(passwords[key])};\n"
        for role, (right, key) in roles.items()
    )


def _database_sql(name: str) -> str:
    return (
        f"SELECT {literal(f'CREATE DATABASE {identifier(name)} OWNER {OWNER}')} WHERE NOT EXISTS "
        f"(SELECT FROM pg_database WHERE datname = {literal(name)}) \\gexec\n"
        f"REVOKE ALL ON DATABASE {identifier(name)} FROM PUBLIC;\n"
        f"GRANT CONNECT, TEMPORARY ON DATABASE {identifier(name)} TO {APP};\n"
    )
