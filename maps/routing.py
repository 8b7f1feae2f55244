"""Travel times, nearest units and routes by road, over the active region's build.

`current_router()` gives the `Router` of that build and follows the region's row by itself; what it answers with is
defined in `maps.router`.
"""

import threading
import time
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from maps.arrays import Network
from maps.builds import ensure_local
from maps.lines import LonLat
from maps.models import Region
from maps.router import NoRoads, Origin, Route, Router, Snap, Travel

__all__ = [
    "LonLat",
    "NoRoads",
    "Origin",
    "Route",
    "Router",
    "Snap",
    "Travel",
    "current_router",
    "forget_current_router",
    "open_router",
]

RECHECK_S = 1.0


@dataclass
class _Current:
    """This process's router and when the active region was last looked at."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    router: Router | None = None
    checked_s: float = 0.0


_current = _Current()


def current_router() -> Router:
    """The router of the active region's build.

    Looks at the region's row at most once a second; a new build is opened (fetched from the database when this
    host does not have it) by the first caller who needs it. Raises NoRoads before the first import.
    """
    router = _current.router
    if router is not None and time.monotonic() - _current.checked_s < RECHECK_S:
        return router
    with _current.lock:
        if _current.router is None or time.monotonic() - _current.checked_s >= RECHECK_S:
            _current.router = _follow(_current.router)
            _current.checked_s = time.monotonic()
        return _current.router


def _follow(router: Router | None) -> Router:
    """The router for the build that the active region names now."""
    region = Region.objects.filter(is_active=True, build__isnull=False).values_list("build_id", flat=True)
    build_id = region.first()
    if build_id is None:
        raise NoRoads(_("No roads have been imported yet."))
    if router is not None and router.build_id == build_id:
        return router
    return open_router(build_id)


def open_router(build_id: str) -> Router:
    """A router over a build, ready to answer. Raises FileNotFoundError, BadBuild."""
    router = Router(Network.open(ensure_local(build_id)), build_id)
    router.warm_up()
    return router


def forget_current_router() -> None:
    """Look at the active region again at the next call: for a process that has just changed it."""
    with _current.lock:
        _current.router, _current.checked_s = None, 0.0
