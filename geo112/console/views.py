"""The console and the wall map: pages that carry what seldom changes; the rest comes by stream and API."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.generic import TemplateView

from geo112.access import ROLES, RoleRequired, role_of
from incidents.dispatch import capability_name
from incidents.models import IncidentType
from incidents.rules import ASSIGNMENT_MOVES
from incidents.shapes import IncidentTypeSerializer
from maps.models import Region
from units.models import CAPABILITIES, Agency
from units.rules import AGEING_S, LIVE_S, MOVES, STALE_S
from units.serializers import AgencySerializer

INDONESIA = (95.0, -11.0, 141.0, 6.0)
ORDER_OF_MOVES = tuple(ASSIGNMENT_MOVES)


def page_facts(request: HttpRequest) -> dict[str, Any]:
    """What the modules need from the start: who and where, the rules' tables, the addresses."""
    return {
        "lang": (get_language() or settings.LANGUAGE_CODE)[:2],
        "timeZone": settings.TIME_ZONE,
        "role": role_of(request),
        "region": region_facts(Region.objects.active()),
        "limits": {"live": LIVE_S, "ageing": AGEING_S, "stale": STALE_S},
        "moves": {old: sorted(new, key=ORDER_OF_MOVES.index) for old, new in ASSIGNMENT_MOVES.items()},
        "duties": {old: sorted(new) for old, new in MOVES.items()},
        "capabilities": {code: capability_name(code) for code in CAPABILITIES},
        "types": IncidentTypeSerializer(
            IncidentType.objects.filter(is_active=True).prefetch_related("slots"), many=True
        ).data,
        "agencies": AgencySerializer(Agency.objects.all(), many=True).data,
        "urls": {"style": "/tiles/style.json", "live": "/live", "login": f"{reverse('login')}?next={request.path}"},
    }


def region_facts(region: Region | None) -> dict[str, Any]:
    """Name and extent of the region; all Indonesia before the first import."""
    if region is None:
        return {"name": "Indonesia", "bounds": INDONESIA, "center": (102.26, -3.8), "is_sketch": False}
    return {
        "name": region.name,
        "bounds": region.bounds.extent,
        "center": region.center.coords,
        "is_sketch": region.is_sketch,
    }


class ConsolePage(RoleRequired, TemplateView):
    """`/`: the dispatcher's page; planners have one of their own."""

    roles = ROLES
    template_name = "console/console.html"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if role_of(request) == "planner":
            return redirect("planning")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=page_facts(self.request), **kwargs)


class WallPage(RoleRequired, TemplateView):
    """`/map`: the map alone, for a screen on the wall."""

    roles = ROLES
    template_name = "console/wall.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(page=page_facts(self.request), **kwargs)
