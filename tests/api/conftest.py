"""A fixed cast: our partner POST1, another partner POST2, and how each of their programs asks."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client


@dataclass
class Caller:
    """A partner's program: its key, and its calls."""

    token: str
    key: Any = None
    client: Any = None

    def get(self, url: str, **headers: str) -> HttpResponse:
        return self.client.get(url, headers={"Authorization": f"Bearer {self.token}", **headers})


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def site(db: None) -> Any:
    from plant.services import create_site

    return create_site(code="GMBI", name="Green Metals Battery Innovations", timezone="America/New_York")


@pytest.fixture
def post1(site: Any) -> Any:
    from plant.services import create_party

    return create_party(site=site, code="POST1", name="Post-processor 1", is_customer=True)


@pytest.fixture
def post2(site: Any) -> Any:
    from plant.services import create_party

    return create_party(site=site, code="POST2", name="Post-processor 2", is_customer=True)


@pytest.fixture
def now() -> dt.datetime:
    from plant.web import now

    return now()


@pytest.fixture
def caller_of(client: Client, now: dt.datetime) -> Callable[..., Caller]:
    """`caller_of(party)` is a program of that party with a new key."""
    from plant.api.services import create_key

    def make(party: Any, **how: Any) -> Caller:
        key, token = create_key(**{"party": party, "name": "ERP", "by": None, "at": now} | how)
        return Caller(token, key, client)

    return make


@pytest.fixture
def caller(caller_of: Callable[..., Caller], post1: Any) -> Caller:
    return caller_of(post1)


@pytest.fixture
def yard(site: Any) -> Any:
    from tests.api.yard import Yard

    return Yard(site)
