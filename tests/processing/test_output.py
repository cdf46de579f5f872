"""Bags come out of a batch in any order, each weighed into a lot of one material, grade, owner and pool."""

from decimal import Decimal

import pytest

from plant.access import NotAllowed
from plant.errors import DomainError
from plant.inventory.models import Lot, Movement
from plant.inventory.services import WrongPlace
from plant.inventory.weighing import BadWeight, Implausible
from processing import rules, services
from tests.factories import container, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def test_a_bag_may_come_before_its_charge():
    plant = world()
    box = container(plant, 1000)
    batch = floor.opened(plant)

    floor.bag(plant, batch, 700)
    assert floor.in_run(batch) == -700
    floor.charge(plant, batch, box)

    assert floor.in_run(batch) == 300


def test_bags_of_one_material_are_one_lot():
    plant = world()
    batch = floor.charged(plant)

    bags = [floor.bag(plant, batch, 300), floor.bag(plant, batch, 400), floor.bag(plant, batch, 90, "COPPER")]

    first, second, copper = (bag.lot for bag in bags)
    assert first == second != copper
    assert [bag.reference for bag in bags[:2]] == [f"{first}-01", f"{first}-02"]
    assert (first.grade.code, first.chemistry.code, first.owner.code) == ("NMC_BM", "NMC811", "GMBI")
    assert first.origin == Lot.Origin.OWN_PROCESS
    assert (first.generated_on, copper.grade) == (None, None)


def test_waste_says_on_which_day_it_was_made():
    """RULE-11: the clock of what the plant makes itself starts the day it was made."""
    plant = world()
    batch = floor.charged(plant)

    bag = floor.bag(plant, batch, 60, "CONDENSATE", minute=13 * 60)  # after midnight in Winston-Salem

    assert bag.lot.generated_on.isoformat() == "2026-06-11"


def test_a_product_lot_takes_bags_of_several_batches_of_its_grade():
    plant = world()
    first = floor.charged(plant)
    lot = floor.bag(plant, first, 900).lot
    floor.close(plant, first)
    second = floor.charged(plant, minute=6, chemistry="NMC622")

    bag = floor.bag(plant, second, 900, minute=7, lot=lot)
    next_bag = floor.bag(plant, second, 50, minute=7)

    assert bag.lot == lot == next_bag.lot


@pytest.mark.parametrize("other", [{"grade": "LFP_BM", "chemistry": "LFP"}, {"owner": "LGES"}])
def test_a_lot_has_one_grade_owner_and_pool(other):
    """RULE-5."""
    plant = world()
    first = floor.charged(plant)
    lot = floor.bag(plant, first, 900).lot
    floor.close(plant, first)
    services.clean_out(line=plant.lines["LINE-1"], by=plant.users["operator"], at=minutes(6), now=minutes(6))
    second = floor.opened(plant, minute=7, **other)

    with pytest.raises(DomainError, match="a lot has one material, grade, owner and pool"):
        floor.bag(plant, second, 900, minute=8, lot=lot)

    assert lot not in services.lots_for(second, plant.materials["BLACK_MASS"])


def test_scrap_does_not_come_out():
    plant = world()

    with pytest.raises(DomainError, match="Cathode foil does not come out of a batch"):
        floor.bag(plant, floor.charged(plant), 100, "CATHODE_FOIL")


def test_a_bag_stands_in_a_bay():
    plant = world()

    with pytest.raises(WrongPlace):
        floor.bag(plant, floor.charged(plant), 100, bay="ZONE-P")


def test_an_unusual_weight_is_confirmed_and_an_absurd_one_refused():
    plant = world()
    batch = floor.charged(plant)

    with pytest.raises(Implausible, match=r"1,300\.000 kg is unusual for a big bag"):
        floor.bag(plant, batch, 1300, confirmed=False)
    with pytest.raises(BadWeight, match=r"12,500\.000 kg cannot be in a big bag"):
        floor.bag(plant, batch, 12500, confirmed=True)

    assert floor.bag(plant, batch, 1300, confirmed=True).weighings.get().net_kg == 1300


def test_a_held_batch_can_still_be_bagged():
    plant = world()
    batch = floor.charged(plant)
    services.hold_batch(batch=batch, reason="alarm", by=plant.users["operator"], at=minutes(2))

    floor.bag(plant, batch, 500)

    assert floor.in_run(batch) == 500


def test_before_the_opening_nothing_came_out():
    plant = world()
    batch = floor.opened(plant, minute=10)

    with pytest.raises(rules.BadTime, match="was opened at 2026-06-10 12:10"):
        floor.bag(plant, batch, 500, minute=5, now=20)


def test_a_bag_weighed_after_the_close_changes_what_is_unaccounted():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 900)
    floor.close(plant, batch)
    assert services.figures_of(batch).posted_unaccounted_kg == 100

    with pytest.raises(rules.NotRunning, match=r"was closed by .* A supervisor can enter a bag that was weighed late"):
        floor.bag(plant, batch, 60, minute=7)
    with pytest.raises(rules.NeedsExplanation, match="Type why this bag is entered now"):
        floor.bag(plant, batch, 60, minute=7, by="supervisor")
    floor.bag(plant, batch, 60, minute=7, by="supervisor", reason="stood behind the sieve")

    figures = services.figures_of(batch)
    assert (figures.outputs_kg, figures.unaccounted_kg, figures.posted_unaccounted_kg) == (960, 40, 40)
    assert floor.in_run(batch) == 0
    [posted] = Movement.objects.standing().filter(kind=Movement.Kind.UNACCOUNTED)
    batch.refresh_from_db()
    assert (posted.kg, posted.occurred_at) == (40, batch.closed_at)


def test_losses_are_typed_and_say_how_they_are_known():
    plant = world()
    batch = floor.charged(plant, 1000)

    dust = floor.lose(plant, batch, "12.5", "DUST")
    gas = floor.lose(plant, batch, 60, "OFF_GAS", how_known="calculated", formula="F22")

    assert (dust.how_known, dust.to_location.code) == ("estimated", "DUST")
    assert gas.formula == "F22"
    assert floor.in_run(batch) == Decimal("927.5")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"loss": "P-01", "kg": 1}, "Choose what kind of loss"),
        ({"kg": 1, "how_known": "calculated"}, "names its formula"),
        ({"kg": None}, "how much it was"),
        ({"kg": 1, "how_known": "weighed"}, "how that is known"),
        ({"kg": -1}, "above 0 kg"),
    ],
)
def test_a_loss_that_says_too_little_is_refused(said, sentence):
    plant = world()
    batch = floor.charged(plant, 1000)

    with pytest.raises(DomainError, match=sentence):
        floor.lose(plant, batch, said.pop("kg"), said.pop("loss", "DUST"), **said)

    assert floor.in_run(batch) == 1000


def test_a_manager_looks_and_does_not_bag():
    plant = world()

    with pytest.raises(NotAllowed):
        floor.bag(plant, floor.charged(plant), 100, by="manager")
