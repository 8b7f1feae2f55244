"""The composition as a Django app."""

from django.apps import AppConfig


class Geo112Config(AppConfig):
    """Registers what the API schema says of the composition."""

    name = "geo112"

    def ready(self) -> None:
        from geo112 import schema  # noqa: F401, PLC0415 - importing it registers it, and needs the apps
