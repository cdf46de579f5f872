"""The formulas F11, F12 and F14 on their own: site days and kilograms in, figures out."""

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from plant.limits import utilization

LIMIT = Decimal(13_500_000)
DAY = dt.timedelta(days=1)


def figures(today, processed, *, year=2027, opening=0, starts_on="2020-01-01", first_charge_on="2020-01-01"):
    return utilization.figures(
        year,
        today=dt.date.fromisoformat(today),
        limit_kg=LIMIT,
        opening_kg=Decimal(opening),
        starts_on=dt.date.fromisoformat(starts_on),
        first_charge_on=first_charge_on and dt.date.fromisoformat(first_charge_on),
        processed={dt.date.fromisoformat(day): Decimal(kg) for day, kg in processed.items()},
    )


def test_on_day_0_there_is_no_run_rate():
    row = figures("2027-01-01", {"2027-01-01": 40_000}, first_charge_on="2027-01-01")

    assert row.run_rate_kg_per_year is None
    assert row.rate_30_days_kg_per_year is None
    assert (row.complete_days, row.days_elapsed, row.elapsed_ratio) == (0, 0, 0)
    assert (row.processed_kg, row.today_kg) == (40_000, 40_000)
    assert row.days_left == 365


def test_before_anything_was_ever_charged_there_is_no_rate_and_the_whole_limit_is_left():
    row = figures("2027-03-01", {}, first_charge_on=None)

    assert row.rate_from is None
    assert row.run_rate_kg_per_year is None
    assert row.remaining_kg == LIMIT
    assert row.days_elapsed == 59


def test_today_counts_to_date_but_in_no_rate():
    row = figures("2027-01-11", {"2027-01-05": 100_000, "2027-01-11": 900_000})

    assert row.processed_kg == 1_000_000
    assert row.today_kg == 900_000
    assert row.run_rate_kg_per_year == Decimal(100_000) * 365 / 10


def test_the_days_begin_at_the_latest_of_new_year_the_limits_start_and_the_first_charge():
    processed = {"2027-03-11": 10_000, "2027-04-01": 20_000}

    of_year = figures("2027-04-11", processed)
    of_limit = figures("2027-04-11", processed, starts_on="2027-04-01")
    of_charge = figures("2027-04-11", processed, first_charge_on="2027-03-11", starts_on="2027-01-15")

    assert (of_year.rate_from, of_year.complete_days) == (dt.date(2027, 1, 1), 100)
    assert (of_limit.rate_from, of_limit.complete_days) == (dt.date(2027, 4, 1), 10)
    assert (of_charge.rate_from, of_charge.complete_days) == (dt.date(2027, 3, 11), 31)
    assert of_year.run_rate_kg_per_year == Decimal(30_000) * 365 / 100
    assert of_limit.run_rate_kg_per_year == Decimal(20_000) * 365 / 10
    assert of_year.processed_kg == of_limit.processed_kg == of_charge.processed_kg == 30_000


def test_the_30_days_reach_into_last_year():
    processed = {"2026-12-11": 1, "2026-12-12": 30_000, "2027-01-10": 30_000, "2027-01-11": 5}

    row = figures("2027-01-11", processed)

    assert row.rate_30_days_kg_per_year == Decimal(60_000) * 365 / 30
    assert row.run_rate_kg_per_year == Decimal(30_000) * 365 / 10
    assert row.processed_kg == 30_005


def test_the_30_days_are_undefined_while_there_are_fewer():
    processed = {"2027-01-01": 3_000}

    assert figures("2027-01-30", processed, first_charge_on="2027-01-01").rate_30_days_kg_per_year is None
    assert figures("2027-01-31", processed, first_charge_on="2027-01-01").rate_30_days_kg_per_year == 36_500


