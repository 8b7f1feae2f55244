"""Two dispatchers at once, in real threads on real PostgreSQL."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection

from incidents import actions, calls
from incidents.errors import CallTaken, IncidentBusy, IncidentEnded, UnitTaken
from incidents.models import Assignment, Call, Incident
from maps.errors import DispatchError
from tests.geo112.makers import make_user
from tests.incidents.makers import make_call, make_city, make_incident, make_unit

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run the tasks from one starting shot, each in a thread with its own connection; errors are results."""
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return task()
        except DispatchError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(run, task) for task in tasks]]


def test_of_two_dispatchers_who_take_one_unit_one_succeeds() -> None:
    make_city()
    sari, budi = make_user(), make_user()
    for number in range(8):
        unit = make_unit(f"DK-{number}")
        first, second = make_incident(), make_incident()
        results = at_once(
            partial(actions.assign, incident_id=first.pk, unit_ids=[unit.pk], by_id=sari.pk),
            partial(actions.assign, incident_id=second.pk, unit_ids=[unit.pk], by_id=budi.pk),
        )
        (loser,) = [result for result in results if isinstance(result, UnitTaken)]
        (row,) = Assignment.objects.filter(unit=unit)
        (told,) = loser.detail["taken"]
        assert told["by"] == str(row.assigned_by)
        assert told["incident_id"] == row.incident_id


def test_overlapping_sets_of_units_neither_deadlock_nor_half_assign() -> None:
    make_city()
    units = [make_unit(f"DK-{number}").pk for number in range(6)]
    for _ in range(6):
        incidents = [make_incident().pk for _ in range(3)]
        sets = [units[:4], units[2:], list(reversed(units[1:5]))]
        results = at_once(
            *(partial(actions.assign, incident_id=pk, unit_ids=ids) for pk, ids in zip(incidents, sets, strict=True))
        )
        winners = [result for result in results if isinstance(result, list)]
        assert len(winners) == 1
        assert all(isinstance(result, list | UnitTaken) for result in results)
        assert Assignment.objects.filter(ended_at=None).count() == len(winners[0])
        for row in winners[0]:
            actions.move_assignment(assignment_id=row.pk, new="cancelled", source="dispatcher")


def test_closing_and_assigning_at_once_never_leaves_a_unit_on_a_closed_incident() -> None:
    make_city()
    unit = make_unit("DK-01")
    for _ in range(8):
        incident = make_incident()
        results = at_once(
            partial(actions.assign, incident_id=incident.pk, unit_ids=[unit.pk]),
            partial(actions.end_incident, incident_id=incident.pk, new="closed"),
        )
        failed = [result for result in results if isinstance(result, DispatchError)]
        assert len(failed) == 1
        assert isinstance(failed[0], IncidentEnded | IncidentBusy)
        closed = Incident.objects.get(pk=incident.pk).status == "closed"
        open_rows = Assignment.objects.filter(incident=incident, ended_at=None)
        assert open_rows.exists() != closed
        for row in open_rows:
            actions.move_assignment(assignment_id=row.pk, new="cancelled", source="dispatcher")


def test_two_crews_arriving_at_once_settle_on_one_arrival() -> None:
    make_city()
    for number in range(5):
        incident = make_incident()
        ids = [make_unit(f"A{number}").pk, make_unit(f"B{number}").pk]
        rows = actions.assign(incident_id=incident.pk, unit_ids=ids)
        at_once(
            *(partial(actions.move_assignment, assignment_id=row.pk, new="on_scene", source="crew") for row in rows)
        )
        incident.refresh_from_db()
        assert incident.status == "on_scene"
        assert incident.moves.filter(new="on_scene").count() == 1


def test_numbers_are_given_once() -> None:
    make_city()
    numbers = [incident.number for incident in at_once(*[make_incident] * 8)]
    assert len(set(numbers)) == 8


def test_of_two_who_answer_one_call_one_gets_it() -> None:
    sari, budi = make_user(), make_user()
    call = make_call()
    results = at_once(*(partial(calls.take, call_id=call.pk, by_id=by.pk) for by in (sari, budi)))
    assert {type(result) for result in results} == {Call, CallTaken}
