"""Proposes a fleet for the active region, for demonstrations."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from maps.actor import set_actor
from maps.models import Region
from units.proposal import HasFleet, propose_fleet


class Command(BaseCommand):
    help = "Propose a fleet at the fire stations, hospitals and posts that the map knows. For demonstrations only."

    def handle(self, *args: Any, **options: Any) -> None:
        set_actor("command:propose_fleet")
        try:
            self.stdout.write(str(propose_fleet(Region.objects.active())))
        except (HasFleet, ValueError) as error:
            raise CommandError(str(error)) from error
