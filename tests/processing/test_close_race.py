"""Whatever is entered at the instant a batch is closed goes in before it or is told so: the run is exactly zero."""

from decimal import Decimal

from plant.errors import DomainError
from plant.inventory import services as inventory
from plant.inventory.models import Movement
from plant.management.commands.reconcile import reconcile
from processing import services
from processing.models import Batch
from tests.factories import minutes, world
from tests.processing import floor
from tests.shipments.dock import at_once

ROUNDS = 15


def refused(answers):
    return [answer.message for answer in answers if isinstance(answer, DomainError)]


def rounds(plant):
    """A batch each time, charged with 1,000 kg; ten minutes apart, since they follow each other on the line."""
    for number in range(ROUNDS):
        yield floor.charged(plant, 1000, minute=number * 10 + 1), number * 10


def test_of_two_closings_one_is_told_who_was_first(committed_db):
    plant = world()
    for batch, start in rounds(plant):
        answers = at_once(
            lambda b=batch, m=start: floor.close(plant, b, minute=m + 5),
            lambda b=batch, m=start: floor.close(plant, b, heel=Decimal(100), minute=m + 5, by="operator2"),
        )

        [sentence] = refused(answers)
        assert sentence.startswith(f"{batch} was closed by Operator, ")
        assert floor.in_run(batch) == 0
        assert floor.heel_of(plant) in (0, 100)
        clean_out(plant, start + 6)
    assert reconcile(minutes(1000))[0] == []


def clean_out(plant, minute):
    at = minutes(minute)
    services.clean_out(line=plant.lines["LINE-1"], by=plant.users["operator"], at=at, now=at, note="next")


def test_a_bag_comes_out_before_the_closing_or_is_told_that_it_is_late(committed_db):
    plant = world()
    for batch, start in rounds(plant):
        _closed, bagged = at_once(
            lambda b=batch, m=start: floor.close(plant, b, minute=m + 5),
            lambda b=batch, m=start: floor.bag(plant, b, 600, minute=m + 5, by="operator2"),
        )

        if isinstance(bagged, DomainError):
            assert "was closed by" in bagged.message
        assert Batch.objects.get(pk=batch.pk).state == "closed"
        assert floor.in_run(batch) == 0
    assert reconcile(minutes(1000))[0] == []


def test_two_late_bags_change_what_is_unaccounted_one_after_the_other(committed_db):
    plant = world()
    for batch, start in rounds(plant):
        floor.close(plant, batch, minute=start + 5)

        answers = at_once(
            *(
                lambda b=batch, m=start, kg=kg: floor.bag(
                    plant, b, kg, minute=m + 4, now=m + 8, by="supervisor", reason="found on the dock"
                )
                for kg in (300, 200)
            )
        )

        assert refused(answers) == []
        assert len({str(bag) for bag in answers}) == 2
        assert floor.in_run(batch) == 0
    assert reconcile(minutes(1000))[0] == []


def test_an_entry_is_taken_back_before_the_closing_or_not_at_all(committed_db):
    plant = world()
    for batch, start in rounds(plant):
        charge = Movement.objects.get(to_container=batch.run, kind="charge")

        _closed, undone = at_once(
            lambda b=batch, m=start: floor.close(plant, b, minute=m + 5),
            lambda c=charge: inventory.reverse_entry(
                movement=c, reason="wrong box", by=plant.users["supervisor"], now=c.recorded_at
            ),
        )

        if isinstance(undone, DomainError):
            assert "was closed by" in undone.message
        assert floor.in_run(batch) == 0
    assert reconcile(minutes(1000))[0] == []


def test_a_line_is_cleaned_out_before_the_next_batch_or_after_it(committed_db):
    plant = world()
    for number in range(ROUNDS):
        batch = floor.draft(plant)

        opened, cleaned = at_once(
            lambda b=batch, n=number: floor.open_(plant, b, minute=n * 10 + 2),
            lambda n=number: clean_out(plant, n * 10 + 2),
        )

        assert not isinstance(opened, DomainError)
        if isinstance(cleaned, DomainError):
            assert f"{batch} is on Line 1" in cleaned.message
        floor.close(plant, batch, heel=Decimal(50), minute=number * 10 + 5)
    assert reconcile(minutes(1000))[0] == []
