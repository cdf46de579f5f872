"""Every error under /api/ is a problem (RFC 9457) that says what to do and nothing about our side."""

import json
import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from rest_framework.exceptions import ParseError, UnsupportedMediaType, ValidationError

from plant.api import problems
from plant.errors import DomainError

LIST = "/api/v1/shipments/"


def problem_of(answer: HttpResponse, status: int) -> dict:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == status
    assert set(body) <= {"type", "title", "status", "detail", "code", "errors", "request_id"}
    return body


@pytest.mark.parametrize("address", ["/api/", "/api/v2/shipments/", "/api/v1/", "/api/v1/lots/"])
def test_an_unknown_address_is_404(client, db, address):
    assert "nothing here" in problem_of(client.get(address), 404)["detail"]


def test_a_missing_slash_leads_to_the_right_address(client, db):
    answer = client.get("/api/v1/shipments?limit=5")

    assert (answer.status_code, answer["Location"]) == (301, f"{LIST}?limit=5")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_method_it_does_not_take_is_405(caller, client, method):
    answer = getattr(client, method)(LIST, headers={"Authorization": f"Bearer {caller.token}"})

    problem_of(answer, 405)
    assert answer["Allow"] == "GET, HEAD"


def test_head_is_answered_like_get_without_a_body(caller, client):
    answer = client.head(LIST, headers={"Authorization": f"Bearer {caller.token}"})

    assert (answer.status_code, answer.content) == (200, b"")


def test_what_cannot_be_accepted_is_406(caller):
    assert "application/json" in problem_of(caller.get(LIST, Accept="text/html"), 406)["detail"]


def test_a_bad_host_is_400_without_naming_the_good_ones(client, db):
    body = problem_of(client.get(LIST, headers={"Host": "evil.example"}), 400)

    assert "evil" not in str(body)
    assert "testserver" not in str(body)


def test_too_many_parameters_are_400(caller):
    problem_of(caller.get(LIST + "?" + "&".join(f"p{n}=1" for n in range(2000))), 400)


def test_a_bug_is_500_with_the_id_of_our_log_and_nothing_else(caller, monkeypatch, caplog):
    def broken(*_args):
        raise RuntimeError("secret of our side")

    monkeypatch.setattr("shipments.api.read", broken)
    with caplog.at_level(logging.ERROR):
        answer = caller.get(LIST)

    body = problem_of(answer, 500)
    assert "secret" not in answer.content.decode()
    assert set(body) == {"type", "title", "status", "detail", "request_id"}
    assert body["request_id"] == answer["X-Request-ID"]
    assert body["request_id"] in caplog.text


def test_every_answer_carries_its_request_id(caller, client):
    ids = {caller.get(LIST)["X-Request-ID"], client.get(LIST)["X-Request-ID"], client.get("/api/x")["X-Request-ID"]}

    assert len(ids) == 3
    assert "" not in ids


def test_a_refusal_is_409_at_its_field(db):
    refusal = DomainError("Take at most 12.000 kg.", field="kg")

    body = problem_of(problems.problem_details(refusal, {}), 409)

    assert body["code"] == "refused"
    assert body["detail"] == "Take at most 12.000 kg."
    assert body["errors"] == [{"pointer": "#/kg", "detail": "Take at most 12.000 kg."}]


def test_a_wrong_body_is_400_with_a_pointer_to_each_place(db):
    wrong = ValidationError(
        {"lots": [{}, {"net/kg": ["A number."]}], "non_field_errors": ["Too early."], "a~b": ["x", "y"]}
    )

    body = problem_of(problems.problem_details(wrong, {}), 400)

    assert body["errors"] == [
        {"pointer": "#/lots/1/net~1kg", "detail": "A number."},
        {"pointer": "#", "detail": "Too early."},
        {"pointer": "#/a~0b", "detail": "x"},
        {"pointer": "#/a~0b", "detail": "y"},
    ]


@pytest.mark.parametrize(
    ("error", "status"), [(ParseError(), 400), (UnsupportedMediaType("text/x"), 415), (PermissionDenied(), 403)]
)
def test_other_bad_calls_keep_their_status(db, error, status):
    problem_of(problems.problem_details(error, {}), status)


def test_anything_else_is_a_bug_and_stays_loud():
    assert problems.problem_details(RuntimeError(), {}) is None
