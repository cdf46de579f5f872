"""The lines of a site as they stand: what is on them, what is left in them, what ran last."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Subquery, Sum

from plant.inventory.models import Holding
from plant.models import Site
from plant.units import ZERO_KG
from processing.models import Batch, BatchQuerySet, CleanOut, Line


@dataclass(frozen=True)
class LineState:
    """A line as it stands: the batch on it or none, what its heel holds, when it was cleaned out last."""

    line: Line
    batch: Batch | None
    heel_kg: Decimal
    last: Batch | None
    cleaned_at: dt.datetime | None
    in_run_kg: Decimal
    drafts: int


def lines(site: Site) -> list[LineState]:
    """Every line of the site, in five queries however many there are."""
    heel = Holding.objects.filter(container=OuterRef("heel"), location=OuterRef("location"))
    cleaned = CleanOut.objects.filter(line=OuterRef("pk")).order_by("-cleaned_at")
    found: Any = (
        Line.objects.on_site(site)
        .filter(is_active=True)
        .annotate(heel_kg=Subquery(heel.values("kg")[:1]), cleaned_at=Subquery(cleaned.values("cleaned_at")[:1]))
    )
    on_line = _by_line(_batches(site).on_the_line().order_by("pk"))
    closed = _batches(site).filter(state=Batch.State.CLOSED).order_by("line", "-closed_at", "-pk").distinct("line")
    last = _by_line(closed)
    drafts = dict(
        Batch.objects.on_site(site)
        .filter(state=Batch.State.DRAFT)
        .order_by("line")
        .values_list("line")
        .annotate(Count("pk"))
    )
    runs = [batch.run_id for batch in on_line.values()]
    in_runs = dict(
        Holding.objects.on_hand()
        .filter(container__in=runs)
        .order_by("container")
        .values_list("container")
        .annotate(Sum("kg"))
    )
    return [
        LineState(
            line=line,
            batch=on_line.get(line.pk),
            heel_kg=line.heel_kg or ZERO_KG,
            last=last.get(line.pk),
            cleaned_at=line.cleaned_at,
            in_run_kg=in_runs.get(on_line[line.pk].run_id, ZERO_KG) if line.pk in on_line else ZERO_KG,
            drafts=drafts.get(line.pk, 0),
        )
        for line in found.order_by("code")
    ]


def _batches(site: Site) -> BatchQuerySet:
    return Batch.objects.on_site(site).select_related("grade", "chemistry", "owner", "recipe_version__recipe", "result")


def _by_line(batches: Iterable[Batch]) -> dict[int, Batch]:
    return {batch.line_id: batch for batch in batches}
