"""A worker that lives and hears nothing is found: by what it owes, never because Valkey, relay or beat are away."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from plant.management import watchdog
from plant.management.commands import alive
from plant.management.commands.relay import SignsOfLife
from plant.management.environment import BASE
from plant.operation import pulses
from plant.operation.pulses import Heard
from plant.operation.tasks import answer

LONG = 100.0  # seconds that nobody waits for


def pass_time(*names):
    """These were last heard, or asked, long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE operation_pulse SET heard_at = heard_at - interval '100 s', asked_at = asked_at - interval '100 s' "
            "WHERE name = ANY(%s)",
            [list(names)],
        )


class Bell:
    """A broker that takes what is sent, or does not; the worker behind it answers, or does not."""

    def __init__(self, *, takes=True, answers=True):
        self.takes, self.answers = takes, answers

    def send(self, task):
        if self.takes and self.answers:
            task()
        return self.takes


@pytest.fixture(autouse=True)
def nothing_heard(request):
    """No program was ever heard."""
    if "committed_db" not in request.fixturenames:
        request.getfixturevalue("db")


def test_a_worker_that_answers_owes_nothing():
    SignsOfLife(Bell())()

    assert pulses.all_heard()["canary"].waiting is None
    assert set(pulses.all_heard()) == {"relay", "valkey", "canary"}


def test_a_worker_that_does_not_answer_is_deaf_after_a_minute():
    SignsOfLife(Bell(answers=False))()
    assert not pulses.is_deaf(pulses.all_heard())

    pass_time("canary")
    SignsOfLife(Bell(answers=False))()

    assert pulses.all_heard()["canary"].waiting > LONG
    assert pulses.is_deaf(pulses.all_heard())
    assert alive.fault_of("worker", pulses.all_heard()) == "The workers do not answer the canary."

    answer()
    assert not pulses.is_deaf(pulses.all_heard())


def test_a_worker_with_much_to_do_is_not_deaf():
    SignsOfLife(Bell(answers=False))()
    pass_time("canary")
    pulses.heard(pulses.WORKER)

    assert not pulses.is_deaf(pulses.all_heard())


def test_a_broker_that_is_away_makes_nobody_deaf():
    SignsOfLife(Bell(answers=False))()
    pass_time("canary", "valkey")

    SignsOfLife(Bell(takes=False))()

    assert not pulses.is_deaf(pulses.all_heard())
    assert pulses.is_silent(pulses.all_heard(), "valkey")


def test_a_relay_that_is_away_makes_nobody_deaf():
    SignsOfLife(Bell())()
    pass_time("relay", "valkey", "canary")

    assert not pulses.is_deaf(pulses.all_heard())
    assert alive.fault_of("relay", pulses.all_heard()).startswith("The relay was last heard 100 s ago")
    assert alive.fault_of("beat", pulses.all_heard()) == "The beat was never heard."


@pytest.mark.parametrize(("seconds", "deaf"), [(59, False), (61, True)])
def test_a_minute_is_a_minute(seconds, deaf):
    assert pulses.is_deaf({"canary": Heard(200, float(seconds)), "worker": Heard(200)}) is deaf


def test_signs_are_given_now_and_then_only(django_assert_num_queries):
    signs = SignsOfLife(Bell())
    signs()

    with django_assert_num_queries(0):
        signs()


def test_the_watchdog_sees_what_was_written(committed_db):
    pulses.heard(pulses.BEAT)

    assert watchdog.look(os.environ["DATABASE_URL"])["beat"].waiting is None


def test_a_container_asks_by_command(committed_db):
    """It needs the database's address and no other setting."""
    env = {name: os.environ[name] for name in ("PATH", "DATABASE_URL")} | {"PLANT_NO_VENV": "1"}
    ask = [sys.executable, str(BASE / "manage.py"), "alive", "relay"]

    silent = subprocess.run(ask, env=env, capture_output=True, text=True, check=False)
    pulses.heard(pulses.RELAY)
    heard = subprocess.run(ask, env=env, capture_output=True, text=True, check=False)

    assert (silent.returncode, silent.stderr) == (1, "The relay was never heard.\n")
    assert (heard.returncode, heard.stdout) == (0, "The relay is at work.\n")
