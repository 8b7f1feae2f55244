"""The log: what it says, that nobody can change it, and that nothing is announced after a rollback."""

import itertools
import os
from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from geo112.models import User
from incidents import actions, calls
from incidents.models import APPEND_ONLY_TABLES, IncidentType, LogEntry, Note
from maps.actor import set_actor
from maps.database import conninfo
from tests.incidents.makers import make_call, make_device, make_incident, make_station, make_unit
from units.actions import set_duty

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def actor() -> Iterator[str]:
    set_actor("user:7 sari")
    yield "user:7 sari"
    set_actor("")


def last_of(table: str, operation: str) -> LogEntry:
    entry = LogEntry.objects.filter(table_name=table, operation=operation).last()
    assert entry is not None
    return entry


def after(entry: LogEntry) -> dict[str, Any]:
    assert isinstance(entry.after, dict)
    return entry.after


def test_an_added_row_is_logged_whole_with_actor_and_incident(actor: str) -> None:
    incident = make_incident(words="api!")
    entry = last_of("incidents_incident", "INSERT")
    assert (entry.actor, entry.row_id, entry.incident_id) == (actor, incident.pk, incident.pk)
    assert entry.before is None
    assert after(entry)["words"] == "api!"
    assert after(entry)["point"]["type"] == "Point"
    assert "version" not in after(entry)


def test_a_change_is_logged_with_before_and_after_and_nothing_else(actor: str) -> None:
    incident = make_incident()
    actions.update_incident(incident_id=incident.pk, changes={"priority": 3})
    entry = last_of("incidents_incident", "UPDATE")
    assert (entry.before, entry.after) == ({"priority": 1}, {"priority": 3})


def test_everything_that_belongs_to_an_incident_is_found_by_it(dispatcher: User) -> None:
    unit = make_unit("DK-01")
    call = make_call()
    incident = make_incident(call_id=call.pk, by_id=dispatcher.pk)
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
    actions.move_assignment(assignment_id=row.pk, new="on_scene", source="radio")
    actions.add_note(incident_id=incident.pk, text="dua korban")
    actions.notify_agency(incident=incident, agency=unit.station.agency)
    tables = set(LogEntry.objects.filter(incident_id=incident.pk).values_list("table_name", flat=True))
    assert tables == {
        "incidents_call",
        "incidents_incident",
        "incidents_assignment",
        "incidents_assignmentmove",
        "incidents_incidentmove",
        "incidents_note",
        "incidents_agencynotice",
    }


def test_a_new_version_alone_is_no_change() -> None:
    incident = make_incident()
    before = LogEntry.objects.filter(table_name="incidents_incident").count()
    actions.add_note(incident_id=incident.pk, text="catatan")
    assert LogEntry.objects.filter(table_name="incidents_incident").count() == before


def test_types_units_and_duty_are_logged() -> None:
    unit = make_unit("DK-01", make_station())
    set_duty(unit_id=unit.pk, new="out_of_service")
    IncidentType.objects.filter(code="snake").update(default_priority=2)
    assert after(last_of("units_unit", "UPDATE"))["duty"] == "out_of_service"
    assert after(last_of("units_unitmove", "INSERT"))["new"] == "out_of_service"
    assert last_of("incidents_incidenttype", "UPDATE").before == {"default_priority": 3}
    assert after(last_of("units_station", "INSERT"))["point"]["type"] == "Point"


def test_no_token_gets_into_the_log() -> None:
    make_device(make_unit("DK-01"))
    assert "token_hash" not in after(last_of("units_device", "INSERT"))


def test_one_action_is_one_transaction_in_the_log() -> None:
    incident = make_incident()
    actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-01").pk, make_unit("DK-02").pk])
    entries = LogEntry.objects.filter(table_name__in=["incidents_assignment", "incidents_assignmentmove"])
    assert len(set(entries.values_list("txid", flat=True))) == 1


