"""The one door of the web process: GPS fixes and live streams beside Django (design §3)."""

import asyncio
import logging
import os
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo112.settings")
django_application: Any = get_asgi_application()

from django.db import DatabaseError, connection  # noqa: E402 - models need Django to be set up

from geo112.live import hub, live  # noqa: E402
from maps.routing import NoRoads, current_router  # noqa: E402
from maps.warm import compile_kernels  # noqa: E402
from units.gps import door  # noqa: E402

log = logging.getLogger(__name__)


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Send `/gps/` to the door, `/live` to the stream, the rest to Django."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith("/gps/"):
        await door.door(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live":
        await live(scope, receive, send)
    else:
        await django_application(scope, receive, send)


def open_roads() -> None:
    """Open the roads and load the kernels, so that the first dispatcher does not wait for it."""
    try:
        current_router()
        compile_kernels()
    except (NoRoads, DatabaseError) as error:
        log.info("The roads are opened when first asked for: %s", error)
    finally:
        connection.close()


async def lifespan(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Start and stop what runs beside the requests."""
    opening: asyncio.Future[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await door.startup()
            hub.start()
            opening = asyncio.ensure_future(asyncio.to_thread(open_roads))
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await hub.stop()
            if opening is not None:
                await opening
            await door.shutdown()
            await send({"type": "lifespan.shutdown.complete"})
            return
