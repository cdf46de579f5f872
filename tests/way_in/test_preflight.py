"""The web server does not start on a database that its release cannot work with; one that is away is waited for."""

import datetime as dt
import os
import subprocess
import sys

import psycopg
import pytest

from plant.management import preflight
from plant.services import create_site


@pytest.fixture
def look(committed_db, owner):
    with owner.transaction(force_rollback=True):
        yield owner


def test_a_migrated_database_is_taken(look):
    create_site(code="WS", name="Winston-Salem", timezone="America/New_York")

    assert preflight.faults(look) == []


def test_migrations_that_are_missing_are_named(look):
    look.execute("DELETE FROM django_migrations WHERE app IN ('intake', 'limits') AND name = '0001_initial'")

    [fault] = preflight.faults(look)

    assert fault.startswith("2 migrations are missing (intake.0001_initial, limits.0001_initial). Run: ")


def test_an_empty_database_misses_them_all(look):
    look.execute("DROP TABLE django_migrations")

    [fault] = preflight.faults(look)

    assert " ...). Run: python3 manage.py migrate" in fault


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd"])
def test_a_site_in_no_known_zone_is_named(look, zone):
    create_site(code="WS", name="Winston-Salem", timezone="America/New_York")
    look.execute("UPDATE plant_site SET timezone = %s", [zone])

    assert preflight.faults(look) == [f"Site WS has the time zone “{zone}”, which is not known"]


def test_clocks_that_differ_are_a_warning_only(look, monkeypatch, caplog):
    monkeypatch.setattr(preflight, "clock_offset", lambda _look: dt.timedelta(hours=1))

    preflight.check()

    assert [line.msg["seconds"] for line in caplog.records if line.msg["event"] == "clocks_differ"] == [3600.0]


def test_a_database_that_is_away_is_no_fault(monkeypatch, caplog):
    def away(**_params):
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(psycopg, "connect", away)

    preflight.check()

    assert "database_away" in [line.msg["event"] for line in caplog.records]


def test_the_web_server_says_so_and_ends(committed_db, owner):
    owner.execute("DELETE FROM django_migrations WHERE app = 'intake' AND name = '0001_initial'")

    command = [sys.executable, "-m", "gunicorn", "-c", "plant/management/gunicorn.py"]
    env = os.environ | {"PLANT_BIND": "127.0.0.1:0"}
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    assert said.returncode == 1
    assert "The plant does not start:\n  1 migrations are missing (intake.0001_initial)." in said.stderr
    assert "Traceback" not in said.stderr
