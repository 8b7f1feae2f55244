"""How fast each profile drives where, and where it may not: small tables, applied to `RoadRows` in one go.

Speeds are averages over a drive that includes the usual waiting at junctions, because the search knows no
turn costs yet. Where the numbers come from:

- car: the class speeds of OSRM's car profile (`profiles/car.lua`, Project-OSRM/osrm-backend). Track and
  pedestrian are ours.
- maxspeed: a car averages 0.8 of a signed limit, which is OSRM's `speed_reduction`.
- ambulance, rescue car, motorcycle and fire engine: OUR OWN ASSUMPTION, not measured in Bengkulu. Lights and
  sirens gain 10 to 25 % on through roads and little in housing, which is cautious (JEMSS.jl's Auckland data
  take a flat 42 %); a laden pump is slower than an ambulance everywhere. To be replaced by speeds learnt from
  a city's own GPS tracks.
- surfaces: rounded from the surface and smoothness tables of OSRM's car profile; heavier vehicles lower.
- limits of width: OUR OWN ASSUMPTION, vehicle width plus half a metre (pump 2.5 m, ambulance 2.0 m,
  car 1.8 m, motorcycle 0.8 m).
- one-way streets: nobody is planned against the traffic. A crew may decide to; a plan does not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maps.tags import HIGHWAYS, SURFACES, NodeFlag, RoadFlag

PROFILES = ("fire_engine", "ambulance", "rescue_car", "motorcycle", "car")
MIN_KMH = 3.0  # a signed limit or a bad surface never makes a usable road slower than a walk
ALL_PROFILES = (1 << len(PROFILES)) - 1
BACKWARD = 8  # access bit of profile p: p forward along the way, p + BACKWARD against it


@dataclass(frozen=True)
class Profile:
    """One kind of vehicle.

    kmh               average by highway class; a class that is missing is closed to it
    surface_kmh       ceiling by surface; missing: none
    maxspeed_factor   average on a road with a signed limit, as a share of the limit
    min_width_m       narrower roads (width, maxwidth) are closed to it
    waives_oneway     drives against one-way streets
    waives_private    enters private grounds and gates that are locked to others
    waives_signs      enters where motor vehicles are forbidden by sign (pedestrian streets, bus lanes)
    is_motorcycle     the tags for motorcycles count instead of those for cars; passes bollards
    """

    kmh: dict[str, float]
    surface_kmh: dict[str, float]
    maxspeed_factor: float
    min_width_m: float
    waives_oneway: bool = False
    waives_private: bool = False
    waives_signs: bool = False
    is_motorcycle: bool = False


_CAR_KMH = {
    "motorway": 90.0,
    "motorway_link": 75.0,
    "trunk": 85.0,
    "trunk_link": 70.0,
    "primary": 65.0,
    "primary_link": 60.0,
    "secondary": 55.0,
    "secondary_link": 50.0,
    "tertiary": 40.0,
    "tertiary_link": 30.0,
    "unclassified": 25.0,
    "residential": 25.0,
    "living_street": 10.0,
    "service": 15.0,
    "road": 20.0,
    "track": 10.0,
}
_SIREN_KMH = {
    "motorway": 105.0,
    "motorway_link": 75.0,
    "trunk": 95.0,
    "trunk_link": 70.0,
    "primary": 75.0,
    "primary_link": 60.0,
    "secondary": 65.0,
    "secondary_link": 50.0,
    "tertiary": 50.0,
    "tertiary_link": 35.0,
    "unclassified": 32.0,
    "residential": 30.0,
    "living_street": 15.0,
    "service": 18.0,
    "road": 25.0,
    "track": 12.0,
    "busway": 45.0,
    "pedestrian": 8.0,
}
_PUMP_KMH = {
    "motorway": 80.0,
    "motorway_link": 50.0,
    "trunk": 75.0,
    "trunk_link": 45.0,
    "primary": 60.0,
    "primary_link": 40.0,
    "secondary": 52.0,
    "secondary_link": 38.0,
    "tertiary": 42.0,
    "tertiary_link": 30.0,
    "unclassified": 28.0,
    "residential": 25.0,
    "living_street": 12.0,
    "service": 12.0,
    "road": 20.0,
    "track": 8.0,
    "busway": 40.0,
    "pedestrian": 6.0,
}
_MOTORCYCLE_KMH = {
    "motorway": 80.0,
    "motorway_link": 60.0,
    "trunk": 80.0,
    "trunk_link": 60.0,
    "primary": 68.0,
    "primary_link": 55.0,
    "secondary": 60.0,
    "secondary_link": 48.0,
    "tertiary": 48.0,
    "tertiary_link": 35.0,
    "unclassified": 35.0,
    "residential": 32.0,
    "living_street": 20.0,
    "service": 20.0,
    "road": 25.0,
    "track": 18.0,
    "busway": 40.0,
    "pedestrian": 10.0,
    "path": 14.0,  # the gang between houses, as Indonesian mappers tag it
    "footway": 10.0,  # only where motorcycles are allowed in so many words
}
_CAR_SURFACE_KMH = {
    "paving_stones": 60.0,
    "cobblestone": 30.0,
    "compacted": 60.0,
    "gravel": 40.0,
    "unpaved": 30.0,
    "dirt": 20.0,
    "sand": 12.0,
    "mud": 8.0,
}
_PUMP_SURFACE_KMH = {
    "paving_stones": 45.0,
    "cobblestone": 25.0,
    "compacted": 45.0,
    "gravel": 30.0,
    "unpaved": 20.0,
    "dirt": 14.0,
    "sand": 6.0,
    "mud": 4.0,
}

PROFILE_TABLE: dict[str, Profile] = {
    "fire_engine": Profile(_PUMP_KMH, _PUMP_SURFACE_KMH, 0.9, 3.0, waives_private=True, waives_signs=True),
    "ambulance": Profile(_SIREN_KMH, _CAR_SURFACE_KMH, 1.0, 2.5, waives_private=True, waives_signs=True),
    "rescue_car": Profile(_SIREN_KMH, _CAR_SURFACE_KMH, 1.0, 2.3, waives_private=True, waives_signs=True),
    "motorcycle": Profile(
        _MOTORCYCLE_KMH,
        _CAR_SURFACE_KMH,
        1.0,
        1.0,
        waives_private=True,
        waives_signs=True,
        is_motorcycle=True,
    ),
    "car": Profile(_CAR_KMH, _CAR_SURFACE_KMH, 0.8, 2.0),
}
_BY_CONSENT = np.isin(HIGHWAYS, ("footway", "bridleway", "cycleway"))  # a motorcycle needs a tag that says yes
_ON_FOOT = np.isin(HIGHWAYS, ("pedestrian", "busway", "path", "footway", "bridleway", "cycleway"))


def way_speeds_mh(
    *,
    highway: NDArray[np.uint8],
    surface: NDArray[np.uint8],
    maxspeed_kmh: NDArray[np.float32],
    flags: NDArray[np.uint32],
    width_m: NDArray[np.float32],
) -> NDArray[np.int32]:
    """(W, P) metres per hour for each way and profile; 0: this profile may not use the way."""
    speeds = np.zeros((len(highway), len(PROFILES)), np.int32)
    for column, name in enumerate(PROFILES):
        profile = PROFILE_TABLE[name]
        kmh = _driven_kmh(profile, highway, surface, maxspeed_kmh)
        closed = _is_closed(profile, highway, flags) | (width_m < profile.min_width_m)
        speeds[:, column] = np.where(closed, 0.0, np.rint(kmh * 1000.0)).astype(np.int32)
    return speeds


def _driven_kmh(
    profile: Profile,
    highway: NDArray[np.uint8],
    surface: NDArray[np.uint8],
    maxspeed_kmh: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Average speed if the road is open: the class, replaced by the signed limit, capped by the surface."""
    class_kmh = np.array([profile.kmh.get(name, 0.0) for name in HIGHWAYS])[highway]
    surface_kmh = np.array([profile.surface_kmh.get(name, np.inf) for name in SURFACES])[surface]
    signed_kmh = np.minimum(maxspeed_kmh.astype(np.float64) * profile.maxspeed_factor, max(profile.kmh.values()))
    kmh = np.where(np.isnan(signed_kmh), class_kmh, signed_kmh)
    return np.where(class_kmh > 0, np.maximum(np.minimum(kmh, surface_kmh), MIN_KMH), 0.0)


