"""Two people at the same instant, on the real database: one wins, the other reads a sentence, no gram is lost."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from plant.errors import DomainError
from tests.factories import container, world
from tests.processing import floor

ROUNDS = 50


def at_once(*actions: Callable[[], object]) -> list[object]:
    """What each action gave or raised, all started on one signal."""
    gate, answers = threading.Barrier(len(actions)), [None] * len(actions)

    def run(number: int, action: Callable[[], object]) -> None:
        gate.wait()
        try:
            answers[number] = action()
        except DomainError as refusal:
            answers[number] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, action)) for n, action in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def judge(answers: list[object], box: object, batch: object) -> None:
    refusals = [answer for answer in answers if isinstance(answer, DomainError)]
    assert len(refusals) == 1, answers
    assert str(box) in refusals[0].message
    assert "0.000 kg left" in refusals[0].message


@pytest.mark.parametrize("part", [None, 100])
def test_two_operators_cannot_charge_the_same_last_100_kg(committed_db, part):
    plant = world()
    batch = floor.opened(plant)
    for number in range(1, ROUNDS + 1):
        box = container(plant, 100)

        answers = at_once(
            lambda box=box: floor.charge(plant, batch, box, part),
            lambda box=box: floor.charge(plant, batch, box, part, by="operator2"),
        )

        judge(answers, box, batch)
        assert floor.left(box) == 0
        assert floor.in_run(batch) == 100 * number


def test_two_lines_cannot_charge_the_same_last_100_kg(committed_db):
    plant = world()
    first, second = floor.opened(plant), floor.opened(plant, line="LINE-2")
    for number in range(1, ROUNDS + 1):
        box = container(plant, 100)

        answers = at_once(
            lambda box=box: floor.charge(plant, first, box),
            lambda box=box: floor.charge(plant, second, box, 100, by="operator2"),
        )

        judge(answers, box, first)
        assert floor.in_run(first) + floor.in_run(second) == 100 * number


def test_a_batch_is_closed_once_and_nothing_is_charged_behind_its_back(committed_db):
    plant = world()
    for number in range(ROUNDS // 5):
        batch = floor.opened(plant, minute=number * 10)
        box = container(plant, 100)

        at_once(
            lambda batch=batch, n=number: floor.close(plant, batch, minute=n * 10 + 3),
            lambda batch=batch, n=number: floor.close(plant, batch, minute=n * 10 + 3, by="operator2"),
            lambda batch=batch, box=box, n=number: floor.charge(plant, batch, box, minute=n * 10 + 2),
        )

        batch.refresh_from_db()
        assert batch.state == "closed"
        assert floor.in_run(batch) == 0


def test_one_of_two_batches_gets_the_line(committed_db):
    plant = world()
    for number in range(ROUNDS // 5):
        drafts = [floor.draft(plant), floor.draft(plant)]

        answers = at_once(*(lambda d=d, n=number: floor.open_(plant, d, minute=n + 1) for d in drafts))

        [refusal] = [answer for answer in answers if isinstance(answer, DomainError)]
        [batch] = [answer for answer in answers if not isinstance(answer, DomainError)]
        assert "is taken by" in refusal.message
        floor.close(plant, batch, minute=number + 1)
