"""What workers compute from the ledger."""

import datetime as dt
from decimal import Decimal
from typing import Any

from plant import recompute
from plant.inventory import flows, months
from plant.inventory.models import DailyFlow, MonthStatement, Movement
from plant.models import Site


def _site_and_day(key: str) -> tuple[Site, dt.date]:
    code, _colon, day = key.partition(":")
    return Site.objects.get(code=code), dt.date.fromisoformat(day)


def daily_flow_keys() -> list[str]:
    """Every site day on which something moved."""
    days = Movement.objects.order_by("site__code", "site_day").values_list("site__code", "site_day").distinct()
    return [f"{code}:{day.isoformat()}" for code, day in days]


def stored_daily_flow(key: str) -> dict[str, Any]:
    """The stored flows of the day, for comparison by `reconcile`."""
    site, day = _site_and_day(key)
    rows = DailyFlow.objects.filter(site=site, day=day).values_list("flow", "material_id", "line_id", "kg")
    return {f"{flow}/{material}/{line}": Decimal(kg) for flow, material, line, kg in rows}


@recompute.fact("daily-flow", keys=daily_flow_keys, stored=stored_daily_flow)
def daily_flow(key: str, now: dt.datetime) -> None:
    """The flows of one site day, kg by flow, material and line; key `SITE:YYYY-MM-DD`."""
    site, day = _site_and_day(key)
    DailyFlow.objects.filter(site=site, day=day).delete()
    DailyFlow.objects.bulk_create(
        DailyFlow(
            site=site,
            day=day,
            flow=flow.flow,
            material_id=flow.material_id,
            line_id=flow.line_id,
            kg=flow.kg,
            computed_at=now,
        )
        for flow in flows.of_day(site, day)
    )


def month_statement_keys() -> list[str]:
    """Every month that is signed off."""
    rows = MonthStatement.objects.filter(version=1).order_by("site__code", "month").select_related("site")
    return [months.key(row.site, row.month) for row in rows]


def _site_and_month(key: str) -> tuple[Site, dt.date]:
    return _site_and_day(f"{key}-01")


def stored_month_statement(key: str) -> dict[str, Any]:
    """What the newest version says, for comparison by `reconcile`."""
    newest = months.latest(*_site_and_month(key))
    if newest is None:
        return {}
    flat = {"opening": newest.figures["opening"], "closing": newest.figures["closing"]}
    rows = ((flow, code, kg) for flow, by_code in newest.figures["flows"].items() for code, kg in by_code.items())
    return flat | {f"{flow}/{code}": kg for flow, code, kg in rows}


@recompute.fact(months.FACT, keys=month_statement_keys, stored=stored_month_statement)
def month_statement(key: str, now: dt.datetime) -> None:
    """A new version of a closed month's statement where a later entry changed it; key `SITE:YYYY-MM`."""
    months.restate(*_site_and_month(key))
