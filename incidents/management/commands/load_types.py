"""Loads the incident types that ship with the project."""

from typing import Any

from django.core.management.base import BaseCommand

from incidents.types import load_types
from maps.actor import set_actor


class Command(BaseCommand):
    help = "Create the shipped incident types that are missing. Types that are there are left as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        set_actor("command:load_types")
        self.stdout.write(f"{load_types()} incident types were missing and are there now.")
