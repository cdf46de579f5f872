"""What the dashboard shows, read from daily flows, results and what stands on the site: never a sum over history.

One function per tile; the picture, its table and the page behind the tile take their figures from the same one.
"""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, F, Sum, Window

from plant.dashboard import charts
from plant.inventory.models import DailyFlow, Hold, Holding
from plant.limits import course, freshness
from plant.limits.freshness import Freshness
from plant.limits.models import PackFactor, Utilization
from plant.models import Site
from plant.recompute import Staleness
from plant.units import ZERO_KG
from processing.models import Batch
from processing.rules import EXPLAIN_CLOSURE, WARN_CLOSURE

WEEKS = 12
BATCHES = 8
HOLDS = 6
WEEK = dt.timedelta(weeks=1)
Flow = DailyFlow.Flow


@dataclass(frozen=True)
class UtilizationTile:
    """The limit that is used most, with its year; the others beside it."""

    year: course.Year | None
    picture: charts.YearPicture | None
    others: list[Utilization]
    factor: PackFactor | None
    fresh: Freshness


@dataclass(frozen=True)
class Week:
    """What came in, was processed and went out in one week of the site, Monday to Sunday, in kg."""

    monday: dt.date
    received_kg: Decimal
    processed_kg: Decimal
    shipped_kg: Decimal
    is_running: bool

    @property
    def sunday(self) -> dt.date:
        return self.monday + WEEK - dt.timedelta(days=1)


@dataclass(frozen=True)
class WeeksTile:
    weeks: list[Week]
    picture: charts.WeeksPicture | None
    fresh: Freshness


@dataclass(frozen=True)
class BatchRow:
    """A batch with what a worker computed of it; `tone` says whether somebody should look at its closure."""

    reference: str
    line: str
    grade: str
    state: str
    charged_kg: Decimal | None
    yield_ratio: Decimal | None
    closure_ratio: Decimal | None
    closed_at: dt.datetime | None
    is_final: bool

    @property
    def state_label(self) -> str:
        return str(Batch.State(self.state).label)

    @property
    def tone(self) -> str:
        """Recommended defaults: look outside 98 to 102 %, explain outside 97 to 103 %."""
        if not self.is_final or self.closure_ratio is None:
            return ""
        if not EXPLAIN_CLOSURE[0] <= self.closure_ratio <= EXPLAIN_CLOSURE[1]:
            return "bad"
        return "" if WARN_CLOSURE[0] <= self.closure_ratio <= WARN_CLOSURE[1] else "look"


@dataclass(frozen=True)
class HoldRow:
    container: str
    kind: str
    reason: str
    placed_at: dt.datetime

    @property
    def kind_label(self) -> str:
        return str(Hold.Kind(self.kind).label)


@dataclass(frozen=True)
class HoldsTile:
    """The oldest holds that nobody has lifted, and how many there are."""

    rows: list[HoldRow]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class StockRow:
    """What of a material is on the site in boxes and heaps; without a material: what is in the lines."""

    code: str | None
    material: str | None
    kg: Decimal
    containers: int
    share: Decimal = ZERO_KG
    """Of the largest, for the bar."""


@dataclass(frozen=True)
class Stock:
    rows: list[StockRow]
    in_lines_kg: Decimal

    @property
    def total_kg(self) -> Decimal:
        return sum((row.kg for row in self.rows), self.in_lines_kg)


@dataclass(frozen=True)
class Board:
    """All tiles of a site at one instant."""

    now: dt.datetime
    utilization: UtilizationTile
    weeks: WeeksTile
    batches: list[BatchRow]
    batches_fresh: Freshness
    holds: HoldsTile
    stock: Stock

    @property
    def live(self) -> Freshness:
        """Of what is read as it stands: stock and holds."""
        return Freshness(self.now)

    @property
    def fresh(self) -> Freshness:
        """The oldest of all figures, for the head of the page."""
        parts = (self.utilization.fresh, self.weeks.fresh, self.batches_fresh)
        stale = [part for part in parts if part.is_stale]
        return min(stale, key=lambda part: part.as_of, default=self.live)


def board(site: Site, now: dt.datetime) -> Board:
    """Read every tile."""
    flow, used, yields = freshness.look("daily-flow", "utilization", "batch-yield")
    return Board(
        now=now,
        utilization=utilization(site, now, [flow, used]),
        weeks=weekly(site, now, flow),
        batches=last_batches(site),
        batches_fresh=freshness.of([yields], now=now),
        holds=open_holds(site),
        stock=stock_by_material(site),
    )


