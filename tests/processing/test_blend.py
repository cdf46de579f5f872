"""Anode foil goes into a nickel grade with a supervisor's approval only, up to a share (RULE-4)."""

from decimal import Decimal

import pytest

from plant.access import NotAllowed
from processing import rules, services
from tests.factories import container, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def approve(plant, batch, share="0.2", by="supervisor"):
    return services.approve_blend(
        batch=batch,
        reason="trial of the blend",
        largest_share_ratio=Decimal(share),
        by=plant.users[by],
        at=minutes(2),
    )


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
