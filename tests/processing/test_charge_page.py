"""What is left and what is chosen is always on the screen; a scan chooses or says why not."""

import uuid

import pytest

from plant.inventory import services as inventory
from plant.web import now
from tests.factories import container
from tests.processing import floor
from tests.processing.screens import plan, send, text

pytestmark = pytest.mark.django_db


def test_what_is_left_and_what_is_chosen_is_on_the_screen(plant, operator):
    box, held = container(plant, 600, at=now()), container(plant, 400, at=now())
    inventory.place_hold(container=held, kind="quality", reason="wet", by=plant.users["ehs"], at=now())
    batch = plan(operator)

    shown = text(operator.get(f"/batches/{batch}/charge/"))
    assert "1 container fits, 600.0 kg" in shown
    assert "1 more cannot be charged now" in shown
    assert f"{held} (400.000 kg left) is on a quality hold: wet" in shown
    chosen = text(send(operator, f"/batches/{batch}/charge/", add="1", container=[str(box)]))
    assert "1 chosen, 600.0 kg" in chosen
    assert "1 chosen, 600.0 kg" in text(send(operator, f"/batches/{batch}/charge/selection/", container=[str(box)]))


def test_a_scan_chooses_or_says_why_not(plant, operator):
    box, other = container(plant, 600, at=now()), container(plant, 400, material="SLURRY", at=now())
    batch = plan(operator)
    url = f"/batches/{batch}/charge/"

    assert "1 chosen, 600.0 kg" in text(send(operator, url, scan=str(box).lower()))
    assert "does not take that" in text(send(operator, url, scan=str(other)))
    assert "There is no container L-1 here. Scan it again." in text(send(operator, url, scan="L-1"))
    assert floor.in_run(batch) == 0


def test_a_part_is_charged_and_some_given_back(plant, operator):
    box = container(plant, 600, at=now())
    batch = plan(operator)

    page = operator.get(f"/batches/{batch}/charge/{box}/")
    assert "600.000 kg left" in text(page)
    refused = send(operator, f"/batches/{batch}/charge/{box}/", net="700", unit="kg")
    assert refused.status_code == 422
    assert f"{box} has 600.000 kg left in Bay A-01. Take at most that." in text(refused)
    assert 'value="700"' in refused.content.decode()
    assert send(operator, f"/batches/{batch}/charge/{box}/", net="200", unit="kg").status_code == 303
    assert send(operator, f"/batches/{batch}/give-back/{box}/", net="50", unit="kg").status_code == 303

    assert floor.in_run(batch) == 150
    assert floor.left(box) == 450


def test_the_same_form_sent_twice_charges_once(plant, operator):
    box = container(plant, 600, at=now())
    batch, key = plan(operator), str(uuid.uuid4())
    form = {"once": key, "net": "200", "unit": "kg"}

    answers = [operator.post(f"/batches/{batch}/charge/{box}/", form) for _ in range(2)]
    other = operator.post(f"/batches/{batch}/charge/{box}/", form | {"net": "100"})

    assert [answer.status_code for answer in answers] == [303, 303]
    assert floor.left(box) == 400
    assert other.status_code == 422
    assert "This form was sent before with other content" in text(other)
