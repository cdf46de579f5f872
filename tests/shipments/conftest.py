import pytest

from plant.demo.site import Plant
from tests.factories import world


@pytest.fixture
def plant(db: None) -> Plant:
    return world()
