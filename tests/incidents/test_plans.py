"""The hot queries use their indexes, with as many rows as a city has after some years."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

from incidents.models import Assignment, Call, Incident, LogEntry
from incidents.unitrows import SOME
from tests.incidents.makers import make_call, make_fix, make_incident, make_unit

pytestmark = pytest.mark.usefixtures("city")
MANY = 2000


def multiply(row: Model, **differing: str) -> None:
    """Copy a row MANY times, with SQL for the columns that differ (`g` counts), and let the planner know."""
    table = row._meta.db_table
    same = [field.column for field in row._meta.concrete_fields if field.column not in {"id", *differing}]
    columns = ", ".join([*same, *differing])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {', '.join([*same, *differing.values()])}"
            f" FROM {table}, generate_series(1, {MANY}) g WHERE {row._meta.pk.column} = %s",
            [row.pk],
        )
        cursor.execute(f"ANALYZE {table}")


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
    unit = make_unit("DK-01")
    multiply(unit, callsign="'U-' || g")
    make_fix(unit, 0, 0)
    plan = plan_of(SOME, {"ids": [1, 2], "lon": None, "lat": None})
    for index in ("units_unit_pkey", "one_open_assignment_per_unit", "units_lastfix_pkey"):
        assert index in plan


def test_what_a_console_shows_is_found_without_reading_the_past() -> None:
    multiply(make_incident(), number="'N-' || g", status="'closed'", closed_at="now()")
    multiply(make_call(), status="'ended'", ended_at="now()", disposition="'prank'")
    assert "incident_not_ended" in explained(Incident.objects.not_ended().order_by("opened_at"))
    assert "call_not_ended" in explained(Call.objects.exclude(status="ended").order_by("received_at"))


def test_the_log_of_an_incident_and_the_assignments_of_one_are_found_by_it() -> None:
    assert "log_incident" in explained(LogEntry.objects.filter(incident_id=1).order_by("pk"))
    assert "incidents_assignment_incident_id" in explained(Assignment.objects.filter(incident__in=[1, 2]))


def test_a_numbers_calls_are_found_newest_first() -> None:
    assert "call_number" in explained(Call.objects.filter(number="0811").order_by("-received_at"))
