"""The staff's page that connects phones to units: a link and a QR code for each, shown once."""

from typing import Any
from urllib.parse import urlsplit

import segno
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View

from geo112.access import RoleRequired
from units.actions import issue_device, revoke_device
from units.models import Device, Unit

ROLES = frozenset({"dispatcher", "supervisor", "administrator"})
NAME_LENGTH = Device._meta.get_field("name").max_length or 80
OWN_COMPUTER = {"localhost", "127.0.0.1", "::1"}


def units_with_phones() -> QuerySet[Unit]:
    """All units by callsign, with the devices that may still enter."""
    devices = Prefetch("devices", queryset=Device.objects.usable().order_by("created_at"), to_attr="phones")
    return Unit.objects.select_related("station", "last_fix").prefetch_related(devices).order_by("callsign")


def lacks_https(request: HttpRequest) -> bool:
    """Whether phones that open this address will refuse to give their position."""
    return not request.is_secure() and urlsplit(f"//{request.get_host()}").hostname not in OWN_COMPUTER


@method_decorator(never_cache, name="dispatch")
class DevicesPage(RoleRequired, TemplateView):
    """`/crew/devices/`: every unit with its phones."""

    roles = ROLES
    template_name = "crew/devices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = {"lang": (get_language() or "id")[:2]}
        return super().get_context_data(
            units=units_with_phones(), lacks_https=lacks_https(self.request), page=facts, **kwargs
        )


@method_decorator(never_cache, name="dispatch")
class NewDeviceView(RoleRequired, View):
    """Makes a device. The token is in this answer, as a link and as a QR code, and nowhere else."""

    roles = ROLES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        unit = get_object_or_404(Unit, pk=unit_id)
        name = request.POST.get("name", "").strip()[:NAME_LENGTH] or _("Phone")
        device, token = issue_device(unit_id=unit.pk, name=name)
        link = f"{request.build_absolute_uri(reverse('crew'))}#token={token}"
        return JsonResponse({"callsign": unit.callsign, "name": device.name, "link": link, "qr": qr_code(link)})


def qr_code(text: str) -> str:
    """A QR code as the address of a picture: black on white, which every camera reads."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=8, border=4, dark="#000", light="#fff"))


class RevokeDeviceView(RoleRequired, View):
    """Closes the door to a phone for good."""

    roles = ROLES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, unit_id: int, device_id: int) -> HttpResponse:
        revoke_device(device=get_object_or_404(Device, pk=device_id, unit=unit_id))
        return redirect("crew-devices")
