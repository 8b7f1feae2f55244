from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from maps.actor import set_actor
from tests.units.makers import BENGKULU, make_device, make_unit
from units import actions
from units.models import LastFix, Unit, UnitMove

pytestmark = pytest.mark.django_db


def test_a_change_of_duty_is_kept_with_its_times_source_and_actor() -> None:
    unit = make_unit()
    set_actor("user:7 sari")
    heard_at = timezone.now() - timedelta(minutes=3)
    changed = actions.set_duty(unit_id=unit.pk, new="out_of_service", at=heard_at, source="radio")
    set_actor("")
    move = UnitMove.objects.get()
    assert (changed.duty, changed.duty_changed_at) == ("out_of_service", heard_at)
    assert (move.old, move.new, move.at, move.source) == ("available", "out_of_service", heard_at, "radio")
    assert move.actor == "user:7 sari"
    assert move.told_at is not None and move.told_at > heard_at
    assert changed.version > unit.version


def test_the_same_duty_again_changes_nothing() -> None:
    unit = make_unit()
    actions.set_duty(unit_id=unit.pk, new="available")
    assert not UnitMove.objects.exists()
    assert Unit.objects.get().version == unit.version


def test_a_forbidden_move_says_what_it_was() -> None:
    unit = make_unit(duty="out_of_service")
    with pytest.raises(actions.ForbiddenMove) as caught:
        actions.set_duty(unit_id=unit.pk, new="returning")
    assert caught.value.detail == {"old": "out_of_service", "new": "returning"}


def test_somebody_changed_the_duty_first() -> None:
    unit = make_unit(duty="returning")
    with pytest.raises(actions.StaleState) as caught:
        actions.set_duty(unit_id=unit.pk, new="out_of_service", old="available")
    assert caught.value.detail == {"old": "available", "now": "returning"}
    assert Unit.objects.get().duty == "returning"
    assert not UnitMove.objects.exists()


def test_nothing_happens_in_the_future() -> None:
    unit = make_unit()
    with pytest.raises(actions.FutureMoment):
        actions.set_duty(unit_id=unit.pk, new="returning", at=timezone.now() + timedelta(minutes=5))


def test_there_is_no_such_unit() -> None:
    with pytest.raises(actions.UnknownUnit):
        actions.set_duty(unit_id=1, new="returning")
    with pytest.raises(actions.UnknownUnit):
        actions.place_by_hand(unit_id=1, lon=0, lat=0)
    with pytest.raises(actions.UnknownUnit):
        actions.issue_device(unit_id=1, name="x")


def test_a_unit_placed_by_hand_is_marked_so_and_placed_again() -> None:
    unit = make_unit()
    actions.place_by_hand(unit_id=unit.pk, lon=102.3, lat=-3.8)
    first_version = LastFix.objects.get().version
    actions.place_by_hand(unit_id=unit.pk, lon=BENGKULU[0], lat=BENGKULU[1])
    fix = LastFix.objects.get()
    assert fix.source == "manual"
    assert fix.point.coords == BENGKULU
    assert fix.speed_mps is None
    assert fix.version > first_version


def test_a_token_is_stored_only_as_its_hash() -> None:
    device, token = make_device()
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM units_device d")
        stored = cursor.fetchone()[0]
    assert token not in stored
    assert len(device.token_hash) == 32


def test_revoking_twice_keeps_the_first_time() -> None:
    device, _token = make_device()
    actions.revoke_device(device=device)
    device.refresh_from_db()
    first = device.revoked_at
    actions.revoke_device(device=device)
    device.refresh_from_db()
    assert device.revoked_at == first is not None


@pytest.mark.parametrize(
    ("column", "value"), [("kind", "'boat'"), ("duty", "'asleep'"), ("profile", "'swim'"), ("capabilities", "'{fly}'")]
)
def test_the_database_knows_the_words(column: str, value: str) -> None:
    make_unit()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE units_unit SET {column} = {value}")


def test_available_and_able_units() -> None:
    pump = make_unit()
    resting = make_unit(duty="out_of_service")
    returning = make_unit(duty="returning", capabilities=["fire_pump", "rescue"])
    assert set(Unit.objects.available()) == {pump, returning}
    assert set(Unit.objects.on_duty().able_to("rescue")) == {returning}
    assert set(Unit.objects.of_agency(resting.station.agency_id)) == {resting}
    assert Unit.objects.of_agency(None).count() == 3
