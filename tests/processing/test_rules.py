"""A batch has one recipe on its line, one grade and one pool (RULE-1, 4, 5); page and service agree."""

import pytest

from plant.errors import DomainError
from plant.inventory.models import Container
from processing import rules
from tests.factories import NOON, container, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def test_the_recipe_says_what_goes_in():
    plant = world()
    box = container(plant, 100, material="SLURRY")

    with pytest.raises(rules.NotForThisBatch) as refusal:
        floor.charge(plant, floor.opened(plant), box)

    assert refusal.value.message == (
        f"{box} (100.000 kg left) is electrode slurry, and the recipe Electrode scrap does not take that. "
        "Scan another one."
    )


def test_pools_never_share_a_batch():
    plant = world()
    box = container(plant, 100, chemistry="LFP")

    with pytest.raises(rules.WrongPool) as refusal:
        floor.charge(plant, floor.opened(plant), box)

    assert refusal.value.message == (
        f"{box} (100.000 kg left) is LFP; this batch runs NMC811. They never share a batch."
    )


def test_a_nickel_chemistry_may_follow_another_in_the_same_batch():
    plant = world()
    box = container(plant, 100, chemistry="NCMA")

    assert floor.charge(plant, floor.opened(plant), box).kg == 100


def test_a_grade_is_made_of_its_pool():
    plant = world()

    with pytest.raises(DomainError, match="Nickel black mass is not made of LFP"):
        floor.draft(plant, chemistry="LFP")


def test_a_recipe_runs_on_its_lines():
    plant = world()

    with pytest.raises(DomainError, match="Electrode scrap does not run on Dismantling bench"):
        floor.draft(plant, line="DISMANTLING")


def test_page_and_service_agree_on_every_container():
    """What the rules say of a container is what charging it says."""
    plant = world()
    for material in ("CATHODE_FOIL", "SLURRY", "ANODE_FOIL"):
        for chemistry in ("NMC811", "LFP", "GRAPHITE"):
            container(plant, 100, material=material, chemistry=chemistry)
    container(plant, 100, owner="LGES")
    container(plant, 400, material="MODULE", kind="CRATE", bay="B-01", piece_count=20)
    batch = floor.opened(plant)
    materials = set(batch.recipe_version.materials.values_list("pk", flat=True))
    verdicts = {
        candidate.container.pk: rules.charging_problems(
            batch, candidate, at=minutes(2), materials=materials, approval=None
        )
        for candidate in rules.candidates(batch, Container.objects.packed(), at=minutes(2))
    }

    for box in Container.objects.packed():
        if verdicts[box.pk]:
            with pytest.raises(DomainError) as refusal:
                floor.charge(plant, batch, box)
            assert refusal.value.message == verdicts[box.pk][0].sentence
        else:
            floor.charge(plant, batch, box)
    assert minutes(2) > NOON
    assert floor.in_run(batch) == 100
