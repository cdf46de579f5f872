"""The truck leaves: the mass is the customer's in the same transaction, or nothing has happened."""

from decimal import Decimal

import pytest

from plant.access import NotAllowed
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory import services as inventory
from plant.inventory.models import DailyFlow, Movement
from plant.recompute import drain
from shipments import rules, services
from tests.factories import container, minutes
from tests.processing import floor
from tests.shipments import dock
from tests.shipments.test_pack import hold


def refused(plant, shipment, **kwargs):
    with pytest.raises(DomainError) as refusal:
        dock.dispatch(plant, shipment, **kwargs)
    shipment.refresh_from_db()
    assert shipment.state == "draft"
    assert not Movement.objects.filter(kind="ship").exists()
    return refusal.value


def test_all_of_it_is_the_customers_and_the_site_has_none(plant):
    boxes = dock.bags(plant, 800, "650.5")

    shipment = dock.dispatched(plant, *boxes)

    assert [dock.standing(box) for box in boxes] == [{"CUSTOMERS": 800}, {"CUSTOMERS": Decimal("650.5")}]
    assert (shipment.state, shipment.version) == ("dispatched", 1)
    assert (shipment.dispatched_at, shipment.dispatched_by) == (minutes(20), plant.users["operator"])


def test_each_container_is_carried_by_a_movement_of_its_line(plant):
    boxes = dock.bags(plant, 800, 700)

    shipment = dock.dispatched(plant, *boxes)

    moved = {line.container: line.movement for line in shipment.lines.select_related("movement", "container")}
    assert {box: (m.kind, m.how_known, m.kg, m.occurred_at) for box, m in moved.items()} == {
        boxes[0]: ("ship", "carried", 800, minutes(20)),
        boxes[1]: ("ship", "carried", 700, minutes(20)),
    }


def test_a_container_that_was_charged_in_part_goes_with_what_is_left(plant):
    box = container(plant, 1000)
    shipment = dock.draft(plant, box)
    floor.charge(plant, floor.opened(plant), box, 300, minute=12)

    dock.dispatch(plant, shipment)

    assert dock.standing(box) == {"CUSTOMERS": 700}


@pytest.mark.parametrize(
    ("paper", "says"),
    [
        ("purchase_order_number", "Enter the purchase order or the contract number it is shipped under."),
        ("bill_of_lading", "Enter the number of the bill of lading."),
        ("carrier", "Enter the carrier that takes it."),
    ],
)
def test_it_does_not_leave_without_its_papers(plant, paper, says):
    shipment = dock.draft(plant, *dock.bags(plant), **{paper: ""})

    refusal = refused(plant, shipment)

    assert (refusal.field, refusal.message) == (paper, says)


def test_a_contract_stands_for_a_purchase_order(plant):
    shipment = dock.draft(plant, *dock.bags(plant), purchase_order_number="", contract_number="C-9")

    assert dock.dispatch(plant, shipment).state == "dispatched"


def test_an_empty_shipment_does_not_leave(plant):
    assert refused(plant, dock.draft(plant)).message == "Add the containers that are loaded."


def test_a_container_held_after_it_was_packed_keeps_the_shipment_here(plant):
    boxes = dock.bags(plant, 800, 700)
    shipment = dock.draft(plant, *boxes)
    hold(plant, boxes[1])

    said = refused(plant, shipment).message

    assert said == f"{boxes[1]} is on a quality hold (copper in it). Take it out, or have the hold lifted."


def test_a_container_emptied_after_it_was_packed_keeps_the_shipment_here(plant):
    [bag] = dock.bags(plant, 800, minute=3)
    shipment = dock.draft(plant, bag)
    ledger.reverse([bag.movements_in.get()], by=plant.users["operator"], now=minutes(11), reason="wrong bag")

    assert refused(plant, shipment).message == f"{bag} is empty or has left the site. Take it out."


def test_the_page_lists_all_that_is_missing_at_once(plant):
    [bag] = dock.bags(plant)
    shipment = dock.draft(plant, bag, carrier="", bill_of_lading="")
    hold(plant, bag)

    assert [problem.code for problem in rules.leaving_problems(shipment)] == [
        "papers_missing",
        "papers_missing",
        "held",
    ]


def test_it_leaves_only_as_it_was_confirmed(plant):
    first, second = dock.bags(plant, 800, 700)
    shipment = dock.draft(plant, first)
    dock.add(plant, shipment, second)

    refusal = refused(plant, shipment, expected_kg=Decimal(800))

    assert isinstance(refusal, services.ContentsChanged)
    assert refusal.message.startswith("It now holds 1,500.000 kg in 2 containers")
    assert dock.dispatch(plant, shipment, expected_kg=Decimal(1500)).state == "dispatched"


def test_a_dispatch_entered_a_day_late_says_why(plant):
    shipment = dock.draft(plant, *dock.bags(plant))

    assert refused(plant, shipment, now=20 + 25 * 60).field == "reason"
    assert dock.dispatch(plant, shipment, now=20 + 25 * 60, reason="no network").dispatched_at == minutes(20)


def test_a_dispatch_before_the_bag_was_filled_is_a_supervisors_correction_and_impossible(plant):
    shipment = dock.draft(plant, *dock.bags(plant, minute=10))

    with pytest.raises(NotAllowed):
        dock.dispatch(plant, shipment, minute=5, now=20, reason="truck left early")
    with pytest.raises(ledger.BadInstant, match="did not hold so much yet"):
        dock.dispatch(plant, shipment, minute=5, now=20, reason="truck left early", by="supervisor")


def test_a_dispatch_in_the_future_is_refused(plant):
    assert refused(plant, dock.draft(plant, *dock.bags(plant)), minute=60, now=20).field == "at"


def test_the_day_counts_it_as_shipped(plant):
    dock.dispatched(plant, *dock.bags(plant, 800, 700))

    drain(minutes(60))

    assert DailyFlow.objects.get(flow="shipped").kg == 1500


def test_a_movement_of_a_shipment_is_not_reversed_alone(plant):
    shipment = dock.dispatched(plant)
    movement = shipment.lines.get().movement

    with pytest.raises(DomainError) as refusal:
        inventory.reverse_entry(movement=movement, reason="oops", by=plant.users["supervisor"], now=minutes(21))

    assert refusal.value.message == f"It left with {shipment}. Return the shipment instead."
