"""Vector tiles cut from PostGIS, and the MapLibre style that draws them.

Both are open to everybody: they hold public map data only, and the crew's phone has no session.
"""

import gzip
from functools import lru_cache

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from maps.models import Region
from maps.sql import load
from maps.style import MAX_ZOOM, make_style
from maps.style_ink import THEMES

TILE_TYPE = "application/vnd.mapbox-vector-tile"
CACHED_TILES = 2048
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, max-age=0, must-revalidate"


@lru_cache(maxsize=CACHED_TILES)
def cut_tile(build_id: str, region_id: int, z: int, x: int, y: int) -> bytes:
    """A tile, gzipped; empty when nothing lies in it. build_id: so that a new import is cut anew."""
    with connection.cursor() as cursor:
        cursor.execute(load("tile"), {"region": region_id, "z": z, "x": x, "y": y})
        (tile,) = cursor.fetchone()
    return gzip.compress(bytes(tile), 6, mtime=0) if tile else b""


@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """One tile of the active region; 204 when it is empty, 404 beyond the last zoom or off the world.

    An address that names the build (`?build=`) may be kept for ever, any other is asked again.
    """
    if not (z <= MAX_ZOOM and x < 1 << z and y < 1 << z):
        return HttpResponse(_("There is no such tile."), status=404, content_type="text/plain; charset=utf-8")
    region = Region.objects.active()
    if region is None or region.build_id is None:
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    etag = quote_etag(f"{region.build_id}/{z}/{x}/{y}")
    cache = FOR_EVER if request.GET.get("build") == region.build_id else ASK_AGAIN
    headers = {"ETag": etag, "Cache-Control": cache}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    packed = cut_tile(region.build_id, region.pk, z, x, y)
    return _tile_response(request, packed, headers)


def _tile_response(request: HttpRequest, packed: bytes, headers: dict[str, str]) -> HttpResponse:
    if not packed:
        return HttpResponse(status=204, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(packed, content_type=TILE_TYPE, headers=headers | {"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(packed), content_type=TILE_TYPE, headers=headers)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The style of the base map: `?theme=dark|light&lang=id|en`. Names stay as they are on the ground."""
    theme = request.GET.get("theme", "dark")
    if theme not in THEMES:
        return HttpResponse(_("theme is dark or light."), status=400, content_type="text/plain; charset=utf-8")
    region = Region.objects.active()
    if region is None or region.build_id is None:
        return JsonResponse(make_style(theme=theme, tiles="", attribution="", bounds=None))
    with override("en" if request.GET.get("lang") == "en" else "id"):
        attribution = attribution_of(region)
    root = request.build_absolute_uri("/tiles/")
    drawn = make_style(
        theme=theme,
        tiles=f"{root}{{z}}/{{x}}/{{y}}.mvt?build={region.build_id}",
        attribution=attribution,
        bounds=region.bounds.extent,
    )
    drawn["center"] = [round(region.center.x, 5), round(region.center.y, 5)]
    drawn["zoom"] = 13
    return JsonResponse(drawn, headers={"Cache-Control": "no-cache"})


def attribution_of(region: Region) -> str:
    """What the corner of the map says about its source, in the active language."""
    warning = _("sketch – not for navigation")
    return f"{region.attribution} · {warning}" if region.is_sketch else region.attribution
