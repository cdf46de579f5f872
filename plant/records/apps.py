from importlib import import_module

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "plant.records"
    label = "records"

    def ready(self) -> None:
        import_module("plant.records.facts")
        import_module("plant.records.badges").register()
