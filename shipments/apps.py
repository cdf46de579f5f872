from django.apps import AppConfig


class ShipmentsConfig(AppConfig):
    name = "shipments"
    label = "shipments"

    def ready(self) -> None:
        from plant import panels as places
        from plant.inventory import counts, ledger
        from plant.inventory.models import Movement
        from shipments import corrections, panels, scans, services

        for kind in (Movement.Kind.SHIP, Movement.Kind.TAKE_BACK):
            ledger.guard_reversal(kind, services.refuse_reversal, fixed=services.all_fixed)
        corrections.register()
        counts.name_departure(Movement.Kind.SHIP, services.shipment_of)
        places.lot.add("shipments/_of_lot.html", panels.shipped)
        scans.register()
