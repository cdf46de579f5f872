"""A container is fed into a running batch, whole or a weighed part of it."""

from decimal import Decimal

import pytest

from plant.errors import DomainError
from plant.inventory import services as inventory
from plant.inventory.models import Hold
from processing import services
from tests.factories import container, kilograms, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def test_whole_is_exactly_what_is_left():
    plant = world()
    box = container(plant, "812.345")
    batch = floor.opened(plant)

    movement = floor.charge(plant, batch, box)

    assert (movement.kg, movement.how_known, movement.weighing) == (Decimal("812.345"), "carried", None)
    assert (floor.left(box), floor.in_run(batch)) == (0, Decimal("812.345"))


def test_a_part_is_weighed_and_the_rest_stays():
    plant = world()
    box = container(plant, 1000)
    batch = floor.opened(plant)

    movement = floor.charge(plant, batch, box, 300)
    rest = floor.charge(plant, batch, box, minute=3)

    assert (movement.how_known, movement.weighing.net_kg) == ("weighed", 300)
    assert rest.kg == 700
    assert floor.left(box) == 0


def test_a_part_without_a_weighing_is_refused():
    plant = world()
    box = container(plant, 1000)

    with pytest.raises(DomainError, match="Enter what the part weighs"):
        services.charge(
            batch=floor.opened(plant),
            container=box,
            whole=False,
            by=plant.users["operator"],
            at=minutes(2),
            now=minutes(2),
        )


def test_several_are_charged_at_once_or_none():
    plant = world()
    boxes = [container(plant, 100), container(plant, 200)]
    held = container(plant, 300)
    inventory.place_hold(container=held, kind=Hold.Kind.QUALITY, reason="wet", by=plant.users["ehs"], at=minutes(1))
    batch = floor.opened(plant)
    said = {"batch": batch, "by": plant.users["operator"], "at": minutes(2), "now": minutes(2)}

    with pytest.raises(inventory.Held):
        services.charge_several(containers=[*boxes, held], **said)
    assert floor.in_run(batch) == 0
    services.charge_several(containers=boxes, **said)

    assert floor.in_run(batch) == 300


def test_within_the_minute_of_the_opening_it_is_taken():
    plant = world()
    box = container(plant, 100)
    batch = floor.opened(plant, minute=10.5)

    assert floor.charge(plant, batch, box, minute=10, now=11).kg == 100


def test_a_returned_part_goes_back_to_its_container_and_bay():
    plant = world()
    box = container(plant, 100, bay="A-02")
    batch = floor.opened(plant)
    floor.charge(plant, batch, box)
    said = {"batch": batch, "container": box, "by": plant.users["operator"], "at": minutes(3), "now": minutes(3)}

    with pytest.raises(DomainError, match=rf"{batch} holds 100.000 kg of {box}. Give back at most that."):
        services.return_charge(reading=kilograms("100.5"), **said)
    movement = services.return_charge(reading=kilograms("40.5"), **said)

    assert (movement.kind, movement.how_known, movement.to_location.code) == ("return", "weighed", "A-02")
    assert floor.left(box) == Decimal("40.5")
    assert floor.in_run(batch) == Decimal("59.5")
