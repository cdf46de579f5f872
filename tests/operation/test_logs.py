"""The log: a line of JSON for each thing, a request's id from the page to the task, no forged line and no secret."""

import io
import json
import logging
import re

import pytest
import structlog
from celery import current_app

from plant import recompute
from plant.management.commands.relay import CeleryBell
from plant.recompute import marks
from plant.recompute.relay import Relay
from plant.recompute.tasks import refresh
from plant.web import now
from tests.factories import container, world
from tests.pages import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(monkeypatch, caplog):
    """What our own handler has written so far, each line read as JSON."""
    stream = io.StringIO()
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter):
            monkeypatch.setattr(handler, "stream", stream)
    with caplog.at_level(logging.INFO):
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def plant():
    return world()


def named(lines, event):
    return [line for line in lines() if line["event"] == event]


def test_a_request_s_id_reaches_the_task_that_computes_what_it_changed(plant, lines, monkeypatch):
    """Page, mark, relay, message, task."""
    structlog.contextvars.bind_contextvars(request_id="9f1c")
    container(plant, 100)
    structlog.contextvars.clear_contextvars()
    sent = []
    monkeypatch.setattr(refresh, "apply_async", lambda **how: sent.append(context_of(how)) or True)

    Relay(bell=CeleryBell(), clock=now).look()
    due = marks.due(now(), 100)
    recompute.drain(now())

    assert sent
    assert {context["request_id"] for context in sent} == {"9f1c"}
    assert len(named(lines, "fact_computed")) >= len(due)
    assert {tuple(line["requests"]) for line in named(lines, "fact_computed")} == {("9f1c",)}


def context_of(how):
    """What django-structlog puts into a message's headers and binds in the worker."""
    from celery.signals import before_task_publish

    headers = {}
    before_task_publish.send(sender="refresh", headers=headers, body=((), how["kwargs"], {}), properties={})
    return headers["__django_structlog__"]


def test_a_page_says_the_id_that_is_in_its_lines(plant, lines):
    browser(plant.users["operator"]).get("/lots/")

    [ended] = named(lines, "request_finished")
    assert re.fullmatch(r"[0-9a-f-]{36}", ended["request_id"])
    assert ended["username"] == "operator"


def test_a_line_cannot_be_forged(client, lines):
    client.get("/find/?q=%0d%0a%7b%22event%22%3a+%22logged_in%22%7d")
    client.post("/login/", {"username": 'x\r\n{"event": "logged_in"}', "password": "y"})

    assert named(lines, "logged_in") == []


def test_what_was_typed_at_the_login_is_in_no_line(client, lines):
    client.post("/login/", {"username": "my-password-by-mistake", "password": "and-the-real-one"})

    assert named(lines, "login_failed")
    assert not re.search("mistake|real-one", json.dumps(lines()))


def test_security_is_one_logger(plant, lines, client):
    operator = plant.users["operator"]
    operator.set_password("a right password")
    operator.save(update_fields=["password"])
    for _n in range(6):
        client.post("/login/", {"username": "nobody", "password": "x"})
    client.post("/login/", {"username": "operator", "password": "a right password"}, REMOTE_ADDR="10.0.0.7")
    browser(operator).get("/status/")
    browser(operator).get("/lots/L-2020-000001/")

    told = [line for line in lines() if line["logger"] == "security"]
    assert [line["event"] for line in told] == [
        *["login_failed"] * 5,
        "locked_out",
        "logged_in",
        "not_allowed",
        "not_found",
        "not_found",
    ]
    assert told[7]["action"] == "SEE_STATUS"
    assert told[-1]["path"] == "/lots/L-2020-000001/"
    assert current_app.conf.worker_hijack_root_logger is False
