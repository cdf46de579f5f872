"""The plant, browsers of its people, and a printer on this machine that keeps what it is sent."""

import pytest

from tests.factories import world
from tests.pages import browser
from tests.records.zebra import Zebra


@pytest.fixture
def plant(db):
    return world()


@pytest.fixture
def zebra():
    with Zebra() as running:
        yield running


@pytest.fixture
def person(plant):
    """A browser by role: `person("ehs")`."""
    return lambda role: browser(plant.users[role])
