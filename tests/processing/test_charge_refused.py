"""What may not be charged is refused with container and remaining kg, and nothing has changed."""

import pytest

from plant.errors import DomainError
from plant.inventory import services as inventory
from plant.inventory.models import Container, Hold, Movement
from processing import services
from tests.factories import container, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def refused(plant, batch, box, part=None, **kwargs) -> str:
    """The sentence, after looking that nothing has changed."""
    before = (Movement.objects.count(), floor.left(box), floor.in_run(batch))
    with pytest.raises(DomainError) as refusal:
        floor.charge(plant, batch, box, part, **kwargs)
    assert (Movement.objects.count(), floor.left(box), floor.in_run(batch)) == before
    return refusal.value.message


def test_more_than_there_is():
    plant = world()
    box = container(plant, 100)

    sentence = refused(plant, floor.opened(plant), box, "100.001")

    assert sentence == f"{box} has 100.000 kg left in Bay A-01. Take at most that."


def test_from_an_empty_container():
    plant = world()
    box = container(plant, 100)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box)

    assert refused(plant, batch, box) == f"{box} (0.000 kg left). Scan another one."


def test_from_a_held_container():
    plant = world()
    box = container(plant, 100)
    inventory.place_hold(
        container=box, kind=Hold.Kind.QUALITY, reason="copper seen", by=plant.users["operator"], at=minutes(1)
    )

    sentence = refused(plant, floor.opened(plant), box)

    assert sentence == f"{box} (100.000 kg left) is on a quality hold: copper seen. Have the hold lifted first."


def test_from_a_damaged_container_also_without_its_hold():
    """RULE-6."""
    plant = world()
    box = container(plant, 100, bay="D-01", condition=Container.Condition.DAMAGED)
    batch = floor.opened(plant)
    assert "is on a hazard hold: Received damaged" in refused(plant, batch, box)
    inventory.release_hold(hold=box.holds.get(), reason="looked at", by=plant.users["ehs"], at=minutes(1))

    sentence = refused(plant, batch, box)

    assert sentence == f"{box} (100.000 kg left) is damaged and can never be charged. Leave it in its DDR bay."


def test_into_a_closed_batch():
    plant = world()
    box = container(plant, 100)
    batch = floor.close(plant, floor.charged(plant, 500))

    sentence = refused(plant, batch, box, minute=6)

    assert sentence == (
        f"{batch} was closed by Operator, first shift at 2026-06-10 12:05. {box} (100.000 kg left) stays where it is."
    )


def test_into_a_draft_and_a_held_batch():
    plant = world()
    box = container(plant, 100)
    batch = floor.draft(plant)
    assert refused(plant, batch, box).startswith(f"{batch} is a draft. Open it first.")
    floor.open_(plant, batch)
    services.hold_batch(batch=batch, reason="oxygen alarm", by=plant.users["operator"], at=minutes(2))

    assert refused(plant, batch, box).startswith(f"{batch} is held: oxygen alarm. Resume it first.")


def test_before_its_receipt():
    plant = world()
    batch = floor.opened(plant, minute=1)
    box = container(plant, 100, at=minutes(20))

    sentence = refused(plant, batch, box, minute=10, now=30)

    assert sentence == f"{box} (100.000 kg left) came at 2026-06-10 12:20. Enter a time after that."


def test_before_the_batch_was_opened():
    plant = world()
    box = container(plant, 100)
    batch = floor.opened(plant, minute=10)

    sentence = refused(plant, batch, box, minute=5, now=30)

    assert sentence == (
        f"{batch} was opened at 2026-06-10 12:10. Enter a time after that to charge {box} (100.000 kg left)."
    )


def test_anothers_material():
    plant = world()
    box = container(plant, 100, owner="LGES")

    sentence = refused(plant, floor.opened(plant), box)

    assert sentence == (
        f"{box} (100.000 kg left) belongs to LG Energy Solution, this batch to Green Metals Battery Innovations. "
        "Charge it to a batch of its owner."
    )


def test_what_came_out_of_this_batch():
    plant = world()
    batch = floor.charged(plant, 1000, recipe="ELECTRODE")
    plant.recipes["ELECTRODE"].materials.add(plant.materials["BLACK_MASS"])
    bag = floor.bag(plant, batch, 300)

    assert "came out of this batch" in refused(plant, batch, bag, minute=4)


def test_a_person_without_the_role():
    plant = world()
    box = container(plant, 100)

    assert "Ask: operator or supervisor" in refused(plant, floor.opened(plant), box, by="manager")
