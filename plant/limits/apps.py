from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "plant.limits"
    label = "limits"
