"""The triggers that tell the bus and give versions."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from maps.database import conninfo
from tests.units.makers import make_station, make_unit
from units import actions
from units.models import Station, Unit

pytestmark = pytest.mark.django_db(transaction=True, available_apps=["units"])


@pytest.fixture
def heard() -> Iterator[psycopg.Connection]:
    """A connection that listens to the bus."""
    with psycopg.connect(conninfo(), autocommit=True) as listening:
        listening.execute("LISTEN geo112")
        yield listening


def messages(listening: psycopg.Connection, wanted: int = 1) -> list[str]:
    return [notice.payload for notice in listening.notifies(timeout=2, stop_after=wanted)]


def silence(listening: psycopg.Connection) -> bool:
    return not list(listening.notifies(timeout=0.3))


def test_a_change_of_duty_is_announced_with_the_unit(heard: psycopg.Connection) -> None:
    unit = make_unit()
    assert messages(heard) == [f"units:{unit.pk}"]
    actions.set_duty(unit_id=unit.pk, new="returning")
    assert messages(heard) == [f"units:{unit.pk}"]


def test_a_unit_placed_by_hand_is_announced(heard: psycopg.Connection) -> None:
    unit = make_unit()
    messages(heard)
    actions.place_by_hand(unit_id=unit.pk, lon=102.3, lat=-3.8)
    assert messages(heard) == [f"units:{unit.pk}"]


def test_nothing_is_announced_after_a_rollback(heard: psycopg.Connection) -> None:
    unit = make_unit()
    messages(heard)
    with transaction.atomic():
        actions.set_duty(unit_id=unit.pk, new="returning")
        transaction.set_rollback(True)
    assert silence(heard)


def test_many_units_are_announced_as_all(heard: psycopg.Connection) -> None:
    station = make_station()
    rows = [Unit(callsign=f"N{n}", station=station, kind="rescue", capabilities=[], profile="car") for n in range(301)]
    Unit.objects.bulk_create(rows[:300])
    assert messages(heard)[0].count(",") == 299
    Unit.objects.bulk_create(rows[300:])
    messages(heard)
    Unit.objects.update(crew_count=1)
    assert messages(heard) == ["units:all"]


def test_a_station_that_moves_renews_its_units(heard: psycopg.Connection) -> None:
    unit, other = make_unit(), make_unit()
    messages(heard, 2)
    Station.objects.filter(pk=unit.station_id).update(name="Pos baru")
    assert messages(heard) == [f"units:{unit.pk}"]
    assert Unit.objects.get(pk=unit.pk).version > unit.version
    assert Unit.objects.get(pk=other.pk).version == other.version


def test_a_deleted_unit_is_announced(heard: psycopg.Connection) -> None:
    unit = make_unit()
    messages(heard)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM units_unit WHERE id = %s", [unit.pk])
    assert messages(heard) == [f"units:{unit.pk}"]
