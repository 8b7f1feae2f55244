"""script/server: from a bare machine to the printed address."""

import json
import os
from contextlib import ExitStack
from pathlib import Path

from script.lib import application, certificate, cluster, databases, keys, net, options, prepare
from script.lib.application import Site, manage
from script.lib.options import Options
from script.lib.paths import APPS, LOGS, PYTHON, ROOT, Command
from script.lib.processes import Children
from script.lib.progress import Progress, command_line
from script.lib.stamps import digest

STEPS = prepare.STEPS + 5
FIRST_ANSWER_S = 60.0
EVERYWHERE = {"0.0.0.0", "::"}


def main(arguments: list[str]) -> int:
    """Prepare, start, print the address, and stay until Ctrl-C or until a part fails."""
    wish = options.read(arguments)
    net.check_port(wish.host, wish.port)
    progress = Progress("server", STEPS)
    children = Children()
    with ExitStack() as cleanup:
        with prepare.alone(progress):
            prepare.machine(progress, database=prepare.external_database() is None, tests=False)
            site = _site(progress, wish, cleanup)
            with progress.step("Tables, translations, static files"):
                application.migrate(progress, site)
                application.collect(progress, site)
        cleanup.callback(children.stop)
        try:
            _start(progress, wish, site, children)
            children.watch()
        except KeyboardInterrupt:
            print("\nStopping …", flush=True)
    print("Stopped.", flush=True)
    return 0


def _site(progress: Progress, wish: Options, cleanup: ExitStack) -> Site:
    """The database, and the private cluster running until cleanup."""
    settings = keys.settings() | _web_settings(wish)
    with progress.step("Database"):
        external = prepare.external_database()
        if external:
            return Site(external, None, settings)
        private = cluster.private()
        cleanup.enter_context(cluster.in_use(progress, private))
        return Site(databases.provide(progress, private, wish.database, keys.load()), private, settings)


def _web_settings(wish: Options) -> dict[str, str]:
    """Settings that follow from the options, unless the environment says otherwise."""
    settings = {"GEO112_DEMO": "1" if wish.demo else "0"}
    if wish.tls is not None:
        settings["GEO112_TLS"] = "1"
    if not wish.demo:
        settings["ALLOWED_HOSTS"] = ",".join(f"[{n}]" if ":" in n else n for n in net.own_addresses())
    return {name: os.environ.get(name, value) for name, value in settings.items()}


def _start(progress: Progress, wish: Options, site: Site, children: Children) -> None:
    """Start web, region, worker and traffic, then tell the person."""
    with progress.step("Web server"):
        _start_web(progress, wish, site, children)
    with progress.step("Region, fleet and accounts" if wish.demo else "Region and fleet"):
        if wish.region:
            _import_region(progress, wish, site)
        if wish.fleet:
            _load_fleet(progress, wish, site)
        accounts = _prepare_demo(progress, site) if wish.demo else []
    with progress.step("Worker and traffic" if wish.demo else "Worker"):
        log = LOGS / "worker.log"
        children.start("The background worker", application.worker_command(), env=site.environment(), log=log)
        traffic = wish.demo and _start_traffic(progress, wish, site, children)
    children.check()
    _tell(wish, accounts, traffic=traffic)


def _start_web(progress: Progress, wish: Options, site: Site, children: Children) -> None:
    command = application.web_command(site, host=wish.host, port=wish.port, workers=wish.workers)
    if wish.tls is not None:
        chain, key = certificate.provide(progress, wish.tls)
        command += ["--ssl-certificate", chain, "--ssl-keyfile", key]
    children.start("The web server", command, env=site.environment(), log=LOGS / "web.log")
    net.wait_until_answers(f"{_address(wish, local=True)}health/live", seconds=FIRST_ANSWER_S, check=children.check)


def _start_traffic(progress: Progress, wish: Options, site: Site, children: Children) -> bool:
    """Units that drive and calls that come in; False when this version has none."""
    if not _has_command("simulate"):
        progress.say("This version has no demo traffic.")
        return False
    command: Command = [PYTHON, ROOT / "manage.py", "simulate", "--url", _address(wish, local=True)]
    children.start("The demo traffic", command, env=site.environment(), log=LOGS / "traffic.log")
    return True


def _import_region(progress: Progress, wish: Options, site: Site) -> None:
    """Import the region that --osm names; skipped when exactly this was imported before."""
    mark = digest(wish.files, *(wish.region or ()))
    if _noted(progress, site, "region") == mark:
        return
    manage(progress, site, "import_osm", *(wish.region or ()), failed="The region was not imported", show=True)
    _note(progress, site, region=mark)


def _load_fleet(progress: Progress, wish: Options, site: Site) -> None:
    """Load the fleet that --fleet names; skipped when exactly this was loaded before."""
    file = wish.fleet or Path()
    mark = digest([file])
    if _noted(progress, site, "fleet") == mark:
        return
    manage(progress, site, "load_fleet", file, failed="The fleet was not loaded", show=True)
    _note(progress, site, fleet=mark)


def _prepare_demo(progress: Progress, site: Site) -> list[dict[str, str]]:
    """Region and fleet where they are missing, and accounts with new passwords: role, username, password."""
    said = manage(progress, site, "prepare_demo", "--json", failed="The demo could not be prepared")
    accounts: list[dict[str, str]] = json.loads(said.strip().splitlines()[-1])
    return accounts


def _noted(progress: Progress, site: Site, name: str) -> str | None:
    """What was noted in the private database; a database of somebody else's carries no notes."""
    if site.cluster is None:
        return None
    return databases.read_state(progress, site.cluster, site.database.name).get(name)


def _note(progress: Progress, site: Site, **facts: str) -> None:
    if site.cluster is not None:
        databases.write_state(progress, site.cluster, site.database.name, **facts)


def _has_command(name: str) -> bool:
    return any((ROOT / app / "management" / "commands" / f"{name}.py").exists() for app in APPS)


def _address(wish: Options, *, local: bool = False) -> str:
    """The address to open; local is the one by which this machine reaches itself."""
    scheme = "http" if wish.tls is None else "https"
    everywhere = wish.host in EVERYWHERE
    host = ("127.0.0.1" if local else net.outward_address() or "127.0.0.1") if everywhere else wish.host
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{wish.port}/"


def _tell(wish: Options, accounts: list[dict[str, str]], *, traffic: bool) -> None:
    """The address, the accounts, and how to stop."""
    print(f"\ngeo112 runs at {_address(wish)}")
    if wish.host in EVERYWHERE:
        print(f"On this machine also at {_address(wish, local=True).replace('127.0.0.1', 'localhost')}")
    if wish.tls == ():
        print("Its certificate is self-made: each browser asks once whether to trust it.")
    if accounts:
        print("Demo accounts, made anew at every start:\n")
        for account in accounts:
            print(f"    {account['role']:<14} user {account['username']:<14} password {account['password']}")
        print("\nThis is the demo database" + (", with simulated units and calls." if traffic else "."))
    else:
        print("Make the first account with: script/manage createsuperuser")
    print("Press Ctrl-C to stop.", flush=True)


if __name__ == "__main__":
    command_line("server", main)
