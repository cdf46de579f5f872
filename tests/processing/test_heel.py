"""What is left in a line between batches: declared at the close, taken over at the opening, zero after a clean-out."""

from decimal import Decimal

import pytest

from plant.errors import DomainError
from plant.inventory.models import Lot, Movement
from processing import rules, services
from processing.services import Sweepings
from tests.factories import container, kilograms, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def clean(plant, minute=6, swept=None, **kwargs):
    return services.clean_out(
        line=plant.lines["LINE-1"],
        by=plant.users["operator"],
        at=minutes(minute),
        now=minutes(minute),
        note="vacuumed",
        swept=swept
        and Sweepings(plant.materials["RESIDUE"], plant.kinds["DRUM"], kilograms(swept), plant.locations["P-06"]),
        **kwargs,
    )


def closed_with_heel(plant, heel=50, **kwargs):
    return floor.close(plant, floor.charged(plant, 1000, **kwargs), Decimal(heel), heel_how_known="estimated")


def test_the_heel_goes_into_the_next_batch_as_surely_known_as_it_was_declared():
    plant = world()
    closed_with_heel(plant)
    assert floor.heel_of(plant) == 50

    batch = floor.opened(plant, minute=6)

    heel_in = Movement.objects.get(kind="heel_in")
    assert (heel_in.kg, heel_in.how_known, heel_in.to_container) == (50, "estimated", batch.run)
    assert (floor.heel_of(plant), floor.in_run(batch)) == (0, 50)


def test_as_before_leaves_what_was_found():
    plant = world()
    closed_with_heel(plant)
    batch = floor.charged(plant, 500, minute=6)
    floor.bag(plant, batch, 500, minute=7)

    floor.close(plant, batch, "as_before", minute=8, explanation="")

    assert floor.heel_of(plant) == 50
    assert floor.in_run(batch) == 0
    assert services.figures_of(batch).unaccounted_kg == 0


def test_as_before_of_an_empty_line_is_empty():
    plant = world()
    batch = floor.charged(plant, 500)

    floor.close(plant, batch, "as_before")

    assert floor.heel_of(plant) == 0


def test_a_heel_is_declared_or_estimated_and_not_negative():
    plant = world()
    batch = floor.charged(plant, 500)

    with pytest.raises(DomainError, match="declared or estimated"):
        floor.close(plant, batch, Decimal(5), heel_how_known="weighed")
    with pytest.raises(DomainError, match="above 0 kg"):
        floor.close(plant, batch, Decimal(-5))


def test_another_pool_follows_a_clean_out_only():
    """RULE-5."""
    plant = world()
    closed_with_heel(plant)
    other = floor.draft(plant, grade="LFP_BM", chemistry="LFP", minute=6)

    with pytest.raises(rules.WrongPool, match=r"ran NMC811 on Line 1, shredding before\. Clean the line out"):
        floor.open_(plant, other, minute=7)
    clean(plant, 8)

    assert floor.open_(plant, other, minute=9).state == "running"


def test_the_same_pool_needs_no_clean_out():
    plant = world()
    closed_with_heel(plant)

    assert floor.opened(plant, chemistry="NMC622", minute=6).state == "running"


def test_a_clean_out_before_the_last_batch_does_not_count():
    plant = world()
    clean(plant, 0)
    closed_with_heel(plant, heel=0)
    other = floor.draft(plant, grade="LFP_BM", chemistry="LFP", minute=6)

    with pytest.raises(rules.WrongPool):
        floor.open_(plant, other, minute=7)


def test_what_is_swept_out_is_weighed_and_the_rest_is_unaccounted():
    plant = world()
    closed_with_heel(plant)

    clean(plant, swept=30)

    assert floor.heel_of(plant) == 0
    swept, rest = Movement.objects.filter(from_container=plant.lines["LINE-1"].heel).order_by("pk")
    assert (swept.kind, swept.kg, swept.how_known) == ("output", 30, "weighed")
    assert (rest.kind, rest.kg, rest.reason) == ("unaccounted", 20, "vacuumed")
    lot = swept.to_container.lot
    assert (lot.origin, lot.owner.code, lot.chemistry.code) == (Lot.Origin.OWN_PROCESS, "GMBI", "NMC811")
    assert lot.generated_on == plant.site.day(minutes(6))


def test_more_swept_out_than_declared_is_a_gain():
    plant = world()
    closed_with_heel(plant)

    clean(plant, swept=80)

    gain = Movement.objects.get(kind="unaccounted", to_container=plant.lines["LINE-1"].heel)
    assert (gain.kg, gain.from_location.kind) == (30, "unaccounted")
    assert floor.heel_of(plant) == 0


def test_a_line_with_a_batch_on_it_is_not_cleaned_out():
    plant = world()
    batch = floor.opened(plant)

    with pytest.raises(rules.LineBusy, match=f"{batch} is on Line 1, shredding. Close it before"):
        clean(plant)


def test_a_clean_out_comes_after_the_batch():
    plant = world()
    closed_with_heel(plant)

    with pytest.raises(rules.BadTime, match="ran until 2026-06-10 12:05"):
        clean(plant, 3)


def test_one_batch_is_on_a_line_at_a_time():
    plant = world()
    first = floor.opened(plant)

    with pytest.raises(rules.LineBusy, match=f"Line 1, shredding is taken by {first}. Close that batch first."):
        floor.opened(plant, minute=2)


def test_a_batch_is_opened_after_the_one_before():
    plant = world()
    closed_with_heel(plant)

    with pytest.raises(rules.BadTime, match="was in use until 2026-06-10 12:05"):
        services.open_batch(batch=floor.draft(plant), by=plant.users["operator"], at=minutes(3), now=minutes(9))


def test_an_aborted_batch_gives_the_heel_back():
    plant = world()
    closed_with_heel(plant)
    batch = floor.opened(plant, minute=6)

    services.abort_batch(batch=batch, reason="wrong recipe", by=plant.users["operator"], at=minutes(7), now=minutes(7))

    batch.refresh_from_db()
    assert (batch.state, batch.state_reason) == ("aborted", "wrong recipe")
    assert (floor.heel_of(plant), floor.in_run(batch)) == (50, 0)


def test_a_batch_that_took_something_is_not_aborted():
    plant = world()
    box = container(plant, 100)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box)

    with pytest.raises(DomainError, match=f"{batch} has 100.000 kg charged and 0.000 kg booked out"):
        services.abort_batch(batch=batch, reason="no", by=plant.users["operator"], at=minutes(3), now=minutes(3))
