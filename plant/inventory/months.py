"""A month's statement: its figures, its signing off, and what a later entry into a closed month needs.

A month is closed by its first signed version. Entering something into it afterwards takes a supervisor and a reason;
the signed version stays as it is and a worker adds a restated one, to be signed again.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from plant import recompute
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory import flows
from plant.inventory.models import Location, Material, MonthStatement, Movement
from plant.models import Site, User
from plant.units import ZERO_KG

FACT = "month-statement"


class MonthClosed(DomainError):
    code = "month_closed"


class MonthNotOver(DomainError):
    code = "month_not_over"


@dataclass(frozen=True)
class Figures:
    """What a month took in, made and gave, in kg as weighed: by flow, then by material's code."""

    opening_kg: Decimal
    closing_kg: Decimal
    flows: Mapping[str, Mapping[str, Decimal]]

    def total_kg(self, flow: str) -> Decimal:
        return sum(self.flows.get(flow, {}).values(), ZERO_KG)

    def as_json(self) -> dict[str, Any]:
        by_flow = {flow: {code: str(kg) for code, kg in rows.items()} for flow, rows in self.flows.items()}
        return {"opening": str(self.opening_kg), "closing": str(self.closing_kg), "flows": by_flow}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Figures":
        by_flow = {flow: {code: Decimal(kg) for code, kg in rows.items()} for flow, rows in stored["flows"].items()}
        return cls(Decimal(stored["opening"]), Decimal(stored["closing"]), by_flow)


def first_day(day: dt.date) -> dt.date:
    return day.replace(day=1)


def next_month(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)


_ON_HAND = """
SELECT coalesce(sum(CASE WHEN dest.kind = ANY(%(real)s) THEN m.kg ELSE 0 END
                  - CASE WHEN out_of.kind = ANY(%(real)s) THEN m.kg ELSE 0 END), 0)
FROM inventory_movement m
JOIN inventory_location out_of ON out_of.id = m.from_location_id
JOIN inventory_location dest ON dest.id = m.to_location_id
WHERE m.site_id = %(site)s AND m.site_day >= %(since)s
  AND (out_of.kind = ANY(%(real)s)) <> (dest.kind = ANY(%(real)s))
"""


def on_hand_kg(site: Site, day: dt.date) -> Decimal:
    """What stood in real places, runs and heels when the site day `day` began: what stands there now less what has come
    since, so that a recent day costs as little after ten years."""
    real = [str(kind) for kind in Location.REAL]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(h.kg), 0) FROM inventory_holding h JOIN inventory_location l ON l.id = h.location_id
            WHERE l.site_id = %(site)s AND l.kind = ANY(%(real)s) AND h.kg <> 0""",
            {"site": site.pk, "real": real},
        )
        [held] = cursor.fetchone() or (ZERO_KG,)
        cursor.execute(_ON_HAND, {"site": site.pk, "since": day, "real": real})
        [since] = cursor.fetchone() or (ZERO_KG,)
    return Decimal(held - since)


def figures(site: Site, month: dt.date) -> Figures:
    """The figures of a month as the ledger has them now."""
    following = next_month(month)
    codes = dict(Material.objects.filter(site=site).values_list("pk", "code"))
    by_flow: dict[str, dict[str, Decimal]] = {}
    for flow in flows.between(site, month, following - dt.timedelta(days=1)):
        rows = by_flow.setdefault(flow.flow, {})
        code = codes.get(flow.material_id, "") if flow.material_id else ""
        rows[code] = rows.get(code, ZERO_KG) + flow.kg
    return Figures(on_hand_kg(site, month), on_hand_kg(site, following), by_flow)


def key(site: Site, month: dt.date) -> str:
    return f"{site.code}:{month:%Y-%m}"


def _lock(site: Site, month: dt.date, *, shared: bool) -> None:
    """Whoever enters into a month and whoever signs it wait for each other; those who enter do not."""
    kind = "_shared" if shared else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{kind}(%s, %s)", [site.pk, month.year * 100 + month.month])


def check_open(site: Site, days: Iterable[dt.date], *, by: User, now: dt.datetime, reason: str) -> None:
    """Before something is entered on these site days: an open month takes it, a closed one wants a supervisor and a
    reason and is restated. The month that runs is never closed and costs no question.

    Raises `MonthClosed` where the reason is missing, `NotAllowed` for whoever may not.
    """
    running = first_day(site.day(now))
    for month in sorted({first_day(day) for day in days if day < running}):
        _lock(site, month, shared=True)
        if not MonthStatement.objects.filter(site=site, month=month).exists():
            continue
        check(by, Action.ENTER_CLOSED_MONTH)
        if not reason.strip():
            raise MonthClosed(
                _("%(month)s is signed off. Type why this is entered now; its statement gets a new version.")
                % {"month": month.strftime("%Y-%m")},
                field="reason",
            )
        recompute.mark_stale(FACT, key(site, month))


@transaction.atomic
def sign_off(*, site: Site, month: dt.date, seen_version: int, by: User, now: dt.datetime) -> MonthStatement:
    """A manager signs a month that is over: its figures are kept as they are now, and the month is closed.

    `seen_version` is the version the manager looked at (0: none yet). Raises `MonthNotOver`, `DomainError` where
    another version came meanwhile, `NotAllowed`.
    """
    check(by, Action.SIGN_MONTH)
    if month >= first_day(site.day(now)):
        raise MonthNotOver(_("A month can be signed off when it is over. Come back on the first of the next one."))
    _lock(site, month, shared=False)
    newest = latest(site, month)
    if (newest.version if newest else 0) != seen_version:
        raise DomainError(_("This statement has a newer version. Look at it, then sign that one."))
    is_signed = newest is not None and newest.origin == MonthStatement.Origin.SIGNED
    found = figures(site, month).as_json()
    if newest is not None and is_signed and newest.figures == found:
        raise DomainError(_("This month is signed off already. Nothing has changed since."))
    return MonthStatement.objects.create(
        site=site,
        month=month,
        version=seen_version + 1,
        origin=MonthStatement.Origin.SIGNED,
        figures=found,
        by=by,
    )


def latest(site: Site, month: dt.date) -> MonthStatement | None:
    return MonthStatement.objects.filter(site=site, month=month).order_by("-version").first()


def restate(site: Site, month: dt.date) -> None:
    """Add a version where the ledger says something else than the newest one, with the reasons that were given."""
    _lock(site, month, shared=False)
    newest = latest(site, month)
    found = figures(site, month).as_json()
    if newest is None or newest.figures == found:
        return
    MonthStatement.objects.create(
        site=site,
        month=month,
        version=newest.version + 1,
        origin=MonthStatement.Origin.RESTATED,
        figures=found,
        why="; ".join(_reasons(newest))[:1000],
    )


def _reasons(since: MonthStatement) -> Iterator[str]:
    rows = (
        Movement.objects.filter(
            site=since.site,
            site_day__gte=since.month,
            site_day__lt=next_month(since.month),
            recorded_at__gt=since.recorded_at,
        )
        .order_by("pk")
        .values_list("reason", "by__name")
    )
    for reason, name in dict.fromkeys(rows):
        yield f"{reason} ({name})" if reason else name
