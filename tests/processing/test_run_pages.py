"""The whole work at a line through the pages, without JavaScript."""

import pytest

from plant import recompute
from plant.web import now
from processing.models import Batch, BatchState
from tests.factories import container
from tests.processing import floor
from tests.processing.screens import BAG, plan, send, text

pytestmark = pytest.mark.django_db


def test_an_operator_runs_a_batch_from_plan_to_figures(plant, operator):
    boxes = [container(plant, 600, at=now()), container(plant, 400, at=now())]

    batch = plan(operator)
    page = f"/batches/{batch}/"
    assert send(operator, f"{page}charge/", charge="1", container=[str(box) for box in boxes]).status_code == 303
    assert send(operator, f"{page}bag/", **BAG, gross="703").status_code == 303
    assert (
        send(operator, f"{page}bag/", **BAG | {"material": "COPPER", "kind": "GAYLORD"}, net="250").status_code == 303
    )
    assert send(operator, f"{page}loss/", loss="DUST", how_known="estimated", amount="30", unit="kg").status_code == 303
    preview = send(
        operator, f"{page}close/", show="1", left="so_much", heel="15", unit="kg", heel_how_known="estimated"
    )
    assert "99.50 %" in text(preview)
    assert "Unaccounted 5.000 kg" in text(preview)
    closed = send(
        operator, f"{page}close/", close="1", left="so_much", heel="15", unit="kg", heel_how_known="estimated"
    )
    assert closed.status_code == 303

    waiting = text(operator.get(page))
    assert "Being computed" in waiting
    recompute.drain(now())
    shown = text(operator.get(page))
    assert "Yield, as weighed 70.00 %" in shown
    assert "Closure 99.50 %" in shown
    assert "Unaccounted 5.0 kg" in shown
    assert "700.000 kg of the product grade / 1,000.000 kg charged = 70.000 %" in shown
    assert "Being computed" not in shown


def test_hold_go_on_and_abort(plant, operator):
    batch = plan(operator)
    page = f"/batches/{batch}/"

    assert send(operator, f"{page}hold/", reason="oxygen alarm").status_code == 303
    assert "Held: oxygen alarm" in text(operator.get(page))
    assert operator.get(f"{page}charge/").status_code == 302
    assert send(operator, f"{page}resume/").status_code == 303
    assert send(operator, f"{page}abort/", reason="").status_code == 422
    assert send(operator, f"{page}abort/", reason="wrong grade").status_code == 303

    assert Batch.objects.get().state == BatchState.ABORTED


def test_an_own_entry_is_reversed_from_the_batchs_page(plant, operator):
    box = container(plant, 600, at=now())
    batch = plan(operator)
    send(operator, f"/batches/{batch}/charge/", charge="1", container=[str(box)])

    assert f"/batches/{batch}/entries/1/reverse/" in operator.get(f"/batches/{batch}/").content.decode()
    assert "Charged: 600.000 kg" in text(operator.get(f"/batches/{batch}/entries/1/reverse/"))
    assert send(operator, f"/batches/{batch}/entries/1/reverse/", reason="wrong box").status_code == 303

    assert floor.left(box) == 600


def test_a_close_outside_the_band_asks_for_an_explanation(plant, operator):
    box = container(plant, 1000, at=now())
    batch = plan(operator)
    send(operator, f"/batches/{batch}/charge/", charge="1", container=[str(box)])
    send(operator, f"/batches/{batch}/bag/", **BAG, net="900")
    url, said = f"/batches/{batch}/close/", {"close": "1", "left": "empty", "unit": "kg", "heel_how_known": "declared"}

    asked = send(operator, url, **said)
    assert asked.status_code == 422
    assert "Closure is 90.00 % and 100.000 kg are unaccounted" in text(asked)
    assert 'name="explanation"' in asked.content.decode()
    assert send(operator, url, **said, explanation="a bag burst").status_code == 303

    assert "a bag burst" in text(operator.get(f"/batches/{batch}/"))


def test_htmx_asks_for_the_figures_alone_until_they_are_fresh(plant, operator):
    batch = floor.close(plant, floor.charged(plant))

    stale = operator.get(f"/batches/{batch}/", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in stale.content.decode()
    assert "<html" not in stale.content.decode()
    recompute.drain(now())
    fresh = operator.get(f"/batches/{batch}/", headers={"HX-Request": "true"})

    assert "hx-trigger" not in fresh.content.decode()
