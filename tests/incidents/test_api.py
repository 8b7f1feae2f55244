"""The incidents' API: works, wrong method, not allowed, not found, bad input, query count."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from geo112.models import User
from incidents import actions, calls
from incidents.models import Assignment, Call, Incident, LogEntry
from maps.models import Region
from maps.routing import forget_current_router
from tests.geo112.makers import make_user
from tests.incidents.conftest import client_of
from tests.incidents.makers import (
    lonlat,
    make_call,
    make_fix,
    make_incident,
    make_station,
    make_unit,
)
from units.models import Agency

pytestmark = pytest.mark.usefixtures("city")
LON, LAT = lonlat(1000, 0)
NEW = {"type": "vehicle_fire", "lon": LON, "lat": LAT, "words": "mobil terbakar"}


def post(client: APIClient, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, format="json")


def get(client: APIClient, path: str, **query: Any) -> Any:
    return client.get(f"/api/v1/{path}", query)


def error_of(response: Any) -> dict[str, Any]:
    return dict(response.json()["error"])


# --- Opening --------------------------------------------------------------------------------------------


def test_opening_answers_with_the_ranked_units(desk: APIClient, dispatcher: User) -> None:
    unit = make_unit("DK-01", make_station("fire", 0, 0))
    make_fix(unit, 0, 0)
    response = post(desk, "incidents/", NEW)
    assert response.status_code == 201
    body = response.json()
    assert body["incident"]["words"] == "mobil terbakar"
    assert body["incident"]["location_source"] == "map"
    assert body["incident"]["priority"] == 1
    first = body["recommendation"]["slots"][0]["candidates"][0]
    assert (first["callsign"], first["proposed"]) == ("DK-01", True)
    assert first["route"]["coordinates"][-1] == pytest.approx([LON, LAT], abs=1e-6)
    assert Incident.objects.get().opened_by == dispatcher
    entry = LogEntry.objects.filter(table_name="incidents_incident").get()
    assert entry.actor == f"user:{dispatcher.pk} {dispatcher.username}"


def test_opening_by_words(desk: APIClient) -> None:
    body = {"type": "snake", "place": "Tepi Sungai"}
    response = post(desk, "incidents/", body)
    assert response.status_code == 201
    incident = response.json()["incident"]
    assert incident["kelurahan"] == "Tepi Sungai"
    assert incident["location_source"] == "words"


def test_words_that_name_no_place_are_said_to_be_so(desk: APIClient) -> None:
    response = post(desk, "incidents/", {"type": "snake", "place": "Zzyzx Qwfp"})
    assert response.status_code == 422
    assert error_of(response)["code"] == "place_not_found"
    assert not Incident.objects.exists()


def test_without_roads_the_incident_is_kept_and_the_reply_says_why(desk: APIClient) -> None:
    Region.objects.update(build=None)
    forget_current_router()
    body = post(desk, "incidents/", NEW).json()
    assert body["recommendation"] is None
    assert body["problem"]["code"] == "no_roads"
    assert get(desk, f"incidents/{body['incident']['id']}/recommendation/").status_code == 503


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "nothing"}, "type"),
        ({"type": None}, "type"),
        ({"lon": 200}, "lon"),
        ({"lat": None}, "lat"),
        ({"priority": 4}, "priority"),
        ({"call_id": 999}, "call_id"),
        ({"words": "x" * 5000}, "words"),
    ],
)
def test_bad_input_names_the_field(desk: APIClient, change: dict[str, Any], field: str) -> None:
    response = post(desk, "incidents/", NEW | change)
    assert response.status_code == 400
    assert error_of(response)["field"] == field


def test_a_place_is_needed(desk: APIClient) -> None:
    assert error_of(post(desk, "incidents/", {"type": "snake"}))["field"] == "lon"
    assert error_of(post(desk, "incidents/", {"type": "snake", "lon": LON}))["field"] == "lat"


def test_opening_costs_a_bounded_number_of_queries(desk: APIClient, django_assert_max_num_queries: Any) -> None:
    for number in range(10):
        make_fix(make_unit(f"DK-{number}"), 100 * number, 0)
    with django_assert_max_num_queries(24):
        assert post(desk, "incidents/", NEW).status_code == 201


# --- Lists ----------------------------------------------------------------------------------------------


def test_lists_are_filtered_and_paged(desk: APIClient) -> None:
    snake, fire = make_incident("snake"), make_incident("house_fire")
    ended = make_incident("house_fire")
    actions.end_incident(incident_id=ended.pk, new="closed")

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in get(desk, "incidents/", **query).json()["results"]]

    assert found() == [ended.pk, fire.pk, snake.pk]
    assert found(type="snake") == [snake.pk]
    assert found(open="true") == [fire.pk, snake.pk]
    assert found(status=["closed"]) == [ended.pk]
    assert found(priority=3) == [snake.pk]
    assert found(kelurahan="17.71.01.1001", limit=1) == [ended.pk]
    assert get(desk, "incidents/", limit=1).json()["count"] == 3
    assert get(desk, "incidents/", status="nonsense").status_code == 400


def test_geojson(desk: APIClient) -> None:
    incident = make_incident()
    response = get(desk, "incidents.geojson")
    assert response["Content-Type"].startswith("application/geo+json")
    (feature,) = response.json()["features"]
    assert feature["id"] == incident.pk
    assert feature["geometry"] == {"type": "Point", "coordinates": [pytest.approx(LON), pytest.approx(LAT)]}
    assert feature["properties"]["status"] == "open"


def test_a_page_of_incidents_costs_a_bounded_number_of_queries(
    desk: APIClient, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        incident = make_incident()
        actions.assign(incident_id=incident.pk, unit_ids=[make_unit(f"DK-{number}").pk])
    with django_assert_max_num_queries(9):
        assert len(get(desk, "incidents/").json()["results"]) == 5


def test_types_and_suggestions(desk: APIClient) -> None:
    types = {row["code"]: row for row in get(desk, "incident-types/").json()["results"]}
    assert types["house_fire"]["name"] == {"id": "Kebakaran rumah", "en": "House fire"}
    assert types["house_fire"]["slots"][0]["capability"] == "fire_pump"
    assert get(desk, "incident-types/suggest/", words="ular masuk rumah").json()[0]["code"] == "snake"


# --- One incident ---------------------------------------------------------------------------------------


def test_corrections(desk: APIClient) -> None:
    incident = make_incident()
    path = f"/api/v1/incidents/{incident.pk}/"
    body = desk.patch(path, {"priority": 3, "type": "house_fire"}, format="json").json()
    assert (body["priority"], body["type"]) == (3, "house_fire")
    stale = desk.patch(path, {"priority": 1, "version": 1}, format="json")
    assert (stale.status_code, error_of(stale)["code"]) == (409, "stale_state")
    lon, lat = lonlat(1000, 150)
    moved = desk.patch(path, {"lon": lon, "lat": lat}, format="json").json()
    assert (moved["kelurahan"], moved["priority"]) == (None, 3)


def test_assigning_over_the_api_and_the_conflict(desk: APIClient, dispatcher: User) -> None:
    unit, incident = make_unit("DK-01"), make_incident()
    path = f"incidents/{incident.pk}/assign/"
    body = post(desk, path, {"unit_ids": [unit.pk]}).json()
    assert (body["status"], body["assignments"][0]["callsign"]) == ("dispatched", "DK-01")
    other = client_of(make_user())
    response = post(other, f"incidents/{make_incident().pk}/assign/", {"unit_ids": [unit.pk]})
    assert response.status_code == 409
    error = error_of(response)
    assert error["code"] == "unit_taken"
    assert error["detail"]["taken"][0]["by"] == str(dispatcher)
    assert "DK-01" in error["message"]


def test_more_can_be_asked_for_than_the_plan(desk: APIClient) -> None:
    make_unit("AM-01", make_station("medical"))
    path = f"incidents/{make_incident('other').pk}/recommendation/"
    assert get(desk, path).json()["slots"] == []
    (slot,) = get(desk, path, capability=["ambulance", "nonsense"]).json()["slots"]
    assert [c["callsign"] for c in slot["candidates"]] == ["AM-01"]


@pytest.mark.parametrize("ids", [[], ["x"], [0], None])
def test_assigning_nothing_is_refused(desk: APIClient, ids: Any) -> None:
    response = post(desk, f"incidents/{make_incident().pk}/assign/", {"unit_ids": ids})
    assert response.status_code == 400


def test_moves_heard_on_the_radio(desk: APIClient) -> None:
    incident = make_incident()
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-01").pk])
    path = f"assignments/{row.pk}/move/"
    body = post(desk, path, {"new": "on_scene", "source": "radio"}).json()
    assert body["status"] == "on_scene"
    assert row.moves.get(new="on_scene").source == "radio"
    response = post(desk, path, {"new": "acknowledged"})
    assert (response.status_code, error_of(response)["code"]) == (409, "forbidden_move")
    assert post(desk, path, {"new": "flying"}).status_code == 400
    assert post(desk, "assignments/999/move/", {"new": "on_scene"}).status_code == 404


def test_closing_is_refused_while_a_unit_is_there(desk: APIClient) -> None:
    incident = make_incident()
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-01").pk])
    response = post(desk, f"incidents/{incident.pk}/close/")
    assert (response.status_code, error_of(response)["code"]) == (409, "incident_busy")
    assert "DK-01" in error_of(response)["message"]
    post(desk, f"assignments/{row.pk}/move/", {"new": "on_scene"})
    post(desk, f"assignments/{row.pk}/move/", {"new": "cleared"})
    closed = post(desk, f"incidents/{incident.pk}/close/", {"result": "padam"}).json()
    assert (closed["status"], closed["result"]) == ("closed", "padam")


def test_cancelling(desk: APIClient) -> None:
    assert post(desk, f"incidents/{make_incident().pk}/cancel/").json()["status"] == "cancelled"


def test_notes(desk: APIClient, dispatcher: User) -> None:
    incident = make_incident()
    assert post(desk, f"incidents/{incident.pk}/notes/", {"text": "dua korban"}).status_code == 201
    (note,) = get(desk, f"incidents/{incident.pk}/notes/").json()
    assert (note["text"], note["by"]) == ("dua korban", str(dispatcher))
    assert post(desk, f"incidents/{incident.pk}/notes/", {"text": ""}).status_code == 400


def test_the_log_of_an_incident(desk: APIClient) -> None:
    incident = make_incident()
    post(desk, f"incidents/{incident.pk}/notes/", {"text": "catatan"})
    entries = get(desk, f"incidents/{incident.pk}/log/").json()["results"]
    assert [e["table_name"] for e in entries] == ["incidents_incident", "incidents_note"]
    assert entries[1]["after"]["text"] == "catatan"
    assert entries[1]["actor"].startswith("user:")


def test_the_job_in_words(desk: APIClient) -> None:
    incident = make_incident("house_fire", words="api besar")
    actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-01").pk])
    body = get(desk, f"incidents/{incident.pk}/job/").json()
    for language, title in (("id", "KEBAKARAN RUMAH"), ("en", "HOUSE FIRE")):
        text = body["text"][language]
        assert text.startswith(title)
        for part in ("api besar", "Tepi Sungai", f"{LAT:.5f}, {LON:.5f}", "DK-01", incident.number, body["map_url"]):
            assert part in text
    assert body["geo_uri"].startswith(f"geo:{LAT:.6f},{LON:.6f}")


def test_the_way_of_a_unit(desk: APIClient) -> None:
    unit, incident = make_unit("DK-01", make_station("fire", 0, 0)), make_incident(east_m=1000)
    feature = get(desk, f"incidents/{incident.pk}/route/", unit=unit.pk).json()
    assert feature["geometry"]["type"] == "LineString"
    assert feature["geometry"]["coordinates"][0] == pytest.approx(lonlat(0, 0), abs=1e-6)
    assert feature["properties"]["length_m"] == pytest.approx(1000, rel=0.01)
    assert get(desk, f"incidents/{incident.pk}/route/", unit=999).status_code == 404


@pytest.mark.parametrize("unit", ["", "²", "-1", "99999999999999999999", "x"])
def test_the_way_of_no_unit_names_the_field(desk: APIClient, unit: str) -> None:
    response = get(desk, f"incidents/{make_incident().pk}/route/", unit=unit)
    assert (response.status_code, error_of(response)["field"]) == (400, "unit")


def test_an_agency_sees_the_way_of_its_own_units_and_of_those_that_were_sent(desk: APIClient) -> None:
    own, other = make_unit("DK-01", make_station("fire")), make_unit("AM-01", make_station("medical"))
    officer = client_of(make_user("agency", own.station.agency))
    incident = make_incident("house_fire")
    assert get(officer, f"incidents/{incident.pk}/route/", unit=own.pk).status_code == 200
    assert get(officer, f"incidents/{incident.pk}/route/", unit=other.pk).status_code == 404
    actions.assign(incident_id=incident.pk, unit_ids=[other.pk])
    assert get(officer, f"incidents/{incident.pk}/route/", unit=other.pk).status_code == 200


def test_a_unit_id_beyond_the_database_is_bad_input(desk: APIClient) -> None:
    response = post(desk, f"incidents/{make_incident().pk}/assign/", {"unit_ids": [99999999999999999999]})
    assert (response.status_code, error_of(response)["field"]) == (400, "unit_ids.0")


def test_agencies_are_told_and_acknowledge(desk: APIClient) -> None:
    agency = Agency.objects.create(code="BPBD", name="BPBD", kind="disaster")
    officer = client_of(make_user("agency", agency))
    other = client_of(make_user("agency", Agency.objects.create(code="PMI", name="PMI", kind="medical")))
    incident = make_incident("snake")
    assert get(officer, f"incidents/{incident.pk}/").status_code == 404
    notice = post(desk, f"incidents/{incident.pk}/notices/", {"agency_id": agency.pk}).json()
    assert get(officer, f"incidents/{incident.pk}/").status_code == 200
    assert post(other, f"notices/{notice['id']}/acknowledge/").status_code == 404
    assert post(officer, f"notices/{notice['id']}/acknowledge/").json()["acknowledged_at"]
    assert post(officer, f"incidents/{incident.pk}/notes/", {"text": "kami berangkat"}).status_code == 201
    repeated = post(desk, f"incidents/{incident.pk}/notices/", {"agency_id": agency.pk})
    assert (repeated.status_code, error_of(repeated)["code"]) == (409, "already_notified")


# --- Calls ----------------------------------------------------------------------------------------------


def test_a_call_from_ringing_to_incident(desk: APIClient, dispatcher: User) -> None:
    call = post(desk, "calls/", {"number": "0811", "waiting": True}).json()
    assert (call["status"], call["taker"]) == ("waiting", None)
    taken = post(desk, f"calls/{call['id']}/take/").json()
    assert (taken["status"], taken["taker"]) == ("open", str(dispatcher))
    desk.patch(f"/api/v1/calls/{call['id']}/", {"words": "pohon tumbang"}, format="json")
    body = {"type": "fallen_tree", "lon": LON, "lat": LAT}
    opened = post(desk, f"calls/{call['id']}/incident/", body)
    assert opened.status_code == 201
    assert opened.json()["incident"]["words"] == "pohon tumbang"
    assert opened.json()["incident"]["call_ids"] == [call["id"]]
    assert get(desk, f"calls/{call['id']}/").json()["disposition"] == "incident"


def test_a_call_about_a_known_incident(desk: APIClient) -> None:
    incident, call = make_incident(), make_call()
    response = post(desk, f"calls/{call.pk}/incident/", {"incident_id": incident.pk})
    assert response.status_code == 200
    assert response.json()["incident"]["call_ids"] == [call.pk]
    assert Incident.objects.count() == 1


def test_disposing_and_taking_it_back(desk: APIClient) -> None:
    call = post(desk, "calls/", {"number": "0811"}).json()
    assert call["status"] == "open"
    path = f"calls/{call['id']}/dispose/"
    assert post(desk, path, {"disposition": "prank"}).json()["status"] == "ended"
    again = post(desk, path, {"disposition": "ghost"})
    assert (again.status_code, error_of(again)["code"]) == (409, "call_taken")
    assert post(desk, f"calls/{call['id']}/reopen/").json()["status"] == "open"
    assert post(desk, path, {"disposition": "incident"}).status_code == 400


def test_the_list_of_calls_is_what_waits_unless_asked(desk: APIClient) -> None:
    waiting, ended = make_call(), make_call(number="0899")
    calls.dispose(call_id=ended.pk, disposition="ghost", by_id=None)

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in get(desk, "calls/", **query).json()["results"]]

    assert found() == [waiting.pk]
    assert found(disposition="ghost") == [ended.pk]
    assert found(number="0899") == [ended.pk]
    assert Call.objects.count() == 2


# --- Who may --------------------------------------------------------------------------------------------

DESK_ONLY = [
    ("post", "incidents/"),
    ("patch", "incidents/{incident}/"),
    ("post", "incidents/{incident}/assign/"),
    ("post", "incidents/{incident}/close/"),
    ("post", "incidents/{incident}/cancel/"),
    ("post", "incidents/{incident}/notices/"),
    ("post", "assignments/{assignment}/move/"),
    ("post", "calls/"),
    ("post", "calls/{call}/take/"),
    ("post", "calls/{call}/dispose/"),
    ("post", "calls/{call}/reopen/"),
    ("post", "calls/{call}/incident/"),
    ("patch", "calls/{call}/"),
]
STAFF_READS = ["calls/", "calls/{call}/", "incidents/{incident}/log/", "incidents/{incident}/recommendation/"]
ALL_READ = ["incidents/", "incidents.geojson", "incidents/{incident}/", "incidents/{incident}/job/", "incident-types/"]


@pytest.fixture
def places() -> dict[str, int]:
    incident = make_incident()
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-01").pk])
    return {"incident": incident.pk, "assignment": row.pk, "call": make_call().pk}


@pytest.mark.parametrize(("method", "path"), DESK_ONLY)
def test_only_the_desk_writes(method: str, path: str, places: dict[str, int]) -> None:
    address = f"/api/v1/{path.format(**places)}"
    agency = Agency.objects.get(code="FIRE")
    for client in (client_of(make_user("planner")), client_of(make_user("agency", agency))):
        assert getattr(client, method)(address, {}, format="json").status_code == 403
    assert getattr(APIClient(), method)(address, {}, format="json").status_code in {401, 403}
    assert Assignment.objects.get().status == "assigned"


@pytest.mark.parametrize("path", STAFF_READS)
def test_agencies_do_not_read_calls_logs_and_rankings(path: str, places: dict[str, int]) -> None:
    address = path.format(**places)
    assert get(client_of(make_user("planner")), address).status_code == 200
    assert get(client_of(make_user("agency", Agency.objects.get(code="FIRE"))), address).status_code == 403


@pytest.mark.parametrize("path", ALL_READ)
def test_everybody_on_the_staff_reads(path: str, places: dict[str, int]) -> None:
    address = path.format(**places)
    for role in ("dispatcher", "supervisor", "planner", "administrator"):
        assert get(client_of(make_user(role)), address).status_code == 200
    assert get(client_of(make_user("agency", Agency.objects.get(code="FIRE"))), address).status_code == 200
    assert get(APIClient(), address).status_code in {401, 403}


def test_an_agency_sees_only_what_concerns_it(places: dict[str, int]) -> None:
    other = client_of(make_user("agency", Agency.objects.create(code="PMI", name="PMI", kind="medical")))
    assert get(other, "incidents/").json()["results"] == []
    assert get(other, f"incidents/{places['incident']}/").status_code == 404


@pytest.mark.parametrize("path", ["incidents/999/", "incidents/999/job/", "calls/999/", "incidents/999/log/"])
def test_what_is_not_there(desk: APIClient, path: str) -> None:
    response = get(desk, path)
    assert (response.status_code, error_of(response)["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path", ["incidents/{incident}/assign/", "calls/{call}/dispose/", "assignments/{assignment}/move/"]
)
def test_wrong_method(desk: APIClient, path: str, places: dict[str, int]) -> None:
    assert get(desk, path.format(**places)).status_code in {403, 405}


def test_the_callers_words_are_kept_to_the_letter(desk: APIClient) -> None:
    words = "  tolong, rumah  saya\nterbakar "
    incident = make_incident()
    response = desk.patch(f"/api/v1/incidents/{incident.pk}/", {"words": words}, format="json")
    assert response.json()["words"] == words
