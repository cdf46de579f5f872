"""How much of a year's limit is used, and at what pace: the formulas F11, F12 and F14.

Pure: site days and kilograms in, figures out. A day, a month and a year are the site's; days are counted by the
calendar, so that a night of 23 or 25 hours is in one day like any other.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby

from plant.limits.models import RECENT_DAYS
from plant.units import ZERO_KG, kg

FORMULA = "F11 F12 F14"
VERSION = 1
DAY = dt.timedelta(days=1)

Processed = Mapping[dt.date, Decimal]
"""Kilograms processed by site day; a day without any is missing. *Processed* = net charge (charges less returns) of
containers received from outside, counted once."""


@dataclass(frozen=True)
class Figures:
    """One limit in one calendar year; masses in kg, ratios with 1 = 100 %, rates for the whole year."""

    limit_kg: Decimal
    opening_kg: Decimal
    processed_kg: Decimal
    today_kg: Decimal
    used_ratio: Decimal
    remaining_kg: Decimal
    days_in_year: int
    days_elapsed: int
    elapsed_ratio: Decimal
    rate_from: dt.date | None
    complete_days: int
    run_rate_kg_per_year: Decimal | None
    rate_30_days_kg_per_year: Decimal | None
    days_left: int
    required_kg_per_day: Decimal | None


@dataclass(frozen=True)
class Point:
    """Where the year stands when a site day is over, or now where it is today; `to_date_kg` with the opening figure
    (F11)."""

    day: dt.date
    processed_kg: Decimal
    to_date_kg: Decimal


@dataclass(frozen=True)
class Month:
    """One month of the year, up to its last day or to today; `pace_kg` is to date if the limit were used evenly."""

    first: dt.date
    until: dt.date
    processed_kg: Decimal
    to_date_kg: Decimal
    pace_kg: Decimal
    used_ratio: Decimal

    @property
    def ahead_kg(self) -> Decimal:
        """More than the even pace; negative when less."""
        return self.to_date_kg - self.pace_kg


def days_in(year: int) -> int:
    """365, or 366 in a leap year."""
    return 366 if calendar.isleap(year) else 365


def figures(
    year: int,
    *,
    today: dt.date,
    limit_kg: Decimal,
    opening_kg: Decimal,
    starts_on: dt.date,
    first_charge_on: dt.date | None,
    processed: Processed,
) -> Figures:
    """The year as it stands on the site day `today`, which has begun and is not over; after the year, as it ended.

    F11 to date = (processed + opening) / limit.
    F12 run rate = processed / complete days * days in the year; the days since 1 January, the limit's start or the
    first charge, whichever is latest; today is in no rate. Beside it the rate of the last 30 complete days, which may
    reach into last year; undefined while there are fewer since the limit's start and the first charge.
    F14 required = (limit - to date) / days left, today included; negative when over.
    """
    first, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    today = min(today, end)
    processed_kg = _sum(processed, first, min(today, end - DAY))
    remaining_kg = limit_kg - opening_kg - processed_kg
    elapsed, left = (today - first).days, (end - today).days
    counted_from = None if first_charge_on is None else max(starts_on, first_charge_on)
    rate_from = None if counted_from is None else max(first, counted_from)
    complete_days = 0 if rate_from is None else max(0, (today - rate_from).days)
    has_recent = counted_from is not None and (today - counted_from).days >= RECENT_DAYS
    return Figures(
        limit_kg=limit_kg,
        opening_kg=opening_kg,
        processed_kg=processed_kg,
        today_kg=processed.get(today, ZERO_KG) if left else ZERO_KG,
        used_ratio=ratio(opening_kg + processed_kg, limit_kg),
        remaining_kg=remaining_kg,
        days_in_year=days_in(year),
        days_elapsed=elapsed,
        elapsed_ratio=ratio(Decimal(elapsed), Decimal(days_in(year))),
        rate_from=rate_from,
        complete_days=complete_days,
        run_rate_kg_per_year=_rate(processed, rate_from, today, year) if rate_from and complete_days else None,
        rate_30_days_kg_per_year=_rate(processed, today - RECENT_DAYS * DAY, today, year) if has_recent else None,
        days_left=left,
        required_kg_per_day=kg(remaining_kg / left) if left else None,
    )


def course(year: int, *, today: dt.date, opening_kg: Decimal, processed: Processed) -> list[Point]:
    """The year day by day, from 1 January to today or to its end."""
    last = min(today, dt.date(year, 12, 31))
    to_date_kg, points = opening_kg, []
    for day in _days(dt.date(year, 1, 1), last):
        of_day = processed.get(day, ZERO_KG)
        to_date_kg += of_day
        points.append(Point(day, of_day, to_date_kg))
    return points


def months(points: Iterable[Point], *, limit_kg: Decimal) -> list[Month]:
    """The course by month: what the picture's table says."""
    return [_month(list(days), limit_kg) for _number, days in groupby(points, key=lambda point: point.day.month)]


def _month(days: list[Point], limit_kg: Decimal) -> Month:
    last = days[-1]
    return Month(
        first=days[0].day,
        until=last.day,
        processed_kg=sum((point.processed_kg for point in days), ZERO_KG),
        to_date_kg=last.to_date_kg,
        pace_kg=kg(limit_kg * last.day.timetuple().tm_yday / days_in(last.day.year)),
        used_ratio=ratio(last.to_date_kg, limit_kg),
    )


def ratio(part: Decimal, whole: Decimal) -> Decimal:
    """A ratio to 8 decimals, rounded half-even once."""
    return (part / whole).quantize(Decimal("1E-8"), rounding=ROUND_HALF_EVEN)


def _rate(processed: Processed, first: dt.date, today: dt.date, year: int) -> Decimal:
    """kg a year, from the complete days from `first` until yesterday."""
    return kg(_sum(processed, first, today - DAY) * days_in(year) / (today - first).days)


def _sum(processed: Processed, first: dt.date, last: dt.date) -> Decimal:
    return sum((mass for day, mass in processed.items() if first <= day <= last), ZERO_KG)


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + n * DAY for n in range((last - first).days + 1))