def test_a_leap_year_has_366_days():
    row = figures("2028-12-31", {"2028-02-29": 366_000}, year=2028)

    assert (row.days_in_year, row.days_elapsed, row.days_left) == (366, 365, 1)
    assert row.run_rate_kg_per_year == utilization.kg(Decimal(366_000) * 366 / 365)
    assert row.elapsed_ratio == utilization.ratio(Decimal(365), Decimal(366))


def test_the_opening_figure_uses_the_limit_but_is_in_no_rate():
    row = figures("2027-01-11", {"2027-01-05": 100_000}, opening=3_000_000)

    assert row.used_ratio == utilization.ratio(Decimal(3_100_000), LIMIT)
    assert row.remaining_kg == 10_400_000
    assert row.run_rate_kg_per_year == Decimal(100_000) * 365 / 10


def test_over_the_limit_what_is_left_and_required_are_negative():
    row = figures("2027-12-22", {"2027-06-01": 13_600_000})

    assert row.remaining_kg == -100_000
    assert row.required_kg_per_day == -10_000
    assert row.used_ratio > 1


def test_a_year_that_is_over_is_whole_and_requires_nothing():
    row = figures("2029-05-05", {"2027-06-01": 7_300_000, "2028-01-01": 999})

    assert (row.days_elapsed, row.days_left, row.elapsed_ratio) == (365, 0, 1)
    assert row.required_kg_per_day is None
    assert (row.processed_kg, row.today_kg) == (7_300_000, 0)
    assert row.run_rate_kg_per_year == 7_300_000


def test_the_course_ends_at_the_figures_of_the_same_day():
    processed = {dt.date(2027, 1, 5): Decimal(100_000), dt.date(2027, 3, 2): Decimal(50_000)}
    today = dt.date(2027, 3, 2)
    opening = Decimal(1_000)

    points = utilization.course(2027, today=today, opening_kg=opening, processed=processed)
    months = utilization.months(points, limit_kg=LIMIT)

    assert [month.processed_kg for month in months] == [100_000, 0, 50_000]
    assert [month.until for month in months] == [dt.date(2027, 1, 31), dt.date(2027, 2, 28), today]
    assert months[-1].to_date_kg == points[-1].to_date_kg == 151_000
    assert months[-1].pace_kg == utilization.kg(LIMIT * 61 / 365)
    assert len(points) == 61


days = st.dates(dt.date(2027, 12, 1), dt.date(2029, 1, 5))


@given(
    st.dictionaries(days, st.integers(-50_000_000, 50_000_000).map(lambda grams: Decimal(grams) / 1000), max_size=40),
    days,
    days,
    days,
)
def test_the_figures_are_those_of_counting_day_by_day(processed, today, starts_on, first_charge_on):
    """The oracle walks through the days one by one and knows nothing of dates' differences."""
    counted = dict.fromkeys(("to_date", "rated", "rated_days", "elapsed", "left"), Decimal(0))
    day = dt.date(2028, 1, 1)
    while day.year == 2028:
        kg = processed.get(day, Decimal(0))
        counted["to_date"] += kg if day <= today else 0
        if day < today:
            counted["elapsed"] += 1
            if day >= starts_on and day >= first_charge_on:
                counted["rated"] += kg
                counted["rated_days"] += 1
        else:
            counted["left"] += 1
        day += DAY

    row = utilization.figures(
        2028,
        today=max(today, dt.date(2028, 1, 1)),
        limit_kg=LIMIT,
        opening_kg=Decimal(0),
        starts_on=starts_on,
        first_charge_on=first_charge_on,
        processed=processed,
    )

    if today >= dt.date(2028, 1, 1):
        assert row.processed_kg == counted["to_date"]
    assert (row.complete_days, row.days_elapsed, row.days_left) == (
        counted["rated_days"],
        counted["elapsed"],
        counted["left"],
    )
    if row.complete_days:
        assert row.run_rate_kg_per_year == utilization.kg(counted["rated"] * 366 / counted["rated_days"])
