"""A receipt's papers are corrected with a reason, and a load that was booked in error is made void."""

import pytest

from intake import papers
from intake.services import Void
from plant.access import NotAllowed
from plant.inventory.ledger import NeedsReason
from plant.inventory.models import Movement
from plant.inventory.services import SHIFT, reverse_entry
from tests.factories import container, minutes, receipt
from tests.pages import form, send, text


def void(plant, load, *, by="operator", reason="the truck was for next door", now=None):
    return papers.void_receipt(receipt=load, reason=reason, by=plant.users[by], now=now or minutes(30))


def test_the_page_changes_them_and_shows_what_they_were(plant, operator):
    load = receipt(plant)
    page = f"/intake/{load.reference}/"

    typed = form(operator.get(page + "papers/"), "mend") | {"bill_of_lading": "BOL-9", "reason": "misread"}
    assert send(operator, page + "papers/", typed).status_code == 303

    shown = text(operator.get(page))
    assert "Bill of lading: BOL-5521 BOL-9" in shown
    assert "misread" in shown


def test_they_change_with_a_reason_only_and_never_to_nothing(plant):
    load, by = receipt(plant), plant.users["operator"]

    with pytest.raises(NeedsReason):
        papers.correct_papers(receipt=load, reason=" ", by=by, carrier="Other")
    with pytest.raises(papers.PapersMissing) as refused:
        papers.correct_papers(receipt=load, reason="misread", by=by, carrier=" ")
    assert refused.value.field == "carrier"


def test_an_empty_booking_is_made_void_and_takes_nothing_more(plant):
    load = void(plant, receipt(plant))

    with pytest.raises(Void, match="Book the load anew"):
        container(plant, 500, receipt=load)
    with pytest.raises(Void):
        papers.correct_papers(receipt=load, reason="misread", by=plant.users["operator"], carrier="Other")


def test_what_came_with_it_is_reversed_first(plant):
    load = receipt(plant)
    box = container(plant, 500, receipt=load)
    with pytest.raises(papers.NotEmpty, match=box.reference):
        void(plant, load)

    arrived = Movement.objects.get(to_container=box)
    reverse_entry(movement=arrived, reason="wrong", by=plant.users["operator"], now=arrived.recorded_at)

    assert void(plant, load).void_reason == "the truck was for next door"


def test_another_persons_or_an_older_one_is_for_a_supervisor(plant):
    load = receipt(plant)

    with pytest.raises(NotAllowed):
        void(plant, load, by="operator2")
    with pytest.raises(NotAllowed):
        void(plant, load, now=load.created_at + SHIFT)
    assert void(plant, load, by="supervisor")


def test_the_page_offers_to_void_it_while_nothing_is_in_it(plant, operator):
    load = receipt(plant)
    page = f"/intake/{load.reference}/"
    assert "Booked in error" in text(operator.get(page))

    typed = form(operator.get(page + "void/"), "mend") | {"reason": "next door"}
    assert send(operator, page + "void/", typed).status_code == 303

    assert "Void" in text(operator.get(page))
    assert "Book another" not in text(operator.get(page))
