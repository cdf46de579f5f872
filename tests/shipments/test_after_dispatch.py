"""What comes after: delivered, cancelled while nothing has left, returned; each a step the consignee can follow."""

import pytest

from plant.errors import DomainError
from plant.inventory import services as inventory
from plant.inventory.ledger import BadInstant, NeedsReason
from plant.inventory.models import Movement
from plant.states import InvalidTransition
from shipments.models import Shipment
from tests.factories import minutes
from tests.shipments import dock


def test_a_delivery_is_a_new_version_and_moves_no_mass(plant):
    shipment = dock.dispatched(plant)
    count, before = Movement.objects.count(), shipment.updated_at

    delivered = dock.deliver(plant, shipment, minute=30)

    assert (delivered.state, delivered.version, delivered.delivered_at) == ("delivered", 2, minutes(30))
    assert delivered.updated_at > before
    assert Movement.objects.count() == count


@pytest.mark.parametrize(("minute", "now"), [(19, 30), (60, 30)])
def test_a_delivery_is_neither_before_the_dispatch_nor_still_to_come(plant, minute, now):
    with pytest.raises(BadInstant) as refusal:
        dock.deliver(plant, dock.dispatched(plant, minute=20), minute=minute, now=now)

    assert refusal.value.field == "at"


def test_a_cancelled_draft_frees_its_containers_and_stays_in_the_list(plant):
    [bag] = dock.bags(plant)
    shipment = dock.draft(plant, bag)

    cancelled = dock.cancel(plant, shipment)

    assert (cancelled.state, cancelled.ended_by) == ("cancelled", plant.users["operator"])
    assert dock.dispatched(plant, bag).state == "dispatched"
    assert dock.standing(bag) == {"CUSTOMERS": 800}


def test_what_has_left_is_returned_not_cancelled(plant):
    shipment = dock.dispatched(plant)

    with pytest.raises(InvalidTransition, match=f"{shipment} has left. Return it instead."):
        dock.cancel(plant, shipment)


@pytest.mark.parametrize("was_delivered", [False, True])
def test_a_return_brings_all_of_it_back_into_a_bay(plant, was_delivered):
    boxes = dock.bags(plant, 800, "650.5")
    shipment = dock.dispatched(plant, *boxes)
    if was_delivered:
        dock.deliver(plant, shipment)

    back = dock.take_back(plant, shipment, bay="P-02")

    assert [list(dock.standing(box)) for box in boxes] == [["P-02"], ["P-02"]]
    assert (back.state, back.version, back.state_reason) == ("returned", 2 + was_delivered, "refused at the gate")
    assert set(Movement.objects.filter(kind="take_back").values_list("how_known", flat=True)) == {"carried"}


def test_what_came_back_is_shipped_again_in_another_shipment(plant):
    [bag] = dock.bags(plant)
    dock.take_back(plant, dock.dispatched(plant, bag, minute=20), minute=20, now=20)

    again = dock.dispatched(plant, bag, minute=20)

    assert dock.standing(bag) == {"CUSTOMERS": 800}
    assert again.lines.get().movement.kg == 800


def test_a_returned_shipment_is_still_seen_by_its_consignee(plant):
    shipment = dock.take_back(plant, dock.dispatched(plant))

    assert shipment in Shipment.objects.visible_to(plant.parties["POST1"])
    assert shipment not in Shipment.objects.visible_to(plant.parties["POST2"])


def test_a_return_says_why_and_comes_after_the_delivery(plant):
    shipment = dock.deliver(plant, dock.dispatched(plant), minute=30)

    with pytest.raises(NeedsReason):
        dock.take_back(plant, shipment, reason=" ")
    with pytest.raises(BadInstant):
        dock.take_back(plant, shipment, minute=25)


def test_it_comes_back_into_a_bay(plant):
    with pytest.raises(inventory.WrongPlace) as refusal:
        dock.take_back(plant, dock.dispatched(plant), bay="CUSTOMERS")

    assert refusal.value.field == "bay"


def test_the_movement_of_a_return_is_not_reversed_alone(plant):
    shipment = dock.take_back(plant, dock.dispatched(plant))
    movement = Movement.objects.get(kind="take_back", from_container=shipment.lines.get().container)

    with pytest.raises(DomainError, match="Ship it again in a new one instead"):
        inventory.reverse_entry(movement=movement, reason="oops", by=plant.users["supervisor"], now=minutes(41))


def test_each_change_is_later_than_the_last_though_the_clock_was_set_back(plant):
    shipment = dock.dispatched(plant)
    Shipment.objects.filter(pk=shipment.pk).update(updated_at=minutes(10_000_000))

    assert dock.deliver(plant, shipment).updated_at > minutes(10_000_000)
