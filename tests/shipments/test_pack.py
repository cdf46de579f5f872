"""Containers go into a draft whole, each into one shipment only, and come out again."""

import pytest

from plant.errors import DomainError
from plant.inventory import services as inventory
from plant.inventory.models import Hold
from plant.states import InvalidTransition
from shipments import services, trail
from shipments.models import ShipmentLine
from tests.factories import container, minutes
from tests.processing import floor
from tests.shipments import dock


def hold(plant, box, **kwargs):
    return inventory.place_hold(
        container=box, kind=Hold.Kind.QUALITY, reason="copper in it", by=plant.users["operator"], at=minutes(9)
    )


def refused(plant, shipment, *boxes):
    with pytest.raises(DomainError) as refusal:
        dock.add(plant, shipment, *boxes)
    return refusal.value.message


def test_a_draft_shows_what_its_containers_hold_now(plant):
    first, second = dock.bags(plant, 800, "650.5")

    shipment = dock.draft(plant, first, second)

    contents = trail.contents_of(shipment.pk)
    assert [(lot.reference, len(lot.containers)) for lot in contents.lots] == [(first.lot.reference, 2)]
    assert contents.net_kg == 1450.5
    assert dock.standing(first) == {"P-01": 800}


def test_a_held_container_stays_out_and_nothing_of_the_rest_goes_in(plant):
    free, held = dock.bags(plant, 800, 700)
    hold(plant, held)
    shipment = dock.draft(plant)

    said = refused(plant, shipment, free, held)

    assert said.startswith(f"{held} is on a quality hold (copper in it).")
    assert not ShipmentLine.objects.exists()


def test_a_container_is_in_one_shipment_only(plant):
    [bag] = dock.bags(plant)
    first, second = dock.draft(plant, bag), dock.draft(plant)

    assert refused(plant, second, bag) == f"{bag} is in {first} already. Take it out there first."
    assert refused(plant, first, bag) == f"{bag} is in this shipment already."


def test_what_was_shipped_cannot_be_shipped_again(plant):
    [bag] = dock.bags(plant)
    gone = dock.dispatched(plant, bag)

    assert refused(plant, dock.draft(plant), bag) == f"{bag} was shipped with {gone}."


def test_an_empty_container_and_a_run_stay_out(plant):
    batch = floor.charged(plant, 1000)
    empty = batch.run.movements_in.get().from_container

    assert "is empty or has left the site" in refused(plant, dock.draft(plant), empty)
    assert "is no box or heap" in refused(plant, dock.draft(plant), batch.run)


def test_received_scrap_can_be_shipped_on_and_is_told_apart(plant):
    scrap, [bag] = container(plant, 500), dock.bags(plant)

    shipment = dock.draft(plant, scrap, bag)

    told = {lot.reference: lot.is_from_outside for lot in trail.contents_of(shipment.pk).lots}
    assert told == {scrap.lot.reference: True, bag.lot.reference: False}


def test_what_is_taken_out_can_go_into_another(plant):
    [bag] = dock.bags(plant)
    first, second = dock.draft(plant, bag), dock.draft(plant)

    services.remove_container(shipment=first, container=bag, by=plant.users["operator"])

    dock.add(plant, second, bag)
    assert trail.contents_of(first.pk).lots == ()
    with pytest.raises(services.NotPackable, match="is not in S-2026-000001 any more"):
        services.remove_container(shipment=first, container=bag, by=plant.users["operator"])


def test_a_shipment_that_left_takes_nothing_in_or_out(plant):
    [bag, other] = dock.bags(plant, 800, 700)
    shipment = dock.dispatched(plant, bag)

    assert refused(plant, shipment, other) == f"{shipment} is dispatched: what is in it stays as it is."
    with pytest.raises(InvalidTransition):
        services.remove_container(shipment=shipment, container=bag, by=plant.users["operator"])
