"""The app of calls, incidents and dispatch."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Loads the incident types that ship with the project after every migration."""

    name = "incidents"
    verbose_name = _("Calls and incidents")

    def ready(self) -> None:
        post_migrate.connect(import_string("incidents.types.load_after_migrate"), sender=self)
