"""After it has left, its papers are corrected: a new version with a reason, never in silence."""

import pytest

from plant.errors import DomainError
from plant.inventory.ledger import NeedsReason
from plant.states import InvalidTransition
from shipments import services
from shipments.rules import PapersMissing
from tests.shipments import dock


def change(plant, shipment, reason="typing error", **papers):
    return services.change_shipment(shipment=shipment, by=plant.users["operator"], reason=reason, **papers)


def test_a_correction_is_a_new_version(plant):
    shipment = dock.dispatched(plant)
    before = shipment.updated_at

    corrected = change(plant, shipment, bill_of_lading="BOL-2", seals=["X1"])

    assert (corrected.bill_of_lading, corrected.seals, corrected.version) == ("BOL-2", ["X1"], 2)
    assert corrected.updated_at > before


def test_saying_the_same_again_changes_nothing(plant):
    shipment = dock.dispatched(plant)
    before = shipment.updated_at

    same = change(plant, shipment, reason="", **dock.PAPERS)

    assert (same.version, same.updated_at) == (1, before)


def test_the_note_is_ours_and_makes_no_version(plant):
    shipment = change(plant, dock.dispatched(plant), reason="", note="driver waited two hours")

    assert (shipment.note, shipment.version) == ("driver waited two hours", 1)


def test_a_correction_says_why(plant):
    with pytest.raises(NeedsReason) as refusal:
        change(plant, dock.dispatched(plant), reason=" ", carrier="Other")

    assert refusal.value.field == "reason"


@pytest.mark.parametrize("paper", ["purchase_order_number", "bill_of_lading", "carrier"])
def test_no_paper_that_it_needs_is_taken_away(plant, paper):
    with pytest.raises(PapersMissing) as refusal:
        change(plant, dock.dispatched(plant), **{paper: ""})

    assert refusal.value.field == paper


def test_it_goes_where_it_went(plant):
    where = {"consignee": plant.parties["POST2"], "ship_to": plant.facilities["POST2-PLANT"]}

    with pytest.raises(DomainError, match="It has left for Post-processor 1"):
        change(plant, dock.dispatched(plant), **where)


def test_what_has_ended_stays_as_it_is(plant):
    with pytest.raises(InvalidTransition, match="is returned: its papers stay as they are"):
        change(plant, dock.take_back(plant, dock.dispatched(plant)), carrier="Other")
