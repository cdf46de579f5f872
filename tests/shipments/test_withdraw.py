"""A dispatch confirmed for the wrong truck is taken back; its consignee sees that, and it can be drafted again."""

import pytest

from plant import recompute
from plant.access import NotAllowed
from plant.inventory import corrections, flows
from plant.inventory.ledger import NeedsReason
from plant.inventory.models import Movement
from plant.inventory.services import SHIFT
from plant.management.commands.reconcile import reconcile
from plant.states import InvalidTransition
from shipments import api, trail
from shipments.models import Shipment
from shipments.withdrawing import draft_again, withdraw
from tests.factories import NOON, kilograms, minutes
from tests.pages import browser, send, text
from tests.shipments import dock


def take_back(plant, shipment, *, by="supervisor", reason="the other truck", now=None):
    return withdraw(shipment=shipment, reason=reason, by=plant.users[by], now=now or minutes(30))


def shipped_kg(plant):
    return sum(row.kg for row in flows.of_day(plant.site, plant.site.day(NOON)) if row.flow == "shipped")


def test_everything_stands_where_it_stood_as_if_it_had_never_left(plant):
    first, second = dock.bags(plant, 800, 900)
    shipment = take_back(plant, dock.dispatched(plant, first, second))

    assert (shipment.state, shipment.version, shipment.state_reason) == ("cancelled", 2, "the other truck")
    assert dock.standing(first) == {"P-01": 800}
    assert shipped_kg(plant) == 0
    recompute.drain(minutes(40))
    assert reconcile(minutes(40))[0] == []


def test_the_consignee_sees_it_cancelled_and_not_returned(plant):
    shipment = take_back(plant, dock.dispatched(plant))

    [seen] = api.read(Shipment.objects.visible_to(plant.parties["POST1"]))
    assert '"state" : "cancelled"' in seen.json or '"state":"cancelled"' in seen.json.replace(" ", "")
    assert '"returned_at":null' in seen.json.replace(" ", "")
    assert trail.contents_of(shipment.pk).net_kg == 800


def test_it_is_drafted_again_with_its_papers_and_what_is_free(plant):
    [bag] = dock.bags(plant, 800)
    gone = take_back(plant, dock.dispatched(plant, bag, bill_of_lading="BOL-9"))

    made = draft_again(shipment=gone, by=plant.users["operator"], at=minutes(31))

    assert (made.state, made.bill_of_lading, made.lines.get().container) == ("draft", "BOL-9", bag)
    assert dock.dispatch(plant, made, minute=40).state == "dispatched"


def test_a_corrected_one_comes_back_as_corrected(plant):
    [bag] = dock.bags(plant, 800)
    shipment = dock.dispatched(plant, bag)
    corrections.correct_weight(
        movement=Movement.objects.get(kind="output", to_container=bag),
        reading=kilograms(790),
        reason="tare",
        by=plant.users["supervisor"],
        now=minutes(25),
        confirmed=True,
    )

    take_back(plant, shipment)

    assert dock.standing(bag) == {"P-01": 790}


def test_it_takes_a_supervisor_a_reason_and_the_same_shift(plant):
    shipment = dock.dispatched(plant)
    recorded = shipment.lines.get().movement.recorded_at

    with pytest.raises(NotAllowed):
        take_back(plant, shipment, by="operator")
    with pytest.raises(NeedsReason):
        take_back(plant, shipment, reason=" ")
    with pytest.raises(InvalidTransition, match="earlier shift"):
        take_back(plant, shipment, now=recorded + SHIFT)


def test_what_was_delivered_is_returned_instead(plant):
    with pytest.raises(InvalidTransition, match="not yet delivered"):
        take_back(plant, dock.deliver(plant, dock.dispatched(plant)))


def test_the_page_offers_it_to_whom_it_lets(plant):
    shipment = dock.dispatched(plant)
    page = f"/shipments/{shipment.reference}/"
    supervisor = browser(plant.users["supervisor"])

    assert "It never left" not in text(browser(plant.users["operator"]).get(page))
    assert "It never left" in text(supervisor.get(page))
    start = supervisor.get(page + "withdraw/")
    assert send(supervisor, page + "withdraw/", {"reason": "wrong truck"}).status_code == 303
    assert "Draft it again" in text(supervisor.get(page))
    assert send(supervisor, page + "again/", {}).status_code == 303
    assert Shipment.objects.filter(state="draft").count() == 1
    assert start.status_code == 200
