"""`manage.py doctor`: what is set up wrong is said in words, with what to do, and no secret."""

import json

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection

from plant.management import doctor
from plant.operation import reading
from plant.operation.checks import Level
from plant.services import create_site
from plant.web import now

pytestmark = pytest.mark.usefixtures("committed_db")


def examined():
    return {check.name: check for check in doctor.examine(now())}


def test_a_machine_that_is_set_up_well(capsys):
    """But for fsync, which the tests' own server does without."""
    create_site(code="WS", name="Winston-Salem", timezone="America/New_York")

    with pytest.raises(SystemExit) as ending:
        call_command("doctor", json=True)

    told = {check["name"]: check["level"] for check in json.loads(capsys.readouterr().out)["checks"]}
    good = {"Settings", "PostgreSQL", "Data checksums", "Role", "Ledger's guards", "Tables", "Time zones", "pg_dump"}
    assert {name for name in good if told[name] != "ok"} == set()
    assert told["Valkey's settings"] == told["Clock"] == "ok"
    assert told["fsync"] == told["synchronous_commit"] == told["full_page_writes"] == "fail"
    assert ending.value.code == 1


def test_no_secret_is_printed(capsys, monkeypatch):
    monkeypatch.setattr("django.conf.settings.REDIS_URL", "redis://:verysecret@127.0.0.1:1/0")

    with pytest.raises(SystemExit):
        call_command("doctor")

    said = capsys.readouterr().out
    assert "FAIL  Valkey's settings: It does not answer" in said
    for secret in (settings.SECRET_KEY, settings.API_KEY_PEPPER, "verysecret"):
        assert secret not in said


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("GRANT DELETE ON inventory_movement TO plant_app", "plant_app may change inventory_movement"),
        ("ALTER TABLE inventory_movement DISABLE TRIGGER USER", "trigger inventory_movement.pgtrigger_append_only_"),
    ],
)
def test_a_guard_that_is_missing_is_named(owner, statement, fault):
    owner.execute(statement)

    check = examined()["Ledger's guards"]

    assert check.level == Level.FAIL
    assert fault in check.says
    assert "manage.py migrate" in check.do


def test_an_application_that_owns_the_tables_is_wrong(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "USER", "plant_owner")
    connection.close()

    check = examined()["Role"]

    connection.close()
    assert (check.level, check.says[:20]) == (Level.FAIL, "plant_owner is a sup")


def test_tables_of_an_older_release_are_named(owner):
    owner.execute("DELETE FROM django_migrations WHERE app = 'limits' AND name = '0001_initial'")

    assert examined()["Tables"].says == "1 migrations are missing, such as limits.0001_initial."


def test_a_clock_one_hour_off_is_wrong(monkeypatch):
    monkeypatch.setattr(reading, "clock_offset_seconds", lambda: -3600.0)

    check = examined()["Clock"]

    assert (check.level, check.says) == (Level.FAIL, "The database's clock is 1 h behind this machine's.")
    assert "time server" in check.do


def test_a_database_that_is_away_is_one_line(monkeypatch):
    def away(_statement):
        raise OperationalError("connection refused\nand more")

    monkeypatch.setattr(doctor, "_one", away)

    assert examined()["Database"].says == "It does not answer as plant_app: connection refused."
