"""An entry of a running batch is taken back with a reason; a closed batch stays as it was."""

import pytest

from plant import recompute
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory import services as inventory
from plant.inventory.models import Movement
from processing import services
from tests.factories import container, kilograms, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def take_back(plant, kind, by="operator", minute=9):
    movement = Movement.objects.standing().filter(kind=kind).order_by("pk").last()
    return inventory.reverse_entry(movement=movement, reason="typed twice", by=plant.users[by], now=minutes(minute))


def test_a_charge_goes_back_where_it_stood():
    plant = world()
    box = container(plant, 800, bay="A-03")
    batch = floor.opened(plant)
    floor.charge(plant, batch, box)

    take_back(plant, "charge")

    assert inventory.place_of(box).location.code == "A-03"
    assert floor.in_run(batch) == 0
    assert services.figures_of(batch).charged_kg == 0


@pytest.mark.parametrize("kind", ["return", "output", "loss"])
def test_whatever_an_operator_entered_can_be_taken_back(kind):
    plant = world()
    box = container(plant, 1000)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box)
    services.return_charge(
        batch=batch, container=box, reading=kilograms(100), by=plant.users["operator"], at=minutes(3), now=minutes(3)
    )
    floor.bag(plant, batch, 500)
    floor.lose(plant, batch, 50)
    before = floor.in_run(batch)

    turned = take_back(plant, kind)

    assert floor.in_run(batch) == before + turned.kg
    assert turned.reverses.kind == kind


def test_a_reversal_makes_the_yield_stale():
    plant = world()
    batch = floor.charged(plant)
    floor.bag(plant, batch, 500)
    recompute.drain(minutes(4))
    assert recompute.staleness("batch-yield", batch.reference).waiting == 0

    take_back(plant, "output")
    assert recompute.staleness("batch-yield", batch.reference).waiting == 1
    recompute.drain(minutes(10))

    batch.refresh_from_db()
    assert batch.result.outputs_kg == 0


@pytest.mark.parametrize("kind", ["charge", "output", "unaccounted", "heel_out"])
def test_nothing_of_a_closed_batch_is_reversed(kind):
    plant = world()
    batch = floor.charged(plant)
    floor.bag(plant, batch, 500)
    floor.close(plant, batch, floor.Decimal(10))

    with pytest.raises(DomainError, match=f"{batch} was closed by Operator, first shift at 2026-06-10 12:05"):
        take_back(plant, kind, by="supervisor")

    assert floor.in_run(batch) == 0


def test_the_heel_goes_back_with_the_batch_only():
    plant = world()
    floor.close(plant, floor.charged(plant), floor.Decimal(10))
    batch = floor.opened(plant, minute=6)

    with pytest.raises(DomainError, match=f"The heel came in when {batch} was opened. Abort the batch"):
        take_back(plant, "heel_in")


def test_a_clean_out_can_be_undone_until_a_batch_runs():
    plant = world()
    floor.close(plant, floor.charged(plant), floor.Decimal(10))
    services.clean_out(line=plant.lines["LINE-1"], by=plant.users["operator"], at=minutes(6), now=minutes(6))
    emptied = Movement.objects.filter(from_container=plant.lines["LINE-1"].heel).get()

    ledger.reverse([emptied], by=plant.users["operator"], now=minutes(7), reason="it was not emptied")
    assert floor.heel_of(plant) == 10
    services.clean_out(line=plant.lines["LINE-1"], by=plant.users["operator"], at=minutes(8), now=minutes(8))
    floor.opened(plant, minute=9)

    again = Movement.objects.standing().filter(from_container=plant.lines["LINE-1"].heel).get()
    with pytest.raises(DomainError, match="has run on Line 1, shredding since it was cleaned out"):
        ledger.reverse([again], by=plant.users["operator"], now=minutes(10), reason="late")
