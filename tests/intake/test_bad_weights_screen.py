"""A weight that cannot be meant is refused at its field with a sentence; what was typed stays, nothing is stored."""

import pytest

from plant.inventory.models import Lot, Movement, Weighing
from tests.intake.counter import log, receipt_page
from tests.pages import form, text

WRONG = [
    ({"net": "-5"}, "net", "A weight cannot be negative."),
    ({"net": "0"}, "net", "A weight of zero is no weight."),
    ({"gross": "50", "tare": "50"}, "gross", "The net weight is zero."),
    ({"net": "1,25"}, "net", "“1,25” can be read in two ways."),
    ({"net": "1234,5"}, "net", "“1234,5” can be read in two ways."),
    ({"net": "1.234,5"}, "net", "“1.234,5” can be read in two ways."),
    ({"net": "12O0"}, "net", "“12O0” is not a number."),
    ({"net": "NaN"}, "net", "“NaN” is not a number."),
    ({"net": "1e3"}, "net", "“1e3” is not a number."),
    ({"net": "1" + "0" * 30}, "net", "No scale here reads"),
    ({"net": "500.1234"}, "net", "At most three decimals"),
    ({"gross": "50", "tare": "500"}, "tare", "The tare is above the gross."),
    ({"gross": "500", "kind": "HEAP"}, "tare", "Enter the tare: what the container weighs empty."),
    ({"tare": "45"}, "gross", "Enter the gross weight and the tare, or the net weight."),
    ({}, "gross", "Enter the gross weight and the tare, or the net weight."),
    ({"gross": "500", "tare": "45", "net": "455"}, "net", "Enter gross and tare, or the net alone, not both."),
    ({"net": "500", "unit": "stone"}, "unit", "The unit “stone” is not known. Choose kg or lb."),
    ({"net": "10000.001"}, "net", "10,000.001 kg cannot be in a gaylord"),
]


@pytest.mark.parametrize(("typed", "field", "sentence"), WRONG)
def test_a_wrong_weight_is_answered_at_its_field(plant, operator, typed, field, sentence):
    response = log(operator, receipt_page(plant), **typed)

    assert response.status_code == 422
    assert sentence in text(response)
    assert f'id="id_{field}_error"' in response.content.decode()
    numbers = {name: number for name, number in typed.items() if name in ("gross", "tare", "net")}
    assert {name: form(response, "log")[name] for name in numbers} == numbers
    assert not any(model.objects.exists() for model in (Lot, Weighing, Movement))


@pytest.mark.parametrize(("typed", "net"), [("1,250", "1250.000"), ("1,234.5", "1234.500"), (" 1250 ", "1250.000")])
def test_thousands_are_read_and_shown_again(plant, operator, typed, net):
    response = log(operator, receipt_page(plant), net=typed, kind="CRATE")

    assert str(Weighing.objects.get().net_kg) == net
    assert f"{float(net):,.3f} kg" in text(operator.get(response["Location"]))


def test_the_same_key_carries_the_corrected_form(plant, operator):
    page, key = receipt_page(plant), "7f1d7b64-6d31-4a3e-9f0c-2f4c6e0c9a01"

    refused = log(operator, page, net="1,25", once=key)
    assert form(refused, "log")["once"] == key
    log(operator, page, net="125", once=key)

    assert Weighing.objects.count() == 1
