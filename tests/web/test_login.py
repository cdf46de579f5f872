"""One logs in by name and password and comes to where one wanted to go, if that is ours."""

import pytest
from django.test import Client

from tests.web.conftest import PASSWORD


@pytest.fixture
def client():
    return Client()


def log_in(client, username="olga", password=PASSWORD, **more):
    return client.post("/login/", {"username": username, "password": password, **more})


def test_a_person_comes_to_the_first_page(client, operator):
    response = log_in(client)

    assert response.status_code == 302
    assert response["Location"] == "/"
    assert "Olga" in client.get("/").content.decode()


def test_the_session_gets_a_new_key(client, operator):
    client.get("/")
    client.session["before"] = True
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key

    client.cookies["session"] = before
    log_in(client)

    assert client.cookies["session"].value != before


@pytest.mark.parametrize(("username", "password"), [("olga", "not this one"), ("nobody", PASSWORD), ("OLGA", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(client, operator, username, password):
    response = log_in(client, username, password)

    assert response.status_code == 422
    assert "Name and password do not belong together." in response.content.decode()
    assert f'value="{username}"' in response.content.decode()
    assert password not in response.content.decode()


def test_an_unknown_name_costs_a_password_check_too(client, operator, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    checked = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: (checked.append(1), encode(self, *args))[1])

    log_in(client, "nobody")

    assert checked == [1]


def test_a_disabled_person_gets_the_same_answer(client, operator):
    operator.is_active = False
    operator.save(update_fields=["is_active"])

    assert log_in(client).status_code == 422


@pytest.mark.parametrize("username", ["x" * 61, ""])
def test_a_name_that_cannot_be_one_is_refused(client, operator, username):
    assert log_in(client, username).status_code == 422


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/find/?q=L-2026-000001", "/find/?q=L-2026-000001"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_leads_only_to_ourselves(client, operator, wanted, reached):
    assert log_in(client, next=wanted)["Location"] == reached


def test_a_page_that_needs_a_login_leads_there_and_back(client, operator):
    response = client.get("/find/?q=L-2026-000001")

    assert response["Location"] == "/login/?next=/find/%3Fq%3DL-2026-000001"


def test_who_is_logged_in_needs_no_login(screen):
    assert screen.get("/login/")["Location"] == "/"


def test_logging_out_takes_a_post(screen):
    assert screen.get("/logout/").status_code == 405
    assert screen.post("/logout/")["Location"] == "/login/"
    assert screen.get("/")["Location"] == "/login/?next=/"


def test_the_login_needs_its_token(operator):
    client = Client(enforce_csrf_checks=True)

    response = log_in(client)

    assert response.status_code == 403
    assert "load it again" in response.content.decode()
