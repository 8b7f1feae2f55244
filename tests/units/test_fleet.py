"""A city's fleet from a file: what is loaded, what is refused, and what a second load does."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.units.makers import make_device
from units import actions
from units.fleet import KIND_DEFAULTS
from units.fleetfile import COLUMNS, BadFleet, read_csv, read_fleet
from units.models import Agency, Station, Unit, UnitKind

HEADER = (
    "agency_code,agency_name,agency_kind,agency_phone,station_code,station_name,lon,lat,station_place,"
    "callsign,kind,capabilities,profile,crew\n"
)
GOOD = HEADER + (
    "DAMKAR,Dinas Pemadam Kebakaran,fire,0736-1,DK1,Pos Induk,102.2655,-3.7956,Jl. Kapuas,DK-01,fire_engine,,,\n"
    "DAMKAR,,,,DK1,,,,,DR-01,rescue,rescue snake,motorcycle,2\n"
    "\n"
    "DAMKAR,,,,DK2,Pos Selebar,102.3,-3.85,,,,,,\n"
    "BPBD,Badan Penanggulangan Bencana Daerah,disaster,,,,,,,,,,,\n"
)


def load(folder: Path, text: str, *options: str, name: str = "fleet.csv") -> str:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    said = StringIO()
    call_command("load_fleet", str(file), *options, stdout=said)
    return said.getvalue()


def problems(folder: Path, text: str, name: str = "fleet.csv") -> list[tuple[int, str]]:
    """Row and column of everything that is wrong with a file."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadFleet) as caught:
        read_fleet(file)
    assert all(problem.message and str(problem) for problem in caught.value.problems)
    return [(problem.row, problem.column) for problem in caught.value.problems]


@pytest.mark.django_db
def test_a_file_is_loaded(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    engine, rescue = Unit.objects.order_by("callsign")
    assert (engine.callsign, engine.station.code, engine.station.agency.code) == ("DK-01", "DK1", "DAMKAR")
    assert (engine.capabilities, engine.profile, engine.crew_count) == (["fire_pump"], "fire_engine", 5)
    assert (rescue.capabilities, rescue.profile, rescue.crew_count) == (["rescue", "snake"], "motorcycle", 2)
    assert engine.station.point.coords == (102.2655, -3.7956)
    assert set(Agency.objects.values_list("code", "kind", "phone")) == {
        ("DAMKAR", "fire", "0736-1"),
        ("BPBD", "disaster", ""),
    }
    assert not Station.objects.get(code="DK2").units.exists()
    assert not Unit.objects.filter(is_proposed=True).exists()


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_a_change_only_what_it_says(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    unit = Unit.objects.get(callsign="DK-01")
    actions.set_duty(unit_id=unit.pk, new="out_of_service")
    make_device(unit)
    before = Unit.objects.get(pk=unit.pk)
    assert "0" in load(tmp_path, GOOD)
    assert Unit.objects.get(pk=unit.pk).version == before.version
    load(tmp_path, GOOD.replace("DK-01,fire_engine,,,", "DK-01,water_tender,,,"))
    after = Unit.objects.get(pk=unit.pk)
    assert (after.kind, after.capabilities, after.duty) == ("water_tender", ["water_tender"], "out_of_service")
    assert after.devices.count() == 1
    assert after.version > before.version


@pytest.mark.django_db
def test_units_that_the_file_does_not_name_are_left_and_counted(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    shorter = "\n".join(line for line in GOOD.splitlines() if "DR-01" not in line)
    assert "1" in load(tmp_path, shorter).splitlines()[-1]
    assert Unit.objects.count() == 2


@pytest.mark.django_db
def test_a_dry_run_says_what_it_would_do(tmp_path: Path) -> None:
    said = load(tmp_path, GOOD, "--dry-run")
    assert "2" in said
    assert not Agency.objects.exists()


@pytest.mark.django_db
def test_all_or_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"row 7|baris 7"):
        load(tmp_path, GOOD + "DAMKAR,,,,DK1,,,,,DK-09,spaceship-DK-09,,,\n")
    assert not Agency.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_not_there() -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("load_fleet", "/nowhere.csv")


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = HEADER + (
        ",Nobody,fire,,S1,Pos,102,-3,,U1,fire_engine,,,\n"
        "A,,army,,S2,,east,-93,,U2,boat,fire_pump fly,swim,many\n"
        f"B,B,fire,,S3,Pos,102,-3,,{'U' * 21},fire_engine,,,51\n"
        "B,C,sar,,S3,Pos 2,102.5,-3,,U1,fire_engine,,,\n"
        "B,,,,,,,,,U4,fire_engine,,,\n"
    )
    assert problems(tmp_path, text) == [
        (2, "agency_code"),
        (3, "agency_name"),
        (3, "agency_kind"),
        (3, "lon"),
        (3, "lat"),
        (3, "station_name"),
        (3, "kind"),
        (3, "capabilities"),
        (3, "profile"),
        (3, "crew"),
        (4, "callsign"),
        (4, "crew"),
        (5, "agency_name"),
        (5, "agency_kind"),
        (5, "station_name"),
        (5, "lon"),
        (5, "callsign"),
        (6, "station_code"),
    ]


def test_rows_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    text = HEADER + '"A","two\nlines",fire,,,,,,,,,,,\n\nB,B,nonsense,,,,,,,,,,,\n'
    assert problems(tmp_path, text) == [(5, "agency_kind")]


@pytest.mark.parametrize(
    "text", ["", "callsign,kind\nA,rescue\n", "agency_code,colour\nA,red\n", "agency_code,agency_code\nA,A\n", HEADER]
)
def test_files_without_a_use(tmp_path: Path, text: str) -> None:
    assert {row for row, _column in problems(tmp_path, text)} == {0}


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    file = tmp_path / "fleet.csv"
    file.write_bytes(GOOD.replace("Pos Induk", "Pos é").encode("cp1252"))
    with pytest.raises(BadFleet, match="UTF-8"):
        read_fleet(file)


def test_a_spreadsheets_semicolons_commas_and_mark(tmp_path: Path) -> None:
    file = tmp_path / "fleet.csv"
    text = "agency_code;agency_name;agency_kind;station_code;station_name;lon;lat\nA;A;fire;S;Pos;102,26;-3,79\n"
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    station = read_fleet(file).stations["S"]
    assert (station.lon, station.lat) == (102.26, -3.79)


GEOJSON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [102.26, -3.79, 12]},
            "properties": {
                "agency_code": "DAMKAR",
                "agency_name": "Damkar",
                "agency_kind": "fire",
                "station_code": "S",
                "station_name": "Pos",
                "callsign": "DK-01",
                "kind": "fire_engine",
                "capabilities": ["fire_pump", "rescue"],
                "crew": 4,
                "colour": "red",
            },
        }
    ],
}


