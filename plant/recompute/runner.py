"""Computes what is stale: one fact, alone, in one transaction."""

import datetime as dt

import structlog
from django.db import transaction

from plant.recompute import marks
from plant.recompute.registry import UnknownFact, followers, registered

log = structlog.get_logger(__name__)

FIRST_PAUSE = dt.timedelta(seconds=5)
LONGEST_PAUSE = dt.timedelta(minutes=10)


def run(fact: str, key: str, now: dt.datetime) -> bool:
    """Compute one fact for one key if it is due; False where nothing is due or somebody else is at it.

    A thousand marks are one computation. A failure undoes what the computation wrote, keeps the marks as one with the
    error, and puts it off; whatever it is, it must not stop the other facts, so everything is caught here.
    """
    seen: list[marks.Seen] = []
    try:
        with transaction.atomic():
            if not marks.lock(fact, key):
                return False
            seen = marks.take(fact, key, now)
            if seen:
                _compute(fact, key, now, seen)
    except Exception as error:
        if not seen:  # the list itself could not be read
            raise
        log.exception("fact_failed", fact=fact, key=key, requests=_requests(seen))
        marks.put_off(fact, key, seen, _first_line(error), now + _pause(seen))
    else:
        if seen:
            log.info("fact_computed", fact=fact, key=key, requests=_requests(seen))
    return bool(seen)


def drain(now: dt.datetime, *, at_most: int | None = None) -> int:
    """Compute everything that is due, in this process, until nothing is (or `at_most` were tried); how many were."""
    tried = 0
    while at_most is None or tried < at_most:
        waiting = marks.due(now, limit=100 if at_most is None else min(100, at_most - tried))
        done = sum(run(each.fact, each.key, now) for each in waiting)
        tried += done
        if not done:  # nothing is due, or others are at all of it
            break
    return tried


def _compute(fact: str, key: str, now: dt.datetime, seen: list[marks.Seen]) -> None:
    """Computes it and lists what follows; all of that, and its lines in the log, for the newest request that asked."""
    known = registered(fact)
    if known is None:
        raise UnknownFact(f"no room has registered a fact called {fact}")
    requests = _requests(seen)
    with structlog.contextvars.bound_contextvars(**({"request_id": requests[-1]} if requests else {})):
        known.compute(key, now)
        for follower, keys in followers(fact, key).items():
            marks.mark_stale(follower, *keys)


def _requests(seen: list[marks.Seen]) -> list[str]:
    """The requests that asked for this computation, the newest last, ten at most."""
    newest = sorted((mark for mark in seen if mark.request_id), key=lambda mark: mark.id)
    return list(dict.fromkeys(mark.request_id for mark in newest))[-10:]


def _first_line(error: Exception) -> str:
    """What went wrong without the lines below, where PostgreSQL quotes the row."""
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _pause(seen: list[marks.Seen]) -> dt.timedelta:
    """5 s after the first failure, twice as long after each further one, at most 10 min."""
    attempts = min(max(mark.attempts for mark in seen), 10)
    return min(FIRST_PAUSE * (1 << attempts), LONGEST_PAUSE)
