"""Crew devices at the API: who gets in, and as whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from tests.units.makers import make_device, make_unit
from units import actions
from units.authentication import CrewDevice, DeviceAuthentication
from units.models import Device
from units.rules import token_hash

pytestmark = pytest.mark.django_db


def authenticate(header: str, method: str = "get") -> tuple[CrewDevice, Device] | None:
    request = getattr(APIRequestFactory(), method)("/", HTTP_AUTHORIZATION=header)
    return DeviceAuthentication().authenticate(Request(request))


def actor() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('geo112.actor', true), '')")
        return str(cursor.fetchone()[0])


def test_a_device_comes_in_with_its_unit() -> None:
    unit = make_unit()
    device, token = make_device(unit)
    found = authenticate(f"Bearer {token}")
    assert found is not None
    user, auth = found
    assert auth == device
    assert auth.unit.station.agency == unit.station.agency
    assert user.is_crew_device and user.is_authenticated
    assert str(user) == f"device:{device.pk} {unit.callsign}"


def test_one_that_may_write_is_named_to_the_log() -> None:
    device, token = make_device()
    authenticate(f"Bearer {token}")
    assert actor() == ""
    authenticate(f"bearer {token}", "post")
    assert actor() == f"device:{device.pk} {device.unit.callsign}"


@pytest.mark.parametrize("header", ["", "Basic eDp5", "Session abc"])
def test_other_schemes_are_left_to_others(header: str) -> None:
    assert authenticate(header) is None


def test_revoked_expired_and_unknown_tokens_are_refused() -> None:
    revoked, revoked_token = make_device()
    actions.revoke_device(device=revoked)
    _expired, expired_token = make_device(expires_at=timezone.now() - timedelta(seconds=1))
    for token in (revoked_token, expired_token, "nobody", "", "é"):
        with pytest.raises(AuthenticationFailed):
            authenticate(f"Bearer {token}")


def test_an_expiry_to_come_is_no_hindrance() -> None:
    _device, token = make_device(expires_at=timezone.now() + timedelta(hours=1))
    assert authenticate(f"Bearer {token}") is not None


def test_a_renewed_device_keeps_its_row_and_loses_its_old_token() -> None:
    unit = make_unit()
    first, old = actions.renew_device(unit_id=unit.pk, name="simulated")
    second, new = actions.renew_device(unit_id=unit.pk, name="simulated")
    assert first == second
    assert Device.objects.get().token_hash == token_hash(new)
    assert authenticate(f"Bearer {new}") is not None
    with pytest.raises(AuthenticationFailed):
        authenticate(f"Bearer {old}")


def test_the_api_tells_a_bad_token_from_a_role_that_may_not(client: Client) -> None:
    _device, token = make_device()
    assert client.get("/api/v1/units/", headers={"Authorization": f"Bearer {token}"}).status_code == 403
    assert client.get("/api/v1/crew/job/", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    refused = client.get("/api/v1/crew/job/", headers={"Authorization": "Bearer nobody"})
    assert refused.status_code in {401, 403}
    assert "token" in refused.json()["error"]["message"].lower()
