"""Two owners' material in one batch: the rule says whose bags they are, and nothing leaves before it is divided."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plant.access import NotAllowed
from plant.inventory import services as inventory
from plant.inventory.models import Hold
from processing import rules, services, shares
from processing.models import DivisionShare
from processing.services import division
from tests.factories import container, minutes, world
from tests.processing import floor

grams = st.integers(0, 10**9).map(lambda n: n * Decimal("0.001"))


@given(grams, st.dictionaries(st.sampled_from("ABCDE"), grams, min_size=1))
def test_shares_add_up_to_the_gram_and_none_is_a_gram_off(total_kg, charged):
    parts = shares.divide(total_kg, charged)

    whole = sum(charged.values())
    assert sum(parts.values()) == (total_kg if whole else 0)
    assert all(abs(parts[k] - total_kg * charged[k] / whole) < Decimal("0.001") for k in parts)


def test_what_cannot_be_divided_evenly_goes_to_the_largest_remainder_and_then_to_the_first():
    thirds = shares.divide(Decimal(100), {"A": Decimal(1), "B": Decimal(1), "C": Decimal(1)})

    assert thirds == {"A": Decimal("33.334"), "B": Decimal("33.333"), "C": Decimal("33.333")}


@pytest.fixture
def plant(db):
    """A plant whose electrode recipe takes several owners' material."""
    plant = world()
    version = plant.recipes["ELECTRODE"]
    plant.recipes["ELECTRODE"] = services.add_recipe_version(
        recipe=version.recipe, lines=version.lines.all(), materials=version.materials.all(), may_commingle=True
    )
    return plant


def run(plant, masses, *, minute=1):
    """A running batch of GMBI with these masses in it, by owner's code."""
    batch = floor.opened(plant, minute=minute)
    for owner, kg in masses.items():
        floor.charge(plant, batch, container(plant, kg, owner=owner), minute=minute + 1)
    return batch


def divide(plant, batch, *, by="supervisor", minute=20):
    return services.divide_batch(batch=batch, by=plant.users[by], at=minutes(minute))


def in_bags(plant, batch):
    return {share.owner.code: share.given_kg for share in services.shares_of(batch)}


def test_a_recipe_that_does_not_say_so_takes_one_owner(db):
    plant = world()
    batch = floor.opened(plant)

    with pytest.raises(rules.NotForThisBatch, match="Charge it to a batch of its owner"):
        floor.charge(plant, batch, container(plant, 500, owner="LGES"))


def test_each_bag_goes_to_whom_most_is_owed(plant):
    batch = run(plant, {"GMBI": 600, "LGES": 300, "TBMNC": 100})

    owners = [floor.bag(plant, batch, 90, minute=3 + n).lot.owner.code for n in range(10)]

    assert owners.count("GMBI") == 6
    assert owners.count("LGES") == 3
    assert owners.count("TBMNC") == 1


def test_bags_stay_until_the_closed_batch_is_divided(plant):
    batch = run(plant, {"GMBI": 600, "LGES": 400})
    bags = [floor.bag(plant, batch, kg, minute=3 + n) for n, kg in enumerate((500, 410, 60))]
    with pytest.raises(inventory.Held, match="several owners' material, not divided yet"):
        inventory.require_free(bags)
    with pytest.raises(division.NotDivisible, match="still runs"):
        divide(plant, batch)
    batch = floor.close(plant, batch, minute=10)

    made = divide(plant, batch)

    inventory.require_free(bags)
    found = {share.owner.code: (share.share_kg, share.given_kg) for share in made.shares.select_related("owner")}
    assert found == {"GMBI": (Decimal(582), Decimal(560)), "LGES": (Decimal(388), Decimal(410))}
    assert (made.rule, made.number) == ("net charged mass", 1)


