"""A crew's device speaks for its own unit and for nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from incidents import actions
from incidents.models import LogEntry
from tests.incidents.makers import make_device, make_incident, make_station, make_unit
from units.models import Unit

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def unit() -> Unit:
    return make_unit("DK-01", make_station("fire", 0, 0))


@pytest.fixture
def crew(unit: Unit) -> APIClient:
    make_device(unit, "rahasia")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer rahasia")
    return client


def post(client: APIClient, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/crew/{path}", body, format="json")


def test_without_a_job_there_is_the_unit(crew: APIClient, unit: Unit) -> None:
    body = crew.get("/api/v1/crew/job/").json()
    assert body["unit"]["callsign"] == unit.callsign
    assert (body["assignment"], body["incident"], body["job"], body["next"]) == (None, None, None, [])


def test_a_job_with_its_next_steps(crew: APIClient, unit: Unit) -> None:
    incident = make_incident(words="api")
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
    body = crew.get("/api/v1/crew/job/").json()
    assert body["assignment"]["id"] == row.pk
    assert body["incident"]["words"] == "api"
    assert body["next"] == ["acknowledged", "en_route", "on_scene"]
    assert "api" in body["job"]["text"]["id"]


def test_a_crew_tells_its_way_through_the_job(crew: APIClient, unit: Unit) -> None:
    incident = make_incident()
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
    for new in ("acknowledged", "en_route", "on_scene", "cleared"):
        response = post(crew, f"assignments/{row.pk}/move/", {"new": new, "at": timezone.now().isoformat()})
        assert response.status_code == 200
    assert response.json()["unit"]["status"] == "returning"
    assert {move.source for move in row.moves.exclude(old="")} == {"crew"}
    entry = LogEntry.objects.filter(table_name="incidents_assignment", operation="UPDATE").last()
    assert entry is not None
    assert entry.actor.startswith("device:")


def test_a_status_sent_again_after_a_dead_spot_changes_nothing(crew: APIClient, unit: Unit) -> None:
    (row,) = actions.assign(incident_id=make_incident().pk, unit_ids=[unit.pk])
    body = {"new": "en_route", "at": (timezone.now() - timedelta(seconds=1)).isoformat()}
    for _ in range(3):
        assert post(crew, f"assignments/{row.pk}/move/", body).status_code == 200
    assert row.moves.filter(new="en_route").count() == 1


def test_a_crew_does_not_take_itself_off_the_job(crew: APIClient, unit: Unit) -> None:
    (row,) = actions.assign(incident_id=make_incident().pk, unit_ids=[unit.pk])
    assert post(crew, f"assignments/{row.pk}/move/", {"new": "cancelled"}).status_code == 403
    row.refresh_from_db()
    assert row.status == "assigned"


def test_a_crew_does_not_move_others(crew: APIClient, unit: Unit) -> None:
    incident = make_incident()
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-02").pk])
    assert post(crew, f"assignments/{row.pk}/move/", {"new": "en_route"}).status_code == 404
    assert crew.get(f"/api/v1/incidents/{incident.pk}/route/").status_code == 404
    row.refresh_from_db()
    assert row.status == "assigned"


def test_a_crew_gets_its_own_way(crew: APIClient, unit: Unit) -> None:
    incident = make_incident(east_m=1000)
    actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
    feature = crew.get(f"/api/v1/incidents/{incident.pk}/route/").json()
    assert feature["properties"]["callsign"] == "DK-01"


def test_a_crew_tells_its_duty(crew: APIClient, unit: Unit) -> None:
    assert post(crew, "duty/", {"duty": "out_of_service"}).json()["unit"]["status"] == "out_of_service"
    assert post(crew, "duty/", {"duty": "asleep"}).status_code == 400
    assert post(crew, "duty/", {"duty": "returning"}).status_code == 409


def test_a_crew_writes_a_note(crew: APIClient, unit: Unit) -> None:
    assert post(crew, "notes/", {"text": "butuh air"}).status_code == 404
    actions.assign(incident_id=make_incident().pk, unit_ids=[unit.pk])
    assert post(crew, "notes/", {"text": "butuh air"}).json()["by"] == "DK-01"


@pytest.mark.parametrize("path", ["incidents/", "calls/", "incident-types/"])
def test_the_rest_of_the_api_is_closed_to_crews(crew: APIClient, path: str) -> None:
    assert crew.get(f"/api/v1/{path}").status_code == 403


def test_a_wrong_token_is_nobody() -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Bearer salah")
    assert client.get("/api/v1/crew/job/").status_code in {401, 403}
