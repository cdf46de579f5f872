"""Figures for Prometheus: which there are, and who may read them."""

import re

import pytest
from django.db import DatabaseError

from plant.operation import metrics, pulses, reading
from plant.operation.models import Run
from plant.operation.services import record_run
from plant.web import now

pytestmark = pytest.mark.django_db
TOKEN = "a token for tests only, and long enough"


def scraped(client, **kwargs):
    lines = client.get("/metrics", **kwargs).content.decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}


def test_the_plant_s_figures_are_there(client):
    pulses.heard(pulses.CANARY)
    record_run(kind=Run.Kind.BACKUP, began_at=now(), ended_at=now(), details={})
    record_run(kind=Run.Kind.RECONCILE, began_at=now(), ended_at=now(), details={"differences": 0})

    figures = scraped(client)

    assert figures["outbox_oldest_seconds"] == figures["outbox_failed"] == figures["ledger_verify_findings"] == 0
    assert figures["canary_age_seconds"] < 60
    assert figures["backup_age_seconds"] < 60
    assert {"database_up", "disk_free_bytes", "clock_offset_seconds", "lock_timeouts_total"} <= set(figures)


def test_a_request_is_counted_by_its_view_and_not_by_its_address(client):
    name = 'http_requests_total{method="GET",status="302",view="home"}'
    before = scraped(client).get(name, 0)

    client.get("/?q=L-2026-000001")
    client.get("/nowhere/L-2026-000001")

    after = scraped(client)
    assert after[name] == before + 1
    assert not [figure for figure in after if re.search("nowhere|L-2026", figure)]


def test_a_database_that_is_away_is_a_figure_too(client, monkeypatch):
    def away(_at):
        raise DatabaseError("away")

    monkeypatch.setattr(reading, "read", away)

    assert scraped(client)["database_up"] == 0


def test_a_lock_that_did_not_come_is_counted(client):
    class Cause(Exception):
        sqlstate = "55P03"

    def busy():
        raise DatabaseError from Cause()

    before = scraped(client)["lock_timeouts_total"]
    with pytest.raises(DatabaseError):
        metrics._count_lock_timeouts(lambda *_: busy())

    assert scraped(client)["lock_timeouts_total"] == before + 1


@pytest.mark.parametrize(
    "asked",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"headers": {"X-Forwarded-For": "10.0.0.7"}},
        {"headers": {"X-Forwarded-Proto": "https"}},
        {"REMOTE_ADDR": "10.0.0.7", "headers": {"Authorization": "Bearer wrong"}},
        {"REMOTE_ADDR": "10.0.0.7", "headers": {"Authorization": "Bearer "}},
    ],
)
def test_others_find_nothing(client, settings, asked):
    settings.METRICS_TOKEN = TOKEN

    assert client.get("/metrics", **asked).status_code == 404


def test_without_a_token_set_none_opens(client):
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7", headers={"Authorization": "Bearer "}).status_code == 404


def test_the_token_opens_from_elsewhere(client, settings):
    settings.METRICS_TOKEN = TOKEN
    asked = {"REMOTE_ADDR": "10.0.0.7", "headers": {"Authorization": f"Bearer {TOKEN}"}}

    assert client.get("/metrics", **asked).status_code == 200
