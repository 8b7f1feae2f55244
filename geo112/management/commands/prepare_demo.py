"""Fills an empty database with the demo: region, fleet, and one account per role with a fresh password."""

import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from geo112.access import ROLES
from geo112.models import User
from maps.actor import set_actor
from maps.models import Region
from units.models import Agency, Unit
from units.proposal import propose_fleet

SKETCH = settings.BASE_DIR / "fixtures" / "osm" / "kota-bengkulu-sketch.osm.pbf"
PASSWORD_BYTES = 9


class Command(BaseCommand):
    help = "Load the demo's region and fleet when they are missing, and make demo accounts with new passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--osm", type=Path, default=SKETCH, help="extract to import when there is no region yet")
        parser.add_argument("--json", action="store_true", help="print the accounts as JSON, for script/server")

    def handle(self, *args: Any, osm: Path, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("prepare_demo makes accounts for everybody: it runs only with GEO112_DEMO=1.")
        set_actor("command:prepare_demo")
        if Region.objects.active() is None:
            call_command("import_osm", str(osm), stdout=self.stderr)
        if not Unit.objects.exists():
            self.stderr.write(str(propose_fleet(Region.objects.active())))
        accounts = make_accounts()
        self.stdout.write(json.dumps(accounts) if options["json"] else as_table(accounts))


@transaction.atomic
def make_accounts() -> list[dict[str, str]]:
    """One demo account per role, each with a new random password, which is returned and nowhere kept."""
    return [make_account(role) for role in ROLES]


def make_account(role: str) -> dict[str, str]:
    """The demo account of one role, named after it; an administrator may use Django's admin."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    administrator = role == User.Role.ADMINISTRATOR
    user, _ = User.objects.update_or_create(
        username=role,
        defaults={
            "role": role,
            "is_staff": administrator,
            "is_superuser": administrator,
            "agency": Agency.objects.order_by("pk").first() if role == User.Role.AGENCY else None,
        },
    )
    user.set_password(password)
    user.save(update_fields=["password"])
    return {"role": role, "username": role, "password": password}


def as_table(accounts: list[dict[str, str]]) -> str:
    """The accounts as lines for a person."""
    return "\n".join(f"{account['username']:<16}{account['password']}" for account in accounts)
