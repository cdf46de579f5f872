"""Drills: a whole plant of its own, something breaks, and every figure must end right.

A drill with its guard taken away (`--control`) must fail, else it proves nothing. It runs before Django has settings,
since the plant it starts makes them.
"""

import datetime as dt
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import redis

from plant.management.programs import Say
from plant.management.supervisor import RunningPlant, running_plant

POLL_SECONDS = 0.1


class Wrong(Exception):
    """A figure that did not end right; the message says which."""


def recompute(say: Say, *, control: bool, quick: bool) -> None:
    """200 recomputations wait; worker, relay and Valkey are killed in turn, Valkey forgets all. Raises `Wrong`.

    Control: without relay and sweep, work is only sent to the broker after the commit, as is usual with Celery.
    """
    with scratch_plant() as plant:
        batches = import_module("bench.batches").Batches(40 if quick else 200)
        say(f"{len(batches)} batches are closed; each round adds a bag to every one of them.")
        drill = RecomputeDrill(plant, batches, say, patience_seconds=15 if quick and control else 60)
        drill.begin()
        if control:
            with drill.guard_away():
                drill.rounds(drill.nothing, drill.flushall)
        elif quick:
            drill.rounds(drill.flushall, drill.kill_all)
        else:
            drill.rounds(
                drill.kill_worker,
                drill.kill_relay,
                drill.kill_valkey,
                drill.flushall,
                drill.hang_valkey,
                drill.kill_all,
            )
        drill.reconcile()


@contextmanager
def scratch_plant() -> Iterator[RunningPlant]:
    """A plant of which nothing is left afterwards, with this process's Django in it."""
    folder = tempfile.TemporaryDirectory(prefix="blackmass-drill-")
    with folder, running_plant(Path(folder.name), demo=False) as plant:
        os.environ.update(plant.env, LOG_LEVEL="ERROR")
        django.setup()
        try:
            yield plant
        finally:
            import_module("django.db").connections.close_all()


def until(is_true: Callable[[], Any], seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > ends:
            return False
        time.sleep(POLL_SECONDS)
    return True


class RecomputeDrill:
    """One plant, its batches, and what is done to it while their recomputations wait."""

    def __init__(self, plant: RunningPlant, batches: Any, say: Say, *, patience_seconds: float) -> None:
        self.plant = plant
        self.batches = batches
        self.say = say
        self.patience_seconds = patience_seconds
        self.facts = import_module("plant.recompute")
        self.marks = import_module("plant.recompute.models").Mark.objects
        self.is_guarded = True
        self.net_kg = Decimal(9)
        self.waited = 0

    def begin(self) -> None:
        self._await_right("Nothing has happened yet")

    def rounds(self, *strikes: Callable[[], None]) -> None:
        """After each strike all figures must be right and nothing may wait before the next begins."""
        for strike in strikes:
            self.net_kg += 1
            strike()
            self._await_right((strike.__doc__ or "").rstrip("."))
        self.say(f"{len(strikes)} rounds, {len(strikes) * len(self.batches):,} recomputations: every figure is right.")

    def reconcile(self) -> None:
        """Every derived figure, computed again, is what is stored."""
        differences, looked_at = import_module("plant.management.commands.reconcile").reconcile(dt.datetime.now(dt.UTC))
        if differences or looked_at["waiting"]:
            raise Wrong(f"reconcile: {len(differences)} differences, {looked_at['waiting']} wait. {differences[:1]}")
        self.say(f"reconcile: no difference in {looked_at['figures']:,} derived figures.")

    def _await_right(self, what: str) -> None:
        began = time.monotonic()
        is_right = until(self._is_right, self.patience_seconds)
        seconds = time.monotonic() - began
        if not is_right:
            wrong = self.batches.wrong()
            raise Wrong(
                f"{what}: {len(wrong)} of {len(self.batches)} figures are wrong after {seconds:.0f} s. "
                f"{wrong[0] if wrong else f'{self.marks.count()} marks still wait.'}"
            )
        self.say(f"  {what:<56} {self.waited:>4} waited, right {seconds:5.1f} s later")

    def _is_right(self) -> bool:
        return not (self.is_guarded and self.marks.exists()) and not self.batches.wrong()

    def _change(self, batches: Sequence[Any] | None = None) -> None:
        """One more bag for each, and how many figures are stale by now."""
        self.batches.add_bags(self.net_kg, batches)
        self.waited = self.facts.staleness("batch-yield").waiting

    # What is done to it

    def nothing(self) -> None:
        """Nothing broke."""
        with self._paused("worker"):
            self._change()

    def kill_worker(self) -> None:
        """The worker was killed in the middle of its work."""
        with self._paused("worker"):
            self._change()
        until(lambda: len(self.batches.wrong()) < len(self.batches), self.patience_seconds)
        self.plant.kill("worker")

    def kill_relay(self) -> None:
        """The relay was killed while marks came in."""
        half = len(self.batches) // 2
        with self._paused("worker"):
            self._change(self.batches.batches[:half])
            self.plant.kill("relay")
            self._change(self.batches.batches[half:])

    def kill_valkey(self) -> None:
        """Valkey was killed with all the rings in it."""
        with self._paused("worker"):
            self._change()
            self.plant.kill("valkey")

    def flushall(self) -> None:
        """Valkey was told FLUSHALL with all the rings in it."""
        with self._paused("worker"):
            self._change()
            redis.from_url(self.plant.env["REDIS_URL"]).flushall()

    def hang_valkey(self) -> None:
        """Valkey hung, and came back when all was right."""
        with self._paused("valkey"):
            self._change()
            until(self._is_right, self.patience_seconds)

    def kill_all(self) -> None:
        """Worker, relay and Valkey were killed at once."""
        with self._paused("worker"):
            self._change()
        for name in ("relay", "valkey", "worker"):
            self.plant.kill(name)

    @contextmanager
    def guard_away(self) -> Iterator[None]:
        """Relay and sweep stand still; a change rings by itself after its commit, once."""
        mark_stale, self.is_guarded = self.facts.mark_stale, False
        with self._paused("relay"), self._paused("beat"):
            self.facts.mark_stale = ringing_after_commit(mark_stale)  # type: ignore[attr-defined]
            try:
                yield
            finally:
                self.facts.mark_stale = mark_stale  # type: ignore[attr-defined]

    @contextmanager
    def _paused(self, name: str) -> Iterator[None]:
        """A program and its children stand still."""
        group = self.plant.pids[name]
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)


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
