"""The partitions of the history, made and dropped by a role that owns nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from maps.database import conninfo
from tests.units.makers import make_device
from units.gps.upkeep import keep_partitions
from units.models import Device, Position
from units.tasks import upkeep
from units.tracks import positions

pytestmark = pytest.mark.django_db

INSERT = """
    INSERT INTO units_position (device_id, unit_id, recorded_at, received_at, point)
    VALUES (%s, %s, %s, now(), ST_Point(102.26, -3.79, 4326))
"""


def sql(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(autouse=True)
def no_positions(db: None) -> None:
    """The history is not Django's to empty after a test that commits; deleting locks nobody out."""
    sql("DELETE FROM units_position")


def partition_of(device: Device) -> str:
    ((name,),) = sql("SELECT tableoid::regclass::text FROM units_position WHERE device_id = %s", device.pk)
    return str(name)


def day_name(moment: datetime) -> str:
    return f"units_position_{moment.astimezone(UTC):%Y%m%d}"


def test_todays_fixes_have_a_partition_of_their_own() -> None:
    device, _token = make_device()
    now = timezone.now()
    sql(INSERT, device.pk, device.unit_id, now)
    assert partition_of(device) == day_name(now)


def test_fixes_of_a_day_without_partition_are_kept_and_moved_when_it_is_made() -> None:
    device, _token = make_device()
    later = timezone.now() + timedelta(days=20)
    sql(INSERT, device.pk, device.unit_id, later)
    assert partition_of(device) == "units_position_default"
    ((made, _dropped),) = sql("SELECT made, dropped FROM units_position_upkeep(21, 365)")
    assert made >= 1
    assert partition_of(device) == day_name(later)
    assert Position.objects.count() == 1
    assert sql("SELECT made FROM units_position_upkeep(21, 365)") == [(0,)]


def test_what_is_past_retention_goes() -> None:
    device, _token = make_device()
    old = datetime(2024, 2, 29, 12, tzinfo=UTC)
    sql(
        "CREATE TABLE units_position_20240229 PARTITION OF units_position "
        "FOR VALUES FROM ('2024-02-29') TO ('2024-03-01')"
    )
    for moment in (old, old - timedelta(days=9), timezone.now()):
        sql(INSERT, device.pk, device.unit_id, moment)
    ((_made, dropped),) = sql("SELECT made, dropped FROM units_position_upkeep(7, 365)")
    assert dropped == 1
    assert Position.objects.count() == 1
    assert sql("SELECT to_regclass('units_position_20240229')") == [(None,)]


@pytest.mark.parametrize("arguments", [(7, 1), (7, -5), (-1, 365), (500, 365), (None, 365), (7, None)])
def test_nobody_can_ask_for_too_much(arguments: tuple[int, int]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("SELECT units_position_upkeep(%s, %s)", *arguments)


def test_the_application_role_may_call_it_and_strangers_may_not() -> None:
    sql("CREATE ROLE h_units_app; CREATE ROLE h_units_stranger")
    sql("GRANT EXECUTE ON FUNCTION units_position_upkeep(integer, integer) TO h_units_app")
    sql("SET ROLE h_units_app")
    assert sql("SELECT made >= 0 FROM units_position_upkeep(30, 365)") == [(True,)]
    sql("SET ROLE h_units_stranger")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        sql("SELECT units_position_upkeep(7, 365)")
    sql("RESET ROLE")


@pytest.mark.django_db(transaction=True)
def test_the_daily_task_makes_the_coming_week() -> None:
    upkeep(timestamp=0)
    week = [day_name(timezone.now() + timedelta(days=ahead)) for ahead in range(8)]
    assert sql("SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(%s::text[]) AS name", week) == [(True,)]
    assert keep_partitions() == (0, 0)


def test_a_track_reads_only_the_partitions_of_its_time_by_key() -> None:
    device, _token = make_device()
    now = timezone.now()
    for minutes in (1, 2, 3):
        sql(INSERT, device.pk, device.unit_id, now - timedelta(minutes=minutes))
    found = positions(unit=device.unit, begin=now - timedelta(minutes=2, seconds=30), end=now)
    assert [at for at, _lon, _lat, _speed in found] == [now - timedelta(minutes=2), now - timedelta(minutes=1)]
    rows = Position.objects.filter(device_id=device.pk, recorded_at__gte=now - timedelta(hours=1), recorded_at__lte=now)
    sql("SET LOCAL enable_seqscan = off")
    plan = rows.explain()
    assert day_name(now - timedelta(days=3)) not in plan
    assert "_pkey" in plan


def test_a_fix_is_stored_once_whoever_sends_it() -> None:
    device, _token = make_device()
    now = timezone.now()
    sql(INSERT, device.pk, device.unit_id, now)
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        sql(INSERT, device.pk, device.unit_id, now)
    assert isinstance(caught.value.__cause__, psycopg.errors.UniqueViolation)


@pytest.mark.django_db(transaction=True)
def test_a_long_reader_is_not_waited_for_and_does_not_stop_writers() -> None:
    device, _token = make_device()
    with psycopg.connect(conninfo()) as dump:
        dump.execute("LOCK TABLE units_position IN ACCESS SHARE MODE")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            keep_partitions(ahead_days=40)
        sql(INSERT, device.pk, device.unit_id, timezone.now())
    assert keep_partitions() == (0, 0)
    sql("TRUNCATE units_position")
