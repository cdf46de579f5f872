from importlib import import_module

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "plant.limits"
    label = "limits"

    def ready(self) -> None:
        import_module("plant.limits.facts")
