"""A PIN has few digits, so tries are few: five for a person at a terminal, also at the same instant."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from plant import access
from plant.access import ATTEMPTS
from tests.factories import world
from tests.floor.conftest import tablet_at, take_over, who_is_there
from tests.pages import text


def test_of_200_parallel_wrong_pins_five_are_looked_at(committed_db, monkeypatch):
    station = tablet_at(world()).cookies["station"].value
    looked_at = []
    monkeypatch.setattr(access, "check_password", lambda pin, _hash: looked_at.append(pin))

    def guess(n):
        from django.test import Client

        client = Client()
        client.cookies["station"] = station
        try:
            return take_over(client, pin=f"{n:04d}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=20) as pool:
        statuses = list(pool.map(guess, range(200)))

    assert len(looked_at) == ATTEMPTS == 5
    assert set(statuses) == {422}


@pytest.fixture
def tried(tablet):
    for _n in range(ATTEMPTS):
        take_over(tablet, pin="0000")
    return tablet


def test_the_sixth_try_waits_even_with_the_right_pin(tried):
    page = take_over(tried)

    assert "Wait five minutes" in text(page)
    assert who_is_there(tried) is None


def test_guessing_at_one_tablet_keeps_nobody_from_working(tried, plant):
    other = tablet_at(plant)

    take_over(tried, "operator2", "1002")
    take_over(other)

    assert (who_is_there(tried), who_is_there(other)) == ("operator2", "operator")


def test_unlocking_counts_too(tablet, clock):
    take_over(tablet)
    clock.tick(11)
    for _n in range(ATTEMPTS):
        tablet.post("/unlock/", {"secret": "0000"})

    tablet.post("/unlock/", {"secret": "1001"})

    assert tablet.get("/lots/").status_code == 401
