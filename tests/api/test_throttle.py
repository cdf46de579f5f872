"""A key may call so often a minute, exactly: also when several of its programs call at once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from plant.api import services, throttle
from plant.services import create_party, create_site

LIST = "/api/v1/shipments/"
NOON = dt.datetime(2026, 11, 22, 12, 0, 5, tzinfo=dt.UTC)


@pytest.fixture
def at_noon(monkeypatch):
    monkeypatch.setattr(throttle, "now", lambda: NOON)


def test_the_call_after_the_last_waits_for_the_next_minute(caller, at_noon, settings):
    settings.API_CALLS_PER_MINUTE = 3

    assert [caller.get(LIST).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = caller.get(LIST)
    assert answer["Retry-After"] == "55"
    assert answer["Content-Type"] == "application/problem+json"


def test_the_next_minute_starts_anew(caller, at_noon, settings, monkeypatch):
    settings.API_CALLS_PER_MINUTE = 1
    assert [caller.get(LIST).status_code for _ in range(2)] == [200, 429]

    monkeypatch.setattr(throttle, "now", lambda: NOON + dt.timedelta(seconds=55))

    assert caller.get(LIST).status_code == 200


def test_a_clock_that_lags_does_not_open_the_minute_again(caller):
    assert throttle.count_call(key=caller.key, at=NOON) == 1
    assert throttle.count_call(key=caller.key, at=NOON - dt.timedelta(seconds=10)) == 2
    assert throttle.count_call(key=caller.key, at=NOON) == 3


def test_each_key_has_its_own_count(caller, caller_of, post1, at_noon, settings):
    settings.API_CALLS_PER_MINUTE = 1
    other = caller_of(post1)

    assert [caller.get(LIST).status_code, other.get(LIST).status_code] == [200, 200]


def test_of_calls_at_once_exactly_the_limit_passes(committed_db):
    party = create_party(site=create_site(code="S", name="S", timezone="UTC"), code="P", name="P")
    key, _token = services.create_key(party=party, name="ERP", by=None, at=NOON)

    def calls(_number):
        try:
            return [throttle.count_call(key=key, at=NOON) for _ in range(20)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        counts = [count for counted in threads.map(calls, range(8)) for count in counted]

    assert sorted(counts) == list(range(1, 161))


def test_the_counts_are_not_worth_a_log(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'api_callcount'")
        assert cursor.fetchone() == ("u",)
