"""What OSM tags say about a road, as small integers that arrays can hold.

Pure: tags in, codes out. `maps/osm.py` calls `read_way` and `read_node` for every object, whatever the
source; `maps/speeds.py` turns the codes into speeds for each profile.
"""

import math
import re
from dataclasses import dataclass
from enum import IntFlag
from typing import Protocol

HIGHWAYS = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "track",
    "busway",
    "pedestrian",
    "path",
    "footway",
    "bridleway",
    "cycleway",
)
HIGHWAY_CODE = {name: code for code, name in enumerate(HIGHWAYS)}
BUSWAYS = {"bus_guideway": "busway"}

# The first is "not said". `smoothness` and `tracktype` are folded in: they say the same thing, how fast.
SURFACES = (
    "",
    "paved",
    "paving_stones",
    "cobblestone",
    "compacted",
    "gravel",
    "unpaved",
    "dirt",
    "sand",
    "mud",
)
SURFACE_CODE = {name: code for code, name in enumerate(SURFACES)}
SURFACE_ALIAS = {
    "asphalt": "paved",
    "concrete": "paved",
    "concrete:plates": "paved",
    "concrete:lanes": "paved",
    "chipseal": "paved",
    "metal": "paved",
    "bricks": "paving_stones",
    "paving_stones:lanes": "paving_stones",
    "sett": "cobblestone",
    "unhewn_cobblestone": "cobblestone",
    "wood": "cobblestone",
    "fine_gravel": "compacted",
    "pebblestone": "gravel",
    "grass_paver": "gravel",
    "rock": "unpaved",
    "stone": "unpaved",
    "ground": "dirt",
    "earth": "dirt",
    "clay": "dirt",
    "grass": "dirt",
}
SMOOTHNESS_SURFACE = {
    "bad": "gravel",
    "very_bad": "dirt",
    "horrible": "sand",
    "very_horrible": "mud",
}
TRACKTYPE_SURFACE = {
    "grade1": "paved",
    "grade2": "compacted",
    "grade3": "gravel",
    "grade4": "dirt",
    "grade5": "sand",
}


class RoadFlag(IntFlag):
    """Facts about a way, one bit each (uint32 in `RoadRows.flags`)."""

    ROUNDABOUT = 1
    CLOSED = 2  # access=no and nothing more precise: shut to everybody
    CAR_NO = 4  # closed to motor cars by law (motor_vehicle=no, vehicle=no, bus lane …)
    CAR_PRIVATE = 8
    MOTORCYCLE_NO = 16
    MOTORCYCLE_PRIVATE = 32
    MOTORCYCLE_YES = 64  # said in so many words, which opens footways and paths
    EMERGENCY_YES = 128
    EMERGENCY_NO = 256
    BRIDGE = 512
    TUNNEL = 1024
    TOLL = 2048
    FORD = 4096


class NodeFlag(IntFlag):
    """Facts about a node, one bit each (uint8 in `RoadRows.node_flags`)."""

    SIGNAL = 1
    CROSSING = 2
    BOLLARD = 4  # nothing on four wheels gets through; a motorcycle does
    GATE = 8  # can be opened (portal, lift gate)
    PRIVATE = 16  # the node itself carries access=private or no
    BLOCKED = 32  # a wall, a ditch, a log: nobody gets through
    TOLL_BOOTH = 64


@dataclass(frozen=True, slots=True)
class WayFacts:
    """One road way: codes into HIGHWAYS and SURFACES, km/h and metres (nan: not said), and its direction.

    oneway  1 along the way's nodes, -1 against them, 0 both ways
    """

    highway: int
    surface: int
    maxspeed_kmh: float
    oneway: int
    flags: int
    width_m: float
    name: str


class Tags(Protocol):
    """A dict of tags or osmium's TagList."""

    def get(self, key: str, /) -> str | None: ...


