"""Levels, repair, parents and codes of districts."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from maps.districts import (
    DistrictIndex,
    DistrictRow,
    choose_levels,
    from_osm,
    parse_levels,
    repair,
    slug,
    unique_codes,
    with_parents,
    within,
)
from maps.extract import BadSource, Thing
from maps.osm import read_file
from tests.conftest import shared_data


def border(level: str, west: float, name: str = "A", **tags: str) -> Thing:
    tags |= {"boundary": "administrative", "admin_level": level, "name": name}
    return Thing(f"r{level}{round(west * 10)}", tags, box(west, -4, west + 1, -3))


def row(level: str, name: str, west: float, east: float, code: str = "") -> DistrictRow:
    return DistrictRow(level, code or slug(name), name, MultiPolygon([box(west, 0, east, 1)]), "test")


def test_indonesia_has_a_fixed_scheme() -> None:
    found = [border(level, 102.0) for level in ("4", "5", "6", "7", "9")]
    assert choose_levels(found) == {"5": "regency", "6": "kecamatan", "7": "kelurahan"}


def test_elsewhere_the_deepest_three_levels_count() -> None:
    assert choose_levels([border(level, 8.0) for level in ("2", "4", "6", "8", "10")]) == {
        "6": "regency",
        "8": "kecamatan",
        "10": "kelurahan",
    }


def test_a_single_level_is_the_smallest() -> None:
    assert choose_levels([border("10", 7.4)]) == {"10": "kelurahan"}


def test_no_border_no_level() -> None:
    assert choose_levels([]) == {}


def test_levels_as_data() -> None:
    assert parse_levels("regency=4, kecamatan=6") == {"4": "regency", "6": "kecamatan"}


@pytest.mark.parametrize("text", ["regency", "town=5", "regency=x"])
def test_levels_that_make_no_sense(text: str) -> None:
    with pytest.raises(BadSource) as caught:
        parse_levels(text)
    assert caught.value.field == "levels"


def test_the_official_code_comes_before_the_relations_number() -> None:
    official = {"ref:kemendagri": "17.71.03.1001"}
    borders = [border("7", 102.0, "Bajak", **official), border("7", 103.0, "Jitra")]
    rows = from_osm(borders, {"7": "kelurahan"}, Counter())
    assert [row.code for row in rows] == ["17.71.03.1001", "r71030"]


def test_levels_that_were_not_chosen_are_left_out() -> None:
    assert from_osm([border("9", 102.0)], {"7": "kelurahan"}, Counter()) == []


def test_a_bow_tie_is_repaired_and_counted() -> None:
    notes: Counter[str] = Counter()
    area = repair(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]), notes)
    assert area is not None
    assert area.is_valid
    assert area.area == pytest.approx(2)
    assert notes["districts repaired"] == 1


def test_slivers_of_a_repair_go() -> None:
    area = repair(MultiPolygon([box(0, 0, 1, 1), box(3, 0, 3.001, 0.001)]), Counter())
    assert area is not None
    assert len(area.geoms) == 1


def test_heights_are_taken_off() -> None:
    area = repair(shapely.force_3d(box(0, 0, 1, 1), 12.0), Counter())
    assert area is not None
    assert not area.has_z


def test_a_line_is_no_area() -> None:
    notes: Counter[str] = Counter()
    assert repair(shapely.LineString([(0, 0), (1, 1)]), notes) is None
    assert notes["districts without an area"] == 1


def test_real_flood_polygons_are_repaired() -> None:
    raw = gzip.decompress(shared_data("bengkulu-hazard/rawan-banjir.geojson.gz").read_bytes())
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in json.loads(raw)["features"]]
    broken = sum(not shape.is_valid for shape in shapes)
    notes: Counter[str] = Counter()
    repaired = [repair(shape, notes) for shape in shapes]
    assert broken > 10
    assert notes["districts repaired"] >= broken
    assert all(area is not None and area.is_valid for area in repaired)


def test_the_parent_is_the_one_that_covers_most() -> None:
    rows = with_parents(
        [
            row("kelurahan", "K", 1.2, 2.2),
            row("kecamatan", "A", 0, 2),
            row("kecamatan", "B", 2, 4),
            row("regency", "R", 0, 4),
        ]
    )
    by_name = {entry.name: entry for entry in rows}
    assert rows[by_name["K"].parent].name == "A"
    assert rows[by_name["A"].parent].name == "R"
    assert by_name["R"].parent == -1


def test_a_missing_level_is_skipped() -> None:
    rows = with_parents([row("kelurahan", "K", 0, 1), row("regency", "R", 0, 4)])
    assert rows[rows[1].parent].name == "R"


def test_touching_is_no_overlap() -> None:
    rows = with_parents([row("kelurahan", "K", 4, 5), row("kecamatan", "A", 0, 4)])
    assert rows[1].parent == -1


def test_two_of_one_name_get_codes_of_their_own() -> None:
    rows = unique_codes(
        with_parents(
            [
                row("kecamatan", "A", 0, 2),
                row("kecamatan", "B", 2, 4),
                row("kelurahan", "Pasar", 0, 1),
                row("kelurahan", "Pasar", 2, 3),
                row("kelurahan", "Pasar", 3, 4),
            ]
        )
    )
    assert [entry.code for entry in rows] == ["a", "b", "pasar-a", "pasar-b", "pasar-b-2"]


def test_districts_far_away_are_left_out_and_counted() -> None:
    notes: Counter[str] = Counter()
    kept = within([row("kelurahan", "Near", 0, 1), row("kelurahan", "Far", 50, 51)], box(0, 0, 2, 2), notes)
    assert [entry.name for entry in kept] == ["Near"]
    assert notes["districts outside the region"] == 1


def test_words_go_from_small_to_large_and_say_nothing_twice() -> None:
    index = DistrictIndex(
        [row("regency", "Kota", 0, 4), row("kecamatan", "Tengah", 0, 2), row("kelurahan", "Tengah", 0, 1)]
    )
    assert index.words([Point(0.5, 0.5), Point(3, 0.5), Point(9, 9)]) == ["Tengah, Kota", "Kota", ""]


def test_isle_of_man_has_three_levels() -> None:
    extract = read_file(shared_data("osm-extracts/isle-of-man-2020.osm.pbf"))
    levels = choose_levels(extract.borders)
    rows = with_parents(from_osm(extract.borders, levels, Counter()))
    assert Counter(entry.level for entry in rows) == {"regency": 1, "kecamatan": 6, "kelurahan": 24}
    ramsey = next(entry for entry in rows if entry.name == "Ramsey")
    assert rows[ramsey.parent].name in {"Ayre", "Garff"}


def test_slugs() -> None:
    assert slug("Padang Harapan / Été 2") == "padang-harapan-ete-2"


def test_every_kelurahan_of_the_city_lies_in_its_kecamatan() -> None:
    """The official codes say which: the first eight characters are the kecamatan's."""
    rows = [
        *_official("bengkulu-admin/kecamatan-provinsi-bengkulu-17.geojson", "kecamatan"),
        *_official("bengkulu-admin/kelurahan-kota-bengkulu-17.71.geojson", "kelurahan"),
    ]
    joined = with_parents(rows)
    kelurahan = [entry for entry in joined if entry.level == "kelurahan"]
    wrong = [entry.name for entry in kelurahan if joined[entry.parent].code != entry.code[:8]]
    assert len(kelurahan) == 67
    assert wrong == []


def _official(name: str, level: str) -> list[DistrictRow]:
    features = json.loads(Path(shared_data(name)).read_text())["features"]
    rows = []
    for feature in features:
        area = repair(shapely.from_geojson(json.dumps(feature["geometry"])), Counter())
        assert area is not None
        properties = feature["properties"]
        rows.append(DistrictRow(level, str(properties["kode"]), properties["nama"], area, name))
    return rows
