"""Loads a city's agencies, stations and units from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from maps.actor import set_actor
from units.fleet import save_fleet
from units.fleetfile import BadFleet, read_fleet


class Command(BaseCommand):
    help = "Load agencies, stations and units from a CSV or GeoJSON file (columns: docs/fleet.md). All or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        set_actor(f"command:load_fleet {file.name}")
        try:
            fleet = read_fleet(file)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except BadFleet as error:
            raise CommandError(f"{file.name}:\n{error}") from error
        with transaction.atomic():
            saved = save_fleet(fleet)
            transaction.set_rollback(dry_run)
        self.stdout.write(str(saved))
        if dry_run:
            self.stdout.write(_("This was a dry run: nothing was changed."))
