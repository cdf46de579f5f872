"""What may go into a batch: the recipe (RULE-1), discharged (RULE-2), one grade (RULE-4), one pool (RULE-5)."""

from decimal import Decimal

import pytest

from plant.access import NotAllowed
from plant.errors import DomainError
from plant.inventory.models import Container
from processing import rules, services
from tests.factories import NOON, container, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def discharge(plant, box, minute=1, *, passed=True):
    return services.record_discharge(
        container=box, passed=passed, voltage_v=Decimal("0.4"), note="", by=plant.users["operator"], at=minutes(minute)
    )


def approve(plant, batch, share="0.2", by="supervisor"):
    return services.approve_blend(
        batch=batch,
        reason="trial of the blend",
        largest_share_ratio=Decimal(share),
        by=plant.users[by],
        at=minutes(2),
    )


def modules(plant, net_kg=400, **kwargs):
    return container(plant, net_kg, material="MODULE", kind="CRATE", bay="B-01", piece_count=20, **kwargs)


def test_the_recipe_says_what_goes_in():
    plant = world()
    box = container(plant, 100, material="SLURRY")

    with pytest.raises(rules.NotForThisBatch) as refusal:
        floor.charge(plant, floor.opened(plant), box)

    assert refusal.value.message == (
        f"{box} (100.000 kg left) is electrode slurry, and the recipe Electrode scrap does not take that. "
        "Scan another one."
    )


def test_charged_modules_want_a_discharge_record():
    plant = world()
    box = modules(plant)
    batch = floor.opened(plant, recipe="CELLS")

    with pytest.raises(rules.NotDischarged, match=r"\(400.000 kg left\) has no passed discharge record"):
        floor.charge(plant, batch, box)
    discharge(plant, box)

    assert floor.charge(plant, batch, box).kg == 400


def test_the_last_check_counts():
    plant = world()
    box = modules(plant)
    batch = floor.opened(plant, recipe="CELLS")
    discharge(plant, box, 1)
    discharge(plant, box, 2, passed=False)

    with pytest.raises(rules.NotDischarged, match="failed its last discharge check"):
        floor.charge(plant, batch, box, minute=3)


def test_a_check_counts_for_the_hours_of_the_recipe():
    plant = world()
    box = modules(plant)
    batch = floor.opened(plant, recipe="CELLS")
    discharge(plant, box, 0)

    with pytest.raises(rules.NotDischarged, match="was checked at 2026-06-10 12:00; a check counts 24 hours"):
        floor.charge(plant, batch, box, minute=24 * 60 + 1)

    assert floor.charge(plant, batch, box, minute=24 * 60).kg == 400


def test_a_check_made_later_does_not_count():
    plant = world()
    box = modules(plant)
    batch = floor.opened(plant, recipe="CELLS")
    discharge(plant, box, 30)

    with pytest.raises(rules.NotDischarged, match="no passed discharge record"):
        floor.charge(plant, batch, box, minute=10, now=31)


def test_a_recipe_for_charged_cells_asks_for_none():
    plant = world()
    box = modules(plant)
    inert = services.create_recipe(site=plant.site, code="INERT", name="Charged under inert gas")
    plant.recipes["INERT"] = services.add_recipe_version(
        recipe=inert, lines=[plant.lines["LINE-1"]], materials=[plant.materials["MODULE"]], takes_charged=True
    )

    assert floor.charge(plant, floor.opened(plant, recipe="INERT"), box).kg == 400


def test_what_holds_no_charge_has_nothing_to_discharge():
    plant = world()

    with pytest.raises(DomainError, match="holds no charge, so there is nothing to discharge"):
        discharge(plant, container(plant, 100))


def test_anode_foil_goes_into_a_nickel_grade_with_an_approval_only():
    plant = world()
    box = container(plant, 100, material="ANODE_FOIL", chemistry="GRAPHITE")
    batch = floor.opened(plant)

    with pytest.raises(rules.NeedsApproval) as refusal:
        floor.charge(plant, batch, box)
    assert refusal.value.message == (
        f"{box} (100.000 kg left) is anode foil; Nickel black mass takes it with a blend approval only. "
        "Ask a supervisor."
    )
    approve(plant, batch)

    assert floor.charge(plant, batch, box, minute=3).kg == 100


def test_a_supervisor_approves_and_says_why():
    plant = world()
    batch = floor.opened(plant)

    with pytest.raises(NotAllowed):
        approve(plant, batch, by="operator")
    with pytest.raises(rules.NeedsApproval, match="at most at 100 %"):
        approve(plant, batch, "1.01")
    approve(plant, batch, "0.1")
    approval = approve(plant, batch, "0.15")

    assert services.approval_of(batch) == approval
    assert approval.largest_share_ratio == Decimal("0.15")


def test_the_approved_share_is_judged_at_the_close():
    plant = world()
    foil = container(plant, 300, material="ANODE_FOIL", chemistry="GRAPHITE")
    batch = floor.charged(plant, 700)
    approve(plant, batch, "0.2")
    floor.charge(plant, batch, foil, minute=3)
    floor.bag(plant, batch, 1000, kind="HEAP", minute=4)

    with pytest.raises(rules.NeedsApproval, match=r"30\.00 % of the charge; 20\.00 % are approved"):
        floor.close(plant, batch)
    approve(plant, batch, "0.3")

    assert floor.close(plant, batch).state == "closed"


def test_anode_foil_into_its_own_grade_wants_no_approval():
    plant = world()
    foil = container(plant, 300, material="ANODE_FOIL", chemistry="GRAPHITE")
    batch = floor.opened(plant, grade="GRAPHITE", chemistry="GRAPHITE")
    floor.charge(plant, batch, foil)
    floor.bag(plant, batch, 300)

    assert floor.close(plant, batch, explanation="").state == "closed"


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
    modules(plant)
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
