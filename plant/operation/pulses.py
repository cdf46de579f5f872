"""Whether the plant's programs are alive, each by what it was last heard to do. All statements that touch the pulses.

The relay asks the workers through the real queue, as it rings for work, and a worker answers into the database (the
canary). `inspect ping` is no such question: a worker that has lost its queue still answers it (celery issue 4079).
Every instant is the database's: the programs may run on machines whose clocks differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

RELAY, BEAT, WORKER, VALKEY, CANARY = "relay", "beat", "worker", "valkey", "canary"

ASK_SECONDS = 15.0  # between two questions of the relay, and two signs of life of any program
SILENT_SECONDS = 60.0  # after which a program that shows signs of life is not at work
DEAF_SECONDS = 60.0  # of waiting for an answer: with what passes before the question and the look, below 90

READ = """
    SELECT name, extract(epoch FROM clock_timestamp() - heard_at)::float,
           extract(epoch FROM clock_timestamp() - asked_at)::float
    FROM operation_pulse
"""


@dataclass(frozen=True)
class Heard:
    """How many seconds ago a program was last heard, and for how long it has owed an answer (None: it owes none)."""

    ago: float
    waiting: float | None = None


def heard(name: str) -> None:
    """This program does what it is there for; a canary that answers owes nothing any more."""
    _run(
        """
        INSERT INTO operation_pulse (name, heard_at) VALUES (%s, clock_timestamp())
        ON CONFLICT (name) DO UPDATE SET heard_at = excluded.heard_at, asked_at = NULL
        """,
        name,
    )


def asked(name: str) -> None:
    """An answer is waited for, since now where it was not already."""
    _run(
        """
        INSERT INTO operation_pulse AS pulse (name, heard_at, asked_at)
        VALUES (%s, clock_timestamp(), clock_timestamp())
        ON CONFLICT (name) DO UPDATE SET asked_at = coalesce(pulse.asked_at, excluded.asked_at)
        """,
        name,
    )


def not_asked(name: str) -> None:
    """The question did not get through: no answer is waited for, and nobody is to blame for its absence."""
    _run("UPDATE operation_pulse SET asked_at = NULL WHERE name = %s AND asked_at IS NOT NULL", name)


def all_heard() -> dict[str, Heard]:
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return {name: Heard(ago, waiting) for name, ago, waiting in cursor.fetchall()}


def is_deaf(there: Mapping[str, Heard]) -> bool:
    """Whether the workers leave the queue alone: a question that Valkey took is not answered, and no task ends either
    (one that ends within its time limit of 25 s shows that they only have much to do)."""
    canary, worker = there.get(CANARY), there.get(WORKER)
    if canary is None or canary.waiting is None or canary.waiting < DEAF_SECONDS:
        return False
    return worker is None or worker.ago > DEAF_SECONDS


def is_silent(there: Mapping[str, Heard], name: str) -> bool:
    return name not in there or there[name].ago > SILENT_SECONDS


def _run(statement: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [name])
