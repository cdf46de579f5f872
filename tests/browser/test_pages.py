"""Every page, in light and dark, on a tablet and at a desk: nothing breaks or sticks out, and everybody can read it."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser import steps
from tests.browser.atlas import MOST_OF_A_KIND, Explorer, Place, page_names
from tests.browser.conftest import TABLET, Enter, Listener

DESK: ViewportSize = {"width": 1920, "height": 1080}
AXE = (Path(__file__).parents[1] / "assets" / "axe.min.js").read_text()
ASK_AXE = """async ({only, ignored}) => {
  const rules = {"target-size": {enabled: true}};
  for (const rule of ignored) rules[rule] = {enabled: false};
  const asked = {resultTypes: ["violations"], preload: false, rules, ...only && {runOnly: only}};
  const {violations} = await axe.run(document, asked);
  return violations.flatMap(({id, nodes}) => nodes.map((node) => `${id} at ${node.target}: ${node.failureSummary}`));
}"""
MAY_DIFFER = ["color-contrast", "target-size", "scrollable-region-focusable"]
"""Rules that a page may keep in one light or one size and break in the other."""

NOT_OURS = {"api:docs": ["heading-order"]}
"""What axe finds in Redoc's own markup."""

WIDTHS = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.fixture(scope="package")
def places(
    browser: Browser, browser_context_args: dict[str, Any], logins: dict[str, Any], sessions: dict[str, Any]
) -> dict[str, list[Place]]:
    """Where there is something to see, by the view's name."""
    explorer = Explorer()
    for role in MOST_OF_A_KIND:
        with browser.new_context(**browser_context_args, java_script_enabled=False) as context:
            page = context.new_page()
            page.goto("/")
            steps.log_in(page, logins[role])
            sessions[role] = context.storage_state()
            begun = begin_some_work(page) if role == "supervisor" else []
            explorer.explore(role, context.request, *begun)
    return explorer.places | {
        "login": [Place("login", "/login/", None)],
        "api:docs": [Place("api:docs", "/api/docs/", None)],
    }


def begin_some_work(page: Page) -> list[str]:
    """What the demo has not: a batch on hold, a planned one, a draft with a bag in it, a label, a count. Where these
    are, and where one would look whether a crate of cells is discharged and whose a batch is."""
    common = {"chemistry": "NMC811", "owner": "Green Metals Battery Innovations"}
    steps.plan_batch(
        page, line="Dismantling bench", recipe="Dismantle packs", grade="Nickel modules for shredding", **common
    )
    held = steps.open_batch(page)
    steps.press(page, "Hold")
    page.get_by_label("Why").fill("The hoist is being looked at")
    page.get_by_label("Why").press("Enter")
    expect(page.get_by_text("Held: The hoist is being looked at")).to_be_visible()
    steps.plan_batch(page, line="Line 2", recipe="Electrode scrap", grade="Nickel black mass", **common)
    steps.press(page, "Keep it as a draft")
    expect(page.locator(".page-head").get_by_text("Draft")).to_be_visible()
    planned = steps.headed(page)
    draft = steps.draft(page, ship_to="Post-processor 2, refinery (Post-processor 2)", purchase_order="PO-PAGES")
    page.get_by_role("checkbox").first.check()
    steps.press(page, "Add the chosen")
    expect(page.get_by_text("1 container, 1 lot")).to_be_visible()
    page.goto("/containers/?material=FORMED_CELL")
    [crate, *_others] = steps.references(page.get_by_role("table"))
    page.goto(f"/labels/?container={crate}")
    steps.press(page, "Print the label")
    expect(page.get_by_text("From this screen, A6")).to_be_visible()
    label = urlsplit(page.url).path
    page.goto("/counts/new/")
    page.get_by_role("button", name="Bay A-03").click()
    expect(page.locator(".page-head").get_by_text("Open")).to_be_visible()
    return [
        f"/batches/{held}/",
        f"/batches/{held}/owners/",
        f"/batches/{planned}/",
        f"/shipments/{draft}/",
        f"/containers/{crate}/discharge/",
        f"/containers/{crate}/correct/1/",
        f"/find/?q={crate}",
        label,
    ]


@pytest.mark.parametrize("name", page_names())
def test_page_is_sound(name: str, places: dict[str, list[Place]], visit: Enter, enter: Enter) -> None:
    assert places.get(name), "no link leads to this page"

    problems = []
    for place in places[name]:
        page = enter(place.role, at=place.path) if place.role else visit(at=place.path)
        expect(page.locator("h1").first).to_be_visible()  # Redoc draws itself, later on a busy machine
        problems += [f"{place.role} at {place.path}, {problem}" for problem in look(page, NOT_OURS.get(name, []))]

    assert not problems, "\n".join(problems)


def test_what_is_not_there_is_said_soundly(enter: Enter, listener: Listener) -> None:
    listener.forgive("status of 404")
    page = enter("operator", at="/lots/L-1999-000001/")

    problems = list(look(page, []))

    assert not problems, "\n".join(problems)


def look(page: Page, ignored: list[str]) -> Iterator[str]:
    """What is wrong with a page in light and dark, on the tablet and at the desk.

    axe is asked of everything once, and once more, in the other light and size, of what may differ there.
    """
    page.evaluate(f"{AXE};0")
    for theme, size in product(("light", "dark"), (TABLET, DESK)):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(size)
        seen_as = f"{theme} {size['width']}"
        wide, room = page.evaluate(WIDTHS)
        if wide > room:
            yield f"{seen_as}: sticks out by {wide - room} px"
        if (theme, size) in (("light", TABLET), ("dark", DESK)):
            only = None if theme == "light" else MAY_DIFFER
            yield from (f"{seen_as}: {found}" for found in page.evaluate(ASK_AXE, {"only": only, "ignored": ignored}))
