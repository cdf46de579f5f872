from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "plant.demo"
    label = "demo"

    def ready(self) -> None:
        from plant import panels
        from plant.demo.panels import of_home

        panels.welcome.add("demo/_first_hour.html", of_home)
