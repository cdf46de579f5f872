"""Looked at before the web server serves: a database that this release cannot work with is refused, all at once."""

import datetime as dt
import os
import sys
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import django
import psycopg
import structlog
from django.db import connection

log = structlog.get_logger(__name__)

LARGEST_OFFSET = dt.timedelta(minutes=1)
NAMED_AT_MOST = 5

Look = psycopg.Connection[tuple[Any, ...]]


def check() -> None:
    """Ends the program where the database cannot be worked with. One that is away is no fault: pages say so, and go on
    when it is back. On a connection of its own: a pool does not outlive the fork into web processes."""
    try:
        with psycopg.connect(**{**connection.get_connection_params(), "autocommit": True}) as look:
            found = faults(look)
            offset = clock_offset(look)
    except psycopg.OperationalError as error:
        log.warning("database_away", error=str(error).partition("\n")[0])
        return
    if abs(offset) > LARGEST_OFFSET:
        log.warning("clocks_differ", seconds=offset.total_seconds())
    if found:
        sys.exit("\n".join(["The plant does not start:", *(f"  {fault}." for fault in found)]))


def main() -> None:
    """As a program of its own (`python -m plant.management.preflight`), for the web server before it starts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plant.settings")
    django.setup()
    check()


def faults(look: Look) -> list[str]:
    """What keeps this release from working with the database, each as a sentence."""
    if missing := unmigrated(look):
        named = ", ".join(missing[:NAMED_AT_MOST]) + (" ..." if len(missing) > NAMED_AT_MOST else "")
        return [f"{len(missing)} migrations are missing ({named}). Run: python3 manage.py migrate"]
    sites = look.execute("SELECT code, timezone FROM plant_site ORDER BY code").fetchall()
    return [f"Site {code} has the time zone “{zone}”, which is not known" for code, zone in sites if not is_zone(zone)]


def unmigrated(look: Look) -> list[str]:
    """The migrations of this release that were not applied."""
    from plant.operation.reading import not_among  # only now: it has models, and they want settings

    there = look.execute("SELECT to_regclass('django_migrations')").fetchone()
    return not_among(look.execute("SELECT app, name FROM django_migrations").fetchall() if there and there[0] else [])


def clock_offset(look: Look) -> dt.timedelta:
    """How far the database's clock is ahead of ours."""
    row = look.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    there: dt.datetime = row[0]
    return there - dt.datetime.now(dt.UTC)


def is_zone(name: str) -> bool:
    """Whether this machine knows the zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


if __name__ == "__main__":
    main()
