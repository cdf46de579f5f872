from importlib import import_module

from django.apps import AppConfig


class ProcessingConfig(AppConfig):
    name = "processing"
    label = "processing"

    def ready(self) -> None:
        from plant import panels
        from processing.panels import of_home, of_lot

        import_module("processing.facts")
        import_module("processing.services.reversals").register()
        import_module("processing.services.corrections").register()
        import_module("processing.scans").register()
        panels.home.add("processing/_of_home.html", of_home, order=20)
        panels.lot.add("processing/_of_lot.html", of_lot, order=20)
