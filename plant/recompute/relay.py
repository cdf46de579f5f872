"""The relay: listens for marks and rings the workers; where nobody comes, it computes the facts itself.

PostgreSQL holds the list of work, the bell (Celery, Valkey) may break, hang or forget at any time.
"""

import datetime as dt
import time
from collections.abc import Callable

import psycopg
import structlog
from django.db import connection, connections
from django.db.utils import InterfaceError, OperationalError

from plant.recompute import marks, runner
from plant.recompute.registry import registered

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0  # between two looks at the list when no notification comes
RING_AGAIN_SECONDS = 2.0  # the same marks
DEAR_SECONDS = 0.2  # new marks of a dear fact
BROKEN_BELL_SECONDS = 5.0  # before a bell that failed is tried again
LATE = dt.timedelta(seconds=20)  # after which no worker is expected any more
STEP_SECONDS = 1.0  # of ringing or computing, before the relay looks again
AT_ONCE = 200  # facts that are rung for at the same time
FULL_SECONDS = 0.1  # between two looks while there are more
LOST_DATABASE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)

Bell = Callable[[str, str], bool]
"""Rings the workers for a fact and a key; False, after seconds at most, where the broker did not take it."""
Clock = Callable[[], dt.datetime]


class Relay:
    """Looks at the list of stale facts whenever something is marked, and every second."""

    def __init__(self, *, bell: Bell, clock: Clock, beside: Callable[[], None] = lambda: None) -> None:
        """`beside` is done before each look, a second apart at most: what shows that the relay is at work."""
        self.bell = bell
        self.clock = clock
        self.beside = beside
        self._rung: dict[tuple[str, str], tuple[float, int]] = {}  # when, and for which newest mark
        self._silent_until = 0.0

    def serve(self) -> None:
        """Runs until the process is told to stop; a PostgreSQL that went away is waited for."""
        pause = 0.1
        while True:
            try:
                with listening() as listener:
                    pause = 0.1
                    self._attend(listener)
            except LOST_DATABASE as error:
                log.warning("relay_lost_database", error=str(error).partition("\n")[0])
                connections.close_all()
                time.sleep(pause)
                pause = min(pause * 2, 2.0)

    def _attend(self, listener: "psycopg.Connection[tuple[bool]]") -> None:
        while not is_first(listener):  # another relay is at work; this one takes over when it ends
            time.sleep(LOOK_SECONDS)
        log.info("relay_at_work")
        while True:
            self.beside()
            pause = self.look()
            for _notification in listener.notifies(timeout=pause, stop_after=1):
                pass

    def look(self) -> float:
        """Ring for what is due and compute what is late; how many seconds may pass before the next look."""
        now = self.clock()
        waiting = marks.due(now, AT_ONCE)
        pause = self._ring_for(waiting)
        if time.monotonic() >= self._silent_until:
            waiting = [each for each in waiting if each.since < now - LATE]
        return 0.0 if self._compute(waiting) else pause

    def _ring_for(self, waiting: list[marks.Due]) -> float:
        forgotten = time.monotonic() - RING_AGAIN_SECONDS
        self._rung = {place: rung for place, rung in self._rung.items() if rung[0] > forgotten}
        pause = LOOK_SECONDS if len(waiting) < AT_ONCE else FULL_SECONDS
        stop_at = time.monotonic() + STEP_SECONDS
        for each in waiting:
            if time.monotonic() > stop_at:  # a slow broker must not keep the late ones waiting
                return 0.0
            if (wait := self._wait_before_ringing(each)) > 0:
                pause = min(pause, wait)
            elif time.monotonic() < self._silent_until:
                break
            elif self._ring(each):
                self._rung[each.fact, each.key] = time.monotonic(), each.newest
            else:
                self._silent_until = time.monotonic() + BROKEN_BELL_SECONDS
        return pause

    def _ring(self, each: marks.Due) -> bool:
        """Rings; the task carries the request that it is for into its log lines."""
        with structlog.contextvars.bound_contextvars(**({"request_id": each.request_id} if each.request_id else {})):
            return self.bell(each.fact, each.key)

    def _wait_before_ringing(self, each: marks.Due) -> float:
        if (each.fact, each.key) not in self._rung:
            return 0.0
        rung_at, newest = self._rung[each.fact, each.key]
        fact = registered(each.fact)
        new_marks_wait = DEAR_SECONDS if fact and fact.dear else 0.0
        wait = RING_AGAIN_SECONDS if each.newest == newest else new_marks_wait
        return rung_at + wait - time.monotonic()

    def _compute(self, waiting: list[marks.Due]) -> bool:
        """Computes for a step at most, so that the listener is not kept waiting; whether it did anything."""
        stop_at = time.monotonic() + STEP_SECONDS
        done = False
        for each in waiting:
            if time.monotonic() > stop_at:
                break
            done |= runner.run(each.fact, each.key, self.clock())
        return done


def listening() -> "psycopg.Connection[tuple[bool]]":
    """A connection of its own, beside Django's: a pooled one would lose its LISTEN and its lock."""
    listener = psycopg.connect(**{**connection.get_connection_params(), "autocommit": True})
    listener.execute(f"LISTEN {marks.CHANNEL}")
    return listener


def is_first(listener: "psycopg.Connection[tuple[bool]]") -> bool:
    """Whether this is the one relay of the plant; for as long as its connection lasts."""
    row = listener.execute("SELECT pg_try_advisory_lock(hashtextextended('plant relay', 0))").fetchone()
    return bool(row and row[0])
