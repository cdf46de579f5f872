"""What can be charged wants a passed discharge record, not too old (RULE-2)."""

from decimal import Decimal

import pytest

from plant.errors import DomainError
from processing import rules, services
from tests.factories import container, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def discharge(plant, box, minute=1, *, passed=True):
    return services.record_discharge(
        container=box, passed=passed, voltage_v=Decimal("0.4"), note="", by=plant.users["operator"], at=minutes(minute)
    )


def modules(plant, net_kg=400, **kwargs):
    return container(plant, net_kg, material="MODULE", kind="CRATE", bay="B-01", piece_count=20, **kwargs)


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
