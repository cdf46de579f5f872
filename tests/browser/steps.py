"""The main job as an operator does it at a tablet: by the words on the page, its labels and its buttons.

The same steps go with and without JavaScript. Without it a page has a few buttons more, which show what a choice brings
("Show its plants"); they stand in `noscript`, so with JavaScript they are not there to be pressed.
"""

import re

from playwright.sync_api import Locator, Page, expect

CONTAINER = re.compile(r"^L-\d{4}-\d{6}-\d{2}$")


def log_in(page: Page, login: dict[str, str]) -> None:
    page.get_by_label("Name").fill(login["username"])
    page.get_by_label("Password").fill(login["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".person")).to_be_visible()


def go_to(page: Page, room: str) -> None:
    page.get_by_role("navigation", name="Rooms").get_by_role("link", name=room, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(room)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def show(page: Page, button: str) -> None:
    """Press what only a page without JavaScript needs."""
    if (extra := page.get_by_role("button", name=button)).is_visible():
        extra.click()


def headed(page: Page) -> str:
    """The heading of the page: on a lot's, batch's, shipment's or receipt's it is the reference."""
    return page.get_by_role("heading", level=1).inner_text()


def book(page: Page, *, supplier: str, plant: str, bill_of_lading: str) -> str:
    """The papers of a load; the receipt's reference."""
    go_to(page, "Receipts")
    press(page, "Book a receipt")
    page.get_by_label("Supplier").select_option(supplier)
    show(page, "Show its plants")
    page.get_by_label("Its plant").select_option(plant)
    page.get_by_label("Bill of lading").fill(bill_of_lading)
    page.get_by_label("Carrier").fill("Contract carrier")
    press(page, "Book it")
    expect(page.get_by_text("is booked. Log its first container.")).to_be_visible()
    return headed(page)


def say_what_it_is(page: Page, *, scrap: str, chemistry: str, owner: str, kind: str, bay: str) -> None:
    """What the containers of a load have in common."""
    page.get_by_label(scrap).check()
    show(page, "Show the fields")
    page.get_by_label("Production scrap").check()
    page.get_by_label("Chemistry").select_option(chemistry)
    page.get_by_label("Owner").select_option(owner)
    page.get_by_label("Kind of container").select_option(kind)
    page.get_by_label("Bay", exact=True).select_option(bay)


def weigh_in(page: Page, net: str) -> str:
    """Save one container of a load; its reference."""
    already = references(page.locator(".came"))
    page.get_by_label("Net", exact=True).fill(net)
    press(page, "Save, next container")
    expect(page.get_by_label("Net", exact=True)).to_have_value("")
    [new] = set(references(page.locator(".came"))) - set(already)
    return new


def references(place: Locator) -> list[str]:
    return place.get_by_role("link", name=CONTAINER).all_inner_texts()


def plan_batch(page: Page, *, line: str, recipe: str, grade: str, chemistry: str, owner: str) -> None:
    """Say what a batch is to be, up to the button that keeps or opens it."""
    go_to(page, "Batches")
    press(page, "New batch")
    page.get_by_label(line).check()
    show(page, "Show what fits")
    page.get_by_label(recipe).check()
    page.get_by_label(grade).check()
    page.get_by_label("Chemistry").select_option(chemistry)
    page.get_by_label("Owner of the material").select_option(owner)


def open_batch(page: Page) -> str:
    """Open the batch that was planned; its reference."""
    press(page, "Open it on the line")
    expect(page.locator(".page-head").get_by_text("Running")).to_be_visible()
    return headed(page)


def charge(page: Page, boxes: list[str]) -> None:
    page.get_by_role("link", name="Charge", exact=True).click()
    for box in boxes:
        page.get_by_label(box).check()
    press(page, "Charge the chosen")
    expect(page.get_by_role("heading", name="Charged so far")).to_be_visible()


def bag(page: Page, *, material: str, kind: str, bay: str, net: str) -> str:
    """Weigh one bag out; its reference."""
    page.get_by_role("link", name="Bag out").click()
    packing = page.locator("details.packing")
    if packing.get_attribute("open") is None:
        packing.locator("summary").click()
    page.get_by_label(material).check()
    page.get_by_label("Packed in").select_option(kind)
    page.get_by_label("Bay", exact=True).select_option(bay)
    page.get_by_label("Net", exact=True).fill(net)
    press(page, "Save, next bag")
    saved = page.locator(".saved")
    expect(saved).to_contain_text(net)
    return references(saved)[0]


def close(page: Page) -> None:
    """Close the batch whose line is empty."""
    page.get_by_role("link", name="Close", exact=True).click()
    page.get_by_label("Nothing, it is empty").check()
    show(page, "Work it out")
    expect(page.get_by_text("It closes within 98 to 102 %.")).to_be_visible()
    press(page, "Close the batch")
    expect(page.locator(".page-head").get_by_text("Closed")).to_be_visible()


def draft(page: Page, *, ship_to: str, purchase_order: str) -> str:
    """The papers of a shipment; its reference."""
    go_to(page, "Shipments")
    press(page, "New shipment")
    page.get_by_label("Ship to").select_option(ship_to)
    page.get_by_label("Purchase order").fill(purchase_order)
    page.get_by_label("Bill of lading").fill(f"BOL-{purchase_order}")
    page.get_by_label("Carrier").fill("Contract carrier")
    press(page, "Draft it")
    expect(page.locator(".page-head").get_by_text("Draft")).to_be_visible()
    return headed(page)


def pack(page: Page, bags: list[str]) -> None:
    for bag in bags:
        page.get_by_label(bag).check()
    press(page, "Add the chosen")
    expect(page.get_by_role("link", name=bags[-1])).to_be_visible()


def dispatch(page: Page) -> None:
    press(page, "Dispatch")
    press(page, "Dispatch 2 containers")
    expect(page.locator(".page-head").get_by_text("Dispatched")).to_be_visible()
