"""The scrap type comes first and decides which fields there are: nothing without charge is asked for it (RULE-3)."""

import pytest

from intake.services import CHARGE_FIELDS
from plant.inventory.models import Container
from tests.intake.counter import log, receipt_page
from tests.pages import controls, form, send, text

NO_CHARGE = ("SLURRY", "POWDER", "CATHODE_FOIL", "ANODE_FOIL", "ELECTRODE_MIX", "DRY_STACK")
CHARGE = ("WET_CELL", "FORMED_CELL", "MODULE", "PACK")
ASKS_TIME = "charge_measured_at"
CELLS = {"material": "FORMED_CELL", "kind": "CRATE", "bay": "B-01", "net": "500"}


def test_first_there_is_the_scrap_type_alone(plant, operator):
    page = operator.get(receipt_page(plant))

    assert controls(page, "log") == {"csrfmiddlewaretoken", "once", "material"}


@pytest.mark.parametrize("material", [*NO_CHARGE, *CHARGE])
def test_the_fields_follow_from_the_type(plant, operator, material):
    page = send(operator, receipt_page(plant), {"material": material, "show": "1"}, htmx=True)

    assert page.status_code == 200
    assert {"gross", "tare", "net", "bay", "origin"} <= controls(page, "log")
    assert (set(CHARGE_FIELDS) & controls(page, "log")) == (set(CHARGE_FIELDS) if material in CHARGE else set())


def test_without_javascript_a_button_shows_the_fields_and_keeps_what_is_typed(plant, operator):
    page = send(operator, receipt_page(plant), {"material": "MODULE", "net": "12O0", "show": "1"})

    assert "<html" in page.content.decode()
    assert form(page, "log")["net"] == "12O0"
    assert "id_net_error" not in page.content.decode()


def test_the_type_alone_shows_its_fields_instead_of_complaints(plant, operator):
    page = send(operator, receipt_page(plant), {"material": "MODULE", "next": "1"})

    assert "Choose the bay" not in text(page)
    assert set(CHARGE_FIELDS) <= controls(page, "log")


def test_figures_of_charge_are_kept_with_their_time(plant, operator):
    log(
        operator,
        receipt_page(plant),
        **CELLS,
        piece_count="310",
        nominal_energy_kwh="77.5",
        state_of_charge_ratio="28.5 %",
        voltage_v="3.65",
        charge_measured_at="2026-06-10T12:10",
    )

    cells = Container.objects.latest("pk")
    assert (cells.piece_count, str(cells.nominal_energy_kwh)) == (310, "77.500")
    assert (str(cells.state_of_charge_ratio), str(cells.voltage_v)) == ("0.2850", "3.650")
    assert cells.charge_measured_at.hour == 16


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"voltage_v": "3.6"}, "Type when the state of charge or voltage was measured."),
        ({ASKS_TIME: "2026-06-10T12:10"}, "Type the state of charge or the voltage that was measured then."),
        ({"voltage_v": "3.6", ASKS_TIME: "2026-06-10T13:10"}, "This time is still to come."),
        ({"voltage_v": "2001"}, "Type a number from 0 to 2,000"),
        ({"state_of_charge_ratio": "101"}, "Type a number from 0 to 100"),
        ({"state_of_charge_ratio": "-1"}, "Type a number from 0 to 100"),
        ({"nominal_energy_kwh": "0"}, "Type a number from 0 to 100,000"),
        ({"piece_count": "1.5"}, "Type a whole number from 1 to 1,000,000."),
        ({"piece_count": "0"}, "Type a whole number from 1 to 1,000,000."),
    ],
)
def test_wrong_figures_of_charge_are_answered(plant, operator, typed, sentence):
    response = log(operator, receipt_page(plant), **CELLS, **typed)

    assert response.status_code == 422
    assert sentence in text(response)


def test_figures_sent_for_a_type_without_charge_are_not_looked_at(plant, operator):
    log(operator, receipt_page(plant), net="500", voltage_v="400")

    assert Container.objects.latest("pk").voltage_v is None
