"""The main job in a browser: scrap in, a batch, black mass out; the manager looks, the partner pulls."""

import json
import urllib.request
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect

from plant.management.supervisor import RunningPlant
from tests.browser import steps
from tests.browser.conftest import Enter, Listener

OWNER = "Green Metals Battery Innovations"
BLACK_MASS_KG = ("466.5", "311")
BY_PRODUCTS = (("Aluminium fraction", "Gaylord", "Bay P-04", "157"), ("Residue", "Drum", "Bay P-06", "60.5"))


def receive(page: Page, bill_of_lading: str) -> list[str]:
    steps.book(page, supplier="LG Energy Solution", plant="LGES Lansing", bill_of_lading=bill_of_lading)
    steps.say_what_it_is(page, scrap="Cathode foil", chemistry="NMC811", owner=OWNER, kind="Gaylord", bay="Bay A-01")
    return [steps.weigh_in(page, "512.5"), steps.weigh_in(page, "487.5")]


def run(page: Page, boxes: list[str]) -> tuple[str, list[str]]:
    """Make the black mass of the boxes; the batch and its bags."""
    steps.plan_batch(
        page, line="Line 2", recipe="Electrode scrap", grade="Nickel black mass", chemistry="NMC811", owner=OWNER
    )
    batch = steps.open_batch(page)
    steps.charge(page, boxes)
    bags = [steps.bag(page, material="Black mass", kind="Big bag", bay="Bay P-01", net=net) for net in BLACK_MASS_KG]
    for material, kind, bay, net in BY_PRODUCTS:
        steps.bag(page, material=material, kind=kind, bay=bay, net=net)
    steps.close(page)
    return batch, bags


def ship(page: Page, bags: list[str], purchase_order: str) -> str:
    shipment = steps.draft(page, ship_to="Post-processor 1, refinery (Post-processor 1)", purchase_order=purchase_order)
    steps.pack(page, bags)
    steps.dispatch(page)
    return shipment


def pull(plant: RunningPlant, shipment: str) -> Any:
    url, headers = (
        f"{plant.address}/api/v1/shipments/{shipment}/",
        {"Authorization": f"Bearer {plant.demo['partner']['key']}"},
    )
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return json.load(answer)


def test_scrap_becomes_a_shipment_that_manager_and_partner_see(
    plant: RunningPlant, visit: Enter, enter: Enter, logins: dict[str, dict[str, str]]
) -> None:
    operator = visit()
    steps.log_in(operator, logins["operator"])

    batch, bags = run(operator, receive(operator, "BOL-BROWSER"))

    figures = operator.get_by_role("region", name="Figures")  # filled in by the worker, without loading the page again
    for figure in ("77.75 %", "99.50 %", "5.0 kg"):
        expect(figures).to_contain_text(figure)

    shipment = ship(operator, bags, "PO-BROWSER")

    manager = enter("manager")
    steps.go_to(manager, "Dashboard")
    row = manager.get_by_role("row").filter(has_text=batch)
    expect(row).to_contain_text("77.75")
    expect(row).to_contain_text("99.50")
    expect(manager.get_by_role("main")).to_contain_text("% used")

    pulled = pull(plant, shipment)
    masses = [container["net_mass_kg"] for lot in pulled["lots"] for container in lot["containers"]]
    assert sorted(map(Decimal, masses)) == sorted(map(Decimal, BLACK_MASS_KG))
    assert (pulled["state"], pulled["purchase_order_number"]) == ("dispatched", "PO-BROWSER")


def test_the_job_is_done_as_well_without_javascript(plant: RunningPlant, enter: Enter) -> None:
    operator = enter("operator", java_script_enabled=False)

    _batch, bags = run(operator, receive(operator, "BOL-NO-SCRIPT"))
    shipment = ship(operator, bags, "PO-NO-SCRIPT")

    assert pull(plant, shipment)["state"] == "dispatched"


def test_a_partner_finds_nothing_of_the_plant(enter: Enter, listener: Listener) -> None:
    listener.forgive("status of 404")
    partner = enter("partner")
    expect(partner.get_by_text("Your shipments come to your systems by the partners' interface.")).to_be_visible()
    expect(partner.get_by_role("navigation", name="Rooms").get_by_role("link")).to_have_count(0)

    for path in ("/lots/", "/batches/", "/shipments/", "/dashboard/"):
        partner.goto(path)
        expect(partner.get_by_role("heading", level=1)).to_have_text("This is not here")
