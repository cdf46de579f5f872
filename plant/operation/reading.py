"""Everything that is measured about the plant's machinery, in one look at the database and this machine's disk.

No request waits for Valkey: what is known of it is what the relay wrote down.
"""

import datetime as dt
import platform
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

import plant
from plant.limits.models import Utilization
from plant.operation import pulses
from plant.operation.models import Run
from plant.operation.pulses import Heard

FAILING_AT_MOST = 20


@dataclass(frozen=True)
class Failing:
    """A derived fact that could not be computed: how often it was tried, and the first line of its error."""

    fact: str
    key: str
    attempts: int
    error: str


@dataclass(frozen=True)
class Last:
    """The last run of a kind that ended well, and why the newest failed where that was later."""

    good: Run | None
    fault: str


@dataclass(frozen=True)
class Reading:
    """The plant's machinery at one instant; ages in seconds by the database's clock."""

    at: dt.datetime
    heard: dict[str, Heard]
    waiting: int
    oldest_mark_seconds: float
    failing_count: int
    failing: list[Failing]
    last: dict[str, Last]
    clock_offset_seconds: float
    """How far the database's clock is ahead of this machine's."""
    disk_free_bytes: int
    disk_bytes: int
    unmigrated: list[str]
    versions: dict[str, str]

    def age_seconds(self, kind: str) -> float | None:
        """How long ago the last good run of this kind ended."""
        good = self.last[kind].good
        return None if good is None else max((self.at - good.ended_at).total_seconds(), 0.0)


def read(at: dt.datetime) -> Reading:
    """`at` is this machine's clock."""
    waiting, oldest = _marks()
    disk = shutil.disk_usage(_disk())
    return Reading(
        at=at,
        heard=pulses.all_heard(),
        waiting=waiting,
        oldest_mark_seconds=oldest,
        failing_count=_failing_count(),
        failing=_failing(),
        last={kind: _last(kind) for kind in Run.Kind.values},
        clock_offset_seconds=clock_offset_seconds(),
        disk_free_bytes=disk.free,
        disk_bytes=disk.total,
        unmigrated=unmigrated(),
        versions=versions(),
    )


def used_ratios() -> dict[tuple[str, str], Decimal]:
    """The share of each limit that its newest year has used."""
    rows = Utilization.objects.order_by("limit", "-year").distinct("limit").select_related("limit__site")
    return {(row.limit.site.code, row.limit.code): row.used_ratio for row in rows}


def unmigrated() -> list[str]:
    """The migrations of this release that were not applied."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations')")
        if cursor.fetchone()[0] is None:
            return not_among(())
        cursor.execute("SELECT app, name FROM django_migrations")
        return not_among(cursor.fetchall())


def not_among(applied: Iterable[tuple[str, str]]) -> list[str]:
    """This release's migrations without those that were applied."""
    missing = set(MigrationLoader(None).disk_migrations or ()) - set(applied)
    return sorted(f"{app}.{name}" for app, name in missing)


def clock_offset_seconds() -> float:
    """Of three looks the quickest counts: what a look takes is uncertainty."""
    looks = sorted(_clock_look() for _ in range(3))
    return looks[0][1]


def _clock_look() -> tuple[float, float]:
    before = dt.datetime.now(dt.UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there: dt.datetime = cursor.fetchone()[0]
    took = dt.datetime.now(dt.UTC) - before
    return took.total_seconds(), (there - before - took / 2).total_seconds()


def versions() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgresql = str(cursor.fetchone()[0])
    return {
        "Blackmass": plant.VERSION,
        "PostgreSQL": postgresql,
        "Django": django.get_version(),
        "Python": platform.python_version(),
    }


def _disk() -> Path:
    backups = Path(settings.BACKUP_DIR or settings.BASE_DIR)
    return backups if backups.exists() else settings.BASE_DIR


def _marks() -> tuple[int, float]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT (fact, key)), "
            "coalesce(extract(epoch FROM clock_timestamp() - min(marked_at)), 0)::float FROM recompute_mark"
        )
        waiting, oldest = cursor.fetchone()
        return int(waiting), float(oldest)


def _failing_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT (fact, key)) FROM recompute_mark WHERE attempts > 0")
        return int(cursor.fetchone()[0])


def _failing() -> list[Failing]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact, key, max(attempts), max(error) FROM recompute_mark WHERE attempts > 0 "
            "GROUP BY fact, key ORDER BY max(attempts) DESC, fact, key LIMIT %s",
            [FAILING_AT_MOST],
        )
        return [Failing(*row) for row in cursor.fetchall()]


def _last(kind: str) -> Last:
    good = Run.objects.good(kind).first()
    newest = Run.objects.filter(kind=kind).order_by("-ended_at", "-pk").first()
    return Last(good, newest.fault if newest else "")
