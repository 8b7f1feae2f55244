"""Imports a region: roads, districts, places and the map, from a file or by a place's name."""

import argparse
import errno
import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from maps.actor import set_actor
from maps.districts import LEVELS, parse_levels
from maps.errors import DispatchError
from maps.extract import Extract
from maps.geojson import BoundaryFile
from maps.imports import STEPS, Wishes, import_region
from maps.network import Progress
from maps.osm import read_file

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BAR = 24
TITLES = {
    "read": gettext_lazy("Reading the source"),
    "roads": gettext_lazy("Building the road network"),
    "districts": gettext_lazy("Joining districts"),
    "places": gettext_lazy("Collecting places"),
    "save": gettext_lazy("Writing the road network to disk"),
    "tables": gettext_lazy("Storing districts and places"),
    "map": gettext_lazy("Drawing the map"),
    "files": gettext_lazy("Storing a copy of the road network"),
    "commit": gettext_lazy("Committing"),
    "clean": gettext_lazy("Removing old builds, warming up"),
}


# What an extract's notes count, so that translators find it.
NOTES = (
    gettext_noop("ways with missing nodes"),
    gettext_noop("nodes missing"),
    gettext_noop("areas that do not close"),
    gettext_noop("boundaries that do not close"),
    gettext_noop("districts repaired"),
    gettext_noop("districts without an area"),
    gettext_noop("districts outside the region"),
    gettext_noop("no features in this place"),
)


