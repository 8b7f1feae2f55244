"""What tags mean for each kind of vehicle."""

import math

import numpy as np
import pytest

from maps.speeds import BACKWARD, PROFILE_TABLE, PROFILES, node_passage, profile_index, way_access, way_speeds_mh
from maps.tags import HIGHWAYS, SURFACES, NodeFlag, RoadFlag, WayFacts, parse_speed_kmh, read_node, read_way


def kmh(tags: dict[str, str]) -> dict[str, float]:
    """Speed of each profile on a way with these tags; 0: closed to it."""
    way = read_way(tags)
    assert way is not None
    speeds = way_speeds_mh(
        highway=np.array([way.highway], np.uint8),
        surface=np.array([way.surface], np.uint8),
        maxspeed_kmh=np.array([way.maxspeed_kmh], np.float32),
        flags=np.array([way.flags], np.uint32),
        width_m=np.array([way.width_m], np.float32),
    )
    return dict(zip(PROFILES, (speeds[0] / 1000).tolist(), strict=True))


def way(**tags: str) -> WayFacts:
    found = read_way(tags)
    assert found is not None
    return found


@pytest.mark.parametrize("profile", PROFILES)
def test_every_class_of_the_table_is_the_speed(profile: str) -> None:
    for highway, speed in PROFILE_TABLE[profile].kmh.items():
        tags = {"highway": highway, "motorcycle": "yes"} if highway == "footway" else {"highway": highway}
        assert kmh(tags)[profile] == speed, highway
    for highway in set(HIGHWAYS) - set(PROFILE_TABLE[profile].kmh):
        assert kmh({"highway": highway, "motorcycle": "yes"})[profile] == 0, highway


@pytest.mark.parametrize("profile", PROFILES)
def test_every_surface_of_the_table_caps(profile: str) -> None:
    for surface, cap in PROFILE_TABLE[profile].surface_kmh.items():
        assert kmh({"highway": "motorway", "surface": surface})[profile] == max(cap, 3.0), surface
    for surface in set(SURFACES[1:]) - set(PROFILE_TABLE[profile].surface_kmh):
        assert kmh({"highway": "motorway", "surface": surface})[profile] == PROFILE_TABLE[profile].kmh["motorway"]


@pytest.mark.parametrize("profile", PROFILES)
def test_signed_limit_counts_with_the_factor(profile: str) -> None:
    rules = PROFILE_TABLE[profile]
    assert kmh({"highway": "residential", "maxspeed": "50"})[profile] == pytest.approx(50 * rules.maxspeed_factor)
    assert kmh({"highway": "primary", "maxspeed": "30"})[profile] == pytest.approx(30 * rules.maxspeed_factor)
    assert kmh({"highway": "primary", "maxspeed": "200"})[profile] == max(rules.kmh.values())
    assert kmh({"highway": "track", "maxspeed": "50", "surface": "sand"})[profile] <= 12


@pytest.mark.parametrize(
    ("tags", "open_to"),
    [
        ({"highway": "residential"}, "fire_engine ambulance rescue_car motorcycle car"),
        ({"highway": "residential", "access": "no"}, ""),
        ({"highway": "residential", "access": "no", "emergency": "yes"}, "fire_engine ambulance rescue_car motorcycle"),
        (
            {"highway": "residential", "access": "no", "motor_vehicle": "yes"},
            "fire_engine ambulance rescue_car motorcycle car",
        ),
        ({"highway": "residential", "access": "private"}, "fire_engine ambulance rescue_car motorcycle"),
        ({"highway": "residential", "motor_vehicle": "no"}, "fire_engine ambulance rescue_car motorcycle"),
        ({"highway": "residential", "emergency": "no"}, "car"),
        ({"highway": "pedestrian"}, "fire_engine ambulance rescue_car motorcycle"),
        ({"highway": "path"}, "motorcycle"),
        ({"highway": "path", "motorcycle": "no"}, ""),
        ({"highway": "footway"}, ""),
        ({"highway": "footway", "motorcycle": "yes"}, "motorcycle"),
        ({"highway": "residential", "width": "1.5"}, "motorcycle"),
        ({"highway": "residential", "width": "2.1"}, "motorcycle car"),
        ({"highway": "residential", "width": "2,4 m"}, "rescue_car motorcycle car"),
        ({"highway": "residential", "maxwidth": "2.8"}, "ambulance rescue_car motorcycle car"),
        ({"highway": "busway"}, "fire_engine ambulance rescue_car motorcycle"),
    ],
)
def test_who_may_use_it(tags: dict[str, str], open_to: str) -> None:
    assert {profile for profile, speed in kmh(tags).items() if speed} == set(open_to.split())


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "steps"},
        {"highway": "construction"},
        {"highway": "proposed"},
        {"waterway": "river"},
        {"highway": "pedestrian", "area": "yes"},
        {"highway": "residential", "impassable": "yes"},
    ],
)
def test_no_road_at_all(tags: dict[str, str]) -> None:
    assert read_way(tags) is None


