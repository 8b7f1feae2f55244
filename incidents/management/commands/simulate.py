"""Demo traffic for a running system."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections, connection

from incidents.simulation.cast import Wishes, dismiss, make_desk, make_vehicles
from incidents.simulation.client import Pace
from incidents.simulation.engine import Actor, Engine
from maps.actor import set_actor
from maps.models import Region
from maps.routing import NoRoads, current_router


class Command(BaseCommand):
    help = (
        "Drive the units, ring the telephone and let crews work, over HTTP, until Ctrl-C or SIGTERM. "
        "For demos, training and load runs; never on a centre's own database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000/", help="address of the running system")
        parser.add_argument("--seed", type=int, default=112, help="same seed, same decisions (default 112)")
        parser.add_argument("--units", type=int, help="how many units play (default: all that are on duty)")
        parser.add_argument("--rate", type=float, default=40.0, help="calls an hour that are noise (default 40)")
        parser.add_argument("--emergencies", type=float, default=12.0, help="real calls an hour (default 12)")
        parser.add_argument("--max-incidents", type=int, default=4, help="incidents of the colleague at once")
        parser.add_argument("--tempo", type=float, default=0.2, help="1: crews work as long as on a real day")
        parser.add_argument("--max-requests", type=float, default=60.0, help="HTTP requests a second at most")
        parser.add_argument("--patience", type=float, default=25.0, help="seconds that a call rings, about")
        parser.add_argument("--no-colleague", action="store_true", help="leave every call to people")
        parser.add_argument("--seconds", type=float, help="stop by itself after so long")

    def handle(self, *args: Any, **options: Any) -> None:
        set_actor("command:simulate")
        wishes = self._wishes(options)
        engine = Engine(self._actors(wishes, Pace(options["max_requests"])))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: engine.stop())
        self.stdout.write(f"Traffic for {wishes.url}; Ctrl-C ends it.")
        connection.close()  # idle from here on; a server's restart must not break the end
        try:
            engine.run(seconds=options["seconds"])
        finally:
            close_old_connections()
            set_actor("command:simulate")
            dismiss()
        self.stdout.write(f"Ended after {engine.steps} steps.")

    def _wishes(self, options: dict[str, Any]) -> Wishes:
        if options["max_requests"] <= 0:
            raise CommandError("--max-requests must be more than 0.")
        return Wishes(
            url=options["url"],
            seed=options["seed"],
            units=options["units"],
            noise_per_hour=max(options["rate"], 0.0),
            emergencies_per_hour=max(options["emergencies"], 0.0),
            max_incidents=options["max_incidents"],
            tempo=max(options["tempo"], 0.01),
            colleague=not options["no_colleague"],
            patience_s=max(options["patience"], 0.5),
        )

    def _actors(self, wishes: Wishes, pace: Pace) -> list[Actor]:
        region = Region.objects.active()
        try:
            router = current_router()
        except NoRoads as error:
            raise CommandError(str(error)) from error
        if region is None:
            raise CommandError("There is no region yet: import one first (manage.py import_osm).")
        vehicles = make_vehicles(wishes, region, router, pace)
        if not vehicles:
            raise CommandError("There are no units yet: load or propose a fleet first.")
        return [make_desk(wishes, region, pace), *vehicles]
