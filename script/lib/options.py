"""The arguments of script/server."""

import argparse
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from script.lib.databases import DEMO, LIVE
from script.lib.progress import Trouble

DEFAULT_PORT = 8112
LONGEST_SLUG = 40
EPILOG = """\
environment: PORT (8112), HOST (127.0.0.1, with --tls 0.0.0.0), DATABASE_URL (a database server of
your own instead of the private one), WORKERS (2). docs/operating.md has all of them.
"""


@dataclass(frozen=True)
class Options:
    """What one start of the server is to do.

    region  arguments of import_osm, None for the region that is in the database (at first the sketch)
    """

    demo: bool
    host: str
    port: int
    workers: int
    tls: tuple[Path, ...] | None
    region: tuple[str, ...] | None
    region_name: str
    fleet: Path | None

    @property
    def database(self) -> str:
        """A database of its own for each region, and for demo data."""
        base = DEMO if self.demo else LIVE
        return f"{base}_{self.region_name}" if self.region_name else base

    @property
    def files(self) -> list[Path]:
        """Files that the region is made from."""
        return [Path(word) for word in self.region or () if not word.startswith("--") and Path(word).is_file()]


class Ordered(argparse.Action):
    """Keeps --boundaries, --level and --name-field in the order given, for import_osm."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        before: list[str] = getattr(namespace, "layers", None) or []
        namespace.layers = [*before, str(option_string), str(values)]


def read(arguments: list[str]) -> Options:
    """Options from the command line and the environment. Raises Trouble, SystemExit."""
    given = _parser().parse_args(arguments)
    layers = _with_whole_paths(given.layers or [])
    if given.osm is None and layers:
        raise Trouble("--boundaries and --places go with --osm FILE: name the extract that they complete.")
    region = None if given.osm is None else (str(_file(given.osm)), *layers)
    return Options(
        demo=not given.no_demo,
        host=os.environ.get("HOST") or ("127.0.0.1" if given.tls is None else "0.0.0.0"),
        port=_number("PORT", DEFAULT_PORT, largest=65535),
        workers=_number("WORKERS", 2, largest=64),
        tls=_certificate(given.tls),
        region=region,
        region_name=slug(Path(given.osm).name) if given.osm else "",
        fleet=_file(given.fleet) if given.fleet else None,
    )


def choose_database(arguments: list[str], usage: str) -> tuple[str, list[str]]:
    """The database that `--demo` or `--database NAME` at the front names, and the other words. Raises Trouble."""
    if "-h" in arguments[:1] or "--help" in arguments[:1]:
        raise Trouble(f"usage: {usage}")
    if arguments[:1] == ["--demo"]:
        return DEMO, arguments[1:]
    if arguments[:1] == ["--database"] and len(arguments) > 1:
        return arguments[1], arguments[2:]
    return LIVE, arguments


def called_from() -> Path:
    """The folder in which the person typed the command."""
    return Path(os.environ.get("GEO112_CALLED_FROM", "."))


def slug(file_name: str) -> str:
    """A database name's part from a file name: `Isle-of-Man_2020.osm.pbf` gives `isle_of_man_2020`."""
    stem = re.sub(r"\.(osm|pbf|xml|gz|bz2)\b", "", file_name.lower())
    return re.sub(r"[^a-z0-9]+", "_", stem).strip("_")[:LONGEST_SLUG].rstrip("_") or "region"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Start geo112: web, worker and, unless --no-demo is given, demo data with traffic.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--no-demo", action="store_true", help="the live database, without demo data")
    parser.add_argument(
        "--tls", nargs="*", metavar="FILE", help="serve HTTPS with CERTIFICATE KEY, or with a self-made one"
    )
    parser.add_argument("--osm", metavar="FILE", help="another region: .osm.pbf, .osm or .osm.gz")
    for option, metavar, text in (
        ("--boundaries", "FILE", "GeoJSON with districts of the --level that follows; may be repeated"),
        ("--level", "LEVEL", "regency, kecamatan or kelurahan"),
        ("--name-field", "FIELD", "the property that holds the districts' names"),
        ("--code-field", "FIELD", "the property that holds the districts' codes"),
        ("--places", "FILE", "GeoJSON with facilities and landmarks"),
    ):
        parser.add_argument(option, metavar=metavar, help=text, action=Ordered, dest="layers")
    parser.add_argument("--fleet", metavar="FILE", help="agencies, stations and units: CSV or GeoJSON")
    return parser


def _with_whole_paths(words: list[str]) -> list[str]:
    """The same words with files checked and named by their whole path. Raises Trouble."""
    named = dict.fromkeys(("--boundaries", "--places"))
    pairs = zip(words[::2], words[1::2], strict=True)
    return [word for key, value in pairs for word in (key, str(_file(value)) if key in named else value)]


def _file(name: str) -> Path:
    """The whole path of a file that has to exist. Raises Trouble."""
    path = (called_from() / name).resolve()
    if not path.is_file():
        raise Trouble(f"There is no file {name}.")
    return path


def _certificate(given: list[str] | None) -> tuple[Path, ...] | None:
    if given is None:
        return None
    if len(given) not in {0, 2}:
        raise Trouble("--tls takes two files, CERTIFICATE and KEY, or none to make a certificate.")
    return tuple(_file(name) for name in given)


def _number(name: str, default: int, *, largest: int) -> int:
    """A positive number from the environment. Raises Trouble."""
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) <= largest:
        raise Trouble(f"{name} must be a number from 1 to {largest}, not {text!r}.")
    return int(text)
