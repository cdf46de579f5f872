"""A weight outside what its container usually holds is asked about once: right, or typed again."""

from plant.inventory.models import Weighing
from tests.intake.counter import log, receipt_page
from tests.pages import controls, form, text


def test_an_unusual_weight_comes_back_with_the_question(plant, operator):
    response = log(operator, receipt_page(plant), net="1500")

    assert response.status_code == 422
    assert "1,500.000 kg is unusual for a gaylord (20 to 1,000 kg)" in text(response)
    assert "The weight is right: 1,500.000 kg" in text(response)
    assert not Weighing.objects.exists()


def test_an_ordinary_weight_is_not_asked_about(plant, operator):
    response = operator.get(receipt_page(plant) + "?next=1")

    assert "confirmed" not in controls(response, "log")


def test_said_to_be_right_it_is_stored(plant, operator):
    page = receipt_page(plant)
    log(operator, page, net="1500")

    response = log(operator, page, net="1500", confirmed="1500.000")

    assert response.status_code == 303
    assert Weighing.objects.count() == 1


def test_another_number_in_the_field_is_asked_about_again(plant, operator):
    response = log(operator, receipt_page(plant), net="1600", confirmed="1500.000")

    assert response.status_code == 422
    assert "The weight is right: 1,600.000 kg" in text(response)


def test_the_answer_stays_when_something_else_is_wrong(plant, operator):
    response = log(operator, receipt_page(plant), net="1500", confirmed="1500.000", bay="")

    assert "Choose the bay it is put in" in text(response)
    assert form(response, "log")["confirmed"] == "1500.000"


def test_ten_times_the_largest_is_refused_whatever_is_said(plant, operator):
    response = log(operator, receipt_page(plant), net="10001", confirmed="10001.000")

    assert response.status_code == 422
    assert "cannot be in a gaylord" in text(response)
    assert "The weight is right" not in text(response)
