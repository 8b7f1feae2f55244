"""The dispatcher's page and the wall map."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "geo112.console"
    label = "geo112_console"
