"""Modules that a batch gave are charged again: rework, not processed twice (F11)."""

from decimal import Decimal

import pytest

from plant import recompute
from plant.inventory.models import DailyFlow
from processing import services
from tests.factories import container, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db


def test_a_pack_dismantled_to_modules_and_shredded_is_processed_once():
    plant = world()
    operator = plant.users["operator"]
    packs = container(plant, 1000, material="PACK", kind="PALLET", bay="B-01", piece_count=2)
    services.record_discharge(container=packs, passed=True, by=operator, at=minutes(0))
    bench = floor.opened(plant, line="DISMANTLING", recipe="DISMANTLE", grade="NMC_MODULE")
    floor.charge(plant, bench, packs)
    modules = floor.bag(plant, bench, 650, "MODULE", kind="CRATE", bay="B-02")
    floor.bag(plant, bench, 340, "STEEL", kind="GAYLORD")
    floor.close(plant, bench, explanation="")

    services.record_discharge(container=modules, passed=True, by=operator, at=minutes(6))
    shredder = floor.opened(plant, recipe="CELLS", minute=7)
    floor.charge(plant, shredder, modules, minute=8)
    floor.bag(plant, shredder, 640, minute=9)
    floor.close(plant, shredder, minute=10, explanation="")
    recompute.drain(minutes(11))

    flows = {(f.flow, f.material.code if f.material else None): f.kg for f in DailyFlow.objects.all()}
    assert flows["processed", "PACK"] == 1000
    assert flows["reworked", "MODULE"] == 650
    assert ("processed", "MODULE") not in flows
    assert bench.result.yield_ratio == Decimal("0.65")
    assert shredder.result.charged_kg == 650
