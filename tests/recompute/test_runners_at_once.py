"""Tasks come twice, late and at the same time; the fact is computed once and right."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from plant import recompute
from plant.models import Site
from plant.recompute.models import Mark

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def _at_once(count: int, what: Callable[[], bool]) -> list[bool]:
    gate = threading.Barrier(count)

    def one(_number: int) -> bool:
        try:
            gate.wait(timeout=10)
            return what()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_of_many_runners_at_once_one_computes(committed_db: None) -> None:
    computed: list[str] = []

    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        computed.append(key)

    for round_ in range(20):
        recompute.mark_stale("yield", f"B-{round_}")
        done = _at_once(4, lambda key=f"B-{round_}": recompute.run("yield", key, NOW))  # type: ignore[misc]
        assert done.count(True) == 1
    assert computed == [f"B-{round_}" for round_ in range(20)]
    assert not Mark.objects.exists()


def test_a_runner_that_finds_another_at_work_leaves_it_alone(
    committed_db: None, elsewhere: Callable[..., bool]
) -> None:
    others: list[bool] = []

    @recompute.fact("yield")
    def compute(key: str, now: dt.datetime) -> None:
        others.append(elsewhere(recompute.run, "yield", key, now))
        others.append(bool(elsewhere(recompute.drain, now)))

    recompute.mark_stale("yield", "B-1")

    assert recompute.run("yield", "B-1", NOW)
    assert others == [False, False]


def test_what_four_writers_count_up_is_complete_at_the_end(committed_db: None) -> None:
    """Writers change a source and mark it; drainers compute beside them. Whoever is last, the result is the source."""
    result = {}
    Site.objects.create(code="X", name="0", timezone="UTC")

    @recompute.fact("copy")
    def compute(key: str, now: dt.datetime) -> None:
        result[key] = Site.objects.get(code=key).name

    def write() -> bool:
        for _ in range(25):
            with connection.cursor() as cursor:  # source and mark in one statement's transaction each
                cursor.execute("BEGIN")
                cursor.execute("UPDATE plant_site SET name = (name::int + 1)::text WHERE code = 'X'")
                recompute.mark_stale("copy", "X")
                cursor.execute("COMMIT")
            recompute.run("copy", "X", NOW)
        return True

    assert all(_at_once(4, write))
    recompute.drain(NOW)
    assert result["X"] == "100"
