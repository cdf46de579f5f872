"""A batch is planned: only what fits is offered."""

import pytest

from processing.models import Batch, BatchState
from tests.processing.screens import PLAN, plan, send, text

pytestmark = pytest.mark.django_db


def test_only_what_fits_is_offered(plant, operator):
    shown = text(operator.get("/batches/new/?line=DISMANTLING"))

    assert "Dismantle packs" in shown
    assert "Electrode scrap" not in shown
    grade = text(send(operator, "/batches/new/", show="1", line="LINE-1", grade="LFP_BM"))
    assert "LFP" in grade
    assert "NMC811" not in grade


def test_a_draft_waits_while_the_line_is_busy(plant, operator):
    first = plan(operator)

    assert f"{first} is on this line" in text(operator.get("/batches/new/?line=LINE-1"))
    assert send(operator, "/batches/new/", **PLAN, plan="1").status_code == 303
    draft = Batch.objects.latest("pk")
    assert draft.state == BatchState.DRAFT
    assert f"is taken by {first}" in text(operator.get(f"/batches/{draft}/open/"))
