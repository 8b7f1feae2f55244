"""Crew devices sign in to the API with their token: `Authorization: Bearer TOKEN`."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from maps.actor import set_actor
from units.models import Device
from units.rules import token_hash

SCHEME = b"bearer"


@dataclass(frozen=True)
class CrewDevice:
    """Stands where a user would: the device that speaks for a unit's crew."""

    device: Device
    is_crew_device: bool = True
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False
    pk: None = None

    def __str__(self) -> str:
        return self.actor

    @property
    def actor(self) -> str:
        """How the log names it."""
        return f"device:{self.device.pk} {self.device.unit.callsign}"


class DeviceAuthentication(BaseAuthentication):
    """`request.user` is a CrewDevice, `request.auth` the Device with its unit, station and agency."""

    def authenticate(self, request: Request) -> tuple[CrewDevice, Device] | None:
        scheme, _space, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME:
            return None
        device = find_device(token.decode("latin-1").strip())
        if device is None:
            raise AuthenticationFailed(_("This device's token is unknown, revoked or expired."))
        user = CrewDevice(device)
        if request.method not in SAFE_METHODS:
            set_actor(user.actor, source_ip=request.META.get("REMOTE_ADDR", ""))
        return user, device

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="geo112"'


def find_device(token: str) -> Device | None:
    """The device behind a token, with unit, station and agency; None when it may not enter."""
    devices = Device.objects.usable().select_related("unit__station__agency")
    return devices.filter(token_hash=token_hash(token)).first()
