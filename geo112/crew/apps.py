from django.apps import AppConfig


class CrewConfig(AppConfig):
    name = "geo112.crew"
    label = "geo112_crew"
