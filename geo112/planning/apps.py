from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "geo112.planning"
    label = "geo112_planning"
