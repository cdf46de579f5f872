"""The drill `recompute`: recomputations wait, and worker, relay and Valkey are killed, emptied or hung in turn."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from decimal import Decimal
from importlib import import_module
from typing import Any

import redis

from plant.management.browsing import Page, Person
from plant.management.drilling.ground import (
    LONGEST_ANSWER_SECONDS,
    PAGES,
    Outcome,
    Task,
    Wrong,
    paused,
    reconciled,
    until,
)
from plant.management.programs import Say
from plant.management.supervisor import RunningPlant

ALL, SHORT = 200, 30
"""Batches, all of which get one more bag in a round; of the short form."""


def recompute(task: Task) -> Outcome:
    """200 recomputations wait; worker, relay and Valkey are killed, emptied or hung in turn: every figure ends right.

    Control: without relay and sweep, work is only sent to the broker after the commit, as is usual with Celery.
    """
    is_quick = task.rounds < len(STRIKES)
    batches = import_module("bench.batches").Batches(SHORT if is_quick else ALL)
    task.say(f"{len(batches)} batches are closed; each round adds a bag to every one of them.")
    drill = RecomputeDrill(task.plant, batches, task.say)
    if task.control:
        drill.without_guard(20 if is_quick else 60)
    else:
        if is_quick:
            drill.fails_without_guard(10)
        for strike in STRIKES[: task.rounds]:
            drill.round(getattr(drill, strike))
    return Outcome(
        f"{len(drill.took)} strikes with {len(batches)} figures waiting each, all right after at most "
        f"{max(drill.took):.1f} s; {reconciled()}"
    )


STRIKES = ("flushall", "kill_all", "kill_worker", "kill_relay", "kill_valkey", "hang_valkey")
"""The short form makes do with the first two."""


class RecomputeDrill:
    """One plant, its batches, and what is done to it while their recomputations wait."""

    patience_seconds = 60.0

    def __init__(self, plant: RunningPlant, batches: Any, say: Say) -> None:
        self.plant = plant
        self.batches = batches
        self.say = say
        self.facts = import_module("plant.recompute")
        self.marks = import_module("plant.recompute.models").Mark.objects
        self.broker = redis.from_url(plant.env["REDIS_URL"])
        self.is_guarded = True
        self.net_kg = Decimal(9)
        self.waited, self.changed_at = 0, 0.0
        self.took: list[float] = []

    def round(self, strike: Callable[[], None]) -> None:
        """After the strike all figures must be right and nothing may wait before the next begins."""
        what = (strike.__doc__ or "").rstrip(".")
        if not until(self._is_right, self.patience_seconds):
            raise Wrong(f"Before “{what}”: {self._what_is_wrong()}")
        self.net_kg += 1
        strike()
        is_right = until(self._is_right, self.patience_seconds)
        seconds = time.monotonic() - self.changed_at
        if not is_right:
            raise Wrong(f"{what}: {seconds:.0f} s later {self._what_is_wrong()}")
        self.took.append(seconds)
        self.say(f"  {what:<52} {self.waited:>4} waited, right {seconds:5.1f} s later")

    def _what_is_wrong(self) -> str:
        wrong = self.batches.wrong()
        example = wrong[0] if wrong else f"{self.marks.count()} marks still wait"
        return f"{len(wrong)} of {len(self.batches)} figures are wrong. {example}"

    def without_guard(self, seconds: float) -> None:
        """Right as long as nothing breaks; then the broker forgets, and `seconds` later something is wrong."""
        with self._guard_away():
            self.round(self.nothing)
            self.patience_seconds = seconds
            self.round(self.flushall)

    def fails_without_guard(self, seconds: float) -> None:
        """The short form's own control. With the guard back, what was lost is computed before the next round begins."""
        with self._guard_away():
            self.round(self.nothing)
            usual, self.patience_seconds = self.patience_seconds, seconds
            try:
                self.round(self.flushall)
            except Wrong as seen:
                self.say(f"  Without its guard, as it must be: {seen}")
            else:
                raise Wrong("The guard was away and no figure was wrong: this drill proves nothing.")
            self.patience_seconds = usual

    def _is_right(self) -> bool:
        return not (self.is_guarded and self.marks.exists()) and not self.batches.wrong()

    # What is done to it

    def nothing(self) -> None:
        """Nothing broke."""
        with paused(self.plant, "worker"):
            self._change()

    def kill_worker(self) -> None:
        """The worker was killed in the middle of its work."""
        with paused(self.plant, "worker", "relay"):
            self._change()
        until(lambda: len(self.batches.wrong()) < len(self.batches), self.patience_seconds)
        self.plant.kill("worker")

    def kill_relay(self) -> None:
        """The relay was killed in the middle of its ringing."""
        with paused(self.plant, "worker"):
            with paused(self.plant, "relay"):
                self._change()
            until(self._rings, self.patience_seconds)
            self.plant.kill("relay")

    def kill_valkey(self) -> None:
        """Valkey was killed with the rings in it."""
        with paused(self.plant, "worker"):
            self._change_and_ring()
            self.plant.kill("valkey")

    def flushall(self) -> None:
        """Valkey was told FLUSHALL with the rings in it."""
        with paused(self.plant, "worker"):
            self._change_and_ring()
            self.broker.flushall()

    def hang_valkey(self) -> None:
        """Valkey hung until all was right; pages answered."""
        with paused(self.plant, "valkey"):
            with paused(self.plant, "relay"):
                self._change()
            self._browse()
            until(self._is_right, self.patience_seconds)

    def _browse(self) -> None:
        """A log-in, which writes, and pages: each must answer in time."""
        person = Person(self.plant.address)
        login = self._in_time(lambda: person.get("/login/"))
        form = login.form("password").filled(username="manager", password=self.batches.PASSWORD)
        self._in_time(lambda: person.send(login, form))
        for path in PAGES:
            page = self._in_time(lambda path=path: person.get(path))  # type: ignore[misc]
            if page.status != 200 or "/login/" in page.url:
                raise Wrong(f"{path} answered {page.status} at {page.url}")

    def _in_time(self, ask: Callable[[], Page]) -> Page:
        began = time.monotonic()
        page = ask()
        seconds = time.monotonic() - began
        if seconds > LONGEST_ANSWER_SECONDS:
            raise Wrong(f"{page.url} took {seconds:.1f} s")
        return page

    def kill_all(self) -> None:
        """Worker, relay and Valkey were killed at once."""
        with paused(self.plant, "worker", "relay"):
            self._change()
            for name in ("relay", "valkey", "worker"):
                self.plant.kill(name)

    def _change(self) -> None:
        """One more bag for each, and how many figures are stale by now."""
        self.batches.add_bags(self.net_kg)
        self.waited, self.changed_at = self.facts.staleness("batch-yield").waiting, time.monotonic()

    def _change_and_ring(self) -> None:
        """The same; all its rings are in Valkey when it returns."""
        with paused(self.plant, "relay") if self.is_guarded else nullcontext():
            self._change()
        until(lambda: self._rings() >= self.waited, self.patience_seconds)

    def _rings(self) -> int:
        return int(self.broker.llen(import_module("django.conf").settings.CELERY_TASK_DEFAULT_QUEUE))

    @contextmanager
    def _guard_away(self) -> Iterator[None]:
        """Relay and sweep stand still; a change rings by itself after its commit, once."""
        mark_stale, self.is_guarded = self.facts.mark_stale, False
        with paused(self.plant, "relay", "beat"):
            self.facts.mark_stale = ringing_after_commit(mark_stale)  # type: ignore[attr-defined]
            try:
                yield
            finally:
                self.facts.mark_stale = mark_stale  # type: ignore[attr-defined]
                self.is_guarded = True


def ringing_after_commit(mark_stale: Callable[..., None]) -> Callable[..., None]:
    """What `mark_stale` would be where the broker, not PostgreSQL, holds the list of work."""
    on_commit = import_module("django.db.transaction").on_commit
    import_module("plant.celery")
    refresh = import_module("plant.recompute.tasks").refresh

    def mark_and_ring(fact: str, *keys: str) -> None:
        mark_stale(fact, *keys)
        for key in keys:
            on_commit(lambda key=key: refresh.apply_async(kwargs={"fact": fact, "key": key}))

    return mark_and_ring
