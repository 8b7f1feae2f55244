from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "geo112.console"
    label = "geo112_console"
