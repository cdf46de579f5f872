"""After the close the run holds exactly zero; what has no explanation is unaccounted, of either sign."""

from decimal import Decimal

import pytest

from plant.inventory.models import Holding, Movement
from processing import rules, services
from tests.factories import container, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("bagged", [1, "999.999", 1000, "1000.001", 1400])
@pytest.mark.parametrize("heel", ["empty", "as_before", Decimal("33.333")])
def test_the_run_is_exactly_zero(bagged, heel):
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, bagged, kind="HEAP")

    floor.close(plant, batch, heel)

    figures = services.figures_of(batch)
    assert floor.in_run(batch) == 0
    assert figures.posted_unaccounted_kg == figures.unaccounted_kg
    assert figures.unaccounted_kg == 1000 - Decimal(bagged) - (heel if isinstance(heel, Decimal) else 0)


def test_a_gain_comes_from_unaccounted():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 1010)

    floor.close(plant, batch, explanation="")

    gain = Movement.objects.get(kind="unaccounted")
    assert (gain.kg, gain.from_location.kind, gain.to_location.kind) == (10, "unaccounted", "line")


def test_nothing_left_posts_nothing():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 1000)

    floor.close(plant, batch, explanation="")

    assert not Movement.objects.filter(kind="unaccounted").exists()


@pytest.mark.parametrize("bagged", ["969.999", "1030.001"])
def test_outside_97_to_103_percent_somebody_explains(bagged):
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, bagged)

    with pytest.raises(rules.NeedsExplanation, match=r"kg are unaccounted\. Check the bags and losses, or explain it."):
        floor.close(plant, batch, explanation=" ")
    batch.refresh_from_db()
    assert batch.state == "running"
    floor.close(plant, batch, explanation="a bag burst")

    batch.refresh_from_db()
    assert batch.state_reason == "a bag burst"
    assert Movement.objects.get(kind="unaccounted").reason == "a bag burst"


@pytest.mark.parametrize("bagged", [970, 1030])
def test_at_97_and_103_percent_it_warns_only(bagged):
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, bagged)

    _figures, problems = services.closing_preview(batch, "empty")

    assert [(p.error, "usually lies between 98 and 102 %" in p.sentence) for p in problems] == [(None, True)]
    assert floor.close(plant, batch, explanation="").state == "closed"


@pytest.mark.parametrize("bagged", [980, 1000, 1020])
def test_within_98_to_102_percent_there_is_nothing_to_say(bagged):
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, bagged)

    assert services.closing_preview(batch, "empty")[1] == []


def test_without_a_charge_somebody_explains():
    plant = world()
    batch = floor.opened(plant)

    with pytest.raises(rules.NeedsExplanation, match="Nothing was charged"):
        floor.close(plant, batch, explanation="")


def test_the_preview_is_what_the_close_does():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 955)

    preview, _problems = services.closing_preview(batch, Decimal(30))
    floor.close(plant, batch, Decimal(30))

    closed = services.figures_of(batch)
    assert (preview.closure_ratio, preview.unaccounted_kg) == (closed.closure_ratio, closed.posted_unaccounted_kg)


def test_it_closes_after_its_last_entry():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 1000, minute=30)

    with pytest.raises(rules.BadTime, match=r"The last entry of .* was at 2026-06-10 12:30"):
        floor.close(plant, batch, minute=20, now=40)


def test_within_the_minute_of_the_last_entry_it_closes_with_it():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 1000, minute=30.5)

    assert floor.close(plant, batch, minute=30, now=31, explanation="").closed_at == minutes(30.5)


def test_it_does_not_close_ahead_of_the_clock():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 1000)

    with pytest.raises(rules.BadTime, match="still to come"):
        floor.close(plant, batch, minute=20, now=10)


def test_a_held_batch_may_be_closed():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 1000)
    services.hold_batch(batch=batch, reason="end of shift", by=plant.users["operator"], at=minutes(4))

    assert floor.close(plant, batch, explanation="").state == "closed"


def test_a_batch_that_ran_late_is_entered_late_with_a_reason():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 990)

    with pytest.raises(Exception, match="Type why it is entered late"):
        floor.close(plant, batch, now=25 * 60, explanation="")
    closed = floor.close(plant, batch, now=25 * 60, explanation="", reason="the tablet was broken")

    assert closed.closed_at == minutes(5)


def test_two_batches_leave_the_plant_in_balance():
    """Over all places, real and virtual, every gram is somewhere once."""
    plant = world()
    container(plant, 500)
    for minute in (1, 11):
        batch = floor.charged(plant, "1000.001", minute=minute)
        floor.bag(plant, batch, "950.5", minute=minute + 1)
        floor.close(plant, batch, "as_before" if minute > 1 else Decimal("7.7"), minute=minute + 2)

    assert sum(holding.kg for holding in Holding.objects.all()) == 0
