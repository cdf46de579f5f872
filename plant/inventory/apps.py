from importlib import import_module

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "plant.inventory"
    label = "inventory"

    def ready(self) -> None:
        import_module("plant.inventory.facts")
        import_module("plant.inventory.repacking").register()
        import_module("plant.inventory.scans").register()
        import_module("plant.inventory.labels").register()
        import_module("plant.inventory.stock_scans").register()