def _is_closed(profile: Profile, highway: NDArray[np.uint8], flags: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Whether tags forbid the way to this profile."""
    no, private = RoadFlag.CAR_NO, RoadFlag.CAR_PRIVATE
    if profile.is_motorcycle:
        no, private = RoadFlag.MOTORCYCLE_NO, RoadFlag.MOTORCYCLE_PRIVATE
    closed = (flags & RoadFlag.CLOSED) != 0
    if not profile.waives_signs:
        closed |= (flags & no) != 0
    if not profile.waives_private:
        closed |= (flags & private) != 0
    if profile.waives_signs:
        closed |= (flags & RoadFlag.EMERGENCY_NO) != 0
        closed &= (flags & RoadFlag.EMERGENCY_YES) == 0
    if profile.is_motorcycle:
        welcome = (flags & RoadFlag.MOTORCYCLE_YES) != 0
        closed |= _BY_CONSENT[highway] & ~welcome
        closed |= _ON_FOOT[highway] & ((flags & no) != 0)
    return np.asarray(closed)


def way_access(speeds_mh: NDArray[np.int32], oneway: NDArray[np.int8]) -> NDArray[np.uint16]:
    """(W,) bits: p where profile p may drive along the way's nodes, p + BACKWARD where against them."""
    access = np.zeros(len(oneway), np.uint16)
    for column, name in enumerate(PROFILES):
        open_to = speeds_mh[:, column] > 0
        free = PROFILE_TABLE[name].waives_oneway
        access |= np.where(open_to & (free | (oneway >= 0)), np.uint16(1 << column), np.uint16(0))
        back = np.uint16(1 << (column + BACKWARD))
        access |= np.where(open_to & (free | (oneway <= 0)), back, np.uint16(0))
    return access


def node_passage(node_flags: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N,) bits of the profiles that can drive through each node (all of them where nothing stands)."""
    passage = np.full(len(node_flags), ALL_PROFILES, np.uint8)
    locked_gate = NodeFlag.GATE | NodeFlag.PRIVATE
    for column, name in enumerate(PROFILES):
        profile = PROFILE_TABLE[name]
        stopped = (node_flags & NodeFlag.BLOCKED) != 0
        if not profile.is_motorcycle:
            stopped |= (node_flags & NodeFlag.BOLLARD) != 0
        if not profile.waives_private:
            stopped |= (node_flags & locked_gate) == locked_gate
        passage[stopped] &= np.uint8(ALL_PROFILES ^ (1 << column))
    return passage


def profile_index(profile: str) -> int:
    """Column of a profile. Raises ValueError for a name that is not one."""
    if profile not in PROFILES:
        raise ValueError(f"{profile!r} is not one of {PROFILES}")
    return PROFILES.index(profile)
