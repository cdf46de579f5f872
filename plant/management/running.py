"""What the commands of operation have in common: their end is written down, well or not."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import DatabaseError

from plant.management.clients import BadBackup
from plant.operation.models import Run
from plant.operation.services import record_run

log = structlog.get_logger(__name__)


@contextmanager
def noted(kind: Run.Kind) -> Iterator[dict[str, Any]]:
    """Yields the details to fill in; writes down that the run ended, and why where it failed. Where the database is
    away nothing can be written down: that the last good run grows old says it then."""
    began_at, details = dt.datetime.now(dt.UTC), dict[str, Any]()
    try:
        yield details
    except BadBackup as problem:
        _write(kind, began_at, f"{problem}.", details)
        raise
    _write(kind, began_at, "", details)


def _write(kind: Run.Kind, began_at: dt.datetime, fault: str, details: dict[str, Any]) -> None:
    try:
        record_run(kind=kind, began_at=began_at, ended_at=dt.datetime.now(dt.UTC), fault=fault, details=details)
    except DatabaseError as problem:
        if not fault:
            raise BadBackup(f"It could not be noted in the database: {str(problem).partition(chr(10))[0]}") from problem
        log.warning("run_not_noted", kind=kind, error=type(problem).__name__)


def seconds() -> Callable[[], float]:
    """A stopwatch."""
    began = time.monotonic()
    return lambda: time.monotonic() - began