_YES = frozenset({"yes", "designated", "permissive", "official", "destination", "delivery", "customers"})
_NO = frozenset({"no", "agricultural", "forestry", "emergency", "psv", "bus", "use_sidepath", "dismount", "foot"})
_PRIVATE = frozenset({"private", "military", "permit", "residents"})
_UNUSABLE = frozenset({"construction", "proposed", "planned", "abandoned", "razed", "disused"})
_CAR_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
_MOTORCYCLE_KEYS = ("motorcycle", "motor_vehicle", "vehicle", "access")
_ONEWAY_IMPLIED = frozenset({"motorway", "motorway_link"})
_BLOCKED = frozenset({"block", "wall", "fence", "ditch", "log", "debris", "jersey_barrier", "hedge", "bus_trap"})
_BOLLARDS = frozenset({"bollard", "cycle_barrier", "motorcycle_barrier", "stile", "turnstile", "chain", "planter"})
_GATES = frozenset({"gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "wicket_gate"})
_SPEED = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?\s*$")
_UNIT_KMH = {None: 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_WIDTH = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*(m|metres|meters)?\s*$")
# Permenhub 111/2015 on speed limits, article 3: motorway, between towns, in town, housing
_ZONES_KMH = {"ID:motorway": 100.0, "ID:rural": 80.0, "ID:urban": 50.0, "ID:residential": 30.0, "walk": 6.0}


def read_way(tags: Tags) -> WayFacts | None:
    """The road that these tags describe, or None when no profile could use it (a river, a plan)."""
    highway = tags.get("highway") or ""
    code = HIGHWAY_CODE.get(BUSWAYS.get(highway, highway))
    if code is None or tags.get("area") == "yes" or _is_unusable(tags):
        return None
    return WayFacts(
        highway=code,
        surface=_surface(tags),
        maxspeed_kmh=parse_speed_kmh(tags.get("maxspeed")),
        oneway=_oneway(tags, highway),
        flags=_flags(tags),
        width_m=_width_m(tags.get("maxwidth:physical") or tags.get("maxwidth") or tags.get("width")),
        name=tags.get("name") or tags.get("ref") or "",
    )


def read_node(tags: Tags) -> int:
    """NodeFlag bits of a node on a road."""
    flags = NodeFlag(0)
    highway, barrier = tags.get("highway"), tags.get("barrier") or ""
    if highway == "traffic_signals":
        flags |= NodeFlag.SIGNAL
    if highway == "crossing":
        flags |= NodeFlag.CROSSING
    if barrier == "toll_booth":
        flags |= NodeFlag.TOLL_BOOTH
    if barrier in _GATES:
        flags |= NodeFlag.GATE
        if _access(tags, _CAR_KEYS)[1] in _PRIVATE | {"no"}:
            flags |= NodeFlag.PRIVATE
    elif barrier in _BLOCKED:
        flags |= NodeFlag.BLOCKED
    elif barrier in _BOLLARDS and tags.get("bollard") not in {"rising", "removable"}:
        flags |= NodeFlag.BOLLARD
    elif barrier in _BOLLARDS:
        flags |= NodeFlag.GATE
    return int(flags)


def parse_speed_kmh(text: str | None) -> float:
    """km/h from `50`, `30 mph`, `ID:urban`; nan for anything else (`none`, `signals`, two values)."""
    if not text:
        return math.nan
    if text in _ZONES_KMH:
        return _ZONES_KMH[text]
    match = _SPEED.match(text)
    return float(match[1]) * _UNIT_KMH[match[2]] if match else math.nan


def _width_m(text: str | None) -> float:
    match = _WIDTH.match(text or "")
    return float(match[1].replace(",", ".")) if match else math.nan


def _is_unusable(tags: Tags) -> bool:
    return tags.get("impassable") == "yes" or tags.get("service") in _UNUSABLE or tags.get("status") in _UNUSABLE


def _surface(tags: Tags) -> int:
    """The worst of surface, smoothness and tracktype; SURFACES goes from good to bad."""
    surface = tags.get("surface") or ""
    surface = SURFACE_ALIAS.get(surface, surface)
    found = (
        surface,
        SMOOTHNESS_SURFACE.get(tags.get("smoothness") or "", ""),
        TRACKTYPE_SURFACE.get(tags.get("tracktype") or "", ""),
    )
    return max(SURFACE_CODE.get(name, 0) for name in found)


def _oneway(tags: Tags, highway: str) -> int:
    """Alternating and reversible one-ways count as one-way in the way's direction: the safe reading."""
    value = tags.get("oneway") or ""
    if value in {"yes", "1", "true", "reversible", "alternating"}:
        return 1
    if value in {"-1", "reverse"}:
        return -1
    if value in {"no", "0", "false"}:
        return 0
    implied = tags.get("junction") in {"roundabout", "circular"} or highway in _ONEWAY_IMPLIED
    return 1 if implied else 0


def _access(tags: Tags, keys: tuple[str, ...]) -> tuple[str, str]:
    """The most particular key that says something, and what it says; empty strings when none does."""
    return next(((key, value) for key in keys if (value := tags.get(key))), ("", ""))


def _flags(tags: Tags) -> int:
    flags = _built(tags)
    key, value = _access(tags, _CAR_KEYS)
    if value in _PRIVATE:
        flags |= RoadFlag.CAR_PRIVATE
    elif value in _NO:
        flags |= RoadFlag.CAR_NO
        if key == "access" and value == "no":
            flags |= RoadFlag.CLOSED
    value = _access(tags, _MOTORCYCLE_KEYS)[1]
    if value in _PRIVATE:
        flags |= RoadFlag.MOTORCYCLE_PRIVATE
    elif value in _NO:
        flags |= RoadFlag.MOTORCYCLE_NO
    if (tags.get("motorcycle") or tags.get("motor_vehicle")) in _YES:
        flags |= RoadFlag.MOTORCYCLE_YES
    emergency = tags.get("emergency")
    if emergency in _YES or tags.get("access") == "emergency":
        flags |= RoadFlag.EMERGENCY_YES
    elif emergency == "no":
        flags |= RoadFlag.EMERGENCY_NO
    return int(flags)


def _built(tags: Tags) -> RoadFlag:
    flags = RoadFlag(0)
    if tags.get("junction") in {"roundabout", "circular"}:
        flags |= RoadFlag.ROUNDABOUT
    for key, flag in (
        ("bridge", RoadFlag.BRIDGE),
        ("tunnel", RoadFlag.TUNNEL),
        ("toll", RoadFlag.TOLL),
        ("ford", RoadFlag.FORD),
    ):
        if (tags.get(key) or "no") != "no":
            flags |= flag
    return flags
