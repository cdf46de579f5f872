"""What is damaged, defective or recalled goes on a hazard hold by itself and stands in a DDR bay (RULE-6)."""

import pytest

from plant.inventory.models import Container, Holding
from tests.intake.counter import log, receipt_page
from tests.pages import choices, send, text

NOT_INTACT = ("damaged", "defective", "recalled")


@pytest.mark.parametrize("condition", NOT_INTACT)
def test_only_ddr_bays_are_offered(plant, operator, condition):
    page = send(operator, receipt_page(plant), {"material": "PACK", "condition": condition, "show": "1"}, htmx=True)

    assert choices(page, "bay") == ["D-01", "D-02"]
    assert "It goes on a hazard hold by itself" in text(page)


def test_an_intact_one_is_offered_every_bay(plant, operator):
    page = send(operator, receipt_page(plant), {"material": "PACK", "condition": "intact", "show": "1"}, htmx=True)

    assert {"A-01", "B-01", "D-01", "P-01"} <= set(choices(page, "bay"))
    assert "hazard hold" not in text(page)


@pytest.mark.parametrize("condition", NOT_INTACT)
def test_another_bay_is_refused_with_the_right_ones_names(plant, operator, condition):
    response = log(operator, receipt_page(plant), net="500", condition=condition)

    assert response.status_code == 422
    assert f"is {condition} and stands in a DDR bay only: Bay D-01 (DDR), Bay D-02 (DDR)." in text(response)
    assert choices(response, "bay") == ["D-01", "D-02"]
    assert not Holding.objects.exists()


def test_it_goes_on_a_hazard_hold_by_itself(plant, operator):
    response = log(operator, receipt_page(plant), net="500", condition="damaged", bay="D-01")

    container = Container.objects.latest("pk")
    hold = container.holds.get()
    assert (hold.kind, hold.reason, hold.placed_by) == ("hazard", "Received damaged", plant.users["operator"])
    assert "On hazard hold" in text(operator.get(response["Location"]))
