"""A plant with two weeks of work, and a browser in which the manager is logged in at a given moment."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from plant.demo import site, story
from plant.demo.site import Plant
from plant.limits.facts import mark_current_years
from plant.models import User
from plant.recompute import drain
from tests.factories import world
from tests.pages import browser

NOW = dt.datetime(2026, 11, 18, 19, 30, tzinfo=dt.UTC)  # a Wednesday, 14:30 in Winston-Salem


@pytest.fixture(scope="module")
def working_plant(django_db_setup: None, django_db_blocker: Any) -> Iterator[Plant]:
    """Three workdays of the demo's story, all computed; made once for a module, each test is undone inside it."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                plant = world()
                site.set_limits(plant, year=2026)
                story.tell(plant, now=NOW, days=5)
                mark_current_years(NOW)
                drain(NOW)
                yield plant
                transaction.set_rollback(True)
        finally:
            connection.close()


@pytest.fixture
def empty_plant(db: None) -> Plant:
    return world()


@pytest.fixture
def screen(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Client]:
    """`screen()` is the manager's browser now; `screen(at=..., who=...)` another's."""

    def at(at: dt.datetime = NOW, who: str = "manager") -> Client:
        monkeypatch.setattr("plant.dashboard.views.now", lambda: at)
        monkeypatch.setattr("plant.limits.views.now", lambda: at)
        return browser(User.objects.get(username=who))

    return at
