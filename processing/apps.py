from importlib import import_module

from django.apps import AppConfig


class ProcessingConfig(AppConfig):
    name = "processing"
    label = "processing"

    def ready(self) -> None:
        import_module("processing.facts")
        import_module("processing.services.reversals").register()
