"""Mass changes place only by a movement, and a box never holds less than nothing."""

from decimal import Decimal

import pytest

from plant.access import NotAllowed
from plant.inventory import ledger
from plant.inventory.ledger import BadInstant, BadKg, Move, NeedsReason, Overdrawn
from plant.inventory.models import DailyFlow, Holding, Movement
from plant.recompute import drain
from tests.factories import NOON, container, minutes, world

pytestmark = pytest.mark.django_db
Kind, How = Movement.Kind, Movement.HowKnown


@pytest.fixture
def plant():
    return world()


def carried(box, kg, source, target):
    return Move(Kind.MOVE, Decimal(kg), box, source, box, target, How.CARRIED)


def carry(plant, box, kg, *, at=None, now=None, by="operator", reason=""):
    move = carried(box, kg, plant.locations["A-01"], plant.locations["A-02"])
    now = now or minutes(1)
    return ledger.post([move], by=plant.users[by], at=at or now, now=now, reason=reason)


def held(box, place):
    return ledger.held_kg(box, place)


def test_a_movement_takes_from_one_place_what_it_gives_to_another(plant):
    box = container(plant, 1000)

    carry(plant, box, "1000.000")

    assert held(box, plant.locations["A-01"]) == 0
    assert held(box, plant.locations["A-02"]) == Decimal("1000.000")
    assert sum(Holding.objects.values_list("kg", flat=True)) == 0


def test_taking_more_than_there_is_names_the_container_and_what_is_left(plant):
    box = container(plant, "300")

    with pytest.raises(Overdrawn, match=rf"{box.reference} has 300\.000 kg left in Bay A-01"):
        carry(plant, box, "300.001")

    assert held(box, plant.locations["A-01"]) == Decimal("300.000")
    assert Movement.objects.filter(kind=Kind.MOVE).count() == 0


@pytest.mark.parametrize("kg", ["0", "-5", "1000000.001", "1.0005"])
def test_a_mass_outside_the_bounds_or_finer_than_a_gram_is_refused(plant, kg):
    box = container(plant)

    with pytest.raises(BadKg):
        carry(plant, box, kg)


def test_what_is_still_to_come_is_refused(plant):
    box = container(plant)

    with pytest.raises(BadInstant, match="still to come"):
        carry(plant, box, 1, at=minutes(4), now=minutes(1))


def test_two_minutes_ahead_are_a_clock_that_runs_fast(plant):
    box = container(plant)

    assert carry(plant, box, 1, at=minutes(3), now=minutes(1))


def test_a_day_late_needs_a_reason(plant):
    box = container(plant)

    with pytest.raises(NeedsReason, match="24 hours"):
        carry(plant, box, 1, at=minutes(1), now=minutes(1 + 25 * 60))

    assert carry(plant, box, 1, at=minutes(1), now=minutes(1 + 25 * 60), reason="the tablet was broken")


def test_before_the_latest_movement_it_needs_a_reason_and_a_supervisor(plant):
    box = container(plant)
    carry(plant, box, 100, now=minutes(30))

    with pytest.raises(NeedsReason, match="later entry"):
        carry(plant, box, 100, at=minutes(10), now=minutes(40))
    with pytest.raises(NotAllowed):
        carry(plant, box, 100, at=minutes(10), now=minutes(40), reason="forgotten")
    assert carry(plant, box, 100, at=minutes(10), now=minutes(40), by="supervisor", reason="forgotten")


def test_before_the_receipt_there_was_nothing_to_take(plant):
    box = container(plant, 500)

    with pytest.raises(BadInstant, match=rf"At that time {box.reference} did not hold so much yet"):
        carry(plant, box, 500, at=minutes(-60), now=minutes(5), by="supervisor", reason="forgotten")

    assert held(box, plant.locations["A-01"]) == Decimal(500)


def test_the_site_day_is_the_day_in_the_sites_zone(plant):
    box = container(plant, at=NOON.replace(hour=3))  # 23:00 of the day before in Winston-Salem

    receipt = Movement.objects.get(to_container=box)

    assert receipt.site_day.isoformat() == "2026-06-09"


def test_workers_keep_the_flows_of_the_day(plant):
    container(plant, 700)
    container(plant, 300)

    drain(minutes(5))

    flow = DailyFlow.objects.get(flow=DailyFlow.Flow.RECEIVED)
    assert (flow.day.isoformat(), flow.kg) == ("2026-06-10", Decimal(1000))
