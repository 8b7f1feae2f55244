"""A private PostgreSQL cluster: on a unix socket, for one checkout, never open to other users.

An ordinary user has it in `.geo112/cluster/`. PostgreSQL refuses to run as root and cannot enter
root's home, so root has it in `/var/lib/geo112/<hash of that folder>/`, owned by `postgres`.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired

from script.lib.packages import postgres_folder
from script.lib.paths import STATE, Command
from script.lib.progress import Progress, Trouble

SUPERUSER = "postgres"
ROOTS_FOLDER = Path("/var/lib/geo112")
PORT = 5432
LONGEST_SOCKET = 99
SHORT_FOLDER = "/tmp"
THROW_AWAY = "geo112-test-"
START_SECONDS = "60"
SETTINGS = {
    "listen_addresses": "''",
    "port": str(PORT),
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
    "wal_compression": "on",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_min_messages": "warning",
    "password_encryption": "'scram-sha-256'",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """Where a cluster keeps its data, its socket and its log, and which programs run it.

    sockets   what libpq calls host: the folder of the socket, or the name of another machine
    password  of the superuser; empty where the system vouches for us, as it does for a private cluster
    """

    home: Path
    sockets: Path
    programs: Path
    password: str = ""
    port: int = PORT

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgresql.log"

    def address(self, database: str, user: str = SUPERUSER, password: str = "") -> str:
        """A DATABASE_URL for one of its databases."""
        secret = f":{password}" if password else ""
        port = "" if self.port == PORT else f"&port={self.port}"
        return f"postgresql://{user}{secret}@/{database}?host={self.sockets}{port}"


def private() -> Cluster:
    """The cluster of this checkout, whether it exists already or not. Raises Trouble."""
    mark = short_mark(STATE)
    home = ROOTS_FOLDER / mark if os.geteuid() == 0 else STATE / "cluster"
    return Cluster(home=home, sockets=socket_folder(home, mark), programs=programs())


def short_mark(folder: Path) -> str:
    """A short name for a folder, the same at every start."""
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def socket_folder(home: Path, mark: str) -> Path:
    """`run` beside the data, or a short private path where that would pass 100 bytes."""
    short = f"geo112-{os.geteuid()}-{mark}"
    runtime = os.environ.get("XDG_RUNTIME_DIR") or SHORT_FOLDER
    choices = [home / "run", Path(runtime, short), Path(SHORT_FOLDER, short)]
    return next(folder for folder in choices if _fits(folder))


def _fits(folder: Path) -> bool:
    """Whether a socket in the folder has a name that the system takes."""
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET


def programs() -> Path:
    """The folder of PostgreSQL's programs. Raises Trouble."""
    folder = postgres_folder()
    if folder is None:
        raise Trouble("PostgreSQL 15 or newer is not installed: run script/setup, which installs it.")
    return folder


def runs(cluster: Cluster) -> bool:
    """Whether the cluster's server is up."""
    if not (cluster.data / "postmaster.pid").exists():
        return False
    status = _as_postgres([cluster.programs / "pg_ctl", "-D", cluster.data, "status"])
    return subprocess.run(status, cwd="/", capture_output=True, check=False).returncode == 0


def start(progress: Progress, cluster: Cluster) -> None:
    """Start the cluster's server, making the cluster when there is none. Raises Trouble."""
    _check_version(cluster)
    if not (cluster.data / "PG_VERSION").exists():
        create(progress, cluster, SETTINGS)
    _private_folder(cluster.sockets)
    command: Command = [cluster.programs / "pg_ctl", "-D", cluster.data, "-l", cluster.log, "-s", "-w"]
    command += ["-t", START_SECONDS, "-o", f"-k '{cluster.sockets}'", "start"]
    begun = cluster.log.stat().st_size if cluster.log.exists() else 0
    try:
        progress.run(_as_postgres(command), failed="The private database did not start", cwd=Path("/"))
    except Trouble as trouble:
        said = cluster.log.read_text(errors="replace")[begun:] if cluster.log.exists() else str(trouble)
        raise Trouble(progress.explain("The private database did not start", said, 1)) from trouble


def stop(progress: Progress, cluster: Cluster) -> None:
    """Stop the cluster's server; clients that are still there are cut off. Raises Trouble."""
    progress.run(
        _as_postgres([cluster.programs / "pg_ctl", "-D", cluster.data, "-m", "fast", "-w", "stop"]),
        failed="The private database did not stop",
        cwd=Path("/"),
    )


