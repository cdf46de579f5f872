"""Of two people who press at the same moment one waits for the other; what is entered second happened second."""

import datetime as dt

import pytest

from plant.errors import DomainError
from plant.inventory import services as inventory
from plant.inventory.models import Movement
from tests.factories import container, minutes, world

MOMENT = dt.timedelta(milliseconds=20)


def carry(plant, box, bay, at, now):
    return inventory.move_container(container=box, bay=plant.locations[bay], by=plant.users["operator"], at=at, now=now)


def test_who_pressed_first_and_waited_is_not_asked_why_it_is_late(db):
    plant = world()
    box = container(plant, 500)
    overtaker = carry(plant, box, "A-02", minutes(9) + MOMENT, minutes(9) + MOMENT)

    waited = carry(plant, box, "A-03", minutes(9), minutes(9))

    assert waited.occurred_at == overtaker.occurred_at
    assert list(Movement.objects.of_container(box).order_by("occurred_at", "pk"))[-2:] == [overtaker, waited]


def test_what_is_earlier_than_a_wait_is_asked_why(db):
    plant = world()
    box = container(plant, 500)
    carry(plant, box, "A-02", minutes(9), minutes(9))

    with pytest.raises(DomainError, match="has a later entry already"):
        carry(plant, box, "A-03", minutes(8), minutes(9))
