"""A mistake is turned round and entered again; nothing is unposted."""

from decimal import Decimal

import pytest

from plant.access import NotAllowed
from plant.errors import DomainError
from plant.inventory import services
from plant.inventory.ledger import NeedsReason, held_kg
from plant.inventory.models import Movement
from tests.factories import NOON, container, minutes, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant():
    return world()


def undo(plant, movement, *, by="operator", reason="wrong bay", now=None):
    return services.reverse_entry(movement=movement, reason=reason, by=plant.users[by], now=now or movement.recorded_at)


def receipt_of(box):
    return Movement.objects.get(to_container=box, kind=Movement.Kind.RECEIVE, reverses=None)


def test_ones_own_last_entry_is_turned_round_on_its_own_day(plant):
    box = container(plant, 1000)

    turned = undo(plant, receipt_of(box))

    assert held_kg(box, plant.locations["A-01"]) == 0
    assert (turned.kg, turned.occurred_at, turned.site_day) == (Decimal(1000), NOON, receipt_of(box).site_day)


def test_it_is_turned_round_once(plant):
    movement = receipt_of(container(plant))
    undo(plant, movement)

    with pytest.raises(DomainError, match="reversed already"):
        undo(plant, movement)


def test_it_needs_a_reason(plant):
    with pytest.raises(NeedsReason):
        undo(plant, receipt_of(container(plant)), reason=" ")


def test_what_came_after_is_reversed_first(plant):
    box = container(plant)
    services.move_container(
        container=box, bay=plant.locations["A-02"], by=plant.users["operator"], at=minutes(1), now=minutes(1)
    )

    with pytest.raises(DomainError, match=rf"{box.reference} was moved after that"):
        undo(plant, receipt_of(box))


def test_another_persons_entry_is_for_a_supervisor(plant):
    movement = receipt_of(container(plant))

    with pytest.raises(NotAllowed, match="supervisor"):
        undo(plant, movement, by="operator2")
    assert undo(plant, movement, by="supervisor")


def test_an_entry_of_the_shift_before_is_for_a_supervisor(plant):
    movement = receipt_of(container(plant))

    with pytest.raises(NotAllowed):
        undo(plant, movement, now=movement.recorded_at + services.SHIFT)
