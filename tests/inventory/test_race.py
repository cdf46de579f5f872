"""Two people at one container at the same instant, on the real database: one wins, the other reads a sentence, no gram
is lost and nobody ever reads of a deadlock."""

import pytest

from plant.errors import DomainError
from plant.inventory import services
from plant.inventory.models import Hold, Movement
from plant.management.commands.reconcile import reconcile
from tests.factories import container, minutes, world
from tests.processing import floor
from tests.shipments.dock import at_once, standing

ROUNDS = 15


def last(box, kind):
    return Movement.objects.filter(to_container=box, kind=kind, reverses=None).latest("pk")


def undo(plant, movement, *, by="operator"):
    return services.reverse_entry(movement=movement, reason="wrong", by=plant.users[by], now=movement.recorded_at)


def carry(plant, box, bay, *, by="operator2", minute=3):
    at = minutes(minute)
    return services.move_container(container=box, bay=plant.locations[bay], by=plant.users[by], at=at, now=at)


def hold(plant, box, *, by="operator2", reason="copper"):
    return services.place_hold(container=box, kind=Hold.Kind.QUALITY, reason=reason, by=plant.users[by], at=minutes(3))


def refused(answers):
    return [answer.message for answer in answers if isinstance(answer, DomainError)]


def test_what_is_held_is_not_charged_and_what_is_charged_was_free(committed_db):
    plant = world()
    batch = floor.opened(plant)
    for _round in range(ROUNDS):
        box = container(plant, 100)

        charged, held = at_once(lambda b=box: floor.charge(plant, batch, b), lambda b=box: hold(plant, b))

        assert isinstance(held, Hold)
        if isinstance(charged, DomainError):
            assert "is on a quality hold: copper" in charged.message
            assert standing(box) == {"A-01": 100}
        else:
            assert floor.left(box) == 0
    assert reconcile(minutes(60))[0] == []


def test_a_container_has_one_hold_of_a_kind(committed_db):
    plant = world()
    box = container(plant, 100)
    for _round in range(ROUNDS):
        answers = at_once(
            lambda: hold(plant, box, by="operator"), lambda: hold(plant, box), lambda: hold(plant, box, by="ehs")
        )

        assert len(refused(answers)) == 2
        assert Hold.objects.open().filter(container=box).count() == 1
        services.release_hold(hold=Hold.objects.open().get(), reason="ok", by=plant.users["ehs"], at=minutes(4))


def test_a_hold_is_lifted_once(committed_db):
    plant = world()
    box = container(plant, 100)
    for _round in range(ROUNDS):
        placed = hold(plant, box)

        answers = at_once(
            *(
                lambda h=placed, by=by: services.release_hold(hold=h, reason=by, by=plant.users[by], at=minutes(4))
                for by in ("ehs", "supervisor")
            )
        )

        assert refused(answers) == ["This hold is lifted already. Load the page again to see by whom."]


def test_a_receipt_is_taken_back_or_its_container_charged_but_never_both(committed_db):
    plant = world()
    batch = floor.opened(plant)
    for _round in range(ROUNDS):
        box = container(plant, 100)

        answers = at_once(
            lambda b=box: undo(plant, last(b, "receive")), lambda b=box: floor.charge(plant, batch, b, by="operator2")
        )

        [sentence] = refused(answers)
        assert str(box) in sentence
        assert standing(box) == {}
    assert reconcile(minutes(60))[0] == []


def test_a_part_is_charged_or_the_receipt_taken_back(committed_db):
    plant = world()
    batch = floor.opened(plant)
    for _round in range(ROUNDS):
        box = container(plant, 100)

        answers = at_once(
            lambda b=box: undo(plant, last(b, "receive")),
            lambda b=box: floor.charge(plant, batch, b, 40, by="operator2"),
        )

        assert str(box) in refused(answers)[0]
        assert standing(box) in ({}, {"A-01": 60})
    assert reconcile(minutes(60))[0] == []


@pytest.mark.parametrize("what", ["receive", "move", "charge"])
def test_an_entry_is_taken_back_once(committed_db, what):
    plant = world()
    batch = floor.opened(plant)
    for _round in range(ROUNDS):
        box = container(plant, 100)
        entry = last(box, "receive")
        if what == "move":
            entry = carry(plant, box, "A-02", by="operator")
        elif what == "charge":
            entry = floor.charge(plant, batch, box)

        answers = at_once(lambda e=entry: undo(plant, e), lambda e=entry: undo(plant, e, by="supervisor"))

        assert refused(answers) == ["This entry is reversed already. Load the page again to see it."]
        assert standing(box) == ({} if what == "receive" else {"A-01": 100})
    assert reconcile(minutes(60))[0] == []


def test_a_container_is_carried_or_charged_and_neither_is_half_done(committed_db):
    plant = world()
    batch = floor.opened(plant)
    for _round in range(ROUNDS):
        box = container(plant, 100)

        at_once(lambda b=box: carry(plant, b, "A-02"), lambda b=box: floor.charge(plant, batch, b, minute=4))

        assert sum(standing(box).values()) in (0, 100)
        assert set(standing(box)) <= {"A-01", "A-02"}
    assert reconcile(minutes(60))[0] == []


def test_a_move_is_taken_back_while_the_container_is_charged(committed_db):
    plant = world()
    batch = floor.opened(plant)
    for _round in range(ROUNDS):
        box = container(plant, 100)
        move = carry(plant, box, "A-02", by="operator", minute=2)

        answers = at_once(
            lambda m=move: undo(plant, m), lambda b=box: floor.charge(plant, batch, b, minute=4, by="operator2")
        )

        assert len(refused(answers)) <= 1
        assert sum(standing(box).values()) in (0, 100)
    assert reconcile(minutes(60))[0] == []


def test_two_people_carry_one_container_and_it_stands_in_one_bay(committed_db):
    plant = world()
    for _round in range(ROUNDS):
        box = container(plant, 100)

        at_once(lambda b=box: carry(plant, b, "A-02"), lambda b=box: carry(plant, b, "A-03", by="operator"))

        assert list(standing(box).values()) == [100]
    assert reconcile(minutes(60))[0] == []
