"""Two questions a watchdog asks: does the process live, and can it serve?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from maps.models import Region


def alive(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when not; says whether a region is loaded."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        region = Region.objects.active()
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ready", "region": region.name if region else None})
