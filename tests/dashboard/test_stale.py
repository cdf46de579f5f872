"""A figure that is not up to date says so, and how old it is, with every worker dead."""

import datetime as dt

import pytest
from django.db import connection

from plant import recompute
from plant.limits.facts import mark_current_years
from tests.dashboard.conftest import NOW
from tests.pages import text

pytestmark = pytest.mark.django_db


def mark(fact, *keys, at=NOW):
    """As a service does, with the database's clock at `at`."""
    recompute.mark_stale(fact, *keys)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM recompute_mark RETURNING fact, key")
        rows = cursor.fetchall()
        cursor.executemany(
            "INSERT INTO recompute_mark (fact, key, marked_at) VALUES (%s, %s, %s)", [(*r, at) for r in rows]
        )


def test_fresh_figures_say_as_of_when(working_plant, screen):
    page = text(screen().get("/dashboard/"))

    assert "as of 14:30" in page
    assert "waiting" not in page


def test_three_days_that_wait_are_said_with_the_age_of_the_figures(working_plant, screen):
    mark("daily-flow", "GMBI:2026-11-16", "GMBI:2026-11-17", "GMBI:2026-11-18", at=NOW - dt.timedelta(minutes=27))

    page = text(screen().get("/dashboard/"))

    assert "figures as of 14:03, 3 waiting" in page
    assert "as of 14:30" in page  # stock and holds are read as they stand


def test_a_batch_that_waits_marks_only_the_batches(working_plant, screen):
    mark("batch-yield", "B-2026-0001", at=NOW - dt.timedelta(minutes=1))

    page = text(screen().get("/dashboard/"))

    assert page.count("figures as of 14:29, 1 waiting") == 2  # at the head of the page and in its tile


def test_figures_of_another_day_say_which(working_plant, screen):
    tomorrow = NOW + dt.timedelta(days=1)

    page = text(screen(at=tomorrow).get("/dashboard/"))

    assert "figures as of 2026-11-18 14:30 EST, the day since is not counted yet" in page


def test_the_limits_page_says_the_same(working_plant, screen):
    mark("utilization", "GMBI:NAMEPLATE:2026")

    assert "figures as of 14:30, 1 waiting" in text(screen().get("/limits/NAMEPLATE/"))
    assert "figures as of 14:30, 1 waiting" in text(screen().get("/limits/"))


def test_once_the_workers_are_done_the_page_is_fresh_again(working_plant, screen):
    later = NOW + dt.timedelta(days=1)
    mark_current_years(later)
    recompute.drain(later)

    page = text(screen(at=later).get("/dashboard/"))

    assert "not counted" not in page
    assert "waiting" not in page
