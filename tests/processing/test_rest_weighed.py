"""A part is charged by what stays: the container is weighed with what is left in it, and the rest of it went in."""

import pytest

from plant.inventory.models import Movement
from tests.factories import container
from tests.processing import floor
from tests.processing.screens import plan, send, text

pytestmark = pytest.mark.django_db


def test_what_stays_was_weighed_and_the_rest_went_in(plant, operator):
    box, batch = container(plant, 1000), plan(operator)

    answer = send(operator, f"/batches/{batch}/charge/{box}/", weighed="rest", net="400", unit="kg")

    assert answer.status_code == 303, text(answer)
    assert floor.left(box) == 400
    assert floor.in_run(batch) == 600
    assert Movement.objects.get(kind="return").weighing.net_kg == 400


def test_more_cannot_stay_than_was_in_it(plant, operator):
    box, batch = container(plant, 1000), plan(operator)

    answer = send(operator, f"/batches/{batch}/charge/{box}/", weighed="rest", net="1000", unit="kg")

    assert answer.status_code == 422
    assert "held 1,000.000 kg, so nothing would go in" in text(answer)
    assert floor.left(box) == 1000


def test_what_then_stays_or_goes_in_is_said_while_it_is_typed(plant, operator):
    box, batch = container(plant, 1000), plan(operator)
    url = f"/batches/{batch}/charge/{box}/"

    part = send(operator, url, weigh="1", weighed="part", net="400", unit="kg")
    rest = send(operator, url, weigh="1", weighed="rest", net="400", unit="kg")

    assert "600.000 kg stay in it." in text(part)
    assert "600.000 kg go in." in text(rest)
    assert floor.left(box) == 1000