@pytest.mark.django_db
def test_geojson(tmp_path: Path) -> None:
    load(tmp_path, json.dumps(GEOJSON), name="fleet.geojson")
    unit = Unit.objects.get()
    assert (unit.capabilities, unit.crew_count) == (["fire_pump", "rescue"], 4)
    assert unit.station.point.coords == (102.26, -3.79)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", [(0, "")]),
        ("[]", [(0, "")]),
        ('{"features": 3}', [(0, "")]),
        ('{"features": []}', [(0, "")]),
        ('{"features": [7]}', [(1, "agency_code")]),
        (json.dumps(GEOJSON).replace('"Point"', '"Polygon"'), [(1, "lon"), (1, "lat")]),
        (json.dumps(GEOJSON).replace("[102.26, -3.79, 12]", '["x"]'), [(1, "lon"), (1, "lat")]),
    ],
)
def test_geojson_that_is_wrong(tmp_path: Path, text: str, expected: list[tuple[int, str]]) -> None:
    assert problems(tmp_path, text, "fleet.geojson") == expected


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.lists(st.text('a1,;"\n-. ', max_size=6), min_size=1, max_size=len(COLUMNS)), max_size=4))
def test_no_file_breaks_the_reader(tmp_path: Path, rows: list[list[str]]) -> None:
    file = tmp_path / "fleet.csv"
    file.write_text(HEADER + "\n".join(",".join(row) for row in rows))
    try:
        read_fleet(file)
    except BadFleet as error:
        assert error.problems


def test_every_kind_of_unit_has_its_usual_values() -> None:
    assert set(KIND_DEFAULTS) == set(UnitKind.values)


def test_rows_begin_where_they_stand() -> None:
    assert [number for number, _cells in read_csv("agency_code\nA\n\nB\n")] == [2, 4]
