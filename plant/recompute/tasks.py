"""What the workers do when they are rung. The list of work is in PostgreSQL: a task that is lost, late or doubled
changes nothing."""

import datetime as dt
import time

from celery import shared_task
from celery.contrib.django.task import DjangoTask

from plant.recompute import runner

SWEEP_SECONDS = 15


@shared_task(base=DjangoTask, ignore_result=True)
def refresh(*, fact: str, key: str) -> None:
    """Compute one fact, and again where a mark came meanwhile."""
    while runner.run(fact, key, dt.datetime.now(dt.UTC)):
        pass


@shared_task(base=DjangoTask, ignore_result=True)
def sweep() -> None:
    """Compute whatever is due, in case that nobody rang for it (from beat; stays below the tasks' time limit)."""
    stop_at = time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < stop_at and runner.drain(dt.datetime.now(dt.UTC), at_most=20):
        pass
