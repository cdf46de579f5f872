"""A form is carried out once: pressed twice, sent again by a bad network, from two tabs at once."""

import threading

import pytest
from django.db import connections

from intake.models import Receipt
from plant.inventory.models import Movement
from tests.factories import world
from tests.intake.counter import log, receipt_page
from tests.pages import browser, text

KEY = "7f1d7b64-6d31-4a3e-9f0c-2f4c6e0c9a01"


def test_the_same_form_twice_is_one_container(plant, operator):
    page = receipt_page(plant)

    first = log(operator, page, net="500", once=KEY)
    second = log(operator, page, net="500", once=KEY)

    assert second["Location"] == first["Location"]
    assert Movement.objects.count() == 1


def test_the_same_key_with_another_weight_is_refused(plant, operator):
    page = receipt_page(plant)
    log(operator, page, net="500", once=KEY)

    response = log(operator, page, net="510", once=KEY)

    assert response.status_code == 422
    assert "This form was sent before with other content." in text(response)
    assert Movement.objects.count() == 1


def test_what_the_form_itself_has_used_up_does_not_refuse_it_again(plant, operator):
    page = receipt_page(plant)

    first, second, third = (log(operator, page, net="500", seal="SL-77", once=KEY) for _time in range(3))

    assert first["Location"] == second["Location"] == third["Location"]
    assert Movement.objects.count() == 1


def test_a_receipt_is_booked_once(plant, operator):
    papers = {
        "supplier": "LGES",
        "facility": "LGES:LANSING",
        "received_at": "2026-06-10T12:00",
        "bill_of_lading": "BOL-1",
        "carrier": "Contract carrier",
        "once": KEY,
    }

    answers = {operator.post("/intake/new/", papers)["Location"] for _time in range(3)}

    assert answers == {"/intake/R-2026-000001/"}
    assert Receipt.objects.count() == 1


@pytest.mark.usefixtures("committed_db")
def test_twenty_presses_at_the_same_instant_are_one_container():
    plant = world()
    page, answers = receipt_page(plant), []
    start = threading.Barrier(20)

    def press() -> None:
        client = browser(plant.users["operator"])
        start.wait()
        answers.append(log(client, page, net="500", once=KEY).status_code)
        connections.close_all()

    presses = [threading.Thread(target=press) for _press in range(20)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()

    assert answers == [303] * 20
    assert Movement.objects.count() == 1
