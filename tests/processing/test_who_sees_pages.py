"""Buttons match the state and the role; what a person may not see is not found."""

import re

import pytest

from tests.factories import NOON
from tests.processing import floor
from tests.processing.screens import text

pytestmark = pytest.mark.django_db


def test_buttons_match_the_state(plant, operator):
    def buttons(batch):
        found = re.findall(rf'href="/batches/{batch}/(\w+)/"', operator.get(f"/batches/{batch}/").content.decode())
        return set(found)

    draft = floor.draft(plant)
    running = floor.opened(plant, line="DISMANTLING", recipe="DISMANTLE", grade="NMC_MODULE")

    assert buttons(draft) == {"open", "abort"}
    assert buttons(running) == {"charge", "bag", "loss", "close", "hold", "abort"}
    floor.services.hold_batch(batch=running, reason="alarm", by=plant.users["operator"], at=NOON)
    assert buttons(running) == {"bag", "loss", "close", "resume", "abort"}
    floor.close(plant, running)
    assert buttons(running) == set()


def test_a_manager_looks_and_has_no_buttons(plant, client):
    batch = floor.charged(plant)
    client.force_login(plant.users["manager"])

    page = client.get(f"/batches/{batch}/")

    assert page.status_code == 200
    assert f"/batches/{batch}/bag/" not in page.content.decode()
    assert client.get(f"/batches/{batch}/bag/").status_code == 404
    assert client.get("/batches/").status_code == 200


def test_a_partner_finds_nothing(plant, client):
    batch = floor.opened(plant)
    client.force_login(plant.users["partner"])

    for url in ("/batches/", f"/batches/{batch}/", "/batches/lines/"):
        assert client.get(url).status_code == 404


def test_an_unknown_batch_is_a_page_with_a_way_on(plant, operator):
    response = operator.get("/batches/B-2026-9999/")

    assert response.status_code == 404
    assert "There is no batch B-2026-9999 here." in text(response)
