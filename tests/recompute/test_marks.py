"""A stale fact is a mark in PostgreSQL, and marks are the list of work."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from plant import recompute
from plant.recompute.models import Mark

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_a_thousand_marks_are_one_computation(computed: list[str]) -> None:
    for _ in range(1000):
        recompute.mark_stale("yield", "B-2026-0001")

    assert recompute.drain(NOW) == 1
    assert computed == ["B-2026-0001"]
    assert not Mark.objects.exists()


@pytest.mark.django_db
def test_each_key_that_is_marked_is_computed(computed: list[str]) -> None:
    recompute.mark_stale("yield", "B-2026-0002", "B-2026-0001", "B-2026-0002")
    recompute.mark_stale("yield")

    recompute.drain(NOW)
    assert sorted(computed) == ["B-2026-0001", "B-2026-0002"]


@pytest.mark.django_db
def test_what_was_not_marked_is_not_computed(computed: list[str]) -> None:
    assert not recompute.run("yield", "B-2026-0001", NOW)
    assert recompute.drain(NOW) == 0
    assert computed == []


@pytest.mark.django_db
def test_marking_is_one_statement(computed: list[str], django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        recompute.mark_stale("yield", "B-2026-0001", "B-2026-0002")


def test_a_change_that_is_rolled_back_leaves_no_mark(committed_db: None, computed: list[str]) -> None:
    with transaction.atomic():
        recompute.mark_stale("yield", "B-2026-0001")
        transaction.set_rollback(True)

    assert not Mark.objects.exists()
    assert recompute.drain(NOW) == 0


def test_a_mark_that_comes_meanwhile_survives(committed_db: None, elsewhere: Callable[..., Any]) -> None:
    seen: list[int] = []

    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        seen.append(Mark.objects.count())
        if len(seen) == 1:
            elsewhere(recompute.mark_stale, "yield", key)

    recompute.mark_stale("yield", "B-2026-0001")

    assert recompute.run("yield", "B-2026-0001", NOW)
    assert Mark.objects.count() == 1
    assert recompute.run("yield", "B-2026-0001", NOW)
    assert not Mark.objects.exists()


def test_marking_does_not_wait_for_the_computation(committed_db: None, elsewhere: Callable[..., Any]) -> None:
    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        for _ in range(3):
            elsewhere(recompute.mark_stale, "yield", key)  # would time out after 3 s if it had to wait for this lock

    recompute.mark_stale("yield", "B-2026-0001")

    assert recompute.run("yield", "B-2026-0001", NOW)
    assert Mark.objects.count() == 3


@pytest.mark.django_db
def test_a_fact_that_names_its_keys_is_computed_again_as_a_whole() -> None:
    computed: list[str] = []

    @recompute.fact("yield", keys=lambda: ["B-2026-0001", "B-2026-0002"])
    def compute(key: str, now: dt.datetime) -> None:
        computed.append(key)

    assert recompute.mark_all("yield") == 2
    assert recompute.drain(NOW) == 2
    assert sorted(computed) == ["B-2026-0001", "B-2026-0002"]


@pytest.mark.django_db
def test_a_fact_that_cannot_name_its_keys_says_so(computed: list[str]) -> None:
    with pytest.raises(LookupError, match="does not say which keys"):
        recompute.mark_all("yield")
