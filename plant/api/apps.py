from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "plant.api"
    label = "api"

    def ready(self) -> None:
        from plant.api import openapi  # noqa: F401  (drf-spectacular learns our security scheme)
