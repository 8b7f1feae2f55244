"""District areas of an import: which OSM level is which of ours, repair, parents, stable codes.

Pure values; `maps/imports.py` stores them.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely import MultiPolygon, STRtree
from shapely.geometry.base import BaseGeometry as Geometry

from maps.extract import BadSource, Thing
from maps.features import Tags

LEVELS = ("regency", "kecamatan", "kelurahan")
# OSM wiki, Tag:boundary=administrative, row Indonesia
INDONESIA_LEVELS = {"5": "regency", "6": "kecamatan", "7": "kelurahan"}
_INDONESIA = shapely.box(95.0, -11.1, 141.1, 6.1)
_CODE_KEYS = ("ref:kemendagri", "kode_kemendagri", "ref:bps", "ISO3166-2", "ISO3166-1:alpha2", "ref")
# A sliver this much smaller than the whole is what a repair leaves over, not a part of the district.
_SLIVER_SHARE = 1e-4


@dataclass(frozen=True)
class DistrictRow:
    """One district before it is stored; parent is an index into the same list, -1: none."""

    level: str
    code: str
    name: str
    geom: MultiPolygon
    source: str
    parent: int = -1


def choose_levels(borders: Iterable[Thing]) -> dict[str, str]:
    """Which OSM admin_level is which of ours, as far as the named, closed borders tell.

    Indonesia has a fixed scheme. Elsewhere the three deepest levels that occur are taken, and of a single deep
    one kelurahan; "2" (a state) serves as the regency only where nothing lies between.
    """
    found: dict[str, list[Geometry]] = defaultdict(list)
    for border in borders:
        found[border.tags["admin_level"]].append(border.geom)
    if not found:
        return {}
    middle = shapely.unary_union([geom.envelope for geoms in found.values() for geom in geoms]).centroid
    if _INDONESIA.contains(middle) and set(found) & set(INDONESIA_LEVELS):
        return {osm: ours for osm, ours in INDONESIA_LEVELS.items() if osm in found}
    deepest = sorted((level for level in found if level.isdigit()), key=int)[-len(LEVELS) :]
    return dict(zip(deepest, LEVELS[-len(deepest) :], strict=True))


def parse_levels(text: str) -> dict[str, str]:
    """`regency=5,kecamatan=6,kelurahan=7` as {"5": "regency", …}. Raises BadSource."""
    chosen = {}
    for part in text.split(","):
        ours, _equals, osm = (word.strip() for word in part.partition("="))
        if ours not in LEVELS or not osm.isdigit():
            example = "regency=5,kecamatan=6,kelurahan=7"
            problem = _("--levels: '%(part)s' is not a level; write for example %(example)s.")
            raise BadSource(problem % {"part": part, "example": example}, field="levels")
        chosen[osm] = ours
    return chosen


def from_osm(borders: Iterable[Thing], levels: Mapping[str, str], notes: Counter[str]) -> list[DistrictRow]:
    """Districts of the borders at the chosen OSM levels."""
    rows = []
    for border in borders:
        level = levels.get(border.tags["admin_level"])
        geom = repair(border.geom, notes) if level else None
        if level and geom:
            code = official_code(border.tags) or border.osm_id
            rows.append(DistrictRow(level, code, border.tags["name"], geom, f"OpenStreetMap {border.osm_id}"))
    return rows


def official_code(tags: Tags) -> str:
    """The code that an administration gave it; empty when the tags name none."""
    return next((tags[key] for key in _CODE_KEYS if tags.get(key)), "")


def repair(geom: Geometry, notes: Counter[str]) -> MultiPolygon | None:
    """A valid area in two dimensions, without the slivers that a repair leaves; None when nothing is left."""
    flat = shapely.force_2d(geom)
    if not shapely.is_valid(flat):
        notes["districts repaired"] += 1
        flat = shapely.make_valid(flat, method="structure", keep_collapsed=False)
    polygons = [part for part in shapely.get_parts(flat) if part.geom_type == "Polygon" and part.area > 0]
    if not polygons:
        notes["districts without an area"] += 1
        return None
    enough = sum(part.area for part in polygons) * _SLIVER_SHARE
    return MultiPolygon([part for part in polygons if part.area >= enough])


def within(rows: Sequence[DistrictRow], bounds: Geometry, notes: Counter[str]) -> list[DistrictRow]:
    """Only the districts that come inside the region's bounds."""
    kept = [row for row in rows if row.geom.intersects(bounds)]
    notes["districts outside the region"] += len(rows) - len(kept)
    return kept


def with_parents(rows: Sequence[DistrictRow]) -> list[DistrictRow]:
    """The same rows, higher levels first, each with its parent at the next higher level that has one.

    The parent is what covers most of it; but official codes that nest ("17.71.03" and "17.71.03.1001") are facts,
    and win over outlines that were drawn apart.
    """
    ordered = sorted(rows, key=lambda row: (LEVELS.index(row.level), row.code))
    return [replace(row, parent=_parent(row, ordered)) for row in ordered]


def _parent(row: DistrictRow, rows: Sequence[DistrictRow]) -> int:
    for level in reversed(LEVELS[: LEVELS.index(row.level)]):
        above = [index for index, other in enumerate(rows) if other.level == level]
        near = [above[found] for found in STRtree([rows[index].geom for index in above]).query(row.geom)]
        overlaps = [
            (row.code.startswith(f"{rows[index].code}."), _overlap(row.geom, rows[index].geom), -index)
            for index in near
        ]
        _nested, most, negative = max(overlaps, default=(False, 0.0, 0))
        if most > 0:
            return -negative
    return -1


def _overlap(one: Geometry, other: Geometry) -> float:
    return float(shapely.area(shapely.intersection(one, other)))


def unique_codes(rows: Sequence[DistrictRow]) -> list[DistrictRow]:
    """Codes that occur once in a level: a repeated one gets its parent's code and then a number behind it."""
    taken: Counter[tuple[str, str]] = Counter()
    often = Counter((row.level, row.code) for row in rows)
    result: list[DistrictRow] = []
    for row in rows:
        code = row.code
        if often[row.level, code] > 1 and row.parent >= 0:
            code = f"{code}-{rows[row.parent].code}"
        taken[row.level, code] += 1
        number = taken[row.level, code]
        result.append(replace(row, code=code if number == 1 else f"{code}-{number}"))
    return result


def slug(text: str) -> str:
    """Lower case ASCII with hyphens: "Padang Harapan" is "padang-harapan"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


class DistrictIndex:
    """Finds the districts of many points at once."""

    def __init__(self, rows: Sequence[DistrictRow]) -> None:
        self.rows = rows
        self._smallest_first = [index for level in reversed(LEVELS) for index in self._at(level)]
        self._tree = STRtree([rows[index].geom for index in self._smallest_first])

    def _at(self, level: str) -> list[int]:
        return [index for index, row in enumerate(self.rows) if row.level == level]

    def words(self, points: Sequence[Geometry]) -> list[str]:
        """Where each point lies, smallest district first: "Padang Harapan, Gading Cempaka, Kota Bengkulu"."""
        names: list[list[str]] = [[] for _ in points]
        hits = self._tree.query(np.asarray(points, dtype=object), predicate="intersects")
        for point, found in sorted(zip(*hits.tolist(), strict=True)):
            name = self.rows[self._smallest_first[found]].name
            if name not in names[point]:
                names[point].append(name)
        return [", ".join(each) for each in names]
