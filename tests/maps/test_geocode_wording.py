"""How names are written to be compared, and how typed words are read."""

import pytest

from maps.wording import Query, canonical, plain, searchable, understand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Jl.  Kapuas-III ", "jl kapuas iii"),
        ("Café Été", "cafe ete"),
        ("", ""),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rumah Sakit Bhayangkara", "rs bhayangkara"),
        ("Rumah Sakit Umum Daerah Dr. M. Yunus", "rsud dr m yunus"),
        ("SDN 05", "sd negeri 5"),
        ("Sekolah Dasar Negeri 5", "sd negeri 5"),
        ("Kapuas III", "kapuas 3"),
        ("Kapuas 03", "kapuas 3"),
        ("V Corner", "v corner"),
        ("Mesjid Raya", "masjid raya"),
    ],
)
def test_canonical(text: str, expected: str) -> None:
    assert canonical(text) == expected


def test_search_texts_hold_each_spelling_once() -> None:
    assert searchable(["Jalan Kapuas III"]) == "kapuas 3 / kapuas iii"
    assert searchable(["Rumah Sakit Bhayangkara", "RS Bhayangkara"]) == "rs bhayangkara / rumah sakit bhayangkara"
    assert searchable(["Simpang Lima"]) == "simpang lima"


@pytest.mark.parametrize("word", ["Jl.", "Jln", "jalan", "Gg.", "Gang", "Lorong"])
def test_words_for_street(word: str) -> None:
    assert understand(f"{word} Kapuas III") == Query("kapuas 3", "street")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Kel. Kebun Tebeng", Query("kebun tebeng", "kelurahan")),
        ("Ds Air Napal", Query("air napal", "kelurahan")),
        ("Kec. Ratu Agung", Query("ratu agung", "kecamatan")),
        ("Jl. Salak No. 12 RT 03 RW 2", Query("salak", "street")),
        ("Salak RT.3/RW.2", Query("salak")),
        ("Salak Blok C4", Query("salak")),
        ("jl", Query("jl")),
        ("rt 5", Query("")),
    ],
)
def test_understand(typed: str, expected: Query) -> None:
    assert understand(typed) == expected
