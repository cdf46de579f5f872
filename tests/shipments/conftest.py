import pytest
from django.test import Client

from plant.demo.site import Plant
from tests.factories import world
from tests.pages import browser


@pytest.fixture
def plant(db: None) -> Plant:
    return world()


@pytest.fixture
def screen(plant: Plant) -> Client:
    """A browser in which the operator is logged in."""
    return browser(plant.users["operator"])
