"""How old a figure is, is read from the marks when the page is, so a dead worker cannot hide it."""

import datetime as dt

import pytest

from plant import recompute
from plant.recompute.models import Mark

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_nothing_marked_is_fresh(computed: list[str]) -> None:
    assert recompute.staleness("yield") == recompute.Staleness(waiting=0, oldest=None, failing=0, error="")


@pytest.mark.django_db
def test_it_counts_the_keys_that_wait_and_names_the_oldest_mark(computed: list[str]) -> None:
    for key in ("B-1", "B-2", "B-1"):
        recompute.mark_stale("yield", key)
    recompute.mark_stale("utilization", "LG")

    staleness = recompute.staleness("yield")
    assert staleness.waiting == 2
    assert staleness.oldest == Mark.objects.order_by("pk")[0].marked_at


@pytest.mark.django_db
def test_it_can_be_asked_for_one_key(computed: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")

    assert recompute.staleness("yield", "B-1").waiting == 1
    assert recompute.staleness("yield", "B-2").waiting == 0


@pytest.mark.django_db
def test_it_says_what_fails_and_why(computed: list[str]) -> None:
    @recompute.fact("closure")
    def compute(key: str, now: dt.datetime) -> None:
        raise ValueError("the heel is unknown")

    recompute.mark_stale("closure", "B-1", "B-2")
    oldest = Mark.objects.order_by("marked_at")[0].marked_at
    recompute.drain(NOW)

    assert recompute.staleness("closure") == recompute.Staleness(
        waiting=2, oldest=oldest, failing=2, error="ValueError: the heel is unknown"
    )


@pytest.mark.django_db
def test_it_is_fresh_again_after_the_computation(computed: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")
    recompute.drain(NOW)

    assert recompute.staleness("yield").waiting == 0
