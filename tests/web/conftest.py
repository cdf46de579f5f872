"""The cast of the shell's tests: a site, an operator, a manager; and a list and a form that no room owns."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

PASSWORD = "correct horse battery"


@pytest.fixture
def site(db: None) -> Any:
    from plant.services import create_site

    return create_site(code="WS", name="Winston-Salem", timezone="America/New_York")


def person(site: Any, username: str, role: str, **more: Any) -> Any:
    from plant.access import create_user
    from plant.models import Role

    return create_user(username=username, name=username.title(), role=Role(role), password=PASSWORD, site=site, **more)


@pytest.fixture
def operator(site: Any) -> Any:
    return person(site, "olga", "operator")


@pytest.fixture
def manager(site: Any) -> Any:
    return person(site, "mark", "manager")


@pytest.fixture
def screen(operator: Any) -> Client:
    """A browser in which the operator is logged in; an error is answered by its page."""
    client = Client(raise_request_exception=False)
    client.force_login(operator)
    return client


@pytest.fixture
def ask(operator: Any) -> Any:
    """Requests of the operator, for calling a view directly."""

    def make(path: str = "/list/", *, data: dict[str, Any] | None = None, post: bool = False, **headers: str) -> Any:
        factory = RequestFactory()
        request = (factory.post if post else factory.get)(path, data or {}, headers=headers)
        request.user = operator
        request.session = {}
        return request

    return make
