"""Reads a city's fleet from a CSV or GeoJSON file and finds everything that is wrong with it at once.

One row (CSV) or Point feature (GeoJSON) for each unit, with its station and agency. Columns, in any order:

    agency_code *     DAMKAR                      agency_name, agency_kind, agency_phone
    station_code      DAMKAR-01                   station_name, lon, lat, station_place
    callsign          DK-01                       kind, capabilities, profile, crew

An agency's, station's other columns are needed where its code stands for the first time and may be empty after.
A row without callsign is a station without units, a row without station an agency that is only notified.
`capabilities` are separated by spaces; empty `capabilities`, `profile`, `crew` are the usual ones of the kind.
A CSV is UTF-8, separated by commas, semicolons or tabs; with semicolons a number may have a decimal comma.
In GeoJSON the same names are the feature's properties, and its Point is `lon` and `lat`.
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from maps.speeds import PROFILES
from units.fleet import KIND_DEFAULTS, AgencyRow, Fleet, StationRow, UnitRow
from units.models import CAPABILITIES, AgencyKind, UnitKind

AGENCY_COLUMNS = ("agency_code", "agency_name", "agency_kind", "agency_phone")
STATION_COLUMNS = ("station_code", "station_name", "lon", "lat", "station_place")
UNIT_COLUMNS = ("callsign", "kind", "capabilities", "profile", "crew")
COLUMNS = (*AGENCY_COLUMNS, *STATION_COLUMNS, *UNIT_COLUMNS)
MAX_LENGTHS = {
    "agency_code": 20,
    "agency_name": 120,
    "agency_phone": 30,
    "station_code": 30,
    "station_name": 120,
    "station_place": 200,
    "callsign": 20,
}
MAX_CREW = 50
MAX_BYTES = 50 << 20

Cells = dict[str, str]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the row as an editor counts it (0: the file), the column, and what to do."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        if not self.row:
            return self.message
        return _("row %(row)d, %(column)s: %(message)s") % {
            "row": self.row,
            "column": self.column,
            "message": self.message,
        }


class BadFleet(Exception):
    """The file cannot be loaded; `problems` has all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def read_fleet(path: Path) -> Fleet:
    """The fleet in a .csv, .geojson or .json file. Raises BadFleet with every problem, OSError."""
    if path.stat().st_size > MAX_BYTES:
        raise BadFleet([Problem(0, "", _("The file is over 50 MB: that is no fleet."))])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadFleet([Problem(0, "", _("The file is not UTF-8 text. Save it as CSV UTF-8."))]) from None
    rows = read_geojson(text) if path.suffix.lower() in {".geojson", ".json"} else read_csv(text)
    reading = _Reading()
    for number, cells in rows:
        reading.take(number, cells)
    if not reading.problems and not reading.fleet.agencies:
        reading.problems.append(Problem(0, "", _("The file has no rows.")))
    if reading.problems:
        raise BadFleet(reading.problems)
    return reading.fleet


# --- The two kinds of file ------------------------------------------------------------------------------


def read_csv(text: str) -> Iterator[tuple[int, Cells]]:
    """Rows of a CSV with the line each begins in. Raises BadFleet for a header that cannot be used."""
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip().lower() for name in next(reader, [])]
    _check_names(header, _("The first row must name the columns."))
    begins = reader.line_num + 1
    for values in reader:
        cells = dict(zip(header, (value.strip() for value in values), strict=False))
        if delimiter == ";":
            cells.update({name: cells[name].replace(",", ".") for name in ("lon", "lat") if name in cells})
        if any(cells.values()):
            yield begins, cells
        begins = reader.line_num + 1


def _check_names(names: list[str], what: str) -> None:
    problems = []
    unknown = sorted({name for name in names if name and name not in COLUMNS})
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if "agency_code" not in names:
        problems.append(Problem(0, "", what + " " + _("agency_code is missing; known are: ") + ", ".join(COLUMNS)))
    if unknown:
        problems.append(Problem(0, "", _("Unknown columns: ") + ", ".join(unknown)))
    if repeated:
        problems.append(Problem(0, "", _("Columns that stand twice: ") + ", ".join(repeated)))
    if problems:
        raise BadFleet(problems)


