"""Who can be there first, and why somebody nearer is not offered."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import actions, shapes
from incidents.dispatch import recommend
from incidents.examples import RECOMMENDATION
from incidents.models import Incident
from maps.models import Region
from maps.routing import NoRoads
from tests.incidents.makers import make_fix, make_incident, make_station, make_unit

pytestmark = pytest.mark.usefixtures("city")


def only_slot(incident: Incident) -> dict[str, Any]:
    answer = recommend(incident)
    return next(slot for slot in answer["slots"] if slot["capability"] == "fire_pump")


def passed(incident: Incident) -> dict[str, dict[str, Any]]:
    return {entry["callsign"]: entry for entry in recommend(incident)["passed_over"]}


def test_the_other_bank_is_near_by_air_and_far_by_road() -> None:
    make_unit("SOUTH", make_station("fire", 0, 0))
    make_unit("NORTH", make_station("fire", 1000, 150))
    slot = only_slot(make_incident(east_m=1000))
    assert [c["callsign"] for c in slot["candidates"]] == ["SOUTH", "NORTH"]
    assert slot["candidates"][0]["length_m"] == pytest.approx(1000, rel=0.01)
    assert slot["candidates"][1]["length_m"] == pytest.approx(2000 + 150 + 2000, rel=0.01)


def test_eta_is_turnout_and_travel() -> None:
    make_unit("DK-01", make_station("fire", 0, 0))
    (candidate,) = only_slot(make_incident(east_m=1000))["candidates"]
    assert candidate["turnout_s"] == 80
    assert candidate["travel_s"] == pytest.approx(1000 / (60 / 3.6), rel=0.02)
    assert candidate["eta_s"] == candidate["turnout_s"] + candidate["travel_s"]


def test_a_unit_already_rolling_beats_a_nearer_one_in_quarters() -> None:
    make_unit("HOME", make_station("fire", 600, 0))
    rolling = make_unit("OUT", make_station("fire", 3000, 150))
    make_fix(rolling, 300, 0)
    first, second = only_slot(make_incident(east_m=1000))["candidates"]
    assert (first["callsign"], second["callsign"]) == ("OUT", "HOME")
    assert first["travel_s"] > second["travel_s"]


def test_a_stale_position_falls_back_to_the_station_and_says_so() -> None:
    unit = make_unit("DK-01", make_station("fire", 0, 0))
    make_fix(unit, 1000, 0, age_s=600)
    (candidate,) = only_slot(make_incident(east_m=1000))["candidates"]
    assert candidate["position"]["source"] == "station"
    assert candidate["position"]["freshness"] == "stale"
    assert candidate["position"]["age_s"] == pytest.approx(600, abs=5)
    assert candidate["notes"] == ["stale_position_station_used"]
    assert candidate["length_m"] == pytest.approx(1000, rel=0.01)


def test_a_place_given_by_hand_holds_and_is_flagged() -> None:
    unit = make_unit("DK-01", make_station("fire", 0, 0))
    make_fix(unit, 900, 0, age_s=3600, source="manual")
    (candidate,) = only_slot(make_incident(east_m=1000))["candidates"]
    assert candidate["position"]["source"] == "manual"
    assert candidate["notes"] == ["manual_position"]
    assert candidate["length_m"] == pytest.approx(100, rel=0.05)


def test_one_unit_fills_one_slot() -> None:
    both = make_unit("BOTH", make_station("fire", 900, 0), capabilities=["fire_pump", "ambulance"])
    ambulance = make_unit("AM-01", make_station("medical", 0, 0))
    slots = recommend(make_incident("vehicle_fire", east_m=1000))["slots"]
    proposed = [[c["unit_id"] for c in slot["candidates"] if c["proposed"]] for slot in slots]
    assert proposed == [[both.pk], [ambulance.pk]]


def test_what_the_plan_asks_for_and_nobody_has_is_a_shortfall() -> None:
    make_unit("DK-01")
    slots = {s["capability"]: s for s in recommend(make_incident("house_fire"))["slots"]}
    assert slots["fire_pump"]["count"] == 2
    assert slots["fire_pump"]["shortfall"] == 1
    assert slots["ambulance"]["shortfall"] == 1
    assert slots["ambulance"]["candidates"] == []


def test_advanced_ambulances_fill_plain_slots_and_not_the_other_way_round() -> None:
    make_unit("ALS", make_station("medical"), capabilities=["ambulance_als"])
    make_unit("BLS", make_station("medical"), capabilities=["ambulance"])
    (cardiac,) = recommend(make_incident("cardiac"))["slots"]
    (birth,) = recommend(make_incident("childbirth"))["slots"]
    assert [c["callsign"] for c in cardiac["candidates"]] == ["ALS"]
    assert {c["callsign"] for c in birth["candidates"]} == {"ALS", "BLS"}


def test_a_unit_on_another_job_is_named_with_the_job() -> None:
    near, far = make_unit("NEAR", make_station("fire", 900, 0)), make_unit("FAR", make_station("fire", 0, 0))
    other = make_incident(east_m=900)
    actions.assign(incident_id=other.pk, unit_ids=[near.pk])
    incident = make_incident(east_m=1000)
    assert [c["unit_id"] for c in only_slot(incident)["candidates"]] == [far.pk]
    entry = passed(incident)["NEAR"]
    assert entry["reason"] == "assigned"
    assert entry["detail"]["incident"] == other.number
    assert entry["air_m"] == pytest.approx(100, rel=0.02)


def test_reasons_for_passing_over() -> None:
    make_unit("FAR", make_station("fire", 0, 0))
    make_unit("OFF", make_station("fire", 900, 0), duty="out_of_service")
    make_unit("LOST", make_station("fire", 900, 0), duty="returning")
    make_unit("TANK", make_station("fire", 900, 0), capabilities=["water_tender"])
    make_unit("FIELD", make_station("fire", 1000, -700))
    make_unit("BANK", make_station("fire", 1000, 150), profile="car")
    reasons = {callsign: entry["reason"] for callsign, entry in passed(make_incident(east_m=1000)).items()}
    assert reasons == {
        "OFF": "out_of_service",
        "LOST": "silent",
        "TANK": "no_capability",
        "FIELD": "off_road",
    }


def test_nearer_by_air_and_farther_by_road_is_said_when_not_among_the_candidates() -> None:
    for number in range(6):
        make_unit(f"DK-{number}", make_station("fire", 100 * number, 0))
    make_unit("BANK", make_station("fire", 1000, 150))
    entry = passed(make_incident(east_m=1000))["BANK"]
    assert entry["reason"] == "farther_by_road"
    assert entry["detail"]["length_m"] == pytest.approx(4150, rel=0.01)


def test_other_services_are_not_named() -> None:
    make_unit("DK-01", make_station("fire", 0, 0))
    make_unit("POL", make_station("police", 990, 0), capabilities=["police"])
    make_unit("AM-1", make_station("medical", 980, 0))
    assert "POL" not in passed(make_incident(east_m=1000))


def test_the_number_of_queries_does_not_grow_with_the_units() -> None:
    station = make_station("fire", 0, 0)
    for number in range(30):
        make_fix(make_unit(f"DK-{number:02}", station), 100 * number, 0)
    incident = make_incident("house_fire")
    incident = Incident.objects.select_related("type").get(pk=incident.pk)
    recommend(incident)
    with CaptureQueriesContext(connection) as queries:
        recommend(incident)
    assert len(queries) <= 2  # the slots and the region's row; units are read past Django's cursor


def test_ranking_is_exact_among_groups_of_turnout_and_profile() -> None:
    """The twin asks for every unit's way and sorts; the ranking asks for the nearest of each group."""
    for number in range(24):
        unit = make_unit(f"U-{number:02}", make_station("fire", 125 * number, 0 if number % 2 else 150))
        if number % 3 == 0:
            make_fix(unit, 2900 - 110 * number, 0)
    slot = only_slot(make_incident(east_m=1400))
    etas = [c["eta_s"] for c in slot["candidates"]]
    assert etas == sorted(etas)
    every = {e["callsign"]: e["detail"]["eta_s"] for e in recommend(Incident.objects.get())["passed_over"]}
    assert all(eta >= etas[-1] for eta in every.values())


@pytest.mark.usefixtures("no_roads")
def test_without_roads_there_is_no_ranking() -> None:
    make_unit("DK-01")
    incident = make_incident()
    Region.objects.update(build=None)
    with pytest.raises(NoRoads):
        recommend(incident)


def test_the_answer_has_the_documented_keys_and_so_has_its_example() -> None:
    make_unit("DK-01", make_station("fire", 0, 0))
    make_unit("OFF", make_station("fire", 900, 0), duty="out_of_service")
    answers: list[dict[str, Any]] = [recommend(make_incident(east_m=1000)), RECOMMENDATION]
    for answer in answers:
        (slot, *_), (passed_by, *_) = answer["slots"], answer["passed_over"]
        candidate = slot["candidates"][0]
        for value, serializer in (
            (answer, shapes.RecommendationSerializer),
            (slot, shapes.SlotAnswerSerializer),
            (candidate, shapes.CandidateSerializer),
            (candidate["position"], shapes.PositionSerializer),
            (passed_by, shapes.PassedOverSerializer),
        ):
            assert set(value) == set(serializer().fields)
