"""What every page's template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from geo112.access import role_of
from maps.models import Region


def page_context(request: HttpRequest) -> dict[str, Any]:
    """The active region (None before the first import), the user's role, and whether this is the demo."""
    return {"region": Region.objects.active(), "role": role_of(request), "demo": settings.DEMO}
