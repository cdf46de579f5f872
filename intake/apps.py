from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    label = "intake"

    def ready(self) -> None:
        from intake import labels, scans
        from intake.panels import of_lot
        from plant import panels

        panels.lot.add("intake/_of_lot.html", of_lot, order=10)
        scans.register()
        labels.register()
