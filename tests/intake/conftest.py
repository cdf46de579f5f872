"""The plant, its operator's browser, and the clock of the pages: half an hour after noon."""

import pytest

from tests.factories import minutes, world
from tests.pages import browser


@pytest.fixture
def plant(db):
    return world()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("intake.views.now", lambda: minutes(30))
    monkeypatch.setattr("intake.paper_views.now", lambda: minutes(30))


@pytest.fixture
def operator(plant):
    return browser(plant.users["operator"])
