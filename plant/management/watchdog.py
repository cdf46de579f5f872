"""Looks whether the workers hear: a worker that has lost its queue lives on and does nothing, so nothing restarts it.

Reads what the programs write down of themselves (`plant.operation.pulses`) on a short connection of its own: a server
that hangs must hold up nobody but this thread.
"""

import threading

import psycopg

from plant.operation import pulses
from plant.operation.pulses import Heard

LOOK_SECONDS = 5.0


def look(url: str) -> dict[str, Heard]:
    """When each program was last heard. Raises psycopg's errors."""
    patience = "-c statement_timeout=2000"
    with psycopg.connect(url, autocommit=True, connect_timeout=2, options=patience) as connection:
        rows = connection.execute(pulses.READ).fetchall()
        return {str(name): Heard(float(ago), waiting) for name, ago, waiting in rows}


class Watchdog(threading.Thread):
    """Knows whether the workers are deaf; what it cannot see it does not claim."""

    def __init__(self, url: str) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.url = url
        self.is_deaf = False
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(LOOK_SECONDS):
            try:
                self.is_deaf = pulses.is_deaf(look(self.url))
            except psycopg.Error:
                self.is_deaf = False

    def end(self) -> None:
        self._end.set()
