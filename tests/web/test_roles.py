"""Who may what: every address of the house, every role, every method, against one table. An address that is missing
in the table fails; so does one that lets in whom the table does not name."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, resolve

from plant.demo import site as demo_site
from plant.inventory import counts
from plant.models import User
from plant.records import services as records
from plant.records.label import Label
from plant.web import now
from processing.models import Batch
from tests.factories import container, receipt, world
from tests.shipments import dock

NOBODY = "nobody"
FLOOR = {"operator", "supervisor"}
STAFF = FLOOR | {"manager", "ehs", "administrator"}
PEOPLE = STAFF | {"partner"}
ALL = PEOPLE | {NOBODY}


class Row(NamedTuple):
    """An address; who may look (GET, HEAD), who may send (POST). None: there is no such method."""

    path: str
    look: set[str] | None
    send: set[str] | None = None


TABLE = {
    "home": Row("/", PEOPLE),
    "login": Row("/login/", ALL, ALL),
    "logout": Row("/logout/", None, PEOPLE),  # nobody is sent to the login, as everywhere
    "station": Row("/station/", {"supervisor", "administrator"}, {"supervisor", "administrator"}),
    "switch": Row("/switch/", ALL, PEOPLE),  # away from a terminal it leads to the login
    "awake": Row("/awake/", PEOPLE),
    "unlock": Row("/unlock/", None, PEOPLE),
    "theme": Row("/theme/", None, ALL),
    "language": Row("/language/", None, PEOPLE),
    "find": Row("/find/?q={lot}", STAFF),
    "healthz": Row("/healthz", ALL),
    "readyz": Row("/readyz", ALL),
    "metrics": Row("/metrics", ALL),  # on this machine or with its token: tests/operation/test_metrics.py
    "status": Row("/status/", {"manager", "administrator"}),
    "api:openapi": Row("/api/v1/openapi.json", ALL),
    "api:docs": Row("/api/docs/", ALL),
    "intake:receipts": Row("/intake/", STAFF),
    "intake:receive": Row("/intake/new/", FLOOR, FLOOR),
    "intake:receipt": Row("/intake/{receipt}/", STAFF, FLOOR),
    "intake:papers": Row("/intake/{receipt}/papers/", FLOOR, FLOOR),
    "intake:void": Row("/intake/{receipt}/void/", FLOOR, FLOOR),
    "intake:undo": Row("/intake/{receipt}/undo/", None, FLOOR),
    "inventory:lots": Row("/lots/", STAFF),
    "inventory:lot": Row("/lots/{lot}/", STAFF),
    "inventory:decide": Row("/lots/{lot}/regulatory/", None, {"ehs"}),
    "inventory:containers": Row("/containers/", STAFF),
    "inventory:container": Row("/containers/{box}/", STAFF),
    "inventory:move": Row("/containers/{box}/move/", None, FLOOR | {"ehs"}),
    "inventory:hold": Row("/containers/{box}/hold/", None, FLOOR | {"ehs", "manager"}),
    "inventory:release": Row("/containers/{box}/release/", None, {"supervisor", "ehs"}),
    "inventory:reverse": Row("/containers/{box}/reverse/", None, FLOOR),
    "inventory:correct": Row("/containers/{box}/correct/", FLOOR, FLOOR),
    "inventory:correct_entry": Row("/containers/{box}/correct/1/", FLOOR, FLOOR),
    "inventory:months": Row("/months/", STAFF),
    "inventory:month": Row("/months/2026-05/", STAFF, {"manager"}),
    "inventory:together": Row("/containers/together/", FLOOR, FLOOR),
    "inventory:split": Row("/containers/{box}/split/", FLOOR, FLOOR),
    "records:labels": Row("/labels/?container={box}", STAFF, STAFF),
    "records:press": Row("/labels/{press}/", STAFF),
    "records:printers": Row("/printers/", STAFF),
    "records:new_printer": Row("/printers/new/", {"supervisor", "administrator"}, {"supervisor", "administrator"}),
    "records:printer": Row("/printers/DOCK/", STAFF),
    "records:change_printer": Row(
        "/printers/DOCK/change/", {"supervisor", "administrator"}, {"supervisor", "administrator"}
    ),
    "records:test_print": Row("/printers/DOCK/test/", None, STAFF),
    "records:again": Row("/printers/DOCK/again/", None, STAFF),
    "records:drop": Row("/printers/DOCK/drop/", None, STAFF),
    "inventory:counts": Row("/counts/", STAFF),
    "inventory:start_count": Row("/counts/new/", FLOOR | {"ehs"}, FLOOR | {"ehs"}),
    "inventory:count": Row("/counts/{count}/", STAFF, FLOOR | {"ehs"}),
    "inventory:withdraw": Row("/counts/{count}/withdraw/", None, FLOOR | {"ehs"}),
    "inventory:review_count": Row("/counts/{count}/compare/", FLOOR | {"ehs"}, FLOOR | {"ehs"}),
    "inventory:abandon_count": Row("/counts/{count}/abandon/", None, FLOOR | {"ehs"}),
    "inventory:stations": Row("/stations/", {"supervisor", "administrator"}),
    "inventory:new_station": Row("/stations/new/", {"supervisor", "administrator"}, {"supervisor", "administrator"}),
    "inventory:station": Row("/stations/DOCK-1/", {"supervisor", "administrator"}, {"supervisor", "administrator"}),
    "inventory:tare": Row("/stations/DOCK-1/tare/", None, {"supervisor", "administrator"}),
    "people:people": Row("/people/", {"supervisor", "administrator"}),
    "people:new_person": Row("/people/new/", {"administrator"}, {"administrator"}),
    "people:person": Row("/people/operator/", {"supervisor", "administrator"}, {"administrator"}),
    "people:badge": Row("/people/operator/badge/", None, {"supervisor", "administrator"}),
    "people:password": Row("/people/operator/password/", None, {"administrator"}),
    "people:access": Row("/people/operator/access/", None, {"administrator"}),
    "limits:limits": Row("/limits/", STAFF),
    "limits:new_limit": Row("/limits/new/", {"manager", "administrator"}, {"manager", "administrator"}),
    "limits:limit": Row("/limits/NAMEPLATE/", STAFF),
    "limits:change_limit": Row("/limits/NAMEPLATE/change/", {"manager", "administrator"}, {"manager", "administrator"}),
    "processing:batches": Row("/batches/", STAFF),
    "processing:new": Row("/batches/new/", FLOOR, FLOOR),
    "processing:lines": Row("/batches/lines/", STAFF),
    "processing:clean_out": Row("/batches/lines/LINE-1/clean-out/", FLOOR, FLOOR),
    "processing:batch": Row("/batches/{batch}/", STAFF),
    "processing:open": Row("/batches/{batch}/open/", FLOOR, FLOOR),
    "processing:hold": Row("/batches/{batch}/hold/", FLOOR, FLOOR),
    "processing:resume": Row("/batches/{batch}/resume/", FLOOR, FLOOR),
    "processing:abort": Row("/batches/{batch}/abort/", FLOOR, FLOOR),
    "processing:blend": Row("/batches/{batch}/blend/", {"supervisor"}, {"supervisor"}),
    "processing:charge": Row("/batches/{batch}/charge/", FLOOR, FLOOR),
    "processing:selection": Row("/batches/{batch}/charge/selection/", None, FLOOR),
    "processing:undo": Row("/batches/{batch}/undo/", None, FLOOR),
    "processing:charge_part": Row("/batches/{batch}/charge/{box}/", FLOOR, FLOOR),
    "processing:give_back": Row("/batches/{batch}/give-back/{box}/", FLOOR, FLOOR),
    "processing:bag": Row("/batches/{batch}/bag/", FLOOR, FLOOR),
    "processing:loss": Row("/batches/{batch}/loss/", FLOOR, FLOOR),
    "processing:close": Row("/batches/{batch}/close/", FLOOR, FLOOR),
    "processing:owners": Row("/batches/{batch}/owners/", STAFF, {"supervisor", "manager"}),
    "processing:reverse": Row("/batches/{batch}/entries/1/reverse/", FLOOR, FLOOR),
    "processing:correct": Row("/batches/{batch}/entries/1/correct/", FLOOR, FLOOR),
    "processing:discharge": Row("/containers/{cells}/discharge/", FLOOR, FLOOR),
    "shipments:shipments": Row("/shipments/", STAFF),
    "shipments:draft": Row("/shipments/new/", FLOOR, FLOOR),
    "shipments:shipment": Row("/shipments/{shipment}/", STAFF),
    "shipments:add": Row("/shipments/{shipment}/add/", None, FLOOR),
    "shipments:remove": Row("/shipments/{shipment}/remove/", None, FLOOR),
    "shipments:selection": Row("/shipments/{shipment}/selection/", FLOOR),
    "shipments:papers": Row("/shipments/{shipment}/papers/", FLOOR, FLOOR),
    "shipments:partner": Row("/shipments/{gone}/partner/", STAFF),
    "shipments:dispatch": Row("/shipments/{shipment}/dispatch/", FLOOR, FLOOR),
    "shipments:deliver": Row("/shipments/{shipment}/deliver/", FLOOR, FLOOR),
    "shipments:cancel": Row("/shipments/{shipment}/cancel/", FLOOR, FLOOR),
    "shipments:return": Row("/shipments/{shipment}/return/", FLOOR, FLOOR),
    "shipments:withdraw": Row("/shipments/{shipment}/withdraw/", {"supervisor"}, {"supervisor"}),
    "shipments:again": Row("/shipments/{shipment}/again/", None, FLOOR),
    "dashboard:dashboard": Row("/dashboard/", STAFF),
    "demo:first_hour": Row("/demo/first-hour/", None, PEOPLE),
}
WRITES = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE) (?!"django_session")')  # there a word for the next page
OPEN_TO_KEYS = {"shipments-api:list", "shipments-api:detail"}  # no role opens them: tests/api/test_keys.py


def names(resolver: Any = None, prefix: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            yield f"{prefix}{pattern.name}"


@pytest.fixture(scope="module")
def house(module_db: None) -> dict[str, str]:
    """The addresses, in a plant in which there is one of everything."""
    plant = world()
    demo_site.set_limits(plant, year=now().year)
    gone = dock.dispatched(plant)
    batch = Batch.objects.on_the_line().get()
    box = container(plant, 100, receipt=receipt(plant))
    cells = container(plant, 100, material="FORMED_CELL", kind="DRUM")
    there = {
        "lot": box.lot,
        "box": box,
        "cells": cells,
        "receipt": box.lot.receipt_lot.receipt,
        "batch": batch,
        "shipment": dock.draft(plant, box),
        "gone": gone,
        "count": counts.start_count(location=plant.locations["B-01"], by=plant.users["operator"], at=now()),
        "press": records.print_labels(
            site=plant.site, labels=[Label("container", str(box), str(box))], by=plant.users["operator"], at=now()
        ),
    }
    return {name: row.path.format(**there) for name, row in TABLE.items()}


def client_of(role: str, **kwargs: Any) -> Client:
    client = Client(raise_request_exception=False, **kwargs)
    if role != NOBODY:
        client.force_login(User.objects.get(username=role))
    return client


def is_let_in(response: Any) -> bool:
    return response.status_code in (200, 204, 302, 303, 422) and not sends_to_login(response)


def sends_to_login(response: Any) -> bool:
    return response.status_code == 302 and response["Location"].startswith("/login/?next=")


def is_turned_away(response: Any, role: str, *, is_method: bool) -> bool:
    """Who is not logged in is sent to the login; to others what they may not do is not there."""
    if role == NOBODY:
        return sends_to_login(response) or (not is_method and response.status_code == 405)
    return response.status_code == 404 or (not is_method and response.status_code == 405)


def test_every_address_is_in_the_table():
    assert set(names()) == set(TABLE) | OPEN_TO_KEYS


def test_every_row_of_the_table_leads_to_its_view(house):
    assert {name: resolve(path.split("?")[0]).view_name for name, path in house.items()} == {
        name: name for name in house
    }


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_looks_at_what_the_table_says_and_changes_nothing_by_looking(house, role):
    client, wrong = client_of(role), []
    for name, path in house.items():
        look = TABLE[name].look
        with CaptureQueriesContext(connection) as asked:
            response = client.get(path)
        expected = is_let_in(response) if role in (look or ()) else is_turned_away(response, role, is_method=bool(look))
        if not expected or any(WRITES.match(query["sql"]) for query in asked):
            wrong.append((name, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_sends_what_the_table_says(house, role):
    wrong = []
    for name, path in house.items():
        send = TABLE[name].send
        response = client_of(role).post(path)
        expected = is_let_in(response) if role in (send or ()) else is_turned_away(response, role, is_method=bool(send))
        if not expected:
            wrong.append((name, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "SHIP"])
def test_there_is_no_other_method(house, method):
    wrong = [
        (name, role, response.status_code)
        for role in sorted(ALL)
        for client in [client_of(role)]
        for name, path in house.items()
        if not is_turned_away(response := client.generic(method, path), role, is_method=False)
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ["supervisor", NOBODY])
def test_nothing_is_sent_without_the_token_of_our_own_page(house, role):
    client = client_of(role, enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client_of(NOBODY).get("/login/").content.decode())
    for path in house.values():
        assert client.post(path).status_code == 403, path
        assert client.post(path, headers={"HX-Request": "true"}).status_code == 403, path
        assert client.post(path, '{"a": 1}', content_type="text/plain").status_code == 403, path
        assert client.post(path, {"csrfmiddlewaretoken": token[1]}).status_code == 403, path  # somebody else's


def test_nothing_is_sent_from_another_origin_though_it_has_the_token(house):
    client = client_of("supervisor", enforce_csrf_checks=True)
    page = client.get("/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    for path in house.values():
        sent = client.post(path, {"csrfmiddlewaretoken": token[1]}, headers={"Origin": "https://evil.example"})
        assert sent.status_code == 403, path
    assert (
        client.post("/theme/", {"csrfmiddlewaretoken": token[1]}, headers={"Origin": "http://testserver"}).status_code
        == 302
    )
