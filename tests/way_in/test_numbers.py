"""References are counted per site and series, by a function that works for the application's role."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from plant.models import Site


def _next(site: Site, series: str = "lot") -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT plant_next_number(%s, %s)", [site.pk, series])
        return int(cursor.fetchone()[0])


@pytest.fixture
def sites(db: None) -> list[Site]:
    return [Site.objects.create(code=code, name=code, timezone="UTC", mark=code) for code in ("A", "B")]


def test_each_site_and_each_series_counts_from_one(sites: list[Site]) -> None:
    here, there = sites
    assert [_next(here), _next(here), _next(here, "batch"), _next(there)] == [1, 2, 1, 1]


@pytest.mark.parametrize("series", ["", "Lot", "lot1", "lot; drop table plant_site", 'a"b', "a" * 31, None])
def test_a_series_is_a_short_lower_case_word(sites: list[Site], series: str) -> None:
    with pytest.raises(DataError, match="not a series"), transaction.atomic():
        _next(sites[0], series)


def test_there_is_no_series_without_a_site(db: None) -> None:
    with pytest.raises(IntegrityError, match="no site"), transaction.atomic():
        _next(Site(pk=4711))


def test_two_first_uses_at_the_same_instant_get_two_numbers(committed_db: None) -> None:
    site = Site.objects.create(code="A", name="A", timezone="UTC")
    start = Barrier(2)

    def take() -> int:
        try:
            start.wait()
            with transaction.atomic():
                return _next(site)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        work: list[Callable[[], int]] = [take, take]
        assert sorted(threads.map(lambda job: job(), work)) == [1, 2]
