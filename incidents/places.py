"""Where an incident is: a point, from a map, a search or the caller's words, and what lies around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point

from incidents.errors import PlaceNotFound
from maps.models import WGS84, District


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
    raise PlaceNotFound(data["place"])


def describe(found: Found) -> dict[str, Any]:
    """An incident's columns about its place."""
    point = Point(found.lon, found.lat, srid=WGS84)
    covering = District.objects.filter(region__is_active=True, geom__covers=point)
    districts = dict(covering.values_list("level", "pk"))
    return {
        "point": point,
        "place_kind": found.kind,
        "place_score": found.score,
        "kelurahan_id": districts.get(District.Level.KELURAHAN),
        "kecamatan_id": districts.get(District.Level.KECAMATAN),
        "regency_id": districts.get(District.Level.REGENCY),
        "outside": not districts,
    }