@pytest.mark.parametrize(
    ("tags", "oneway"),
    [
        ({}, 0),
        ({"oneway": "yes"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "reversible"}, 1),
        ({"junction": "roundabout"}, 1),
        ({"junction": "roundabout", "oneway": "no"}, 0),
        ({"junction": "circular"}, 1),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway_link", "oneway": "no"}, 0),
        ({"highway": "trunk"}, 0),
    ],
)
def test_oneway(tags: dict[str, str], oneway: int) -> None:
    facts = way(**{"highway": "primary", **tags})
    assert facts.oneway == oneway
    access = int(way_access(np.full((1, len(PROFILES)), 9, np.int32), np.array([oneway], np.int8))[0])
    for column in range(len(PROFILES)):
        assert (access >> column & 1, access >> (column + BACKWARD) & 1) == (oneway >= 0, oneway <= 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50", 50.0),
        ("30 mph", 48.28032),
        ("20 km/h", 20.0),
        ("ID:urban", 50.0),
        ("walk", 6.0),
        ("none", math.nan),
        ("50;30", math.nan),
        ("signals", math.nan),
        ("", math.nan),
        (None, math.nan),
    ],
)
def test_speed_limit(text: str | None, expected: float) -> None:
    assert parse_speed_kmh(text) == pytest.approx(expected, nan_ok=True)


def test_worst_of_surface_smoothness_and_tracktype_counts() -> None:
    assert SURFACES[way(highway="track", surface="asphalt", tracktype="grade4").surface] == "dirt"
    assert SURFACES[way(highway="track", surface="sand", smoothness="bad").surface] == "sand"
    assert SURFACES[way(highway="track", surface="moon dust").surface] == ""


def test_facts_that_later_work_needs() -> None:
    facts = way(highway="trunk", bridge="yes", tunnel="no", toll="yes", junction="roundabout", name="Jl. S. Parman")
    assert facts.flags == RoadFlag.BRIDGE | RoadFlag.TOLL | RoadFlag.ROUNDABOUT
    assert facts.name == "Jl. S. Parman"
    assert way(highway="trunk", ref="AH25").name == "AH25"


@pytest.mark.parametrize(
    ("tags", "stopped"),
    [
        ({"highway": "traffic_signals"}, ""),
        ({"barrier": "bollard"}, "fire_engine ambulance rescue_car car"),
        ({"barrier": "bollard", "bollard": "removable"}, ""),
        ({"barrier": "gate"}, ""),
        ({"barrier": "lift_gate", "access": "private"}, "car"),
        ({"barrier": "block"}, "fire_engine ambulance rescue_car motorcycle car"),
        ({"barrier": "toll_booth"}, ""),
        ({"barrier": "kerb"}, ""),
    ],
)
def test_who_passes_a_node(tags: dict[str, str], stopped: str) -> None:
    passage = int(node_passage(np.array([read_node(tags)], np.uint8))[0])
    assert {name for column, name in enumerate(PROFILES) if not passage >> column & 1} == set(stopped.split())


def test_signal_is_remembered() -> None:
    assert read_node({"highway": "traffic_signals"}) == NodeFlag.SIGNAL


def test_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="submarine"):
        profile_index("submarine")
