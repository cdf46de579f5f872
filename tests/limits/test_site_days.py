"""A day, a month and a year are the site's, whatever the clocks do: PostgreSQL's own calendar is the oracle."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from plant.inventory.models import Movement
from plant.inventory.services import reverse_entry
from tests.limits import years

pytestmark = pytest.mark.django_db

ORACLE = """
    SELECT coalesce(sum(kg) FILTER (WHERE local_day <= today), 0),
           coalesce(sum(kg) FILTER (WHERE local_day = today), 0),
           (SELECT count(*) FROM generate_series(min(first), today - 1, interval '1 day'))
    FROM (SELECT kg, (occurred_at AT TIME ZONE 'America/New_York')::date AS local_day,
                 (%(now)s AT TIME ZONE 'America/New_York')::date AS today,
                 date_trunc('year', %(now)s AT TIME ZONE 'America/New_York')::date AS first
          FROM inventory_movement WHERE kind = 'charge') AS charges
    WHERE local_day >= first
    GROUP BY today
"""


def oracle(now):
    with connection.cursor() as cursor:
        cursor.execute(ORACLE, {"now": now})
        return cursor.fetchone() or (0, 0, 0)


def check(plant, now):
    row = years.figures(plant, now)
    processed, of_today, elapsed = oracle(now)

    assert (row.processed_kg, row.today_kg, row.days_elapsed) == (processed, of_today, elapsed)
    return row


def test_the_night_of_23_hours_is_one_day():
    plant = years.plant_with_limit(2027)
    batch = years.running_batch(plant, at=years.moment(plant, "2027-03-13", "20:00"))
    for day, clock in (
        ("2027-03-13", "23:59"),
        ("2027-03-14", "00:00"),
        ("2027-03-14", "23:59"),
        ("2027-03-15", "00:00"),
    ):
        years.charge(plant, batch, 1_000, at=years.moment(plant, day, clock))
        check(plant, years.moment(plant, day, clock))

    row = check(plant, years.moment(plant, "2027-03-15", "00:00"))

    assert (row.processed_kg, row.today_kg, row.days_elapsed, row.complete_days) == (4_000, 1_000, 73, 2)


def test_the_night_of_25_hours_is_one_day():
    plant = years.plant_with_limit(2027)
    batch = years.running_batch(plant, at=years.moment(plant, "2027-11-06", "20:00"))
    for day, clock, fold in (
        ("2027-11-07", "00:30", 0),
        ("2027-11-07", "01:30", 0),
        ("2027-11-07", "01:30", 1),  # the same clock an hour later
        ("2027-11-07", "23:30", 0),
        ("2027-11-08", "00:30", 0),
    ):
        years.charge(plant, batch, 1_000, at=years.moment(plant, day, clock, fold=fold))
        check(plant, years.moment(plant, day, clock, fold=fold))

    row = check(plant, years.moment(plant, "2027-11-09", "00:00"))

    assert (row.processed_kg, row.complete_days) == (5_000, 2)
    assert row.run_rate_kg_per_year == Decimal(5_000) * 365 / 2


def test_the_year_turns_at_the_sites_midnight():
    plant = years.plant_with_limit(2027)
    batch = years.running_batch(plant, at=years.moment(plant, "2027-12-31", "20:00"))
    years.charge(plant, batch, 1_000, at=years.moment(plant, "2027-12-31", "23:59"))  # 2028 in UTC already
    years.charge(plant, batch, 2_000, at=years.moment(plant, "2028-01-01", "00:00"))

    new = check(plant, years.moment(plant, "2028-01-01", "00:10"))
    old = years.figures(plant, years.moment(plant, "2028-01-01", "00:10"), year=2027)

    assert (old.processed_kg, old.days_elapsed, old.days_left, old.required_kg_per_day) == (1_000, 365, 0, None)
    assert old.as_of == years.moment(plant, "2028-01-01", "00:00")
    assert (new.processed_kg, new.days_elapsed, new.days_in_year) == (2_000, 0, 366)
    assert new.run_rate_kg_per_year is None


def test_a_worker_that_slept_over_new_year_closes_the_old_year():
    plant = years.plant_with_limit(2027)
    batch = years.running_batch(plant, at=years.moment(plant, "2027-12-30", "08:00"))
    years.charge(plant, batch, 1_000, at=years.moment(plant, "2027-12-30"))
    before = years.figures(plant, years.moment(plant, "2027-12-30", "13:00"))

    after = years.figures(plant, years.moment(plant, "2028-01-03", "08:00"), year=2027)

    assert (before.days_left, after.days_left) == (2, 0)
    assert after.computed_at == years.moment(plant, "2028-01-03", "08:00")


def test_a_correction_dated_last_year_counts_in_last_year():
    plant = years.plant_with_limit(2026)
    batch = years.running_batch(plant, at=years.moment(plant, "2026-12-28", "08:00"))
    years.charge(plant, batch, 1_000, at=years.moment(plant, "2026-12-28"))
    now = years.moment(plant, "2027-01-15")
    assert years.figures(plant, now, year=2026).processed_kg == 1_000
    assert years.figures(plant, now).rate_30_days_kg_per_year is None

    years.charge(plant, batch, 40_000, at=years.moment(plant, "2026-12-29"), keyed_at=now)
    years.drain(now)

    last, this = (years.Utilization.objects.get(year=year) for year in (2026, 2027))
    assert (last.processed_kg, this.processed_kg) == (41_000, 0)
    assert Movement.objects.filter(kind="charge", site_day=dt.date(2026, 12, 29)).count() == 1


def test_a_reversal_counts_on_the_day_of_what_it_reverses():
    plant = years.plant_with_limit(2027)
    batch = years.running_batch(plant, at=years.moment(plant, "2027-05-03", "08:00"))
    years.charge(plant, batch, 3_000, at=years.moment(plant, "2027-05-03"))
    wrong = years.charge(plant, batch, 1_000, at=years.moment(plant, "2027-05-04"))
    now = years.moment(plant, "2027-05-06")
    assert years.figures(plant, now).processed_kg == 4_000

    reverse_entry(movement=wrong, reason="another container", by=plant.users["supervisor"], now=now)
    years.drain(now)

    row = years.Utilization.objects.get()
    assert row.processed_kg == 3_000
    assert row.run_rate_kg_per_year == Decimal(3_000) * 365 / 3
