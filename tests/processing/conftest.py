import pytest
from django.test import Client

from plant.demo.site import Plant
from tests.factories import world


@pytest.fixture
def plant(db: None) -> Plant:
    return world()


@pytest.fixture
def operator(client: Client, plant: Plant) -> Client:
    """The browser of an operator who is logged in."""
    client.force_login(plant.users["operator"])
    return client
