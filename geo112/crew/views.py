"""The crew's phone page, and the staff's page that connects phones."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.generic import TemplateView

from incidents.rules import ASSIGNMENT_MOVES, CREW_MOVES
from units.rules import MOVES as DUTY_MOVES

WORKER = Path(__file__).parent / "static" / "crew" / "worker.js"


def crew_config() -> dict[str, Any]:
    """What the page's modules need to know of the rules: the steps that a crew may take."""
    return {
        "moves": {old: sorted(new & CREW_MOVES) for old, new in ASSIGNMENT_MOVES.items()},
        "duties": {old: sorted(new) for old, new in DUTY_MOVES.items()},
        "worker": reverse("crew-worker"),
        "style": reverse("map-style"),
        "timeZone": settings.TIME_ZONE,
        "maplibreStyle": static("vendor/maplibre-gl/maplibre-gl.css"),
    }


@method_decorator([ensure_csrf_cookie, never_cache], name="dispatch")
class CrewPage(TemplateView):
    """The page itself holds nothing secret: who it speaks for, the phone's token says to the API."""

    template_name = "crew/crew.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(config=crew_config(), **kwargs)


def manifest(request: HttpRequest) -> HttpResponse:
    """Lets a phone keep the page on its home screen."""
    return JsonResponse(
        {
            "name": _("geo112 crew"),
            "short_name": "112",
            "start_url": "./",
            "scope": "./",
            "display": "standalone",
            "background_color": "#0d1012",
            "theme_color": "#14181b",
            "icons": [{"src": static("geo112/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )


def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: served from here because it may only rule what lies below its own address."""
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})
