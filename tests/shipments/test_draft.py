"""A draft begins a shipment: it needs its customer, and nobody outside sees it."""

import pytest

from plant.access import NotAllowed
from shipments import services
from shipments.models import Shipment
from tests.factories import minutes
from tests.shipments import dock


def test_a_draft_has_a_reference_and_no_mass(plant):
    shipment = dock.draft(plant)

    assert shipment.reference == "S-2026-000001"
    assert (shipment.state, shipment.version) == ("draft", 1)
    assert dock.draft(plant).reference == "S-2026-000002"


def test_no_partner_sees_a_draft(plant):
    dock.draft(plant)

    assert not Shipment.objects.visible_to(plant.parties["POST1"]).exists()


def test_what_was_typed_is_kept_without_blanks_and_each_seal_once(plant):
    shipment = dock.draft(plant, carrier="  Southern Freight ", seals=["A1", " A2 ", "", "A1"])

    shipment.refresh_from_db()
    assert shipment.carrier == "Southern Freight"
    assert shipment.seals == ["A1", "A2"]


@pytest.mark.parametrize(
    ("consignee", "ship_to", "field"),
    [("LGES", "LANSING", "consignee"), ("POST1", "POST2-PLANT", "ship_to")],
)
def test_it_goes_to_a_customers_own_plant(plant, consignee, ship_to, field):
    with pytest.raises(services.NotACustomer) as refusal:
        services.draft_shipment(
            site=plant.site,
            consignee=plant.parties[consignee],
            ship_to=plant.facilities[ship_to],
            by=plant.users["operator"],
            at=minutes(1),
        )

    assert refusal.value.field == field
    assert not Shipment.objects.exists()


def test_a_manager_does_not_ship(plant):
    with pytest.raises(NotAllowed, match="You cannot ship with your role"):
        services.draft_shipment(
            site=plant.site,
            consignee=plant.parties["POST1"],
            ship_to=plant.facilities["POST1-PLANT"],
            by=plant.users["manager"],
            at=minutes(1),
        )


def test_everything_of_a_draft_can_change_and_its_version_stays(plant):
    shipment = dock.draft(plant)
    before = shipment.updated_at

    services.change_shipment(
        shipment=shipment,
        by=plant.users["operator"],
        consignee=plant.parties["POST2"],
        ship_to=plant.facilities["POST2-PLANT"],
        purchase_order_number="",
        trailer="TR-7",
    )

    shipment.refresh_from_db()
    assert (shipment.consignee, shipment.trailer) == (plant.parties["POST2"], "TR-7")
    assert (shipment.purchase_order_number, shipment.carrier) == ("", "Southern Freight")
    assert shipment.version == 1
    assert shipment.updated_at > before