@pytest.mark.parametrize("table", APPEND_ONLY_TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_a_superuser_changes_what_was_written(table: str, statement: str) -> None:
    incident = make_incident()
    actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-01").pk])
    connection.check_constraints()
    with pytest.raises(DatabaseError, match="is only ever added to"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


@pytest.fixture
def app_role(db: None) -> Iterator[str]:
    """The role of the running system, with the rights that the command gives it."""
    role = f"geo112_test_log_app_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role}")
        call_command("grant_app_role", role, stdout=StringIO())
        cursor.execute(f"SET ROLE {role}")
        yield role
        cursor.execute("RESET ROLE")


def test_the_running_system_works_and_may_only_add_to_the_log(app_role: str) -> None:
    incident = make_incident()
    actions.assign(incident_id=incident.pk, unit_ids=[make_unit("DK-01").pk])
    call = make_call()
    calls.dispose(call_id=call.pk, disposition="prank", by_id=None)
    assert LogEntry.objects.filter(incident_id=incident.pk).exists()
    connection.check_constraints()
    for statement in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"):
        for table in APPEND_ONLY_TABLES:
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement.format(table))


# --- Announcements --------------------------------------------------------------------------------------


@pytest.fixture
def bus() -> Iterator[psycopg.Connection[Any]]:
    """Another session that listens."""
    with psycopg.connect(conninfo(), autocommit=True) as listener:
        listener.execute("LISTEN geo112")
        yield listener


def heard(listener: psycopg.Connection[Any]) -> set[str]:
    return {notice.payload for notice in listener.notifies(timeout=0.3)}


@pytest.mark.django_db(transaction=True)
def test_commits_are_announced_and_rollbacks_are_not(bus: psycopg.Connection[Any]) -> None:
    incident, unit = make_incident(), make_unit("DK-01")
    heard(bus)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
        raise RuntimeError
    assert heard(bus) == set()
    actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
    assert heard(bus) == {f"incidents:{incident.pk}", f"units:{unit.pk}"}


@pytest.mark.django_db(transaction=True)
def test_each_change_announces_what_shows_it(bus: psycopg.Connection[Any]) -> None:
    call = make_call()
    assert heard(bus) == {f"calls:{call.pk}"}
    incident = make_incident(call_id=call.pk)
    incident.refresh_from_db()
    assert heard(bus) == {f"calls:{call.pk}", f"incidents:{incident.pk}"}
    actions.add_note(incident_id=incident.pk, text="catatan")
    assert heard(bus) == {f"incidents:{incident.pk}"}
    before = incident.version
    IncidentType.objects.filter(pk=incident.type_id).update(name_en="Car fire")
    assert heard(bus) == {f"incidents:{incident.pk}"}
    incident.refresh_from_db()
    assert incident.version > before


@pytest.mark.django_db(transaction=True)
def test_many_changes_at_once_are_announced_as_all(bus: psycopg.Connection[Any]) -> None:
    incident = make_incident()
    heard(bus)
    with transaction.atomic():
        for _ in range(301):
            calls.ring()
    assert len(heard(bus)) == 301
    calls_table = "incidents_call"
    connection.cursor().execute(f"UPDATE {calls_table} SET words = 'halo'")
    assert heard(bus) == {"calls:all"}
    Note.objects.bulk_create(Note(incident=incident, text="x", at=incident.opened_at) for _ in range(400))
    assert heard(bus) == {f"incidents:{incident.pk}"}


def test_versions_grow_with_everything_that_shows() -> None:
    incident, unit = make_incident(), make_unit("DK-01")

    def versions() -> tuple[int, int]:
        incident.refresh_from_db()
        unit.refresh_from_db()
        return incident.version, unit.version

    steps = [versions()]
    (row,) = actions.assign(incident_id=incident.pk, unit_ids=[unit.pk])
    steps.append(versions())
    actions.move_assignment(assignment_id=row.pk, new="en_route", source="radio")
    steps.append(versions())
    actions.move_assignment(assignment_id=row.pk, new="cancelled", source="dispatcher")
    steps.append(versions())
    assert all(late[0] > early[0] and late[1] > early[1] for early, late in itertools.pairwise(steps))
