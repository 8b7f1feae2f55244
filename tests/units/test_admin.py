"""What an administrator keeps in Django's admin."""

import pytest
from django.test import Client

from geo112.models import User
from tests.units.makers import make_agency, make_device, make_station, make_unit
from units.models import Device, Station, Unit
from units.rules import token_hash

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    user = User.objects.create_user("root", password="secret", role="administrator", is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


@pytest.mark.parametrize("model", ["agency", "station", "unit", "device"])
def test_lists_and_forms_open(admin: Client, model: str) -> None:
    make_device()
    assert admin.get(f"/admin/units/{model}/").status_code == 200
    assert admin.get(f"/admin/units/{model}/add/").status_code == 200


def test_a_stations_position_is_two_numbers(admin: Client) -> None:
    agency = make_agency()
    form = {"code": "P1", "agency": agency.pk, "name": "Pos 1", "lat": "-3.79", "lon": "102.26", "place_words": ""}
    assert admin.post("/admin/units/station/add/", form).status_code == 302
    station = Station.objects.get()
    assert station.point.coords == (102.26, -3.79)
    page = admin.get(f"/admin/units/station/{station.pk}/change/").content.decode()
    assert "102.26" in page or "102,26" in page
    assert admin.post("/admin/units/station/add/", {**form, "code": "P2", "lat": "91"}).status_code == 200
    assert Station.objects.count() == 1


def test_a_unit_gets_its_capabilities_and_keeps_its_duty(admin: Client) -> None:
    unit = make_unit(make_station(), duty="returning")
    form = {
        "callsign": "DK-01",
        "station": unit.station_id,
        "kind": "rescue",
        "capabilities": ["rescue", "snake"],
        "profile": "rescue_car",
        "crew_count": "3",
    }
    assert admin.post(f"/admin/units/unit/{unit.pk}/change/", form).status_code == 302
    changed = Unit.objects.get()
    assert (changed.callsign, changed.capabilities, changed.duty) == ("DK-01", ["rescue", "snake"], "returning")
    assert changed.version > unit.version


def test_a_devices_token_is_shown_once_after_it_is_made(admin: Client) -> None:
    unit = make_unit()
    page = admin.post("/admin/units/device/add/", {"unit": unit.pk, "name": "HP"}, follow=True).content.decode()
    device = Device.objects.get()
    token = page.partition("<code>")[2].partition("</code>")[0]
    assert token_hash(token) == bytes(device.token_hash)
    assert token not in admin.get(f"/admin/units/device/{device.pk}/change/").content.decode()


def test_a_device_stays_with_its_unit_and_is_revoked_not_deleted(admin: Client) -> None:
    device, _token = make_device()
    other = make_unit()
    admin.post(f"/admin/units/device/{device.pk}/change/", {"unit": other.pk, "name": "renamed"})
    device.refresh_from_db()
    assert (device.unit_id == other.pk, device.name) == (False, "renamed")
    assert admin.post(f"/admin/units/device/{device.pk}/delete/", {"post": "yes"}).status_code == 403
    admin.post("/admin/units/device/", {"action": "revoke", "_selected_action": [device.pk]})
    assert not Device.objects.usable().exists()
