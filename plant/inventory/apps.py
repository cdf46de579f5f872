from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "plant.inventory"
    label = "inventory"
