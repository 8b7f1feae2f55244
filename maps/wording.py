"""One spelling for what people write in many: names of places as text to compare.

Pure. `searchable` writes the text that is stored, `understand` reads what somebody typed.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_STREET_WORDS = frozenset({"jl", "jln", "jalan", "jalanan", "street", "st", "road", "rd"})
_LANE_WORDS = frozenset({"gg", "gang", "lorong", "lrg"})
_DISTRICT_WORDS = {
    "kel": "kelurahan",
    "kelurahan": "kelurahan",
    "ds": "kelurahan",
    "desa": "kelurahan",
    "kec": "kecamatan",
    "kecamatan": "kecamatan",
    "kab": "regency",
    "kabupaten": "regency",
}
# What follows is a number of a neighbourhood or a house: nobody's name.
_NUMBER_WORDS = frozenset({"rt", "rw", "no", "nomor", "blok"})
_SHORT = (
    ("rumah sakit umum daerah", "rsud"),
    ("rumah sakit umum", "rsu"),
    ("rumah sakit ibu dan anak", "rsia"),
    ("rumah sakit", "rs"),
    ("pusat kesehatan masyarakat", "puskesmas"),
    ("pkm", "puskesmas"),
    ("sekolah dasar negeri", "sd negeri"),
    ("sekolah dasar", "sd"),
    ("sdn", "sd negeri"),
    ("smpn", "smp negeri"),
    ("sman", "sma negeri"),
    ("smkn", "smk negeri"),
    ("sekolah menengah pertama", "smp"),
    ("sekolah menengah atas", "sma"),
    ("mesjid", "masjid"),
    ("musholla", "mushola"),
    ("stasiun pengisian bahan bakar umum", "spbu"),
    ("pom bensin", "spbu"),
    ("universitas", "univ"),
    ("kantor polisi sektor", "polsek"),
    ("pemadam kebakaran", "damkar"),
)
_ROMAN_WORDS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN = {word: number for number, word in enumerate(_ROMAN_WORDS, 1)}


@dataclass(frozen=True)
class Query:
    """What somebody typed. text: to compare with search texts; wants: "street", a district level, or ""."""

    text: str
    wants: str = ""


def plain(text: str) -> str:
    """Lower case ASCII words with single spaces: accents off, punctuation out."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(_NOT_WORD.split(ascii_text)).strip()


def canonical(text: str) -> str:
    """Plain words with the usual abbreviations and numbers written one way."""
    padded = f" {plain(text)} "
    for long, short in _SHORT:
        padded = padded.replace(f" {long} ", f" {short} ")
    words = padded.split()
    numbered = [_number(word) if index else word for index, word in enumerate(words)]
    return " ".join(numbered)


def _number(word: str) -> str:
    """Roman numerals as digits (not at the beginning, where "i" and "v" may be names), no leading zeros."""
    if word in _ROMAN:
        return str(_ROMAN[word])
    return word.lstrip("0") or "0" if word.isdigit() else word


def _without_street_word(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0] in _STREET_WORDS | _LANE_WORDS else words


def searchable(names: list[str]) -> str:
    """Search text of something with these names: each as `canonical` writes it, without "jalan" in front."""
    texts = []
    for name in names:
        for text in (canonical(name), plain(name)):
            words = _without_street_word(text.split())
            texts.append(" ".join(words))
    return " / ".join(dict.fromkeys(text for text in texts if text))


def understand(typed: str) -> Query:
    """What to look for, and of which kind, in words as typed: "Jln. Kapuas III RT 4" is street "kapuas 3"."""
    words = canonical(typed).split()
    pairs = pairwise(["", *words])
    words = [word for before, word in pairs if word not in {"rt", "rw"} and not _is_number_of(before, word)]
    words = [word for index, word in enumerate(words) if not (index and word in _NUMBER_WORDS)]
    if len(words) > 1 and words[0] in _STREET_WORDS | _LANE_WORDS:
        return Query(" ".join(words[1:]), "street")
    if len(words) > 1 and words[0] in _DISTRICT_WORDS:
        return Query(" ".join(words[1:]), _DISTRICT_WORDS[words[0]])
    return Query(" ".join(words))


def _is_number_of(before: str, word: str) -> bool:
    return before in _NUMBER_WORDS and any(letter.isdigit() for letter in word)
