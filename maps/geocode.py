"""From words to points and from points to words, offline (design §5).

`search` finds places, streets and districts by typed words; `reverse` describes a point as a crew would.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from openlocationcode import openlocationcode

from maps.models import District, Region
from maps.sql import load
from maps.wording import Query, canonical, understand

LIKE_ENOUGH = 0.45  # pg_trgm.word_similarity: "hibirda" still finds "hibrida" (0.5)
STREET_M = 150.0
LANDMARK_M = 1_000.0
NO_LANDMARKS = ("street", "neighbourhood", "water")
MAX_RESULTS = 50
_NUMBERS = re.compile(r"^\s*@?(-?\d{1,3}(?:[.,]\d+)?)\s*(?:°?\s*[,;]\s*|\s+)(-?\d{1,3}(?:[.,]\d+)?)\s*°?\s*$")
_IN_LINK = re.compile(r"[@=](-?\d{1,2}\.\d+)(?:,|%2C)(-?\d{1,3}\.\d+)", re.IGNORECASE)
_PLUS_CODE = re.compile(r"\b([23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3})\b", re.IGNORECASE)
_COMPASS = (
    gettext_lazy("north"),
    gettext_lazy("north-east"),
    gettext_lazy("east"),
    gettext_lazy("south-east"),
    gettext_lazy("south"),
    gettext_lazy("south-west"),
    gettext_lazy("west"),
    gettext_lazy("north-west"),
)
DIRECTIONS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True)
class Found:
    """One answer to typed words. words: the districts around it; score: higher is better, about 0 to 2.5."""

    kind: str
    name: str
    words: str
    lon: float
    lat: float
    score: float


@dataclass(frozen=True)
class Landmark:
    """The nearest thing that people know. compass: where the point lies, seen from it; direction: "N" … "NW"."""

    name: str
    kind: str
    distance_m: int
    compass: str
    direction: str


@dataclass(frozen=True)
class Where:
    """A point in words. The ids are those of the districts that cover it; inside: whether any does."""

    street: str
    landmark: Landmark | None
    kelurahan: str
    kecamatan: str
    regency: str
    kelurahan_id: int | None
    kecamatan_id: int | None
    regency_id: int | None

    @property
    def inside(self) -> bool:
        return any((self.kelurahan_id, self.kecamatan_id, self.regency_id))

    @property
    def words(self) -> str:
        """ "Jl. Kapuas III, 120 m north of Masjid Al-Falah, Padang Harapan, Gading Cempaka"."""
        parts = [self.street, landmark_words(self.landmark), self.kelurahan, self.kecamatan]
        return ", ".join(part for part in parts if part)


def landmark_words(landmark: Landmark | None) -> str:
    """ "120 m north of Masjid Al-Falah", or "at Masjid Al-Falah" when it is next to it."""
    if landmark is None:
        return ""
    if landmark.distance_m < 20:
        return _("at %(name)s") % {"name": landmark.name}
    where = {"distance": landmark.distance_m, "compass": landmark.compass, "name": landmark.name}
    return pgettext("120 m north of a landmark", "%(distance)s m %(compass)s of %(name)s") % where


def search(typed: str, *, near: tuple[float, float] | None = None, limit: int = 10) -> list[Found]:
    """Places for words as typed, best first; coordinates and plus codes answer with their point.

    near   (lon, lat) to prefer, such as the middle of the map
    Two letters at least; empty before the first import.
    """
    region = Region.objects.active()
    point = coordinates(typed, near or _middle(region))
    if point:
        return [Found("point", f"{point[1]:.5f}, {point[0]:.5f}", "", *point, 2.0)]
    name, _comma, rest = typed.partition(",")
    query = understand(name)
    if region is None or len(query.text) < 2:
        return []
    head, around = split_district(query, canonical(rest.split(",")[0]), region)
    lon, lat = near or (None, None)
    parameters: dict[str, str | int | float | None] = {
        "region": region.pk,
        "text": query.text,
        "begins": f"{_escaped(query.text)}%",
        "head": head,
        "around": f"%{_escaped(around)}%",
        "wants": query.wants,
        "lon": lon,
        "lat": lat,
        "limit": min(limit, MAX_RESULTS),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)])
        cursor.execute(load("search"), parameters)
        return [
            Found(kind, name, words, lon, lat, float(score)) for kind, name, words, lon, lat, score in cursor.fetchall()
        ]


def _middle(region: Region | None) -> tuple[float, float] | None:
    return (region.center.x, region.center.y) if region else None


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def split_district(query: Query, after_comma: str, region: Region) -> tuple[str, str]:
    """A name and the district that was named behind it: ("kapuas 3", "padang harapan").

    The district comes after a comma, or it is the end of the words. Two empty texts when none was named.
    """
    if after_comma:
        return query.text, after_comma
    words = query.text.split()
    ends = {" ".join(words[start:]): " ".join(words[:start]) for start in range(1, len(words))}
    if not ends:
        return "", ""
    names = District.objects.filter(region=region, search__in=ends).values_list("search", flat=True)
    longest = max(names, key=len, default="")
    return (ends[longest], longest) if longest else ("", "")


def coordinates(typed: str, near: tuple[float, float] | None) -> tuple[float, float] | None:
    """(lon, lat) of pasted coordinates ("-3.79, 102.26"), a map link or a plus code; None for anything else.

    Latitude comes first, as people and maps write it. A short plus code is completed near the given point.
    """
    match = _NUMBERS.match(typed) or _IN_LINK.search(typed)
    if match:
        lat, lon = (float(part.replace(",", ".")) for part in match.groups())
        return (lon, lat) if abs(lat) <= 90 and abs(lon) <= 180 else None
    code = _PLUS_CODE.search(typed.upper())
    return _decode(code[1], near) if code else None


def _decode(code: str, near: tuple[float, float] | None) -> tuple[float, float] | None:
    if openlocationcode.isShort(code) and near:
        code = openlocationcode.recoverNearest(code, near[1], near[0])
    if not openlocationcode.isFull(code):
        return None
    area = openlocationcode.decode(code)
    return float(area.longitudeCenter), float(area.latitudeCenter)


def reverse(lon: float, lat: float) -> Where:
    """What lies at a point of the active region, in the language that is active."""
    region = Region.objects.active()
    if region is None:
        return Where("", None, "", "", "", None, None, None)
    parameters: dict[str, int | float | list[str]] = {
        "region": region.pk,
        "lon": lon,
        "lat": lat,
        "street_m": STREET_M,
        "landmark_m": LANDMARK_M,
        "no_landmarks": list(NO_LANDMARKS),
    }
    with connection.cursor() as cursor:
        cursor.execute(load("reverse"), parameters)
        districts, street, *landmark = cursor.fetchone()
    return _where(json.loads(districts or "{}"), street or "", _landmark(*landmark))


def _landmark(name: str | None, kind: str, distance_m: float, bearing_deg: float | None) -> Landmark | None:
    if name is None:
        return None
    eighth = round((bearing_deg or 0.0) / 45) % 8
    metres = int(round(distance_m, -1 if distance_m >= 100 else 0))
    return Landmark(name, kind, metres, str(_COMPASS[eighth]), DIRECTIONS[eighth])


def _where(districts: dict[str, dict[str, Any]], street: str, landmark: Landmark | None) -> Where:
    named = {level: district["name"] for level, district in districts.items()}
    ids = {level: district["id"] for level, district in districts.items()}
    return Where(
        street=street,
        landmark=landmark,
        kelurahan=named.get("kelurahan", ""),
        kecamatan=named.get("kecamatan", ""),
        regency=named.get("regency", ""),
        kelurahan_id=ids.get("kelurahan"),
        kecamatan_id=ids.get("kecamatan"),
        regency_id=ids.get("regency"),
    )
