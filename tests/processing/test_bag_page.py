"""Bag after bag: the next keeps all but the weight, and a bad weight comes back with a sentence."""

import re

import pytest

from plant.inventory.models import Movement
from tests.processing import floor
from tests.processing.screens import BAG, plan, send, text

pytestmark = pytest.mark.django_db


def test_the_next_bag_keeps_all_but_the_weight(plant, operator):
    batch = plan(operator)

    saved = send(operator, f"/batches/{batch}/bag/", **BAG, gross="703")
    page = operator.get(saved["Location"])

    content = page.content.decode()
    assert "700.000 kg" in text(page)  # 3 kg of stored tare
    assert "Next bag" in text(page)
    assert re.search(r'<option value="BIG_BAG" selected', content)
    assert re.search(r'<option value="P-01" selected', content)
    assert 'value="703"' not in content
    weighing = Movement.objects.get(kind="output").weighing
    assert (weighing.tare_origin, weighing.tare_kg, weighing.net_kg) == ("stored", 3, 700)


def test_an_unusual_bag_is_confirmed_with_its_weight(plant, operator):
    batch = plan(operator)

    asked = send(operator, f"/batches/{batch}/bag/", **BAG, net="1250")
    assert asked.status_code == 422
    assert "The weight is right: 1,250.000 kg" in text(asked)
    other = send(operator, f"/batches/{batch}/bag/", **BAG, net="1300", confirmed="1250.000")
    assert other.status_code == 422
    assert send(operator, f"/batches/{batch}/bag/", **BAG, net="1250", confirmed="1250.000").status_code == 303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"net": "-5"}, "A weight cannot be negative"),
        ({"net": "0"}, "A weight of zero is no weight"),
        ({"net": "1,25"}, "can be read in two ways"),
        ({"net": "12O0"}, "is not a number"),
        ({"net": "1.2345"}, "At most three decimals"),
        ({"gross": "10", "tare": "20"}, "The tare is above the gross"),
        ({"net": "5", "unit": "st"}, "Choose kg or lb"),
        ({}, "Enter the gross weight and the tare, or the net weight"),
        ({"net": "50000"}, "cannot be in a big bag"),
    ],
)
def test_bad_weights_come_back_with_a_sentence_and_what_was_typed(plant, operator, typed, sentence):
    batch = plan(operator)

    answer = send(operator, f"/batches/{batch}/bag/", **BAG | typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    for value in typed.values():
        assert value == "st" or f'value="{value}"' in answer.content.decode()
    assert floor.in_run(batch) == 0
