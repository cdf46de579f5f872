"""A fact that fails stops nobody else, loses no mark and says why."""

import datetime as dt
import signal

import pytest
from django.db import connection

from plant import recompute
from plant.models import Site
from plant.recompute.models import Mark

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def broken(no_facts: None) -> list[str]:
    """A fact that fails for as long as this list is not empty, after it has written something."""
    reasons = ["the assay is missing\nDETAIL: of a partner's lot"]

    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        Site.objects.create(code=key, name="Written by the computation", timezone="UTC")
        if reasons:
            raise ValueError(reasons[0])

    return reasons


@pytest.mark.django_db
def test_a_failure_keeps_one_mark_with_its_error_and_a_later_turn(broken: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")
    recompute.mark_stale("yield", "B-1")
    first = Mark.objects.order_by("pk")[0].marked_at

    assert recompute.drain(NOW) == 1
    mark = Mark.objects.get()
    assert (mark.attempts, mark.error) == (1, "ValueError: the assay is missing")
    assert mark.due_at == NOW + dt.timedelta(seconds=5)
    assert mark.marked_at == first


@pytest.mark.django_db
def test_a_failure_leaves_nothing_of_what_it_wrote(broken: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")

    recompute.drain(NOW)
    assert not Site.objects.filter(code="B-1").exists()


@pytest.mark.django_db
def test_it_is_tried_again_when_due_and_then_forgotten(broken: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")
    recompute.drain(NOW)
    broken.clear()

    assert recompute.drain(NOW + dt.timedelta(seconds=4)) == 0
    assert not recompute.run("yield", "B-1", NOW + dt.timedelta(seconds=4))
    assert recompute.drain(NOW + dt.timedelta(seconds=5)) == 1
    assert not Mark.objects.exists()
    assert Site.objects.filter(code="B-1").exists()


@pytest.mark.django_db
def test_it_waits_longer_after_each_failure_and_never_longer_than_ten_minutes(broken: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")
    now, pauses = NOW, []
    for _ in range(15):
        recompute.drain(now)
        due_at = Mark.objects.get().due_at
        assert due_at is not None
        pauses.append((due_at - now).total_seconds())
        now = due_at

    assert pauses[:4] == [5, 10, 20, 40]
    assert pauses[-1] == 600
    assert Mark.objects.get().attempts == 15


@pytest.mark.django_db
def test_a_new_change_has_it_tried_at_once(broken: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")
    recompute.drain(NOW)
    broken.clear()
    recompute.mark_stale("yield", "B-1")

    assert recompute.drain(NOW) == 1
    assert not Mark.objects.exists()


@pytest.mark.django_db
def test_it_does_not_stop_the_others(broken: list[str], computed_too: list[str]) -> None:
    recompute.mark_stale("yield", "B-1")
    recompute.mark_stale("utilization", "LG")

    assert recompute.drain(NOW) == 2
    assert computed_too == ["LG"]


@pytest.fixture
def computed_too(no_facts: None) -> list[str]:
    keys: list[str] = []

    @recompute.fact("utilization")
    def compute(key: str, now: dt.datetime) -> None:
        keys.append(key)

    return keys


@pytest.mark.django_db
def test_a_mark_of_a_fact_that_nobody_registered_is_kept_and_says_so() -> None:
    recompute.mark_stale("yeild", "B-1")

    recompute.drain(NOW)
    assert Mark.objects.get().error == "UnknownFact: no room has registered a fact called yeild"


@pytest.mark.django_db
def test_a_violated_constraint_is_a_failure_like_any_other() -> None:
    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        Mark.objects.create(fact="", key=key)

    recompute.mark_stale("yield", "B-1")

    assert recompute.drain(NOW) == 1
    assert "recompute_mark_names_its_fact" in Mark.objects.get().error


class OutOfTime(Exception):
    """As Celery's soft time limit: raised in the middle of whatever is done."""


def test_a_computation_that_is_interrupted_inside_a_statement_is_put_off(committed_db: None) -> None:
    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(8)")

    def strike(_number: int, _frame: object) -> None:
        raise OutOfTime("took too long")

    recompute.mark_stale("yield", "B-1")
    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        assert recompute.run("yield", "B-1", NOW)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert Mark.objects.get().error == "OutOfTime: took too long"


def test_a_computation_whose_connection_is_cut_is_put_off(committed_db: None, owner_url: str) -> None:
    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    recompute.mark_stale("yield", "B-1")

    assert recompute.run("yield", "B-1", NOW)
    mark = Mark.objects.get()
    assert mark.attempts == 1
    assert mark.error.startswith("OperationalError: ")


def test_an_error_of_the_list_itself_is_loud(committed_db: None, owner: object) -> None:
    recompute.mark_stale("yield", "B-1")
    owner.execute("ALTER TABLE recompute_mark RENAME TO elsewhere")  # type: ignore[attr-defined]

    with pytest.raises(Exception, match="recompute_mark"):
        recompute.run("yield", "B-1", NOW)
