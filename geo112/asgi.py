"""The one door of the web process: GPS fixes and live streams beside Django (design §3)."""

import os
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo112.settings")
django_application: Any = get_asgi_application()

from geo112.live import hub, live  # noqa: E402 - models need Django to be set up
from units.gps import door  # noqa: E402


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


async def lifespan(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Start and stop what runs beside the requests."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await door.startup()
            hub.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await hub.stop()
            await door.shutdown()
            await send({"type": "lifespan.shutdown.complete"})
            return
