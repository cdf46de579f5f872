from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "plant.dashboard"
    label = "dashboard"
