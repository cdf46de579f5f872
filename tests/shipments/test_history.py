"""The history tells who did what, when and why, from the draft on, and which version the consignee saw."""

from shipments import services
from shipments.history import history
from tests.shipments import dock


def told(shipment):
    return [
        (step.by, step.reason, step.version, [(change.what, change.before, change.after) for change in step.changes])
        for step in history(shipment)
    ]


def test_every_step_of_a_shipment_is_told_newest_first(plant):
    first, second = dock.bags(plant, 800, 700)
    shipment = dock.draft(plant, first, second)
    services.remove_container(shipment=shipment, container=second, by=plant.users["operator2"])
    dock.dispatch(plant, shipment)
    services.change_shipment(shipment=shipment, by=plant.users["supervisor"], reason="typing error", carrier="Other")
    dock.deliver(plant, shipment)
    dock.take_back(plant, shipment)

    one, two, boss = (plant.users[name].name for name in ("operator", "operator2", "supervisor"))
    assert told(shipment) == [
        (one, "refused at the gate", 4, [("Returned", "", "")]),
        (one, "", 3, [("Delivered", "", "")]),
        (boss, "typing error", 2, [("Carrier", "Southern Freight", "Other")]),
        (one, "", 1, [("Dispatched", "", "")]),
        (two, "", None, [("1 container taken out", str(second), "")]),
        (one, "", None, [("2 containers added", "", f"{first}, {second}")]),
        (one, "", None, [("Drafted", "", "")]),
    ]


def test_where_it_goes_is_told_by_name(plant):
    shipment = dock.draft(plant)
    services.change_shipment(
        shipment=shipment,
        by=plant.users["operator"],
        consignee=plant.parties["POST2"],
        ship_to=plant.facilities["POST2-PLANT"],
        seals=["A1", "A2"],
    )

    [step, _drafted] = told(shipment)

    assert step[3] == [
        ("Consignee", "Post-processor 1", "Post-processor 2"),
        ("Ship to", "Post-processor 1, refinery (Post-processor 1)", "Post-processor 2, refinery (Post-processor 2)"),
        ("Seals", "", "A1, A2"),
    ]
