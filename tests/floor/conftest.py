"""A shared tablet at the dock of the demo plant, and the clock on its wall."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from plant.web import terminal
from tests.factories import world


class Clock:
    """What the pages take for now."""

    def __init__(self) -> None:
        self.at = dt.datetime(2026, 6, 10, 16, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.at

    def tick(self, minutes: float) -> None:
        self.at += dt.timedelta(minutes=minutes)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(terminal, "now", clock)
    return clock


@pytest.fixture
def plant(db: None) -> Any:
    return world()


def tablet_at(plant: Any, station: str = "DOCK-1") -> Client:
    """A browser that a supervisor made the terminal of a station, and left."""
    client = Client(raise_request_exception=False)
    client.force_login(plant.users["supervisor"])
    client.post("/station/", {"station": station})
    client.post("/logout/")
    return client


@pytest.fixture
def tablet(plant: Any) -> Client:
    return tablet_at(plant)


def take_over(client: Client, username: str = "operator", pin: str = "1001", **more: Any) -> Any:
    return client.post("/switch/", {"who": username, "secret": pin, **more})


def who_is_there(client: Client) -> str | None:
    """The name of whoever is logged in, as the database knows it."""
    from plant.models import User

    key = client.session.get("_auth_user_id")
    return User.objects.filter(pk=key, is_active=True).values_list("username", flat=True).first() if key else None
