"""What a person does when it goes wrong: presses twice, loses the network, types nonsense, comes back after a break."""

import re

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Enter, Listener


def at_the_scale(page: Page, bill_of_lading: str) -> None:
    """A load is booked, and what its containers have in common is said: the next thing is a weight."""
    steps.book(page, supplier="LG Energy Solution", plant="LGES Lansing", bill_of_lading=bill_of_lading)
    steps.say_what_it_is(
        page,
        scrap="Cathode foil",
        chemistry="NMC811",
        owner="Green Metals Battery Innovations",
        kind="Gaylord",
        bay="Bay A-01",
    )


def test_a_button_pressed_twice_saves_once(enter: Enter) -> None:
    operator = enter("operator")
    at_the_scale(operator, "BOL-TWICE")
    operator.get_by_label("Net", exact=True).fill("500")

    operator.get_by_role("button", name="Save, next container").dblclick()

    expect(operator.locator(".came").get_by_role("link", name=steps.CONTAINER)).to_have_count(1)
    operator.reload()
    expect(operator.locator(".came").get_by_role("link", name=steps.CONTAINER)).to_have_count(1)


def test_a_button_pressed_twice_without_javascript_saves_once(enter: Enter) -> None:
    operator = enter("operator", java_script_enabled=False)
    at_the_scale(operator, "BOL-TWICE-PLAIN")
    operator.get_by_label("Net", exact=True).fill("500")

    operator.get_by_role("button", name="Save, next container").dblclick()

    expect(operator.locator(".came").get_by_role("link", name=steps.CONTAINER)).to_have_count(1)


def test_a_weight_that_is_none_comes_back_as_it_was_typed(enter: Enter, listener: Listener) -> None:
    listener.forgive("status of 422")
    operator = enter("operator")
    at_the_scale(operator, "BOL-BAD")
    net = operator.get_by_label("Net", exact=True)
    net.fill("12O0")

    steps.press(operator, "Save, next container")

    expect(net).to_have_value("12O0")
    expect(net).to_be_focused()
    expect(net).to_have_attribute("aria-invalid", "true")
    expect(net).to_have_accessible_description(re.compile("12O0"))
    expect(operator.get_by_label("Chemistry")).to_have_value("NMC811")
    expect(operator.locator(".came")).to_have_count(0)


def test_a_lost_session_leads_to_the_login_and_back(
    enter: Enter, listener: Listener, logins: dict[str, dict[str, str]]
) -> None:
    listener.forgive("status of 401")
    operator = enter("operator", at="/containers/")
    operator.context.clear_cookies(name="session")

    operator.get_by_label("Material").select_option("Copper fraction")  # htmx asks for the rows that fit

    expect(operator.get_by_role("button", name="Log in")).to_be_visible()
    steps.log_in(operator, logins["operator"])
    expect(operator.get_by_role("heading", level=1)).to_have_text("Containers")
