"""The mass balance of a batch, by services and workers: CV-CLOSURE of the acceptance cases."""

from decimal import Decimal

import pytest

from plant import recompute
from processing import services
from processing.models import BatchResult
from tests.factories import container, minutes, world
from tests.processing import floor

pytestmark = pytest.mark.django_db

# calculations.json, vector CV-CLOSURE ("Mass balance closure"): synthetic masses in kg, heel zero
INPUT_KG = 10020
OUTPUTS_KG = {"BLACK_MASS": 6950, "COPPER": 980, "ALUMINIUM": 560, "PLASTICS": 310, "CONDENSATE": 820}
CLOSURE_PCT = Decimal("96.008")
UNACCOUNTED_KG = 400


def closed_case(plant):
    batch = floor.charged(plant, INPUT_KG)
    for material, net_kg in OUTPUTS_KG.items():
        floor.bag(plant, batch, net_kg, material, kind="HEAP")
    return floor.close(plant, batch, explanation="two drums of residue were not weighed")


def test_cv_closure_holds_through_services_and_workers():
    batch = closed_case(world())

    recompute.drain(minutes(6))

    result = BatchResult.objects.get(batch=batch)
    assert result.charged_kg == INPUT_KG
    assert result.outputs_kg == 9620
    assert round(result.closure_ratio * 100, 3) == CLOSURE_PCT
    assert result.unaccounted_kg == UNACCOUNTED_KG
    assert result.yield_ratio == Decimal("0.69361277")  # 6950 / 10020
    assert result.is_final
    assert (result.movements, result.formula_version) == (7, 1)


def test_what_the_page_shows_is_what_the_worker_stored():
    batch = closed_case(world())

    recompute.drain(minutes(6))

    shown, stored = services.figures_of(batch), BatchResult.objects.get(batch=batch)
    for name in ("charged_kg", "product_kg", "outputs_kg", "losses_kg", "heel_closing_kg", "unaccounted_kg"):
        assert getattr(shown, name) == getattr(stored, name)
    assert shown.posted_unaccounted_kg == stored.unaccounted_kg
    assert shown.in_run_kg == 0


def test_the_weighed_closure_counts_weighed_losses_only():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 900)
    floor.lose(plant, batch, 60, "OFF_GAS", how_known="calculated", formula="F22")
    floor.lose(plant, batch, None, "SAMPLE", reading=floor.kilograms(20))

    figures = services.figures_of(batch)

    assert figures.closure_ratio == Decimal("0.98")
    assert figures.weighed_closure_ratio == Decimal("0.92")
    assert (figures.losses_kg, figures.weighed_losses_kg) == (80, 20)


def test_the_heel_is_part_of_the_closure():
    plant = world()
    floor.close(plant, floor.charged(plant, 1000, minute=1), Decimal(100), minute=5)
    batch = floor.charged(plant, 1000, minute=6)
    floor.bag(plant, batch, 1050, minute=7, kind="HEAP")

    floor.close(plant, batch, Decimal(40), minute=8, explanation="")
    recompute.drain(minutes(9))

    result = BatchResult.objects.get(batch=batch)
    assert (result.heel_opening_kg, result.heel_closing_kg) == (100, 40)
    assert result.closure_ratio == Decimal("0.99")  # (1050 + 40 - 100) / 1000
    assert result.unaccounted_kg == 10


def test_only_the_batchs_grade_counts_as_product():
    plant = world()
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 500, "BLACK_MASS")
    floor.bag(plant, batch, 300, "COPPER")

    figures = services.figures_of(batch)

    assert (figures.product_kg, figures.outputs_kg) == (500, 800)
    assert figures.yield_ratio == Decimal("0.5")


def test_without_a_charge_there_is_no_ratio():
    plant = world()
    batch = floor.opened(plant)
    floor.bag(plant, batch, 500)

    recompute.drain(minutes(6))

    result = BatchResult.objects.get(batch=batch)
    assert result.yield_ratio is None
    assert result.closure_ratio is None
    assert not result.is_final


def test_a_returned_part_is_not_charged():
    plant = world()
    box = container(plant, 1000)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box)

    services.return_charge(
        batch=batch,
        container=box,
        reading=floor.kilograms(250),
        by=plant.users["operator"],
        at=minutes(3),
        now=minutes(3),
    )

    assert services.figures_of(batch).charged_kg == 750
    assert floor.left(box) == 250
