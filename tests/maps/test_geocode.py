"""Search and reverse search on the sketch."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils.translation import override

from maps.geocode import coordinates, reverse, search
from maps.models import WGS84, District, Place, Region
from maps.sql import load

pytestmark = pytest.mark.django_db


def first(typed: str, **options: Any) -> tuple[str, str]:
    """Kind and name of the best answer."""
    found = search(typed, **options)
    return (found[0].kind, found[0].name) if found else ("", "")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Jl. Suprapto", ("street", "Jalan Suprapto")),
        ("jln suprapt", ("street", "Jalan Suprapto")),
        ("JALAN S PARMAN", ("street", "Jalan S. Parman")),
        ("padang harapan", ("kelurahan", "Padang Harapan")),
        ("Kel. Kebun Tebeng", ("kelurahan", "Kebun Tebeng")),
        ("kec gading cempaka", ("kecamatan", "Gading Cempaka")),
        ("rsud m yunus", ("hospital", "RSUD Dr. M. Yunus")),
        ("Rumah Sakit Bhayangkara", ("hospital", "RS Bhayangkara Bengkulu")),
        ("pantai panjng", ("beach", "Pantai Panjang")),
        ("simpang lima", ("landmark", "Simpang Lima")),
    ],
)
def test_what_a_caller_says(demo_region: Region, typed: str, expected: tuple[str, str]) -> None:
    assert first(typed) == expected


def test_a_letter_too_many_or_few(demo_region: Region) -> None:
    name = Place.objects.filter(kind="street", name__startswith="Jalan ").order_by("name")[40].name
    typo = name.replace("Jalan ", "jl ").replace("a", "aa", 1)
    assert name in [found.name for found in search(typo, limit=5)]


def test_a_district_behind_the_name_decides_between_equals(demo_region: Region) -> None:
    streets = Place.objects.filter(kind="street").order_by("pk")
    twins = {street.name: street for street in streets if streets.filter(name=street.name).count() > 1}
    assert twins
    for street in list(twins.values())[:3]:
        kelurahan = street.words.split(", ")[0]
        for typed in (f"{street.name}, {kelurahan}", f"{street.name} {kelurahan}"):
            found = search(typed)[0]
            assert found.name == street.name
            assert found.words.startswith(kelurahan)


def test_of_equals_the_nearer_comes_first(demo_region: Region) -> None:
    mosques = Place.objects.filter(kind="mosque", name="Masjid Al-Falah")
    assert mosques.count() > 1
    for mosque in mosques[:3]:
        found = search("masjid al falah", near=(mosque.point.x, mosque.point.y))[0]
        assert (found.lon, found.lat) == pytest.approx((mosque.point.x, mosque.point.y))


def test_scores_fall_and_the_limit_holds(demo_region: Region) -> None:
    found = search("masjid", limit=7)
    scores = [answer.score for answer in found]
    assert len(found) == 7
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("typed", ["", "x", "%%%", "'; DROP TABLE maps_place; --", "_" * 50, "qqqqzzzz", "rt 3"])
def test_nothing_found_is_no_error(demo_region: Region, typed: str) -> None:
    assert search(typed) == []
    assert Place.objects.exists()


def test_search_before_the_first_import() -> None:
    assert search("Jl. Suprapto") == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("-3.79, 102.26", (102.26, -3.79)),
        ("-3.79 102.26", (102.26, -3.79)),
        ("-3,79 102,26", (102.26, -3.79)),
        ("-3,79; 102,26", (102.26, -3.79)),
        ("https://www.google.com/maps/@-3.7912,102.2655,17z", (102.2655, -3.7912)),
        ("https://maps.google.com/?q=-3.7912,102.2655", (102.2655, -3.7912)),
        ("95, 200", None),
        ("Jl. Salak 5", None),
        ("12 15", (15.0, 12.0)),
    ],
)
def test_pasted_coordinates(typed: str, expected: tuple[float, float] | None) -> None:
    assert coordinates(typed, None) == expected


def test_plus_codes() -> None:
    full = coordinates("6P5P6757+5X", None)
    short = coordinates("6757+5X Bengkulu", full)
    assert full is not None
    assert short == pytest.approx(full)
    assert coordinates("6757+5X", None) is None


def test_coordinates_are_an_answer(demo_region: Region) -> None:
    (found,) = search("-3.8, 102.27")
    assert (found.kind, found.lon, found.lat) == ("point", 102.27, -3.8)


def test_reverse_on_a_street(demo_region: Region) -> None:
    street = Place.objects.get(kind="street", name="Jalan Suprapto")
    where = reverse(street.point.x, street.point.y)
    assert where.street == "Jalan Suprapto"
    assert [where.kelurahan, where.kecamatan, where.regency] == street.words.split(", ")
    assert where.inside
    assert where.kelurahan_id == District.objects.get(level="kelurahan", name=where.kelurahan).pk


@pytest.mark.parametrize(("language", "word"), [("id", "timur laut"), ("en", "north-east")])
def test_the_nearest_landmark_and_the_side_in_both_languages(demo_region: Region, language: str, word: str) -> None:
    beach = Place.objects.create(
        region=demo_region,
        kind="landmark",
        name="Tugu Uji",
        point=Point(102.20, -3.80, srid=WGS84),
        search="tugu uji",
        source="test",
    )
    with override(language):
        where = reverse(beach.point.x + 0.001, beach.point.y + 0.001)
    assert where.landmark is not None
    assert (where.landmark.name, where.landmark.compass) == ("Tugu Uji", word)
    assert where.landmark.distance_m == pytest.approx(157, abs=8)


def test_next_to_a_landmark(demo_region: Region) -> None:
    market = Place.objects.filter(kind="market").order_by("pk")[0]
    with override("en"):
        assert f"at {market.name}" in reverse(market.point.x, market.point.y).words


def test_reverse_far_out_at_sea(demo_region: Region) -> None:
    where = reverse(101.0, -4.5)
    assert not where.inside
    assert where.landmark is None
    assert where.words == ""


def test_reverse_before_the_first_import() -> None:
    assert not reverse(102.26, -3.79).inside


def test_a_point_on_a_border_lies_in_a_district(demo_region: Region) -> None:
    """ST_Covers takes the border in, ST_Contains would not."""
    kelurahan = District.objects.filter(level="kelurahan").order_by("code")[0]
    lon, lat = kelurahan.geom[0][0][0]
    assert District.objects.covering(lon, lat).filter(level="kelurahan").exists()


def plan(sql: str, parameters: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE maps_place")
        cursor.execute("ANALYZE maps_district")
        cursor.execute("ANALYZE maps_tileroad")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(row[0] for row in cursor.fetchall())


def test_reverse_uses_its_indexes(demo_region: Region) -> None:
    parameters = {
        "region": demo_region.pk,
        "lon": 102.27,
        "lat": -3.8,
        "street_m": 150.0,
        "landmark_m": 1000.0,
        "no_landmarks": ["street"],
    }
    lines = plan(load("reverse"), parameters)
    assert "maps_district_geom" in lines
    assert "tileroad_geom" in lines
    assert "maps_place_point" in lines
    assert "Seq Scan on maps_place" not in lines
    assert "Seq Scan on maps_tileroad" not in lines


def test_search_uses_the_trigram_index(demo_region: Region) -> None:
    parameters = {
        "region": demo_region.pk,
        "text": "suprapto",
        "begins": "suprapto%",
        "head": "",
        "around": "%%",
        "wants": "",
        "lon": None,
        "lat": None,
        "limit": 10,
    }
    lines = plan(load("search"), parameters)
    assert "place_search_trgm" in lines
    assert "Seq Scan on maps_place" not in lines
