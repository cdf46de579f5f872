"""The list of stale facts, which is the list of work: all statements that touch it.

Marks are inserted, never updated: a row per fact that every change updates made operators wait for each other and
for the computation, and deadlock (docs/adr/0006-derived-facts.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection

from plant.recompute.registry import registered

CHANNEL = "recompute"
ERROR_LENGTH, REQUEST_ID_LENGTH = 300, 40


@dataclass(frozen=True)
class Seen:
    """A mark that a computation has seen, and by that taken off the list."""

    id: int
    attempts: int
    request_id: str


@dataclass(frozen=True)
class Due:
    """A fact to compute now: since when it has waited for that, its newest mark, and the request that made this."""

    fact: str
    key: str
    since: datetime
    newest: int
    request_id: str = ""


@dataclass(frozen=True)
class Staleness:
    """How far a fact lags behind its sources: how many keys wait, since when, how many fail, and why."""

    waiting: int
    oldest: datetime | None
    failing: int
    error: str


def mark_stale(fact: str, *keys: str) -> None:
    """The sources of these keys of a derived fact change in this transaction: list them, and wake the relay at commit.

    One statement; waits for nobody, and no web request talks to Redis.
    """
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH mark AS (INSERT INTO recompute_mark (fact, key, request_id) SELECT %s, unnest(%s::text[]), %s)
            SELECT pg_notify(%s, '')
            """,
            [fact, sorted(set(keys)), _request_id(), CHANNEL],
        )


def _request_id() -> str:
    """The request this is done for, from the log's context; a command has none."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:REQUEST_ID_LENGTH]


def mark_all(fact: str) -> int:
    """List every key of a fact that can name its keys; how many there are. Raises `LookupError` where it cannot."""
    known = registered(fact)
    if known is None or known.keys is None:
        raise LookupError(f"{fact} does not say which keys it has")
    keys = set(known.keys())
    mark_stale(fact, *keys)
    return len(keys)


def staleness(fact: str, key: str | None = None) -> Staleness:
    """How stale a fact is, or one key of it: asked when a page is read, so it is true with every worker dead."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(DISTINCT key), min(marked_at), count(DISTINCT key) FILTER (WHERE attempts > 0),
                   coalesce(max(error), '')
            FROM recompute_mark WHERE fact = %s AND (%s::text IS NULL OR key = %s)
            """,
            [fact, key, key],
        )
        return Staleness(*cursor.fetchone())


def due(now: datetime, limit: int) -> list[Due]:
    """The facts to compute now, those that have waited longest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT fact, key, min(coalesce(due_at, marked_at)) AS since, max(id),
                   (array_agg(request_id ORDER BY id DESC))[1]
            FROM recompute_mark WHERE due_at IS NULL OR due_at <= %s
            GROUP BY fact, key ORDER BY since, max(id) LIMIT %s
            """,
            [now, limit],
        )
        return [Due(*row) for row in cursor.fetchall()]


def lock(fact: str, key: str) -> bool:
    """Be the only one to compute this until the transaction ends; False where somebody is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"recompute {fact} {key}"])
        return bool(cursor.fetchone()[0])


def take(fact: str, key: str, now: datetime) -> list[Seen]:
    """Delete the marks that are there, before the sources are read: a mark that comes later is not among them and
    survives. Nothing is taken while only a failed attempt is on the list that is not due yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM recompute_mark WHERE fact = %(fact)s AND key = %(key)s AND EXISTS (
                SELECT FROM recompute_mark
                WHERE fact = %(fact)s AND key = %(key)s AND (due_at IS NULL OR due_at <= %(now)s))
            RETURNING id, attempts, request_id
            """,
            {"fact": fact, "key": key, "now": now},
        )
        return [Seen(*row) for row in cursor.fetchall()]


def put_off(fact: str, key: str, seen: Iterable[Seen], error: str, due_at: datetime) -> None:
    """One mark with the error in place of those whose computation failed; it keeps the age of the oldest. Those that
    another computation has taken meanwhile are its business."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH seen AS (DELETE FROM recompute_mark WHERE id = ANY(%s) RETURNING marked_at, attempts, request_id)
            INSERT INTO recompute_mark (fact, key, marked_at, due_at, attempts, error, request_id)
            SELECT %s, %s, min(marked_at), %s, max(attempts) + 1, %s, max(request_id) FROM seen HAVING count(*) > 0
            """,
            [[mark.id for mark in seen], fact, key, due_at, error[:ERROR_LENGTH]],
        )
