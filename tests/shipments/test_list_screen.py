"""Shipments are found in the list, on a lot's page and by reference, and shown as the consignee sees them."""

import csv
import io

import pytest
from django.urls import reverse

from tests.factories import world
from tests.shipments import dock
from tests.shipments.pages import send, url, words


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 2),
        ({"state": "dispatched"}, 1),
        ({"q": "BOL-77"}, 1),
        ({"q": "post-processor 2"}, 1),
        ({"q": "bag"}, 1),
        ({"q": "lot"}, 1),
        ({"q": "nothing like it"}, 0),
        ({"since": "2026-06-10", "until": "2026-06-10"}, 1),
        ({"since": "2026-06-11"}, 0),
    ],
)
def test_the_list_finds_by_paper_customer_container_and_day(plant, screen, asked, found):
    [bag] = dock.bags(plant)
    dock.dispatched(plant, bag, bill_of_lading="BOL-77")
    dock.draft(plant, to="POST2")
    asked = {name: {"bag": str(bag), "lot": bag.lot.reference}.get(value, value) for name, value in asked.items()}

    page = words(screen.get(reverse("shipments:shipments"), asked))

    assert page.count('href="/shipments/S-2026-') == found


def test_the_list_as_a_file_has_its_units_in_the_header(plant, screen):
    dock.dispatched(plant, *dock.bags(plant, 800, "650.5"), bill_of_lading="=BOL")

    answer = screen.get(reverse("shipments:shipments"), {"format": "csv"})

    [header, row] = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    told = dict(zip(header, row, strict=True))
    assert (told["Shipment"], told["Net (kg)"], told["Containers"]) == ("S-2026-000001", "1450.500", "2")
    assert told["Bill of lading"] == "'=BOL"


def test_a_lots_page_says_where_it_was_shipped(plant, screen):
    boxes = dock.bags(plant, 800, 700)
    shipment = dock.dispatched(plant, boxes[0])

    page = words(screen.get(reverse("inventory:lot", args=[boxes[0].lot.reference])))

    assert url("shipment", shipment) in page
    assert "800.000\xa0kg" in page
    assert "shipped to Post-processor 1, 2026-06-10 12:20 EDT" in page


def test_what_the_consignee_sees_is_the_partners_answer(plant, screen):
    [bag] = dock.bags(plant)
    shipment = dock.draft(plant, bag)
    assert screen.get(url("partner", shipment)).status_code == 404
    dock.dispatch(plant, shipment)

    shown = words(screen.get(url("partner", shipment)))

    assert "&quot;net_mass_kg&quot;: &quot;800.000&quot;" in shown
    assert str(bag) in shown


def test_an_unknown_shipment_is_a_404_with_a_way_on(screen):
    answer = screen.get(reverse("shipments:shipment", args=["S-2026-999999"]))

    assert answer.status_code == 404
    assert "There is no shipment S-2026-999999." in words(answer)


def test_another_sites_shipment_is_not_here(plant, screen):
    other = world(code="OTHER", mark="X")
    [bag] = dock.bags(other)
    shipment = dock.draft(other, bag)

    assert screen.get(url("shipment", shipment)).status_code == 404
    answer = send(screen, url("add", dock.draft(plant)), container=str(bag))
    assert "There is no container or lot" in words(answer)
