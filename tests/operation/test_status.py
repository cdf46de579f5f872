"""The status page and /readyz: what is said when a part is away, and to whom."""

import pytest
from django.db import connection

from plant.operation import checks, pulses, reading, views
from plant.operation.models import Run
from plant.operation.services import record_run
from plant.web import now
from tests.factories import NOON, world
from tests.pages import browser, text

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def plant():
    return world()


@pytest.fixture
def manager(plant):
    return browser(plant.users["manager"])


def all_alive():
    for name in (pulses.RELAY, pulses.BEAT, pulses.VALKEY, pulses.CANARY, pulses.WORKER):
        pulses.heard(name)


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def levels(manager):
    return {check["name"]: check["level"] for check in manager.get("/status/", **JSON).json()["checks"]}


def test_a_plant_that_is_well_says_so(manager):
    all_alive()
    for kind in Run.Kind:
        record_run(kind=kind, began_at=now(), ended_at=now(), details={})

    assert set(levels(manager).values()) == {"ok"}
    assert "Everything is well." in text(manager.get("/status/"))


def test_valkey_is_away_the_plant_is_ready_and_status_says_it(manager):
    all_alive()
    sql("UPDATE operation_pulse SET heard_at = heard_at - interval '3 min' WHERE name = 'valkey'")

    page = text(manager.get("/status/"))

    assert "It takes no messages; the last 3 min ago." in page
    assert levels(manager)["Valkey"] == "fail"
    assert manager.get("/readyz").status_code == 200


def test_a_figure_that_fails_shows_its_first_line(manager):
    sql(
        "INSERT INTO recompute_mark (fact, key, marked_at, due_at, attempts, error) "
        "VALUES ('batch-yield', 'B-2026-0001', now() - interval '5 min', now(), 3, 'ZeroDivisionError: division')"
    )

    page = text(manager.get("/status/"))

    assert "1 wait, the oldest for 5 min." in page
    assert "batch-yield B-2026-0001 3 ZeroDivisionError: division" in page


def test_a_backup_that_failed_is_named_though_an_older_one_is_good(manager, settings):
    record_run(kind=Run.Kind.BACKUP, began_at=now(), ended_at=now(), details={})
    record_run(kind=Run.Kind.BACKUP, began_at=now(), ended_at=now(), fault="The disk is full.", details={})

    assert "The newest failed: The disk is full. The last good one: 0 s ago." in text(manager.get("/status/"))


def test_a_backup_of_last_week_is_wrong_where_one_is_due_every_night(manager, settings):
    record_run(kind=Run.Kind.BACKUP, began_at=NOON, ended_at=NOON, details={})
    assert levels(manager)["Last backup"] == "warn"

    settings.BACKUP_DIR = "/var/backups/plant"
    assert levels(manager)["Last backup"] == "fail"


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (3600.0, "The database's clock is 1 h ahead of this machine's."),
        (-3600.0, "The database's clock is 1 h behind this machine's."),
    ],
)
def test_a_clock_one_hour_off_is_said_in_words(manager, monkeypatch, seconds, says):
    monkeypatch.setattr(reading, "clock_offset_seconds", lambda: seconds)

    assert says in text(manager.get("/status/"))


def test_our_clock_is_the_database_s():
    assert checks.clock(reading.clock_offset_seconds()).level == checks.Level.OK


def test_a_database_without_this_release_s_tables_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(views, "_is_migrated", False)
    monkeypatch.setattr(reading, "unmigrated", lambda: ["intake.0009_more"])

    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (503, b"1 migrations are missing")


def test_the_table_alone_is_asked_for_again(manager):
    answer = manager.get("/status/", headers={"HX-Request": "true"}).content.decode()

    assert answer.lstrip().startswith('<div id="checks"')
