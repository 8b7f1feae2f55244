"""Where an incident is: a point, from a map, a search or the caller's words, and what lies around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils import translation

from incidents.errors import PlaceNotFound
from maps import geocode
from maps.models import WGS84


@dataclass(frozen=True)
class Found:
    """A point and how it was found. kind and score: of the place that words led to; "" and None for a bare point."""

    lon: float
    lat: float
    kind: str = ""
    score: float | None = None


def found_from(data: Mapping[str, Any]) -> Found:
    """The place that validated input names: its point, else its words. Raises PlaceNotFound."""
    if "lon" in data:
        return Found(data["lon"], data["lat"], data.get("place_kind", ""), data.get("place_score"))
    best = next(iter(geocode.search(data["place"], limit=1)), None)
    if best is None:
        raise PlaceNotFound(data["place"])
    return Found(best.lon, best.lat, best.kind, best.score)


def describe(found: Found) -> dict[str, Any]:
    """An incident's columns about its place. place_words are in the system's own language."""
    with translation.override(settings.LANGUAGE_CODE):
        where = geocode.reverse(found.lon, found.lat)
    return {
        "point": Point(found.lon, found.lat, srid=WGS84),
        "place_kind": found.kind,
        "place_score": found.score,
        "place_words": where.words,
        "street": where.street,
        "landmark": _landmark(where.landmark),
        "kelurahan_id": where.kelurahan_id,
        "kecamatan_id": where.kecamatan_id,
        "regency_id": where.regency_id,
        "outside": not where.inside,
    }


def _landmark(landmark: geocode.Landmark | None) -> dict[str, Any] | None:
    """compass: a code, "N" … "NW", that each language has a word for."""
    if landmark is None:
        return None
    return {"name": landmark.name, "distance_m": landmark.distance_m, "compass": landmark.direction}
