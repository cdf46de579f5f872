"""The network goes while a form is sent: it is said, nothing typed is lost, and it is sent once when it is back."""

from playwright.sync_api import Page, Route, expect

from tests.browser import steps
from tests.browser.conftest import Enter, Listener
from tests.browser.test_trouble import at_the_scale

WAITING = "What you typed is kept and is sent by itself, once, when the network is back."


def logged(page: Page) -> int:
    return page.locator(".came").get_by_role("link", name=steps.CONTAINER).count()


def test_a_form_waits_for_the_network_and_is_sent_once(enter: Enter, listener: Listener) -> None:
    listener.forgive("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    operator = enter("operator")
    at_the_scale(operator, "BOL-OFFLINE")
    operator.get_by_label("Net", exact=True).fill("500")
    operator.context.set_offline(True)

    steps.press(operator, "Save, next container")
    expect(operator.get_by_role("alert")).to_contain_text(WAITING)
    expect(operator.get_by_label("Net", exact=True)).to_have_value("500")
    operator.wait_for_timeout(3_000)  # longer than it asks
    assert logged(operator) == 0
    operator.context.set_offline(False)

    expect(operator.locator(".saved")).to_contain_text("500.000")
    operator.reload()
    assert logged(operator) == 1


def test_a_form_whose_answer_was_lost_is_sent_again_and_saved_once(enter: Enter, listener: Listener) -> None:
    listener.forgive("ERR_FAILED", "Failed to fetch")
    operator = enter("operator")
    at_the_scale(operator, "BOL-LOST-ANSWER")
    operator.get_by_label("Net", exact=True).fill("500")
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        is_saving = "next=1" in (route.request.post_data or "")
        if not is_saving or lost:
            route.continue_()
            return
        lost.append(route.fetch(max_redirects=0).status)  # the server did it
        route.abort()

    operator.route("**/intake/**", lose_the_first_answer)

    steps.press(operator, "Save, next container")

    expect(operator.locator(".saved")).to_contain_text("500.000")
    assert lost == [204]
    operator.reload()
    assert logged(operator) == 1


def test_who_does_not_want_it_sent_stops_it(enter: Enter, listener: Listener) -> None:
    listener.forgive("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    operator = enter("operator")
    at_the_scale(operator, "BOL-STOPPED")
    operator.get_by_label("Net", exact=True).fill("500")
    operator.context.set_offline(True)
    steps.press(operator, "Save, next container")

    steps.press(operator, "Do not send it")
    operator.context.set_offline(False)
    operator.wait_for_timeout(3_000)  # longer than it would ask

    assert logged(operator) == 0
    expect(operator.get_by_label("Net", exact=True)).to_have_value("500")
