"""A truck of ten containers as a dock worker with gloves receives it: a scan, a weight and few touches each.

Counted as in docs/floor.md: a touch is a click or a tap, a scan is what the handheld sends, a weight is typed. The
figures are printed with `-s`.
"""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.conftest import Enter
from tests.browser.scanner import Scanner

CONTAINERS = 10
MOST_TOUCHES_EACH = 3
MOST_INTERACTIONS_EACH = 6


@dataclass
class Hands:
    """What the worker does, counted."""

    page: Page
    touches: int = 0
    scans: int = 0
    weights: int = 0

    @property
    def interactions(self) -> int:
        return self.touches + self.scans + self.weights

    def touch(self, what: Locator) -> None:
        self.touches += 1
        what.click()

    def choose(self, field: Locator, option: str) -> None:
        """Open a list and take one of it: two touches."""
        self.touches += 2
        field.select_option(option)

    def scan(self, code: str) -> None:
        self.scans += 1
        self.page.wait_for_load_state()
        Scanner(self.page).send(code)

    def weigh(self, gross: str) -> None:
        """On the keyboard beside the scale; the cursor is in the weight already."""
        self.weights += 1
        expect(self.page.get_by_label("Gross")).to_be_focused()
        self.page.keyboard.type(gross, delay=60)

    def enter(self) -> None:
        """The Enter key of that keyboard, counted as a touch."""
        self.touches += 1
        self.page.keyboard.press("Enter")


def gross(page: Page, more: int = 0) -> str:
    """What a gaylord of foil weighs with its tare, in the unit that the last one of this supplier was read in."""
    expect(page.get_by_label("Gross")).to_be_focused()
    unit = page.locator("[name=unit]:checked").input_value()
    return str({"kg": 519, "lb": 1144}[unit] + more)


def saved(page: Page) -> Locator:
    return page.locator(".came").get_by_role("link", name=steps.CONTAINER)


def test_ten_containers_take_a_scan_a_weight_and_a_touch_each(enter: Enter) -> None:
    page = enter("operator")
    steps.book(page, supplier="LG Energy Solution", plant="LGES Lansing", bill_of_lading="BOL-TRUCK")
    first = Hands(page)

    first.touch(page.locator(".alike").get_by_role("button").first)
    expect(page.get_by_label("Gross")).to_be_focused()
    first.scan("A-02")
    expect(page.get_by_label("Bay", exact=True)).to_have_value("A-02")
    first.weigh(gross(page))
    first.enter()
    expect(saved(page)).to_have_count(1)

    rest = [Hands(page) for _container in range(1, CONTAINERS)]
    for number, hands in enumerate(rest, start=2):
        hands.scan(f"SEAL-{4400 + number}")
        expect(page.locator("[name=seal]")).to_have_value(f"SEAL-{4400 + number}")
        hands.weigh(gross(page, number))
        hands.enter()
        expect(saved(page)).to_have_count(number)

    print({"touches": [hands.touches for hands in (first, *rest)], "one more": rest[-1].interactions})
    assert all(hands.touches <= MOST_TOUCHES_EACH for hands in (first, *rest))
    assert rest[-1].interactions <= MOST_INTERACTIONS_EACH
    assert "10 containers" in page.locator(".load .sum").inner_text()


def test_one_more_is_tapped_in_on_the_number_pad(enter: Enter) -> None:
    page = enter("operator")
    steps.book(page, supplier="LG Energy Solution", plant="LGES Lansing", bill_of_lading="BOL-PAD")
    page.locator(".alike").get_by_role("button").first.click()
    hands = Hands(page)

    typed = gross(page)
    for key in typed:
        hands.touch(page.get_by_role("group", name="Number pad").get_by_role("button", name=key, exact=True))
    expect(page.locator("#reading")).to_contain_text(f"{int(typed):,}")
    expect(page.locator("#reading")).to_contain_text("As expected")
    hands.touch(page.get_by_role("button", name="Save, next container"))

    expect(saved(page)).to_have_count(1)
    assert hands.interactions <= MOST_INTERACTIONS_EACH


def test_a_number_read_in_the_other_unit_is_asked_about_and_switched_by_a_touch(enter: Enter) -> None:
    page = enter("operator")
    steps.book(page, supplier="LG Energy Solution", plant="LGES Lansing", bill_of_lading="BOL-UNIT")
    page.locator(".alike").get_by_role("button").first.click()
    expect(page.get_by_label("Gross")).to_be_focused()
    page.get_by_role("radio", name="kg").check()

    page.get_by_label("Gross").press_sequentially("1146")
    page.get_by_role("button", name="It is lb").click()

    expect(page.get_by_role("radio", name="lb")).to_be_checked()
    expect(page.get_by_label("Gross")).to_have_value("1146")
    expect(page.locator("#reading")).to_contain_text("As expected")


def test_what_was_saved_is_taken_back_and_stands_in_the_form_again(enter: Enter) -> None:
    page = enter("operator")
    steps.book(page, supplier="LG Energy Solution", plant="LGES Lansing", bill_of_lading="BOL-UNDO")
    page.locator(".alike").get_by_role("button").first.click()
    expect(page.get_by_label("Gross")).to_be_focused()
    typed = gross(page)
    page.keyboard.type(typed, delay=60)
    page.keyboard.press("Enter")
    expect(saved(page)).to_have_count(1)

    page.locator(".toast").get_by_role("button", name="Undo").click()

    expect(page.get_by_label("Gross")).to_have_value(typed)
    expect(page.locator(".load .sum")).to_contain_text("0 containers")