def utilization(site: Site, now: dt.datetime, states: list[Staleness]) -> UtilizationTile:
    """How much of this year's limits is used."""
    rows = sorted(course.current(site, site.day(now)), key=lambda row: row.used_ratio, reverse=True)
    if not rows:
        return UtilizationTile(None, None, [], None, freshness.of(states, now=now))
    year = course.year_of(site, rows[0])
    as_of = min(row.as_of for row in rows)
    return UtilizationTile(
        year=year,
        picture=charts.year(year),
        others=rows[1:],
        factor=course.pack_factor(site, site.day(as_of)),
        fresh=freshness.of(states, now=now, as_of=as_of, is_behind=course.is_behind(site, rows, now)),
    )


def weekly(site: Site, now: dt.datetime, state: Staleness) -> WeeksTile:
    """In, processed and out of the last 12 weeks, this one included."""
    weeks = last_weeks(site, site.day(now))
    has_any = any(week.received_kg or week.processed_kg or week.shipped_kg for week in weeks)
    return WeeksTile(weeks, charts.weeks(weeks) if has_any else None, freshness.of([state], now=now))


def last_weeks(site: Site, today: dt.date) -> list[Week]:
    """The site's weeks, Monday to Sunday, from the daily flows."""
    this_monday = today - dt.timedelta(days=today.weekday())
    first = this_monday - (WEEKS - 1) * WEEK
    flows = DailyFlow.objects.filter(
        site=site, day__range=(first, today), flow__in=(Flow.RECEIVED, Flow.PROCESSED, Flow.SHIPPED)
    )
    sums: dict[tuple[dt.date, str], Decimal] = {}
    for day, flow, kg in flows.order_by().values_list("day", "flow").annotate(Sum("kg")):
        key = (day - dt.timedelta(days=day.weekday()), flow)
        sums[key] = sums.get(key, ZERO_KG) + kg
    return [
        Week(
            monday=monday,
            received_kg=sums.get((monday, Flow.RECEIVED), ZERO_KG),
            processed_kg=sums.get((monday, Flow.PROCESSED), ZERO_KG),
            shipped_kg=sums.get((monday, Flow.SHIPPED), ZERO_KG),
            is_running=monday == this_monday,
        )
        for monday in (first + n * WEEK for n in range(WEEKS))
    ]


def last_batches(site: Site) -> list[BatchRow]:
    """The batches that were opened last, with yield and closure as a worker computed them."""
    rows = Batch.objects.on_site(site).filter(opened_at__isnull=False).order_by("-pk")
    return [
        BatchRow(*row)
        for row in rows.values_list(
            "reference",
            "line__name",
            "grade__name",
            "state",
            "result__charged_kg",
            "result__yield_ratio",
            "result__closure_ratio",
            "closed_at",
            "result__is_final",
        )[:BATCHES]
    ]


def open_holds(site: Site) -> HoldsTile:
    """What is on hold, the longest first."""
    holds = Hold.objects.open().filter(container__site=site).annotate(count=Window(Count("pk")))
    names = ("container__reference", "kind", "reason", "placed_at", "count")
    rows = list(holds.order_by("placed_at", "pk").values_list(*names)[:HOLDS])
    return HoldsTile([HoldRow(*row[:-1]) for row in rows], rows[0][-1] if rows else 0)


def stock_by_material(site: Site) -> Stock:
    """What is on hand by material, in boxes and heaps; beside it what stands in the lines, in runs and heels."""
    on_hand = Holding.objects.never_negative().filter(location__site=site)
    material = "container__lot__material"
    rows = [
        StockRow(*row)
        for row in on_hand.order_by(F("kg__sum").desc())
        .values_list(f"{material}__code", f"{material}__name")
        .annotate(Sum("kg"), Count("container"))
    ]
    packed = [row for row in rows if row.code is not None]
    heels_kg = sum((row.kg for row in rows if row.code is None), ZERO_KG)
    largest_kg = max((row.kg for row in packed), default=ZERO_KG)
    return Stock([replace(row, share=row.kg / largest_kg) for row in packed], heels_kg + _in_runs_kg(site))


def _in_runs_kg(site: Site) -> Decimal:
    """What is in the runs of the batches on the lines; below zero while bags came out before the charge."""
    runs = Holding.objects.filter(
        container__run_of__in=Batch.objects.on_site(site).on_the_line(), location=F("container__run_of__line__location")
    )
    return runs.aggregate(kg=Sum("kg"))["kg"] or ZERO_KG
