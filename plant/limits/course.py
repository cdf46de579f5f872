"""Reading a limit's year: the version that judges it, what was processed day by day, and how it ran.

The facts, the pages and the dashboard ask here, so that a tile, its table and a stored figure cannot differ.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from plant.inventory.models import DailyFlow
from plant.limits import utilization
from plant.limits.models import Limit, PackFactor, Utilization
from plant.limits.utilization import Month, Point
from plant.models import Site


@dataclass(frozen=True)
class Year:
    """A limit's year as a worker computed it, with its course by day and by month."""

    figures: Utilization
    points: list[Point]
    months: list[Month]


def judging(site: Site, code: str, year: int, today: dt.date) -> Limit | None:
    """The version that judges the year as seen today; None before the limit's start and after its end."""
    return Limit.objects.on_site(site).filter(code=code).judging(year, today).first()


def starts_on(limit: Limit) -> dt.date:
    """The first day of the limit: of its first version."""
    first = Limit.objects.filter(site=limit.site_id, code=limit.code).order_by("valid_from").first()
    assert first is not None
    return first.valid_from


def first_charge_on(site: Site) -> dt.date | None:
    """The first site day on which anything from outside was processed."""
    flows = DailyFlow.objects.filter(site=site, flow=DailyFlow.Flow.PROCESSED, kg__gt=0)
    return flows.order_by("day").values_list("day", flat=True).first()


def processed(site: Site, first: dt.date, last: dt.date) -> dict[dt.date, Decimal]:
    """Kilograms processed by site day, from the daily flows."""
    flows = DailyFlow.objects.filter(site=site, flow=DailyFlow.Flow.PROCESSED, day__range=(first, last))
    return dict(flows.order_by().values_list("day").annotate(Sum("kg")))


def current(site: Site, today: dt.date) -> list[Utilization]:
    """This year's figures of every limit that has any, the limits in the order of their codes."""
    rows = Utilization.objects.filter(limit__site=site, year=today.year).select_related("limit")
    return list(rows.order_by("limit__code"))


def year_of(site: Site, figures: Utilization) -> Year:
    """The course that led to a year's figures; it ends on the site day they speak of."""
    first, last = dt.date(figures.year, 1, 1), dt.date(figures.year, 12, 31)
    points = utilization.course(
        figures.year,
        today=site.day(figures.as_of),
        opening_kg=figures.opening_kg,
        processed=processed(site, first, last),
    )
    return Year(figures, points, utilization.months(points, limit_kg=figures.limit_kg))


def pack_factor(site: Site, on: dt.date) -> PackFactor | None:
    """What one pack equivalent is on a day."""
    return PackFactor.objects.filter(site=site, valid_from__lte=on).order_by("-valid_from").first()


def is_behind(site: Site, rows: Iterable[Utilization], now: dt.datetime) -> bool:
    """Whether a site day ended since these figures of the running year were computed, and nobody counted it yet."""
    return any(site.day(row.as_of) < min(site.day(now), dt.date(row.year + 1, 1, 1)) for row in rows)
