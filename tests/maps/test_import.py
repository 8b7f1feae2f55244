"""import_osm as a whole: what it stores, what survives a second import, and what a failure leaves alone."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils.translation import override

from maps.builds import build_folder, ensure_local, networks_folder
from maps.database import conninfo
from maps.models import District, Place, Region, RoadBuild, RoadBuildFile, TileBorder, TileBuilding, TileLabel, TileRoad
from maps.routing import current_router, forget_current_router
from tests.conftest import ROOT, SKETCH, shared_data
from tests.maps.osm_maker import SOUTH, STEP, WEST, OsmFile, town
from tests.maps.test_import_kill import database_url

pytestmark = pytest.mark.django_db

FILE_LIMIT_BYTES = 600  # less than the largest array of a town


def run(*arguments: object, **options: Any) -> str:
    """Run the command and return what it printed."""
    out = StringIO()
    call_command("import_osm", *(str(argument) for argument in arguments), stdout=out, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """What the command says is looked at in one language."""
    with override("en"):
        yield


@pytest.fixture
def town_file(tmp_path: Path) -> Path:
    return town().write(tmp_path / "town.osm.pbf")


def test_a_town_becomes_the_active_region(town_file: Path) -> None:
    run(town_file, name="Kota Contoh", code="contoh")
    region = Region.objects.active()
    assert region is not None
    assert (region.name, region.code, region.is_sketch) == ("Kota Contoh", "contoh", False)
    assert region.level_map == {"6": "kecamatan", "7": "kelurahan"}
    assert region.attribution == "© OpenStreetMap contributors"
    assert region.bounds.extent == pytest.approx((WEST, SOUTH, WEST + 4 * STEP, SOUTH + 4 * STEP), abs=1e-6)
    assert region.build is not None
    assert region.build.node_count == 25 - 4  # the four corners are no junctions
    assert build_folder(region.build.pk).is_dir()


def test_districts_know_their_parents(town_file: Path) -> None:
    run(town_file)
    assert set(District.objects.values_list("level", "name", "parent__name")) == {
        ("kecamatan", "Tengah", None),
        ("kelurahan", "Barat", "Tengah"),
        ("kelurahan", "Timur", "Tengah"),
    }
    assert all(district.geom.contains(district.point) for district in District.objects.all())


def test_streets_are_places_on_the_street(town_file: Path) -> None:
    run(town_file)
    streets = Place.objects.filter(kind="street")
    assert streets.count() == 10
    mawar = streets.get(name="Jalan Mawar 2")
    assert mawar.point.y == pytest.approx(SOUTH + STEP, abs=1e-6)
    assert mawar.search == "mawar 2"
    hospital = Place.objects.get(kind="hospital")
    assert (hospital.name, hospital.words, hospital.osm_id) == ("RS Harapan", "Barat, Tengah", "n901")


def test_the_map_is_drawn(town_file: Path) -> None:
    run(town_file)
    assert TileRoad.objects.filter(zoom_max=22).count() == 10
    assert set(TileRoad.objects.values_list("kind", flat=True)) == {"street", "tertiary"}
    assert set(TileBorder.objects.values_list("kind", flat=True)) == {"kecamatan", "kelurahan"}
    assert {"RS Harapan", "Barat", "Tengah"} <= set(TileLabel.objects.values_list("name", flat=True))
    assert not TileBuilding.objects.exists()


def test_two_streets_of_one_name_far_apart_are_two_places(tmp_path: Path) -> None:
    file = town()
    for number, (east, north) in enumerate([(0, 20), (1, 20), (4, 20)], 70):
        file.node(number, WEST + east * STEP, SOUTH + north * STEP)
    file.way(190, [70, 71], highway="residential", name="Jalan Mawar 1")
    file.way(191, [71, 72], highway="residential")
    run(file.write(tmp_path / "two.osm"))
    assert Place.objects.filter(name="Jalan Mawar 1").count() == 2


def test_districts_keep_their_identity(town_file: Path, tmp_path: Path) -> None:
    run(town_file, code="t")
    before = dict(District.objects.values_list("code", "pk"))
    changed = town(6)
    changed.relations[401] = changed.relations[401].replace("Barat", "Barat Baru")
    run(changed.write(tmp_path / "changed.osm"), code="t")
    assert dict(District.objects.values_list("code", "pk")) == before
    assert District.objects.get(code="r401").name == "Barat Baru"


def test_a_district_that_is_gone_goes(town_file: Path, tmp_path: Path) -> None:
    run(town_file, code="t")
    smaller = town()
    del smaller.relations[402]
    run(smaller.write(tmp_path / "smaller.osm"), code="t")
    assert set(District.objects.values_list("name", flat=True)) == {"Barat", "Tengah"}


def test_another_region_takes_over_and_leaves_the_first_whole(town_file: Path) -> None:
    run(town_file, code="one")
    run(town_file, code="two")
    assert Region.objects.get(is_active=True).code == "two"
    assert Place.objects.filter(region__code="one").count() == Place.objects.filter(region__code="two").count() == 12


def test_a_new_import_replaces_places_and_map(town_file: Path) -> None:
    run(town_file, code="t")
    counts = (Place.objects.count(), TileRoad.objects.count(), TileLabel.objects.count())
    run(town_file, code="t")
    assert (Place.objects.count(), TileRoad.objects.count(), TileLabel.objects.count()) == counts


def test_every_step_has_its_line(town_file: Path) -> None:
    lines = run(town_file).splitlines()
    assert [line.split()[0] for line in lines[:9]] == [f"{step}/10" for step in range(1, 10)]


def test_it_speaks_indonesian(town_file: Path) -> None:
    with override("id"):
        said = run(town_file, name="Contoh")
    assert "1/10 Membaca sumber" in said
    assert "Contoh sudah diimpor dan dipakai" in said


def test_the_report_as_a_file(town_file: Path, tmp_path: Path) -> None:
    run(town_file, "--report", tmp_path / "report.json", code="t")
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["nodes"], report["districts"], report["places"]) == (21, 3, 12)
    assert report["seconds"] > 0
    assert report["peak_mib"] > 50
    assert report["roads"]["parts"]["car"]["dropped_km"] == 0


def test_what_was_left_out_is_said(tmp_path: Path) -> None:
    file = town()
    for number, east in ((70, 40), (71, 41)):
        file.node(number, WEST + east * STEP, SOUTH)
    file.way(190, [70, 71], highway="residential", name="Jalan Pulau")
    file.way(191, [1, 2, 99999, 7], highway="residential", name="Jalan Putus")
    said = run(file.write(tmp_path / "island.osm"))
    assert "1 ways with missing nodes" in said
    assert "0.2 km of road that cannot be reached and left again" in said


def test_boundaries_and_places_of_a_city(town_file: Path, tmp_path: Path) -> None:
    square = [[WEST, SOUTH], [WEST + STEP, SOUTH], [WEST + STEP, SOUTH + STEP], [WEST, SOUTH + STEP], [WEST, SOUTH]]
    boundary = feature({"type": "Polygon", "coordinates": [square]}, NAMA="Kampung Baru", KODE="17.71.01.1001")
    place = feature(
        {"type": "Point", "coordinates": [WEST + STEP / 4, SOUTH + STEP / 4]}, name="Pos Damkar", kind="damkar"
    )
    run(
        town_file,
        *("--boundaries", collection(tmp_path / "kel.geojson", boundary)),
        *("--level", "kelurahan", "--name-field", "NAMA", "--code-field", "KODE"),
        *("--places", collection(tmp_path / "places.geojson", place)),
    )
    district = District.objects.get(level="kelurahan")
    assert (district.name, district.code, district.source) == ("Kampung Baru", "17.71.01.1001", "kel.geojson")
    assert district.parent is not None
    assert district.parent.name == "Tengah"
    station = Place.objects.get(kind="fire_station")
    assert (station.name, station.words, station.source) == ("Pos Damkar", "Kampung Baru, Tengah", "places.geojson")


def feature(geometry: dict[str, Any], **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(path: Path, *features: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--place"),
        (["{town}", "--place", "Bengkulu"], "--place"),
        (["{none}"], "There is no file"),
        (["{letter}"], "not a readable OpenStreetMap file"),
        (["{no_roads}"], "No road"),
        (["{town}", "--levels", "town=3"], "town=3"),
        (["{town}", "--boundaries", "{none}", "--level", "kelurahan", "--name-field", "x"], "There is no file"),
        (["{town}", "--boundaries", "{town}"], "--level"),
        (["{town}", "--boundaries", "{letter}", "--level", "kelurahan", "--name-field", "x"], "not a readable GeoJSON"),
        (["{town}", "--boundaries", "{kel}", "--level", "kelurahan", "--name-field", "x"], "no 'x' among nama"),
        (["{town}", "--places", "{letter}"], "not a readable GeoJSON"),
    ],
)
def test_a_clear_refusal_that_changes_nothing(town_file: Path, tmp_path: Path, arguments: list[str], says: str) -> None:
    run(town_file, code="before")
    letter, roadless = tmp_path / "letter.osm.pbf", OsmFile()
    letter.write_text("Dear Sir")
    roadless.node(1, WEST, SOUTH, amenity="hospital", name="RS")
    files = {
        "town": town_file,
        "none": tmp_path / "none.osm",
        "letter": letter,
        "no_roads": roadless.write(tmp_path / "no_roads.osm"),
        "kel": collection(tmp_path / "kel.geojson", feature({"type": "Point", "coordinates": [0, 0]}, nama="A")),
    }
    folders = set(networks_folder().iterdir())
    with pytest.raises(CommandError) as caught:
        run(*(argument.format(**files) for argument in arguments))
    assert says in str(caught.value)
    assert Region.objects.get().code == "before"
    assert set(networks_folder().iterdir()) == folders


def test_the_files_of_a_build_are_in_the_database_too(town_file: Path) -> None:
    run(town_file)
    build = RoadBuild.objects.get()
    on_disk = {path.name: path.read_bytes() for path in build_folder(build.pk).iterdir()}
    stored: dict[str, bytes] = {}
    for part in RoadBuildFile.objects.order_by("name", "part"):
        stored[part.name] = stored.get(part.name, b"") + bytes(part.data)
    assert stored == on_disk


def test_another_host_fetches_the_build(town_file: Path) -> None:
    run(town_file)
    build = RoadBuild.objects.get().pk
    before = {path.name: path.read_bytes() for path in build_folder(build).iterdir()}
    shutil.rmtree(build_folder(build))
    forget_current_router()
    assert current_router().build_id == build
    assert {path.name: path.read_bytes() for path in ensure_local(build).iterdir()} == before


def test_a_build_that_nobody_has() -> None:
    with pytest.raises(FileNotFoundError):
        ensure_local("never-built")


@pytest.mark.django_db(transaction=True)
def test_the_new_build_is_announced_when_it_is_there(town_file: Path) -> None:
    with psycopg.connect(conninfo(), autocommit=True) as listener:
        listener.execute("LISTEN geo112")
        run(town_file)
        heard = [notice.payload for notice in listener.notifies(timeout=5, stop_after=1)]
        assert heard == [f"build:{RoadBuild.objects.get().pk}"]


@pytest.mark.django_db(transaction=True)
def test_current_and_previous_builds_stay(town_file: Path) -> None:
    for _time in range(3):
        run(town_file, code="kept")
    builds = set(RoadBuild.objects.values_list("pk", flat=True))
    assert len(builds) == 2
    assert {path.name for path in networks_folder().iterdir() if path.name.startswith("kept-")} == builds


@pytest.mark.django_db(transaction=True)
def test_a_router_follows_the_row(town_file: Path, tmp_path: Path) -> None:
    run(town_file, code="t")
    first = current_router()
    run(town(6).write(tmp_path / "six.osm"), code="t")
    assert current_router().build_id == RoadBuild.objects.order_by("-created_at")[0].pk != first.build_id
    assert first.route((WEST, SOUTH), (WEST + STEP, SOUTH), profile="car") is not None


@pytest.mark.django_db(transaction=True)
def test_a_full_disk(town_file: Path, tmp_path: Path) -> None:
    """A process that may not write large files meets the same error as one whose disk is full."""
    run(town_file, code="before")
    folders = set(networks_folder().iterdir())
    environment = os.environ | {"DATABASE_URL": database_url(), "GEO112_DATA_DIR": str(settings.DATA_DIR)}
    compiled_elsewhere = {"PYTHONDONTWRITEBYTECODE": "1", "NUMBA_CACHE_DIR": str(tmp_path)}  # else cut off, and kept
    done = subprocess.run(
        [sys.executable, "manage.py", "import_osm", str(town_file)],
        cwd=ROOT,
        env=environment | {"GEO112_LANGUAGE": "en"} | compiled_elsewhere,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT_BYTES, FILE_LIMIT_BYTES)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("CommandError: The disk is full")
    assert Region.objects.get().code == "before"
    assert set(networks_folder().iterdir()) == folders


def test_an_import_inside_a_transaction_that_fails_leaves_nothing(town_file: Path) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        run(town_file)
        raise RuntimeError
    assert not Region.objects.exists()


def test_the_sketch() -> None:
    run(SKETCH)
    region = Region.objects.get()
    assert region.is_sketch
    assert region.name == "Kota Bengkulu"
    assert District.objects.filter(level="kecamatan").count() == 9
    assert District.objects.filter(level="kelurahan").count() == 67
    assert Place.objects.filter(kind="fire_station").count() >= 5
    assert not Place.objects.filter(kind="neighbourhood", name="Kebun Tebeng").exists()


def test_central_bengkulu_places_kebun_tebeng() -> None:
    """The streets of the city's plan with official districts: the second real region of the issue."""
    admin = "bengkulu-admin"
    run(
        shared_data("bengkulu-roads/kota-bengkulu-pusat-rdtr-2024-derived.osm.pbf"),
        *("--boundaries", shared_data(f"{admin}/kecamatan-provinsi-bengkulu-17.geojson")),
        *("--level", "kecamatan", "--name-field", "nama", "--code-field", "kode"),
        *("--boundaries", shared_data(f"{admin}/kelurahan-kota-bengkulu-17.71.geojson")),
        *("--level", "kelurahan", "--name-field", "nama", "--code-field", "kode"),
        *("--places", shared_data("bengkulu-points/kota-bengkulu-points.geojson")),
        code="pusat",
    )
    kelurahan = District.objects.get(name="Kebun Tebeng")
    assert (kelurahan.code, kelurahan.parent and kelurahan.parent.name) == ("17.71.06.1001", "Ratu Agung")
    assert Place.objects.filter(kind="hospital").count() >= 7
    assert RoadBuild.objects.get().node_count > 4000
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM maps_district WHERE NOT ST_IsValid(geom)")
        assert cursor.fetchone() == (0,)


def test_isle_of_man_brings_its_own_stations() -> None:
    run(shared_data("osm-extracts/isle-of-man-2020.osm.pbf"))
    counts = {kind: Place.objects.filter(kind=kind).count() for kind in ("fire_station", "police", "hospital")}
    assert counts == {"fire_station": 7, "police": 12, "hospital": 4}
    assert District.objects.get(level="regency").name == "Isle of Man"
