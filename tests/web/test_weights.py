"""A weight is read as a person means it, or refused with a sentence; what was typed stays."""

from decimal import Decimal

import pytest
from django import forms

from plant.web import UnitField, WeightField


class Weighing(forms.Form):
    gross = WeightField(label="Gross")
    tare = WeightField(label="Tare", zero=True, required=False)
    unit = UnitField()


def filled(gross="1000", **more):
    return Weighing({"gross": gross, "unit": "kg", **more})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1250", "1250"),
        ("1,250", "1250"),
        ("1,234.5", "1234.5"),
        ("1,234,567.891", "1234567.891"),
        (" 12.345 ", "12.345"),
        (".5", "0.5"),
        ("7.", "7"),
    ],
)
def test_a_weight_is_read_back_as_it_is_meant(typed, meant):
    form = filled(typed)

    assert form.is_valid()
    assert form.cleaned_data["gross"] == Decimal(meant)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the weight"),
        ("   ", "Type the weight"),
        ("-5", "cannot be negative"),
        ("−5", "cannot be negative"),
        ("0", "zero is no weight"),
        ("0.000", "zero is no weight"),
        ("1,25", "read in two ways"),
        ("1234,5", "read in two ways"),
        ("1.234,5", "read in two ways"),
        ("1,2345", "read in two ways"),
        ("12O0", "is not a number"),
        ("NaN", "is not a number"),
        ("Infinity", "is not a number"),
        ("1e30", "is not a number"),
        ("10^30", "is not a number"),
        ("1" + "0" * 30, "No scale here reads"),
        ("1.2345", "three decimals"),
        ("１２", "is not a number"),
        ("1 250", "is not a number"),
        ("12 kg", "is not a number"),
        ("+5", "is not a number"),
        ("5\x00", "is not a number"),
        ("9" * 5000, "No scale here reads"),
    ],
)
def test_what_is_no_weight_is_refused_at_its_field(typed, said):
    form = filled(typed)

    assert not form.is_valid()
    [sentence] = form.errors["gross"]
    assert said in sentence
    assert sentence.endswith(".")


def test_what_was_typed_stays_in_the_field():
    form = filled("1,25", tare="28.5")

    shown = str(form)

    assert 'value="1,25"' in shown
    assert 'value="28.5"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_gross_error"' in shown
    assert 'id="id_gross_error"' in shown


def test_only_what_may_weigh_nothing_takes_zero():
    form = filled(tare="0")

    assert form.is_valid()
    assert form.cleaned_data["tare"] == 0
    assert filled().is_valid()


@pytest.mark.parametrize("unit", ["stone", "KG", "t", "kg "])
def test_an_unknown_unit_is_refused_with_the_units_there_are(unit):
    form = filled(unit=unit)

    assert form.errors["unit"] == [f"The unit “{unit}” is not known. Choose kg or lb."]
