"""Guessing is stopped: of many tries for a name at an address, also at the same instant, five are looked at."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from plant import views
from plant.access import ATTEMPTS
from tests.web.conftest import PASSWORD, person


def guess(password="wrong", username="olga", address="10.0.0.7"):
    return Client(REMOTE_ADDR=address).post("/login/", {"username": username, "password": password})


def test_of_200_parallel_tries_five_pass(committed_db, monkeypatch):
    from plant.services import create_site

    person(create_site(code="WS", name="Winston-Salem", timezone="America/New_York"), "olga", "operator")
    looked_at = []
    monkeypatch.setattr(views, "authenticate", lambda request, **words: looked_at.append(words))

    def run(n):
        try:
            return guess(f"guess {n}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=20) as pool:
        statuses = list(pool.map(run, range(200)))

    assert len(looked_at) == ATTEMPTS == 5
    assert sorted(set(statuses)) == [422, 429]


def exhaust(**who):
    for _n in range(ATTEMPTS):
        assert guess(**who).status_code == 422


def test_the_sixth_try_is_told_to_wait_even_with_the_right_password(operator):
    exhaust()

    response = guess(PASSWORD)

    assert response.status_code == 429
    assert "Wait five minutes" in response.content.decode()


def test_after_the_window_one_may_try_again(operator, monkeypatch):
    exhaust()
    later = views.now() + dt.timedelta(minutes=5, seconds=1)
    monkeypatch.setattr(views, "now", lambda: later)

    assert guess(PASSWORD).status_code == 302


def test_a_right_password_clears_the_count(operator):
    for _n in range(ATTEMPTS - 1):
        guess()
    guess(PASSWORD)

    exhaust()


@pytest.mark.parametrize("who", [{"username": "other"}, {"address": "10.0.0.8"}])
def test_another_name_or_address_is_not_held_up(operator, who):
    exhaust()

    assert guess(**who).status_code == 422


def test_an_unknown_name_is_locked_as_a_known_one(operator):
    exhaust(username="nobody")

    assert guess(username="nobody").status_code == 429
    assert guess(username="NOBODY ").status_code == 429
