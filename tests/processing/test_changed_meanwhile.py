"""Somebody else changed it: the person is told what it was and what it is, keeps the typing, and presses again."""

import re

import pytest

from tests.factories import container
from tests.pages import browser, form, send, text
from tests.processing import floor
from tests.shipments import dock

pytestmark = pytest.mark.django_db


def drawn(page, *names):
    """The hidden facts of a page, as its browser sends them back."""
    found = re.findall(r'name="seen" value="([^"]*)"', page.content.decode())
    return [fact for fact in found if not names or fact.startswith(names)]


def test_less_is_left_than_the_page_showed(plant):
    box, batch = container(plant, 1000), floor.opened(plant)
    operator, url = browser(plant.users["operator"]), f"/batches/{batch}/charge/"
    seen = drawn(operator.get(url))
    floor.charge(plant, batch, box, 400)

    answer = send(operator, url, {"charge": "1", "container": str(box), "seen": seen})

    assert answer.status_code == 422
    assert f"Left in {box}: you saw 1000.000 kg, now it is 600.000 kg." in text(answer)
    assert f'value="{box}" checked' in answer.content.decode()
    again = send(operator, url, {"charge": "1", "container": str(box), "seen": drawn(answer)})
    assert again.status_code == 303
    assert floor.left(box) == 0


def test_a_batch_was_closed_meanwhile(plant):
    batch = floor.charged(plant)
    operator, url = browser(plant.users["operator"]), f"/batches/{batch}/bag/"
    seen = drawn(operator.get(url))
    floor.close(plant, batch, by="supervisor")
    bag = {"material": "BLACK_MASS", "kind": "BIG_BAG", "bay": "P-01", "unit": "kg", "net": "700"}

    answer = send(operator, url, bag | {"seen": seen})

    assert answer.status_code == 422
    assert f"{batch}: you saw Running, now it is Closed ({plant.users['supervisor'].name}" in text(answer)
    assert form(answer, "panel")["net"] == "700"


def test_the_papers_of_a_draft_were_changed_meanwhile(plant):
    shipment = dock.draft(plant)
    operator, url = browser(plant.users["operator"]), f"/shipments/{shipment}/papers/"
    page = operator.get(url)
    papers = {name: value for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page.content.decode())}
    ship_to = re.search(r'<option value="([^"]+)" selected', page.content.decode())[1]
    typed = {name: papers.get(name, "") for name in ("bill_of_lading", "trailer")} | {"ship_to": ship_to}
    seen = drawn(page)
    assert send(operator, url, typed | {"carrier": "Carrier B", "seen": seen}).status_code == 303

    answer = send(operator, url, typed | {"carrier": "Carrier C", "seen": seen})

    assert answer.status_code == 422
    assert "now it is Carrier B" in text(answer)
    assert 'value="Carrier C"' in answer.content.decode()
    assert send(operator, url, typed | {"carrier": "Carrier C", "seen": drawn(answer)}).status_code == 303


def test_a_lot_was_decided_meanwhile(plant):
    lot = container(plant).lot
    ehs, url = browser(plant.users["ehs"]), f"/lots/{lot}/"
    status, *_others = re.findall(r'<option value="(\w+)"', ehs.get(url).content.decode())
    seen = drawn(ehs.get(url))
    assert send(ehs, f"{url}regulatory/", {"status": status, "basis": "40 CFR 273", "seen": seen}).status_code == 303

    answer = send(ehs, f"{url}regulatory/", {"status": status, "basis": "40 CFR 261", "seen": seen})

    assert answer.status_code == 422
    assert "Basis: you saw" in text(answer)
    assert "now it is 40 CFR 273" in text(answer)
    assert 'value="40 CFR 261"' in answer.content.decode()
