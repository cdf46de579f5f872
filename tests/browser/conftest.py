"""The plant as people see it: one real plant with the demo, Debian's Chromium, a tablet or a desk.

All tests of this folder run in one xdist worker, so that one plant is started; it and the browser end with the
folder's last test. Every page is listened to: a script's error, a broken Content-Security-Policy, a file that did not
come or an answer of the server's own fault fails the test that opened it (`Listener`).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from plant.management.supervisor import RunningPlant, temporary_plant
from tests.browser.steps import log_in

TABLET: ViewportSize = {"width": 1280, "height": 800}
LONGEST_WAIT_MS = 30_000
"""How long a page may take on a busy machine before a test gives up; no test asks how long it took."""

Enter = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    reason = "There is no Chromium on this machine: NO PAGE WAS LOOKED AT. Install it (Debian: apt install chromium)."
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """In place of pytest-playwright's, which lasts for the session: its event loop forbids Django in other tests."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    expect.set_options(timeout=LONGEST_WAIT_MS)
    given = {**browser_type_launch_args, "executable_path": _chromium(), "args": ["--no-sandbox"]}
    with playwright.chromium.launch(**given) as launched:
        yield launched


@pytest.fixture(scope="package")
def plant(browser: Browser) -> Iterator[RunningPlant]:
    """After the browser: where there is none, nothing is started for it."""
    with temporary_plant(demo=True) as running:
        yield running


@pytest.fixture(scope="package")
def browser_context_args(plant: RunningPlant) -> dict[str, Any]:
    return {"base_url": plant.address, "viewport": TABLET, "reduced_motion": "reduce", "locale": "en-US"}


@pytest.fixture(scope="package")
def logins(plant: RunningPlant) -> dict[str, dict[str, str]]:
    """Name and password by role."""
    return {login["role"]: login for login in plant.demo["logins"]}


class Listener:
    """What went wrong on the pages of one test. `forgive` names what the test brings about on purpose."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.forgiven: list[str] = []

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))
        page.on("response", self._response)

    def forgive(self, *words: str) -> None:
        self.forgiven += words

    @property
    def complaints(self) -> list[str]:
        return [said for said in self.heard if not any(words in said for words in self.forgiven)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.location.get('url', '')}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.heard.append(f"{response.url}: answered {response.status}")


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    assert not listener.complaints, "\n".join(listener.complaints)


@pytest.fixture(scope="package")
def sessions() -> dict[str, Any]:
    """Cookies by role: whoever has logged in once need not do so in every test."""
    return {}


@pytest.fixture
def visit(new_context: Any, listener: Listener) -> Enter:
    """A browser of its own in which nobody is logged in; at the first page, or at the page asked for."""

    def visit(at: str = "/", **context: Any) -> Page:
        page: Page = new_context(**context).new_page()
        page.set_default_timeout(LONGEST_WAIT_MS)
        listener.listen(page)
        page.goto(at)
        return page

    return visit


@pytest.fixture
def enter(visit: Enter, sessions: dict[str, Any], logins: dict[str, dict[str, str]]) -> Enter:
    """A browser of its own in which somebody of this role is logged in; at the first page, or at the page asked for."""

    def enter(role: str, at: str = "/", **context: Any) -> Page:
        page = visit(at, storage_state=sessions.get(role), **context)
        if role not in sessions:
            log_in(page, logins[role])
            sessions[role] = page.context.storage_state()
        return page

    return enter
