"""A container is fed into a running batch, whole or a weighed part of it; what is refused changes nothing."""

from decimal import Decimal

import pytest

from plant.errors import DomainError
from plant.inventory import services as inventory
from plant.inventory.models import Container, Hold, Movement
from processing import services
from tests.factories import container, kilograms, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def refused(plant, batch, box, part=None, **kwargs) -> str:
    """The sentence, after looking that nothing has changed."""
    before = (Movement.objects.count(), floor.left(box), floor.in_run(batch))
    with pytest.raises(DomainError) as refusal:
        floor.charge(plant, batch, box, part, **kwargs)
    assert (Movement.objects.count(), floor.left(box), floor.in_run(batch)) == before
    return refusal.value.message


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


def test_within_the_minute_of_the_opening_it_is_taken():
    plant = world()
    box = container(plant, 100)
    batch = floor.opened(plant, minute=10.5)

    assert floor.charge(plant, batch, box, minute=10, now=11).kg == 100


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
