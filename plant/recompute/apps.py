from django.apps import AppConfig


class RecomputeConfig(AppConfig):
    name = "plant.recompute"
    label = "recompute"
