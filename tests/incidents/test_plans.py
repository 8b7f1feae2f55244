"""The hot queries use their indexes; a few rows are no reason to scan, so scanning is switched off."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from incidents.models import Assignment, Call, Incident, LogEntry
from incidents.unitrows import SOME

pytestmark = pytest.mark.django_db


def plan_of(sql: str, values: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {sql}", values)
        return "\n".join(row[0] for row in cursor.fetchall())


def explained(queryset: QuerySet[Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    return queryset.explain()


def test_units_are_found_by_id_and_their_assignment_by_the_index_that_guards_it() -> None:
    plan = plan_of(SOME, {"ids": [1, 2], "lon": None, "lat": None})
    for index in ("units_unit_pkey", "one_open_assignment_per_unit", "units_lastfix_pkey"):
        assert index in plan


def test_what_a_console_shows_is_found_without_reading_the_past() -> None:
    assert "incident_not_ended" in explained(Incident.objects.not_ended().order_by("opened_at"))
    assert "call_not_ended" in explained(Call.objects.exclude(status="ended").order_by("received_at"))


def test_the_log_of_an_incident_and_the_assignments_of_one_are_found_by_it() -> None:
    assert "log_incident" in explained(LogEntry.objects.filter(incident_id=1).order_by("pk"))
    assert "incidents_assignment_incident_id" in explained(Assignment.objects.filter(incident__in=[1, 2]))


def test_a_numbers_calls_are_found_newest_first() -> None:
    assert "call_number" in explained(Call.objects.filter(number="0811").order_by("-received_at"))
