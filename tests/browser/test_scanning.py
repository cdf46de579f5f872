"""A scanner at a tablet: what it sends goes where it belongs, and spoils nothing that a person types."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plant.management.supervisor import RunningPlant
from tests.browser import steps
from tests.browser.conftest import Enter
from tests.browser.scanner import Scanner
from tests.browser.test_pages import look


@pytest.fixture(scope="module")
def box(plant: RunningPlant, browser: Any, browser_context_args: dict[str, Any], logins: dict[str, Any]) -> str:
    """A container that stands on the site."""
    with browser.new_context(**browser_context_args) as context:
        page = context.new_page()
        page.goto("/")
        steps.log_in(page, logins["operator"])
        page.goto("/containers/?hold=free&kind=GAYLORD")
        return steps.references(page.get_by_role("table"))[0]


@pytest.fixture
def floor(enter: Enter) -> Page:
    return enter("operator")


def weighing(page: Page, box: str) -> Page:
    """A page on which something is typed and no reference is wanted."""
    page.goto(f"/containers/{box}/?do=hold")
    return page


def test_a_scan_anywhere_says_what_it_is(floor: Page, box: str) -> None:
    Scanner(floor).send(box)

    expect(floor.get_by_role("heading", level=1)).to_have_text(box)
    expect(floor.get_by_role("heading", name="What next?")).to_be_visible()
    expect(floor.locator("#scans li").first).to_contain_text(f"Container {box}")


@pytest.mark.parametrize("end", ["Enter", "Tab", ""])
def test_a_scan_leaves_what_is_being_typed_as_it_was(floor: Page, box: str, end: str) -> None:
    page = weighing(floor, box)
    field = page.get_by_label("Reason")
    field.press_sequentially("412.5", delay=60)

    Scanner(page).send(box, end=end)

    expect(page.locator("#scans li").first).to_contain_text(f"Container {box}")
    expect(field).to_have_value("412.5")
    expect(field).to_be_focused()
    assert page.url.endswith("?do=hold")  # what was typed is not left for a scan


def test_what_a_person_types_is_no_scan(floor: Page, box: str) -> None:
    page = weighing(floor, box)
    field = page.get_by_label("Reason")
    field.focus()

    Scanner(page).send(box, end="", gap_ms=60)

    expect(field).to_have_value(box)
    expect(page.locator("#scans")).to_be_hidden()


def test_korean_that_is_being_composed_and_a_scan_spoil_each_other_nothing(floor: Page, box: str) -> None:
    page = weighing(floor, box)
    field = page.get_by_label("Reason")
    field.focus()
    scanner = Scanner(page)
    scanner.browser.send("Input.imeSetComposition", {"text": "한", "selectionStart": 1, "selectionEnd": 1})

    scanner.send(box)

    expect(page.locator("#scans li").first).to_contain_text(f"Container {box}")
    expect(field).to_have_value("한")


def test_a_scan_goes_into_the_field_that_wants_a_reference_and_sends_nothing(floor: Page, box: str) -> None:
    floor.goto("/batches/")
    floor.evaluate(
        """() => document.querySelector("main").insertAdjacentHTML("beforeend", `<form method="post">
        <label>Container <input name="container" data-scan></label><label>Note <input name="note"></label>
        <label>Net <input name="net" data-weight></label><button>Save</button></form>`)"""
    )
    net = floor.get_by_label("Net", exact=True)
    net.press_sequentially("41", delay=60)

    Scanner(floor).send(box)

    expect(floor.get_by_label("Container", exact=True)).to_have_value(box)
    expect(net).to_be_focused()
    expect(net).to_have_value("41")
    expect(floor.locator("#scans li").first).to_contain_text(f"Container {box}")
    assert floor.url.endswith("/batches/")


def test_a_label_of_another_site_is_a_sentence_and_a_way_on(floor: Page, listener: Any) -> None:
    listener.forgive("status of 404")
    Scanner(floor).send("LZZ-2026-000042-01")

    expect(floor.get_by_role("main").get_by_text("LZZ-2026-000042-01 is a label of another site: ZZ.")).to_be_visible()
    expect(floor.get_by_role("button", name="Receive it as new")).to_be_visible()
    problems = list(look(floor, []))
    assert not problems, "\n".join(problems)


def test_people_take_turns_and_the_lock_keeps_what_is_typed(visit: Enter, logins: dict[str, Any], box: str) -> None:
    page = visit()
    steps.log_in(page, logins["supervisor"])
    page.goto("/station/")
    page.get_by_role("button", name="Dock 1").click()
    steps.press(page, "Switch")
    problems = list(look(page, []))
    Scanner(page).send(logins["operator"]["badge"])
    expect(page.get_by_label("PIN")).to_be_focused()
    problems += look(page, [])
    for digit in logins["operator"]["pin"]:
        page.get_by_role("button", name=digit, exact=True).click()
    steps.press(page, "Start work")
    expect(page.locator(".bar .station")).to_have_text("Dock 1")
    weighing(page, box)
    page.get_by_label("Reason").fill("leaks at the lid")

    page.evaluate("() => { const then = Date.now; Date.now = () => then() + 11 * 60_000; }")
    steps.press(page, "Put on hold")

    lock = page.get_by_role("dialog")
    expect(lock.get_by_text("Operator, first shift")).to_be_visible()
    problems += look(page, [])
    lock.get_by_label("PIN").fill(logins["operator"]["pin"])
    lock.get_by_role("button", name="Unlock").click()
    expect(lock).to_be_hidden()
    expect(page.get_by_label("Reason")).to_have_value("leaks at the lid")
    assert not problems, "\n".join(problems)
