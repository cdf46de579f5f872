"""The plant, browsers of its people, and the clock of the pages: half an hour after noon."""

import pytest

from tests.factories import minutes, world
from tests.pages import browser


@pytest.fixture
def plant(db):
    return world()


@pytest.fixture
def person(plant, monkeypatch):
    """A browser by role: `person("ehs")`."""
    monkeypatch.setattr("plant.inventory.views.now", lambda: minutes(30))
    return lambda role: browser(plant.users[role])


@pytest.fixture
def operator(person):
    return person("operator")
