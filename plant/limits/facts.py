"""What workers compute of limits: the utilization of each limit in each year, from the daily flows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, fields

from django.db import transaction

from plant import recompute
from plant.inventory.models import DailyFlow
from plant.limits import course
from plant.limits import utilization as formulas
from plant.limits.models import RECENT_DAYS, Limit, Utilization
from plant.models import Site


def key_of(site: Site, code: str, year: int) -> str:
    """The key of a utilization: `SITE:LIMIT:YEAR`."""
    return f"{site.code}:{code}:{year}"


def _parts(key: str) -> tuple[Site, str, int]:
    site, code, year = key.split(":")
    return Site.objects.get(code=site), code, int(year)


def keys_of_day(key: str) -> list[str]:
    """What a site day (`SITE:YYYY-MM-DD`) changes: its year's utilizations, and those of later years that are there
    (their 30 days and the first charge may reach back to it)."""
    site, _colon, day = key.partition(":")
    year = dt.date.fromisoformat(day).year
    codes = Limit.objects.filter(site__code=site).order_by().values_list("code", flat=True).distinct()
    later = Utilization.objects.filter(limit__site__code=site, year__gt=year).values_list("limit__code", "year")
    return [f"{site}:{code}:{year}" for code, year in {*((code, year) for code in codes), *later}]


def utilization_keys() -> list[str]:
    """Every limit in every year from its first to the last with figures or flows."""
    flows = DailyFlow.objects.order_by("-day")
    keys = set()
    for limit in Limit.objects.select_related("site"):
        last = flows.filter(site=limit.site).values_list("day__year", flat=True).first() or limit.valid_from.year
        keys |= {key_of(limit.site, limit.code, year) for year in range(limit.valid_from.year, last + 1)}
    stored = Utilization.objects.values_list("limit__site__code", "limit__code", "year")
    return sorted(keys | {f"{site}:{code}:{year}" for site, code, year in stored})


def stored_utilization(key: str) -> Mapping[str, object]:
    """The stored figures and the instant they speak of, for comparison by `reconcile`."""
    site, code, year = _parts(key)
    rows = Utilization.objects.filter(limit__site=site, limit__code=code, year=year)
    names = (field.name for field in fields(formulas.Figures))
    return rows.values("limit_id", "as_of", *names).first() or {}


@recompute.fact("utilization", follows={"daily-flow": keys_of_day}, keys=utilization_keys, stored=stored_utilization)
def utilization(key: str, now: dt.datetime) -> None:
    """One limit in one year as it stands now, judged by the version of that year; key `SITE:LIMIT:YEAR`."""
    site, code, year = _parts(key)
    Utilization.objects.filter(limit__site=site, limit__code=code, year=year).delete()
    today = site.day(now)
    limit = course.judging(site, code, year, today) if year <= today.year else None
    if limit is None:
        return
    first, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    figures = formulas.figures(
        year,
        today=today,
        limit_kg=limit.limit_kg,
        opening_kg=limit.opening_kg(year),
        starts_on=course.starts_on(limit),
        first_charge_on=course.first_charge_on(site),
        processed=course.processed(site, first - RECENT_DAYS * formulas.DAY, end),
    )
    Utilization.objects.create(
        limit=limit,
        year=year,
        as_of=min(now, site.start_of(end)),
        computed_at=now,
        formula=formulas.FORMULA,
        formula_version=formulas.VERSION,
        **asdict(figures),
    )


@transaction.atomic
def mark_current_years(now: dt.datetime) -> None:
    """Every limit's running year is to be computed again, and each year that ended since it was: what is complete, and
    what is left of the year, changes at the site's midnight without any movement."""
    keys: list[str] = []
    for site in Site.objects.order_by("pk"):
        today = site.day(now)
        keys += [key_of(site, limit.code, today.year) for limit in Limit.objects.on_site(site).in_force(today)]
        over = Utilization.objects.filter(limit__site=site, year__lt=today.year).select_related("limit")
        keys += [key_of(site, row.limit.code, row.year) for row in over if not _has_ended(site, row)]
    recompute.mark_stale("utilization", *keys)


def _has_ended(site: Site, row: Utilization) -> bool:
    """Whether the figures of a year that is over already speak of its end."""
    return row.as_of >= site.start_of(dt.date(row.year + 1, 1, 1))