def test_nobody_lifts_the_hold_by_hand(plant):
    batch = run(plant, {"GMBI": 600, "LGES": 400})
    bag = floor.bag(plant, batch, 500)
    hold = Hold.objects.get(container=bag)

    with pytest.raises(division.NotDivided, match="Divide that batch"):
        inventory.release_hold(hold=hold, reason="trust me", by=plant.users["supervisor"], at=minutes(9))


def test_bags_of_before_the_second_owner_came_are_kept_too(plant):
    batch = run(plant, {"GMBI": 600})
    early = floor.bag(plant, batch, 400)
    inventory.require_free([early])

    floor.charge(plant, batch, container(plant, 400, owner="LGES"), minute=4)

    with pytest.raises(inventory.Held):
        inventory.require_free([early])
    assert floor.bag(plant, batch, 400, minute=5).lot.owner.code == "LGES"


def test_what_one_is_owed_is_made_good_in_the_next_batch(plant):
    first = run(plant, {"GMBI": 500, "LGES": 500})
    floor.bag(plant, first, 900)  # one bag: all of it GMBI's
    divide(plant, floor.close(plant, first, minute=10))
    second = run(plant, {"GMBI": 500, "LGES": 500}, minute=30)

    owners = [floor.bag(plant, second, 225, minute=33 + n).lot.owner.code for n in range(4)]
    made = divide(plant, floor.close(plant, second, minute=40), minute=41)

    assert owners.count("LGES") > owners.count("GMBI")
    assert sum(share.share_kg - share.given_kg for share in made.shares.all()) == 0
    owed = division.accounts(second, [plant.parties["LGES"].pk])
    assert list(owed.values()) == [Decimal(450)]


def test_a_late_bag_is_held_until_it_is_divided_again(plant):
    batch = run(plant, {"GMBI": 600, "LGES": 400})
    bag = floor.bag(plant, batch, 500)
    batch = floor.close(plant, batch, minute=10)
    divide(plant, batch)

    late = floor.bag(plant, batch, 300, minute=9, now=30, by="supervisor", reason="stood behind the door")
    inventory.require_free([bag])
    with pytest.raises(inventory.Held):
        inventory.require_free([late])
    again = divide(plant, batch, minute=31)

    assert again.number == 2
    inventory.require_free([late])
    assert sum(share.share_kg for share in again.shares.all()) == 800
    counted = DivisionShare.objects.filter(division__in=division.newest_divisions())
    assert counted.count() == again.shares.count()


def test_other_streams_are_divided_and_waste_is_not(plant):
    batch = run(plant, {"GMBI": 600, "LGES": 400})
    floor.bag(plant, batch, 500)
    copper = floor.bag(plant, batch, 100, "COPPER", minute=4)
    residue = floor.bag(plant, batch, 50, "RESIDUE", minute=5)

    batch = floor.close(plant, batch, minute=10)
    made = divide(plant, batch)

    assert {share.material.code for share in made.shares.select_related("material")} == {"BLACK_MASS", "COPPER"}
    assert not Hold.objects.filter(container=residue).exists()
    assert residue.lot.owner.code == "GMBI"
    assert Hold.objects.filter(container=copper).exists()


def test_a_batch_of_one_owner_is_not_divided_and_only_supervisors_and_managers_divide(plant):
    alone = run(plant, {"GMBI": 600})
    floor.bag(plant, alone, 500)
    alone = floor.close(plant, alone, minute=10)

    with pytest.raises(division.NotDivisible, match="one owner's"):
        divide(plant, alone)
    with pytest.raises(NotAllowed):
        divide(plant, alone, by="operator")


def test_lots_of_a_shared_batch_take_no_other_batch(plant):
    batch = run(plant, {"GMBI": 600, "LGES": 400})
    shared = floor.bag(plant, batch, 500).lot
    divide(plant, floor.close(plant, batch, minute=10))
    other = floor.charged(plant, 1000, minute=30, recipe="CELLS")

    assert shared not in services.lots_for(other, plant.materials["BLACK_MASS"])
    assert floor.bag(plant, other, 500, minute=31).lot != shared
