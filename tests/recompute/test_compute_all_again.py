"""Every derived figure can be thrown away: it is a function of the ledger and the instant it speaks of."""

from typing import Any

import pytest

from plant import recompute
from plant.demo import site, story
from plant.inventory.models import DailyFlow
from plant.limits.models import Utilization
from plant.recompute.models import Mark
from processing.models import BatchResult
from tests.factories import NOON, world

NO_FIGURES = {"printer-queue"}
"""What workers do and nothing is kept of: labels are sent to their printer."""


def _figures() -> dict[tuple[str, str], Any]:
    figures = {}
    for fact in recompute.all_facts():
        if fact.name in NO_FIGURES:
            continue
        assert fact.keys, fact.name
        assert fact.stored, fact.name
        keys = fact.keys()
        figures |= {(fact.name, key): dict(fact.stored(key)) for key in keys}
    return figures


@pytest.fixture
def told(db: None, facts_of_the_rooms: None) -> dict[tuple[str, str], Any]:
    """Three days of a plant with receipts, batches, a hold and a shipment; its figures."""
    plant = world()
    site.set_limits(plant, year=NOON.year)
    story.tell(plant, now=NOON, days=3)
    recompute.drain(NOON)
    return _figures()


def test_what_was_deleted_is_the_same_when_computed_again(told: dict[tuple[str, str], Any]) -> None:
    names = {name for name, _key in told}
    for model in (BatchResult, DailyFlow, Utilization):
        assert model.objects.all().delete()[0]

    for name in names:
        recompute.mark_all(name)
    recompute.drain(NOON)

    assert _figures() == told
    assert names >= {"batch-yield", "daily-flow", "utilization"}
    assert not Mark.objects.exists()


def test_computing_again_what_is_there_changes_nothing(told: dict[tuple[str, str], Any]) -> None:
    for name in {name for name, _key in told}:
        recompute.mark_all(name)
    recompute.drain(NOON)

    assert _figures() == told
