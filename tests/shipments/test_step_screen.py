"""The papers and each step of a shipment on the screen; its buttons are what the table of states allows."""

import pytest
from django.test import Client
from django.urls import reverse

from shipments.models import Shipment
from tests.shipments import dock
from tests.shipments.pages import send, url, words

BUTTONS = ("dispatch", "deliver", "cancel", "return", "papers", "add")


def test_a_draft_is_typed_in_and_leads_to_its_page(plant, screen):
    answer = send(screen, reverse("shipments:draft"), ship_to="POST1:POST1-PLANT", seals="A1, A2  A1")

    shipment = Shipment.objects.get()
    assert (answer.status_code, answer.url) == (303, url("shipment", shipment))
    assert (shipment.consignee, shipment.seals) == (plant.parties["POST1"], ["A1", "A2"])


def test_a_draft_without_a_customer_comes_back_with_what_was_typed(screen):
    answer = send(screen, reverse("shipments:draft"), carrier="Southern Freight")

    assert answer.status_code == 422
    assert 'value="Southern Freight"' in words(answer)
    assert not Shipment.objects.exists()


def test_the_papers_are_changed_and_a_correction_asks_why(plant, screen):
    shipment = dock.draft(plant, *dock.bags(plant))
    where = {"ship_to": "POST1:POST1-PLANT"}
    send(screen, url("papers", shipment), **where, **dock.PAPERS | {"carrier": "Other"})
    shipment.refresh_from_db()
    assert (shipment.carrier, shipment.version) == ("Other", 1)
    dock.dispatch(plant, shipment)

    without = send(screen, url("papers", shipment), **dock.PAPERS)
    assert without.status_code == 422
    assert "Type why" in words(without)

    send(screen, url("papers", shipment), **dock.PAPERS, reason="typing error")
    shipment.refresh_from_db()
    assert (shipment.carrier, shipment.version) == ("Southern Freight", 2)


def test_the_dispatch_page_names_what_is_missing_instead_of_a_button(plant, screen):
    shown = words(screen.get(url("dispatch", dock.draft(plant, bill_of_lading=""))))

    assert "Enter the number of the bill of lading." in shown
    assert "Add the containers that are loaded." in shown
    assert 'name="expected_kg"' not in shown


def test_it_is_dispatched_delivered_and_returned_by_its_buttons(plant, screen):
    shipment = dock.draft(plant, *dock.bags(plant, 800, 700))
    assert 'name="expected_kg" value="1500.000"' in words(screen.get(url("dispatch", shipment)))

    send(screen, url("dispatch", shipment), expected_kg="1500.000")
    send(screen, url("deliver", shipment))
    last = send(screen, url("return", shipment), bay="P-02", reason="refused at the gate")

    assert last.status_code == 303
    shown = words(screen.get(last.url))
    assert "S-2026-000001 is back." in shown
    shipment.refresh_from_db()
    assert (shipment.state, shipment.version) == ("returned", 3)


def test_what_changed_since_it_was_confirmed_is_shown_again(plant, screen):
    first, second = dock.bags(plant, 800, 700)
    shipment = dock.draft(plant, first, second)

    answer = send(screen, url("dispatch", shipment), expected_kg="800.000")

    assert answer.status_code == 422
    assert "not what you confirmed" in words(answer)
    assert 'name="expected_kg" value="1500.000"' in words(answer)


def test_a_draft_is_cancelled(plant, screen):
    shipment = dock.draft(plant, *dock.bags(plant))

    answer = send(screen, url("cancel", shipment), reason="order withdrawn")

    shown = words(screen.get(answer.url))
    assert "is cancelled." in shown
    assert "order withdrawn" in shown


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("draft", {"dispatch", "cancel", "papers", "add"}),
        ("dispatched", {"deliver", "return", "papers"}),
        ("delivered", {"return", "papers"}),
        ("returned", set()),
        ("cancelled", set()),
    ],
)
def test_the_buttons_are_what_the_table_allows(plant, screen, state, shown):
    shipment = dock.draft(plant, *dock.bags(plant))
    if state in ("dispatched", "delivered", "returned"):
        dock.dispatch(plant, shipment)
    if state == "delivered":
        dock.deliver(plant, shipment)
    if state == "returned":
        dock.take_back(plant, shipment)
    if state == "cancelled":
        dock.cancel(plant, shipment)

    page = words(screen.get(url("shipment", shipment)))

    assert {name for name in BUTTONS if f'"{url(name, shipment)}"' in page} == shown


def test_a_manager_sees_it_and_has_no_buttons(plant):
    client, shipment = Client(), dock.draft(plant, *dock.bags(plant))
    client.force_login(plant.users["manager"])

    page = words(client.get(url("shipment", shipment)))

    assert not [name for name in BUTTONS if f'"{url(name, shipment)}"' in page]
    for name in ("dispatch", "papers", "cancel", "draft"):
        address = reverse("shipments:draft") if name == "draft" else url(name, shipment)
        assert client.get(address).status_code == 404


def test_a_step_that_is_over_leads_back_with_a_word(plant, screen):
    shipment = dock.dispatched(plant)

    answer = screen.get(url("dispatch", shipment), follow=True)

    assert answer.redirect_chain == [(url("shipment", shipment), 302)]
    assert "S-2026-000001 is dispatched." in words(answer)
