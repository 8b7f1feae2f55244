"""Reads a city's own GeoJSON files: boundaries of one level, and lists of places."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry as Geometry

from maps.districts import DistrictRow, repair, slug
from maps.extract import BadSource, Extract, Thing

_NAME_FIELDS = ("name", "nama", "NAMOBJ", "NAME")
_KIND_FIELDS = ("kind", "jenis", "kategori", "category", "type")
_PLACE_KINDS = {
    "rumah sakit": "hospital",
    "rs": "hospital",
    "puskesmas": "clinic",
    "klinik": "clinic",
    "damkar": "fire_station",
    "pemadam": "fire_station",
    "polisi": "police",
    "sekolah": "school",
    "masjid": "mosque",
    "gereja": "church",
    "pasar": "market",
    "spbu": "fuel",
    "pelabuhan": "harbour",
    "bandara": "airport",
    "town_hall": "government",
    "townhall": "government",
    "kantor": "government",
    "kantor_lurah": "government",
}


@dataclass(frozen=True)
class BoundaryFile:
    """One --boundaries with what belongs to it."""

    path: Path
    level: str
    name_field: str
    code_field: str = ""


def read_boundaries(spec: BoundaryFile, extract: Extract) -> list[DistrictRow]:
    """The districts of a file; polygons only, repaired. Raises BadSource naming file, feature and field."""
    rows = []
    for number, properties, geom in _features(spec.path):
        name = str(properties.get(spec.name_field) or "").strip()
        if not name:
            known = ", ".join(sorted(properties))
            problem = _("%(file)s, feature %(number)s: no '%(field)s' among %(known)s.")
            facts = {"file": spec.path.name, "number": number, "field": spec.name_field, "known": known}
            raise BadSource(problem % facts, field="name-field")
        code = str(properties.get(spec.code_field) or "").strip() if spec.code_field else slug(name)
        if not code:
            problem = _("%(file)s, feature %(number)s: no '%(field)s'.")
            facts = {"file": spec.path.name, "number": number, "field": spec.code_field}
            raise BadSource(problem % facts, field="code-field")
        area = repair(geom, extract.notes)
        if area:
            rows.append(DistrictRow(spec.level, code, name, area, spec.path.name))
    return rows


def read_places(path: Path, kinds: set[str]) -> Iterator[tuple[str, Thing]]:
    """(kind, place) of each feature with a name; areas and lines count by a point on them.

    kinds  the values of Place.Kind; a kind that is none of them, nor a word for one, becomes "landmark"
    """
    for number, properties, geom in _features(path):
        name = _first(properties, _NAME_FIELDS)
        if name:
            given = _first(properties, _KIND_FIELDS).lower()
            kind = given if given in kinds else _PLACE_KINDS.get(given, "landmark")
            point = geom if geom.geom_type == "Point" else shapely.point_on_surface(geom)
            yield kind, Thing(f"{path.name} {number}", {"name": name}, shapely.force_2d(point))


def _first(properties: dict[str, Any], fields: tuple[str, ...]) -> str:
    return next((str(properties[field]).strip() for field in fields if properties.get(field)), "")


def _features(path: Path) -> Iterator[tuple[int, dict[str, Any], Geometry]]:
    """Number from 1, properties and geometry of every feature that has a geometry."""
    features = _load(path).get("features")
    if not isinstance(features, list):
        raise BadSource(_("%s is no GeoJSON FeatureCollection.") % path.name)
    for number, feature in enumerate(features, 1):
        try:
            if feature["geometry"] is not None:
                yield number, feature.get("properties") or {}, _geometry(feature["geometry"])
        except (KeyError, TypeError, shapely.GEOSException) as error:
            problem = _("%(file)s, feature %(number)s: unreadable geometry (%(error)s).")
            raise BadSource(problem % {"file": path.name, "number": number, "error": error}) from error


def _geometry(mapping: Any) -> Geometry:
    geometry: Geometry = shapely.from_geojson(json.dumps(mapping))
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise TypeError(f"{west} {south} are no degrees of longitude and latitude")
    return geometry


def _load(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        loaded = json.loads(raw)
    except FileNotFoundError as error:
        raise BadSource(_("There is no file %s.") % path) from error
    except (OSError, EOFError, ValueError) as error:
        problem = _("%(file)s is not a readable GeoJSON file: %(error)s")
        raise BadSource(problem % {"file": path.name, "error": error}) from error
    if not isinstance(loaded, dict):
        raise BadSource(_("%s is no GeoJSON FeatureCollection.") % path.name)
    return loaded