def read_geojson(text: str) -> Iterator[tuple[int, Cells]]:
    """Features as rows, counted from 1. Raises BadFleet when it is no FeatureCollection."""
    try:
        features = json.loads(text)["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        features = None
    if not isinstance(features, list):
        raise BadFleet([Problem(0, "", _("The file is no GeoJSON FeatureCollection."))])
    for number, feature in enumerate(features, 1):
        yield number, _feature_cells(feature if isinstance(feature, dict) else {})


def _feature_cells(feature: dict[str, Any]) -> Cells:
    properties = feature.get("properties")
    cells = {
        name: " ".join(map(str, value)) if isinstance(value, list) else str(value).strip()
        for name, value in (properties if isinstance(properties, dict) else {}).items()
        if value is not None and name in COLUMNS
    }
    geometry = feature.get("geometry")
    if isinstance(geometry, dict):
        cells["lon"], cells["lat"] = _point(geometry)
    return cells


def _point(geometry: dict[str, Any]) -> tuple[str, str]:
    """Longitude and latitude as text; "?" for what is no Point, which is then reported as no number."""
    coordinates = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not isinstance(coordinates, list) or len(coordinates) < 2:
        return "?", "?"
    return str(coordinates[0]), str(coordinates[1])


# --- Rows -------------------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """A file being read: what is known so far and what was wrong."""

    fleet: Fleet = field(default_factory=Fleet)
    problems: list[Problem] = field(default_factory=list)

    def take(self, number: int, cells: Cells) -> None:
        """Take in one row, or note every problem of it."""
        row = _Row(number, cells, self.problems)
        row.check_lengths()
        agency = row.need("agency_code")
        if agency:
            self._agency(row, agency)
        station = row.get("station_code")
        if station:
            self._station(row, station, agency)
        if row.get("callsign"):
            self._unit(row, row.get("callsign"), station)

    def _agency(self, row: "_Row", code: str) -> None:
        old = self.fleet.agencies.get(code)
        if old is not None:
            row.must_agree({"agency_name": old.name, "agency_kind": old.kind, "agency_phone": old.phone})
            return
        self.fleet.agencies[code] = AgencyRow(
            code, row.need("agency_name"), row.choice("agency_kind", AgencyKind.values), row.get("agency_phone")
        )

    def _station(self, row: "_Row", code: str, agency: str) -> None:
        old = self.fleet.stations.get(code)
        if old is not None:
            row.must_agree({"agency_code": old.agency, "station_name": old.name, "station_place": old.place})
            row.must_agree({"lon": old.lon, "lat": old.lat}, float)
            return
        lon, lat = row.number("lon", -180, 180), row.number("lat", -90, 90)
        self.fleet.stations[code] = StationRow(
            code, agency, row.need("station_name"), lon, lat, row.get("station_place")
        )

    def _unit(self, row: "_Row", callsign: str, station: str) -> None:
        if not station:
            row.wrong("station_code", _("A unit needs a station."))
        if callsign in self.fleet.units:
            row.wrong("callsign", _("This callsign stands twice."))
        kind = row.choice("kind", UnitKind.values)
        usual = KIND_DEFAULTS.get(kind, KIND_DEFAULTS[UnitKind.RESCUE])
        self.fleet.units[callsign] = UnitRow(
            callsign,
            station,
            kind,
            row.choices("capabilities", list(CAPABILITIES)) or usual.capabilities,
            row.choice("profile", PROFILES, usual.profile),
            int(row.number("crew", 0, MAX_CREW, usual.crew)),
        )


@dataclass
class _Row:
    """One row's cells; whatever is wrong with one goes to the list of problems."""

    number_in_file: int
    cells: Cells
    problems: list[Problem]

    def wrong(self, column: str, message: str) -> None:
        self.problems.append(Problem(self.number_in_file, column, message))

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def need(self, column: str) -> str:
        value = self.get(column)
        if not value:
            self.wrong(column, _("This is empty."))
        return value

    def check_lengths(self) -> None:
        for column, limit in MAX_LENGTHS.items():
            if len(self.get(column)) > limit:
                self.wrong(column, _("Longer than %d characters.") % limit)

    def choice(self, column: str, allowed: list[str] | tuple[str, ...], default: str = "") -> str:
        value = self.get(column).lower() or default
        if value not in allowed:
            self.wrong(column, _("“%(value)s” is none of: %(known)s") % {"value": value, "known": ", ".join(allowed)})
        return value

    def choices(self, column: str, allowed: list[str]) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(self.get(column).lower().replace(",", " ").split()))
        for value in values:
            if value not in allowed:
                known = {"value": value, "known": ", ".join(allowed)}
                self.wrong(column, _("“%(value)s” is none of: %(known)s") % known)
        return values

    def number(self, column: str, low: float, high: float, default: float | None = None) -> float:
        text = self.get(column)
        if not text and default is not None:
            return default
        try:
            value = float(text)
        except ValueError:
            self.wrong(column, _("“%s” is no number.") % text)
            return low
        if not low <= value <= high:  # true for nan too
            self.wrong(
                column, _("%(value)s is not between %(low)g and %(high)g.") % {"value": text, "low": low, "high": high}
            )
            return low
        return value

    def must_agree(self, known: dict[str, Any], as_type: Callable[[str], Any] = str) -> None:
        """What this row repeats must be what an earlier row said."""
        for column, value in known.items():
            text = self.get(column)
            if text and text != str(value) and _or_text(as_type, text) != value:
                self.wrong(column, _("An earlier row says “%s”.") % value)


def _or_text(as_type: Callable[[str], Any], text: str) -> Any:
    try:
        return as_type(text)
    except ValueError:
        return text
