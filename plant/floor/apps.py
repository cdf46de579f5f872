from django.apps import AppConfig


class FloorConfig(AppConfig):
    name = "plant.floor"
    label = "floor"

    def ready(self) -> None:
        from plant import finding
        from plant.floor.scans import find_person, find_station

        finding.add(find_person)
        finding.add(find_station)
