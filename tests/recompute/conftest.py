"""Facts of the test's own: the registry is empty at the start and as before at the end, unless a test wants that of
the rooms."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest


@pytest.fixture
def facts_of_the_rooms() -> None:
    """Yields, flows, utilization: what the rooms have registered."""


@pytest.fixture(autouse=True)
def no_facts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    from plant.recompute import registry

    if "facts_of_the_rooms" in request.fixturenames:
        return
    monkeypatch.setattr(registry, "_facts", {})
    monkeypatch.setattr(registry, "_followers", {})


@pytest.fixture
def computed(no_facts: None) -> list[str]:
    """The keys of the fact "yield" in the order in which they were computed."""
    from plant import recompute

    keys: list[str] = []

    @recompute.fact("yield")
    def _compute(key: str, now: object) -> None:
        keys.append(key)

    return keys


@pytest.fixture
def elsewhere() -> Callable[..., Any]:
    """Does something on a connection of its own, as another process would, and waits for it."""
    from django.db import connection

    def do(what: Callable[..., Any], *args: Any) -> Any:
        def run() -> Any:
            try:
                return what(*args)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(run).result(timeout=30)

    return do
