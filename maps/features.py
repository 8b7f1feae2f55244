"""What OSM tags mean beside the road: the kind of a place, and what is drawn how.

Pure: tags in, values out. Tables first, in order: the first line that fits decides.
"""

from collections.abc import Mapping
from typing import NamedTuple

Tags = Mapping[str, str]

ANY = frozenset[str]()


class Rule(NamedTuple):
    """A tag that says what something is; no values: any value but "no"."""

    key: str
    values: frozenset[str]
    kind: str


def _rules(*lines: tuple[str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(key, frozenset(values.split()), kind) for key, values, kind in lines)


PLACE_RULES = _rules(
    ("amenity", "hospital", "hospital"),
    ("healthcare", "hospital", "hospital"),
    ("amenity", "fire_station", "fire_station"),
    ("emergency", "fire_station", "fire_station"),
    ("emergency", "ambulance_station", "ambulance_station"),
    ("emergency", "water_rescue mountain_rescue lifeguard_base rescue_station", "sar_station"),
    ("amenity", "rescue_station ranger_station coast_guard", "sar_station"),
    ("amenity", "police", "police"),
    ("amenity", "clinic doctors health_post", "clinic"),
    ("amenity", "pharmacy", "pharmacy"),
    ("healthcare", "", "clinic"),
    ("amenity", "university college", "university"),
    ("amenity", "school kindergarten", "school"),
    ("amenity", "marketplace", "market"),
    ("amenity", "fuel", "fuel"),
    ("amenity", "ferry_terminal", "harbour"),
    ("landuse", "harbour port", "harbour"),
    ("industrial", "port", "harbour"),
    ("harbour", "", "harbour"),
    ("leisure", "marina", "harbour"),
    ("aeroway", "aerodrome terminal heliport", "airport"),
    ("amenity", "bus_station", "station"),
    ("railway", "station halt", "station"),
    ("public_transport", "station", "station"),
    ("amenity", "townhall courthouse public_building post_office prison embassy community_centre", "government"),
    ("office", "government", "government"),
    ("tourism", "hotel motel guest_house hostel", "hotel"),
    ("amenity", "bank", "bank"),
    ("shop", "", "shop"),
    ("natural", "beach", "beach"),
    ("leisure", "park garden nature_reserve playground", "park"),
    ("man_made", "bridge", "bridge"),
    ("natural", "water bay strait", "water"),
    ("waterway", "river canal", "water"),
    ("place", "city town suburb quarter neighbourhood village hamlet isolated_dwelling locality", "neighbourhood"),
    ("place", "island islet square", "landmark"),
    ("landuse", "residential", "neighbourhood"),
    ("tourism", "", "landmark"),
    ("historic", "", "landmark"),
    ("amenity", "", "landmark"),
    ("leisure", "", "landmark"),
    ("office", "", "landmark"),
    ("natural", "peak volcano cave_entrance cape", "landmark"),
    ("man_made", "lighthouse tower works water_tower pier monument", "landmark"),
    ("landuse", "cemetery industrial commercial retail recreation_ground military", "landmark"),
    ("military", "", "landmark"),
    ("power", "plant substation", "landmark"),
    ("building", "", "landmark"),
)
_FAITHS = {"muslim": "mosque", "christian": "church"}
_SEARCH_AND_RESCUE = ("basarnas", "kantor sar", "pos sar", "search and rescue", "lifeboat")
# What a station without a name is called: it must be findable and can hold units.
UNNAMED = {
    "hospital": "Rumah sakit",
    "fire_station": "Pos pemadam kebakaran",
    "ambulance_station": "Pos ambulans",
    "sar_station": "Pos SAR",
    "police": "Pos polisi",
}
NAME_KEYS = ("name", "name:id", "official_name", "short_name", "alt_name", "old_name", "loc_name", "name:en")

LAND_RULES = _rules(
    ("natural", "wood", "wood"),
    ("landuse", "forest", "wood"),
    ("natural", "wetland", "wetland"),
    ("natural", "beach sand shoal", "sand"),
    ("natural", "scrub heath fell", "scrub"),
    ("natural", "grassland", "grass"),
    ("natural", "bare_rock scree glacier", "rock"),
    ("landuse", "grass meadow village_green greenfield", "grass"),
    ("landuse", "farmland farmyard orchard vineyard plant_nursery allotments greenhouse_horticulture", "farm"),
    ("landuse", "cemetery", "cemetery"),
    ("amenity", "grave_yard", "cemetery"),
    ("landuse", "recreation_ground", "park"),
    ("leisure", "park garden golf_course common pitch playground stadium sports_centre track nature_reserve", "park"),
    ("amenity", "hospital clinic", "hospital"),
    ("amenity", "school university college kindergarten", "school"),
    ("landuse", "education", "school"),
    ("aeroway", "runway taxiway apron", "runway"),
    ("aeroway", "aerodrome", "airport"),
    ("landuse", "military", "military"),
    ("landuse", "industrial commercial retail railway port harbour depot quarry construction brownfield", "industry"),
    ("landuse", "residential", "residential"),
    ("place", "square", "square"),
    ("highway", "pedestrian", "square"),
    ("man_made", "pier breakwater groyne", "pier"),
)
WATER_RULES = _rules(
    ("natural", "water", "water"),
    ("waterway", "riverbank dock", "water"),
    ("landuse", "reservoir basin salt_pond", "water"),
    ("leisure", "swimming_pool", "water"),
)
LINE_RULES = _rules(
    ("natural", "coastline", "coastline"),
    ("waterway", "river canal", "river"),
    ("waterway", "stream drain ditch", "stream"),
    ("railway", "rail light_rail tram narrow_gauge funicular", "rail"),
    ("route", "ferry", "ferry"),
    ("aeroway", "runway taxiway", "runway"),
    ("man_made", "pier breakwater groyne", "pier"),
)
# Every key that a rule looks at: a source may leave out what carries none of them.
KEYS = frozenset(rule.key for rule in (*PLACE_RULES, *LAND_RULES, *WATER_RULES, *LINE_RULES)) | {"boundary"}

SETTLEMENT_RANK = {"city": 0, "town": 1, "suburb": 2, "village": 2, "quarter": 3, "neighbourhood": 4, "hamlet": 4}


def first_kind(rules: tuple[Rule, ...], tags: Tags) -> str | None:
    """The kind that the first fitting rule names."""
    for key, values, kind in rules:
        value = tags.get(key)
        if value and value != "no" and (not values or value in values):
            return kind
    return None


def place_kind(tags: Tags) -> str | None:
    """Which `Place.Kind` these tags describe, or None."""
    if tags.get("amenity") == "place_of_worship":
        return _FAITHS.get(tags.get("religion", ""), "temple")
    name = tags.get("name", "").lower()
    if tags.get("office") in {"government", "rescue"} and any(words in name for words in _SEARCH_AND_RESCUE):
        return "sar_station"
    return first_kind(PLACE_RULES, tags)


def place_name(tags: Tags, kind: str) -> str:
    """What people call it; empty when nobody could."""
    return tags.get("name") or tags.get("name:id") or tags.get("official_name") or _unnamed(tags, kind)


def _unnamed(tags: Tags, kind: str) -> str:
    return tags.get("operator") or UNNAMED[kind] if kind in UNNAMED else ""


def other_names(tags: Tags) -> list[str]:
    """Every further name to search by, in the order of NAME_KEYS, each once."""
    names = [part.strip() for key in NAME_KEYS for part in tags.get(key, "").split(";")]
    return [name for name in dict.fromkeys(names) if name and name != tags.get("name")]


def is_district(tags: Tags) -> bool:
    """Whether this is an administrative boundary with a level and a name."""
    return tags.get("boundary") == "administrative" and bool(tags.get("admin_level")) and bool(tags.get("name"))
