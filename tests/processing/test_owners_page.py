"""The page of a batch's owners: shares to the gram, and the one press that frees the bags."""

import uuid

import pytest

from plant.inventory import services as inventory
from processing import services
from tests.factories import container, world
from tests.pages import browser, send, text
from tests.processing import floor


@pytest.fixture
def plant(db):
    plant = world()
    version = plant.recipes["ELECTRODE"]
    plant.recipes["ELECTRODE"] = services.add_recipe_version(
        recipe=version.recipe, lines=version.lines.all(), materials=version.materials.all(), may_commingle=True
    )
    return plant


def test_it_is_divided_once_by_a_supervisor_when_it_is_closed(plant, monkeypatch):
    monkeypatch.setattr("processing.views.owners.now", lambda: floor.minutes(30))
    batch = floor.opened(plant)
    for owner in ("GMBI", "LGES"):
        floor.charge(plant, batch, container(plant, 500, owner=owner))
    bag = floor.bag(plant, batch, 901)
    url, told = f"/batches/{batch}/owners/", {"once": str(uuid.uuid4())}
    supervisor, operator = browser(plant.users["supervisor"]), browser(plant.users["operator"])

    before = text(supervisor.get(url))
    floor.close(plant, batch, minute=10)
    shown = text(supervisor.get(url))
    seen_by_operator = text(operator.get(url))
    answers = [send(supervisor, url, told) for _ in range(2)]

    assert "It can be divided when the batch is closed" in before
    assert "LG Energy Solution 500.000 450.500 0.000 450.500" in shown
    assert "Divide it and free the bags" in shown
    assert "Divide it and free the bags" not in seen_by_operator
    assert operator.post(url, {}).status_code == 404
    assert [answer.status_code for answer in answers] == [303, 303]
    assert batch.divisions.count() == 1
    inventory.require_free([bag])
    assert "Division 1 by net charged mass" in text(supervisor.get(url))


def test_the_charge_page_offers_every_owners_material(plant):
    batch = floor.opened(plant)
    box = container(plant, 500, owner="LGES")

    assert str(box) in text(browser(plant.users["operator"]).get(f"/batches/{batch}/charge/"))