class _OpenBoundaries(argparse.Action):
    """--boundaries begins a group that --level, --name-field and --code-field fill."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        groups = [*(getattr(namespace, "boundaries", None) or []), {"path": values}]
        namespace.boundaries = groups


class _FillBoundaries(argparse.Action):
    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        groups: list[dict[str, Any]] = getattr(namespace, "boundaries", None) or []
        if not groups:
            parser.error(f"{option_string} belongs behind a --boundaries FILE")
        groups[-1][self.dest] = values


class Command(BaseCommand):
    help = "Import roads, districts, places and the map of a region, and serve it from then on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="an OpenStreetMap file: .osm.pbf, .osm or .osm.gz")
        parser.add_argument("--place", help='fetch a place instead, such as "Kota Bengkulu, Indonesia"')
        parser.add_argument("--road-filter", default="", help="with --place: an Overpass filter for its roads")
        parser.add_argument("--roads-only", action="store_true", help="with --place: fetch nothing but roads")
        parser.add_argument("--name", default="", help="name of the region")
        parser.add_argument("--code", default="", help="stable short name; the same code replaces the region")
        parser.add_argument("--levels", default="", help="such as regency=5,kecamatan=6,kelurahan=7 (OSM admin_level)")
        parser.add_argument("--boundaries", action=_OpenBoundaries, type=Path, metavar="GEOJSON", help="repeatable")
        parser.add_argument("--level", action=_FillBoundaries, choices=LEVELS, help="of the --boundaries before it")
        parser.add_argument("--name-field", action=_FillBoundaries, help="of the --boundaries before it")
        parser.add_argument("--code-field", action=_FillBoundaries, help="of the --boundaries before it")
        parser.add_argument("--places", action="append", type=Path, default=[], metavar="GEOJSON", help="repeatable")
        parser.add_argument("--attribution", default="", help="whom the map names as its source")
        parser.add_argument("--sketch", action="store_true", help="mark the region as not for navigation")
        parser.add_argument("--report", type=Path, help="write the summary as JSON to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        set_actor("command:import_osm")
        wishes = wishes_of(options)
        lines = Lines(self.stdout, quiet=options["verbosity"] == 0)
        started = time.monotonic()
        try:
            report = import_region(read=reader_of(options), wishes=wishes, progress=lines.progress)
        except DispatchError as error:
            raise CommandError(str(error.message)) from error
        except OSError as error:
            raise CommandError(no_room(error)) from error
        except OperationalError as error:
            raise CommandError(_("The database stopped the import: %s Nothing has changed.") % error) from error
        lines.close()
        report["seconds"] = round(time.monotonic() - started, 2)
        report["peak_mib"] = peak_mib()
        if options["report"]:
            options["report"].write_text(json.dumps(report, indent=1, ensure_ascii=False))
        if options["verbosity"]:
            self.stdout.write(in_words(report))


def wishes_of(options: dict[str, Any]) -> Wishes:
    """The options as values. Raises CommandError when they do not fit together."""
    if bool(options["file"]) == bool(options["place"]):
        raise CommandError(_("Name either a file or --place."))
    boundaries = []
    for group in options["boundaries"] or []:
        if not {"level", "name_field"} <= set(group):
            raise CommandError(_("--boundaries %s needs --level and --name-field behind it.") % group["path"])
        boundaries.append(BoundaryFile(**group))
    try:
        levels = parse_levels(options["levels"]) if options["levels"] else None
    except DispatchError as error:
        raise CommandError(str(error.message)) from error
    return Wishes(
        name=options["name"] or (options["place"] or "").split(",")[0],
        code=options["code"],
        levels=levels,
        boundaries=boundaries,
        places=options["places"],
        attribution=options["attribution"],
        is_sketch=options["sketch"],
    )


def reader_of(options: dict[str, Any]) -> Callable[[Progress], Extract]:
    """The function that reads the source."""

    def read(progress: Progress) -> Extract:
        if options["file"]:
            return read_file(options["file"], progress=progress)
        fetch_place: Callable[..., Extract] = import_string(
            "maps.osm_place.fetch_place"
        )  # OSMnx takes seconds to load: only when wanted
        return fetch_place(
            options["place"],
            road_filter=options["road_filter"],
            roads_only=options["roads_only"],
            progress=progress,
        )

    return read


def no_room(error: OSError) -> str:
    """What to say when a file could not be written or read."""
    if error.errno is None or error.errno in _NO_ROOM:  # NumPy tells of a short write without a number
        return _("The disk is full: %s. Nothing has changed.") % error
    return _("The import could not use a file: %s. Nothing has changed.") % error


def peak_mib() -> int:
    """The most memory that this process ever held."""
    per_unit = 1 if sys.platform == "darwin" else 1024
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * per_unit / 2**20)


class Lines:
    """Says which step is under way: one line that fills up on a terminal, a line per step elsewhere."""

    def __init__(self, out: Any, *, quiet: bool) -> None:
        self.out = out
        self.quiet = quiet
        self.is_terminal = bool(getattr(out, "isatty", lambda: False)())
        self.step = ""
        self.started = 0.0

    def progress(self, step: str, share: float) -> None:
        """Called by the import, often."""
        if self.quiet:
            return
        if step != self.step:
            self.close()
            self.step, self.started = step, time.monotonic()
            if not self.is_terminal:
                self._write(f"{self._place()} {TITLES[step]} …\n")
        if self.is_terminal:
            done = round(share * _BAR)
            self._write(f"\r\033[K{self._place()} {'━' * done}{'┄' * (_BAR - done)} {TITLES[step]}")

    def close(self) -> None:
        """End the step that is under way."""
        if self.step and self.is_terminal and not self.quiet:
            self._write(f"\r\033[K{self._place()} {TITLES[self.step]}: {time.monotonic() - self.started:.1f} s\n")
        self.step = ""

    def _place(self) -> str:
        return f"{STEPS.index(self.step) + 1}/{len(STEPS)}"

    def _write(self, text: str) -> None:
        self.out.write(text, ending="")
        self.out.flush()


def in_words(report: dict[str, Any]) -> str:
    """The report for a person."""
    levels = ", ".join(f"{ours}={osm}" for osm, ours in report["levels"].items()) or "–"
    lines = [
        _("%(name)s is imported and in use (region %(region)s, build %(build)s).") % report,
        _("  roads      %(nodes)s nodes, %(arcs)s arcs") % report,
        _("  districts  %(districts)s (OSM levels: %(levels)s)") % {**report, "levels": levels},
        _("  places     %(places)s") % report,
        *left_out(report),
        _("  took %(seconds)s s, %(peak_mib)s MiB at most") % report,
    ]
    return "\n".join(lines)


def left_out(report: dict[str, Any]) -> Sequence[str]:
    """One line for each thing that was dropped or mended."""
    lines = [f"  {count:>9} {_(text)}" for text, count in report["notes"].items()]
    dropped = defaultdict(list)
    for profile, part in report["roads"]["parts"].items():
        dropped[part["dropped_km"]].append(profile)
    for km in sorted(filter(None, dropped), reverse=True):
        text = _("km of road that cannot be reached and left again by: %s")
        lines.append(f"  {km:>9} " + text % ", ".join(dropped[km]))
    if report["districts_kept"]:
        lines.append("  " + _("%s districts are gone but still referred to, and stay") % report["districts_kept"])
    return [_("  left out or mended:"), *lines] if lines else []
