"""A load is booked with its papers: who sent it from where, by what, when (40 CFR 273.62)."""

import pytest

from intake.models import Receipt
from tests import factories
from tests.factories import minutes
from tests.pages import browser, choices, form, send, text

PAPERS = {
    "supplier": "LGES",
    "facility": "LGES:LANSING",
    "received_at": "2026-06-10T12:10",
    "bill_of_lading": " BOL-5521 ",
    "carrier": "Contract carrier",
    "trailer": "TR-77",
    "seal": "S-100",
    "note": "Tarpaulin torn",
}


def test_the_papers_are_kept(plant, operator):
    response = send(operator, "/intake/new/", PAPERS)

    assert response["Location"] == "/intake/R-2026-000001/"
    receipt = Receipt.objects.get()
    assert (receipt.supplier.code, receipt.facility.code) == ("LGES", "LANSING")
    assert (receipt.bill_of_lading, receipt.carrier) == ("BOL-5521", "Contract carrier")
    assert (receipt.trailer, receipt.seal, receipt.note) == ("TR-77", "S-100", "Tarpaulin torn")
    assert (receipt.received_at, receipt.created_by) == (minutes(10), plant.users["operator"])
    shown = text(operator.get(response["Location"]))
    assert "R-2026-000001 is booked. Log its first container." in shown
    for words in ("LGES Lansing", "Lansing, Michigan", "BOL-5521", "TR-77", "S-100", "Tarpaulin torn"):
        assert words in shown


def test_a_suppliers_plants_are_shown_and_what_is_typed_stays(plant, operator):
    page = send(operator, "/intake/new/", {"supplier": "LGES", "trailer": "TR-1", "show": "1"}, htmx=True)

    assert choices(page, "facility") == ["LGES:HOLLAND", "LGES:LANSING"]
    assert form(page, "papers")["trailer"] == "TR-1"
    assert "Type the carrier" not in text(page)


def test_a_suppliers_only_plant_is_chosen(plant, operator):
    page = send(operator, "/intake/new/", {"supplier": "TBMNC", "show": "1"}, htmx=True)

    assert form(page, "papers")["facility"] == "TBMNC:LIBERTY"


def test_without_javascript_all_plants_are_there_in_groups(plant, operator):
    page = operator.get("/intake/new/")

    assert {"LGES:LANSING", "TBMNC:LIBERTY", "TTA:GEORGETOWN"} <= set(choices(page, "facility"))
    assert '<optgroup label="LG Energy Solution">' in page.content.decode()


def test_it_starts_with_now(plant, operator):
    assert form(operator.get("/intake/new/"), "papers")["received_at"] == "2026-06-10T12:30"


def test_carriers_that_came_before_are_offered(plant, operator):
    factories.receipt(plant, carrier="Blue Ridge Freight")

    assert '<option value="Blue Ridge Freight">' in operator.get("/intake/new/").content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"supplier": ""}, "Choose who sent the load."),
        ({"facility": "TBMNC:LIBERTY"}, "This is no plant of the supplier. Choose one of its plants."),
        ({"bill_of_lading": "  "}, "Type the number of the bill of lading."),
        ({"carrier": ""}, "Type the carrier's name."),
        ({"received_at": ""}, "Type the date and time."),
        ({"received_at": "2026-06-10T12:33"}, "This time is still to come."),
        ({"received_at": "2026-06-09T12:29"}, "This is more than 24 hours back. Type why it is entered late."),
    ],
)
def test_what_is_missing_or_cannot_be_is_answered(plant, operator, typed, sentence):
    response = send(operator, "/intake/new/", PAPERS | typed)

    assert response.status_code == 422
    assert sentence in text(response)
    assert form(response, "papers")["trailer"] == "TR-77"
    assert not Receipt.objects.exists()


def test_a_late_paper_is_taken_with_its_reason(plant, operator):
    send(operator, "/intake/new/", PAPERS | {"received_at": "2026-06-08T09:00", "reason": "Found in the cab"})

    assert Receipt.objects.get().late_reason == "Found in the cab"


@pytest.mark.parametrize("role", ["manager", "ehs", "partner", "administrator"])
def test_only_operators_and_supervisors_book(plant, role):
    other = browser(plant.users[role])

    assert other.get("/intake/new/").status_code == 404
    assert send(other, "/intake/new/", PAPERS).status_code == 404
    assert not Receipt.objects.exists()