@contextmanager
def in_use(progress: Progress, cluster: Cluster) -> Iterator[None]:
    """The cluster runs inside this block; the last of several users stops it at its end."""
    _private_folder(cluster.home)
    with (cluster.home / "users").open("a") as users, (cluster.home / "changing").open("a") as changing:
        fcntl.flock(changing, fcntl.LOCK_EX)
        if not runs(cluster):
            start(progress, cluster)
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(changing, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(changing, fcntl.LOCK_EX)
            if _last_user(users.fileno()) and runs(cluster):
                stop(progress, cluster)


def create(progress: Progress, cluster: Cluster, settings: dict[str, str]) -> None:
    """Make the cluster beside its place and move it there whole, so that a kill leaves none or all of it."""
    _private_folder(cluster.home)
    for left in cluster.home.glob("data.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    draft = cluster.home / f"data.new-{os.getpid()}-{time.monotonic_ns()}"
    command: Command = [cluster.programs / "initdb", "-D", draft, "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8"]
    command += ["--auth=scram-sha-256", f"--pwfile={_unknown_password(cluster.home)}", "--no-sync"]
    initdb = _as_postgres(command, ends_with_parent=True)
    progress.run(initdb, failed="The private database could not be made", cwd=Path("/"))
    with (draft / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{name} = {value}\n" for name, value in settings.items())
    (draft / "pg_hba.conf").write_text(
        "# The one who runs geo112 is known by the system; everybody else needs a password.\n"
        f"local all {SUPERUSER} peer map=operator\nlocal all all scram-sha-256\n"
    )
    system_users = {pwd.getpwuid(os.geteuid()).pw_name, _owner().pw_name}
    (draft / "pg_ident.conf").write_text("".join(f"operator {name} {SUPERUSER}\n" for name in system_users))
    if "fsync" not in settings:
        sync: Command = [cluster.programs / "initdb", "--sync-only", "-D", draft]
        progress.run(_as_postgres(sync), failed="The private database could not be made", cwd=Path("/"))
    draft.rename(cluster.data)


@contextmanager
def throw_away(progress: Progress) -> Iterator[Cluster]:
    """A cluster in a temporary folder that forgets to sync, gone at the end of the block."""
    _sweep_abandoned()
    home = Path(tempfile.mkdtemp(prefix=THROW_AWAY, dir=_temporary()))
    cluster = Cluster(home=home, sockets=home / "run", programs=programs())
    with (home / "in-use").open("a") as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        try:
            create(progress, cluster, SETTINGS | FORGETFUL)
            _private_folder(cluster.sockets)
            with _foreground_server(progress, cluster):
                yield cluster
        finally:
            shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _foreground_server(progress: Progress, cluster: Cluster) -> Iterator[None]:
    """The server as a child that stops when this process goes, in whatever way."""
    command: Command = [cluster.programs / "postgres", "-D", cluster.data, "-k", cluster.sockets]
    with cluster.log.open("ab") as log:
        server = Popen(
            _as_postgres(command, ends_with_parent=True),
            stdin=DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
        )
    try:
        _wait_for(progress, cluster, server)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=20)
        except TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(progress: Progress, cluster: Cluster, server: "Popen[bytes]") -> None:
    """Return once the server answers. Raises Trouble."""
    ready: Command = [cluster.programs / "pg_isready", "-q", "-h", cluster.sockets, "-p", str(cluster.port)]
    for _ in range(600):
        if subprocess.run(ready, check=False, cwd="/").returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise Trouble(progress.explain("The tests' database did not start", cluster.log.read_text(), 1))


def _temporary() -> Path:
    """The system's folder for temporary files, unless its name is too long for a socket."""
    usual = Path(tempfile.gettempdir())
    return usual if _fits(usual / THROW_AWAY / "12345678" / "run") else Path(SHORT_FOLDER)


def _sweep_abandoned() -> None:
    """Remove what a killed run left: folders that nobody holds."""
    for folder in _temporary().glob(f"{THROW_AWAY}*"):
        marker = folder / "in-use"
        if folder.stat().st_uid not in {os.geteuid(), _owner().pw_uid} or not marker.exists():
            continue
        with marker.open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(folder, ignore_errors=True)


def _check_version(cluster: Cluster) -> None:
    """Refuse data that another major version of PostgreSQL made. Raises Trouble."""
    file = cluster.data / "PG_VERSION"
    made_by = file.read_text().strip() if file.exists() else ""
    here = cluster.programs.parent.name
    if made_by and made_by != here:
        raise Trouble(
            f"The data in {cluster.data} was made by PostgreSQL {made_by}, but version {here} is installed: "
            f"install postgresql-{made_by} beside it, run script/backup, move the folder away and script/restore."
        )


def _last_user(users: int) -> bool:
    """Whether nobody else holds the cluster."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _unknown_password(home: Path) -> Path:
    """A file with a password for the superuser that nobody keeps: only the system's word opens that role."""
    file = home / "initial-password"
    file.write_text(secrets.token_urlsafe(36))
    file.chmod(0o600)
    _give_to_owner(file)
    return file


def _private_folder(folder: Path) -> None:
    """Make the folder, for the cluster's owner alone. Raises Trouble when somebody else has it."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid not in {os.geteuid(), _owner().pw_uid} or folder.is_symlink():
        raise Trouble(f"{folder} belongs to another user: remove it and start again.")
    folder.chmod(0o700)
    _give_to_owner(folder)


def _give_to_owner(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, _owner().pw_uid, _owner().pw_gid)


def _owner() -> pwd.struct_passwd:
    """The system user that owns the data and runs the server. Raises Trouble."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise Trouble("There is no user `postgres` here, and PostgreSQL refuses to run as root.") from error


def _as_postgres(command: Command, *, ends_with_parent: bool = False) -> Command:
    """The command as the owner of the data; on request it is stopped when its parent goes."""
    prefix: Command = ["setpriv"]
    if os.geteuid() == 0:
        prefix += ["--reuid", "postgres", "--regid", "postgres", "--init-groups"]
    if ends_with_parent:
        prefix += ["--pdeathsig", "INT"]
    return [*prefix, "--", *command] if len(prefix) > 1 else command
