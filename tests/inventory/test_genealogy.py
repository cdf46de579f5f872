"""Which lots are in this bag, and what became of this lot: complete both ways, through batches, heels and rework."""

from decimal import Decimal

import pytest

from plant.inventory import genealogy
from plant.inventory import services as inventory
from plant.inventory.models import Movement
from processing import services as processing
from tests.factories import container, minutes, world
from tests.processing.floor import bag, charge, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant():
    return world()


def close(plant, batch, heel, *, minute):
    processing.close_batch(
        batch=batch,
        heel=heel,
        explanation="as it came",
        by=plant.users["operator"],
        at=minutes(minute),
        now=minutes(minute),
    )


def run(plant, boxes, bags_kg, *, minute, heel="empty"):
    """A batch of these boxes on line 1; its bags. Each batch takes ten minutes."""
    batch = opened(plant, minute=minute)
    for box in boxes:
        charge(plant, batch, box, minute=minute + 1)
    bags = [bag(plant, batch, kg, minute=minute + 2) for kg in bags_kg]
    close(plant, batch, heel, minute=minute + 3)
    return bags


def ancestors(box):
    return {edge.from_id for edge in genealogy.back([box.pk])}


def descendants(box):
    return {edge.to_id for edge in genealogy.forward([box.pk])}


def ids(boxes):
    return {box.pk for box in boxes}


def test_seven_containers_in_and_five_bags_out_all_know_each_other(plant):
    boxes = [container(plant, 100) for _ in range(7)]

    bags = run(plant, boxes, ["140"] * 5, minute=1)

    assert all(ids(boxes) <= ancestors(one) for one in bags)
    assert all(ids(bags) <= descendants(box) for box in boxes)


def test_each_edge_carries_its_mass(plant):
    box = container(plant, 1000)

    [first, second] = run(plant, [box], ["600", "390"], minute=1)

    masses = {(edge.from_id, edge.to_id): edge.kg for edge in genealogy.back([first.pk, second.pk])}
    run_id = next(to for (origin, to) in masses if origin == box.pk)
    assert masses == {
        (box.pk, run_id): Decimal(1000),
        (run_id, first.pk): Decimal(600),
        (run_id, second.pk): Decimal(390),
    }


def test_a_reversed_charge_is_no_ancestor(plant):
    kept, mistaken = container(plant, 500), container(plant, 500)
    batch = opened(plant, minute=1)
    charge(plant, batch, kept, minute=2)
    movement = charge(plant, batch, mistaken, minute=2)
    inventory.reverse_entry(
        movement=Movement.objects.get(pk=movement.pk), reason="wrong box", by=plant.users["supervisor"], now=minutes(3)
    )
    one = bag(plant, batch, 480, minute=4)

    assert kept.pk in ancestors(one)
    assert mistaken.pk not in ancestors(one)


def test_a_heel_carries_what_was_in_the_batch_before_and_not_in_the_one_after(plant):
    before, between, after = (container(plant, 500) for _ in range(3))

    [first] = run(plant, [before], ["400"], minute=1, heel=Decimal(100))
    [second] = run(plant, [between], ["500"], minute=11, heel=Decimal(100))
    [third] = run(plant, [after], ["600"], minute=21)

    assert ancestors(first) & ids((before, between, after)) == {before.pk}
    assert ancestors(second) & ids((before, between, after)) == {before.pk, between.pk}
    assert ancestors(third) & ids((before, between, after)) == {before.pk, between.pk, after.pk}
    assert descendants(after) & ids((first, second, third)) == {third.pk}
    assert descendants(before) & ids((first, second, third)) == {first.pk, second.pk, third.pk}


def test_a_clean_out_parts_two_batches(plant):
    before, after = container(plant, 500), container(plant, 500)
    [first] = run(plant, [before], ["400"], minute=1, heel=Decimal(100))
    processing.clean_out(
        line=plant.lines["LINE-1"], note="changed over", by=plant.users["operator"], at=minutes(9), now=minutes(9)
    )

    [second] = run(plant, [after], ["400"], minute=11, heel=Decimal(100))
    [third] = run(plant, [], ["100"], minute=21)

    assert before.pk not in ancestors(second) | ancestors(third)
    assert after.pk in ancestors(third)
    assert descendants(before) & ids((first, second, third)) == {first.pk}


def test_what_is_charged_again_keeps_its_origin(plant):
    foil = container(plant, 1000)
    [residue] = run(plant, [foil], ["900"], minute=1)

    again = opened(plant, line="LINE-2", minute=11)
    recipe = again.recipe_version
    recipe.materials.add(plant.materials["BLACK_MASS"])
    charge(plant, again, residue, minute=12)
    one = bag(plant, again, 850, minute=13)

    assert {foil.pk, residue.pk} <= ancestors(one)
    assert {residue.pk, one.pk} <= descendants(foil)
