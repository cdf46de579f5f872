"""What stands on the site that a batch could take: containers by its recipe and owner, each with what keeps it out."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q

from plant.inventory.models import Container
from plant.units import ZERO_KG
from processing import rules
from processing.models import Batch
from processing.rules import Candidate, Problem
from processing.services import approval_of

MOST = 60


@dataclass(frozen=True)
class Offer:
    """A container with what is left in it, and what keeps it out of the batch (nothing: it may be charged)."""

    candidate: Candidate
    problems: list[Problem]
    is_chosen: bool = False

    @property
    def container(self) -> Container:
        return self.candidate.container

    @property
    def kg(self) -> Decimal:
        return self.candidate.left_kg


@dataclass(frozen=True)
class Supply:
    """What may be charged now, what may not and why, and whether there is more than is shown."""

    free: list[Offer]
    blocked: list[Offer]
    has_more: bool

    @property
    def free_kg(self) -> Decimal:
        return sum((offer.kg for offer in self.free), ZERO_KG)

    @property
    def chosen(self) -> list[Offer]:
        return [offer for offer in self.free if offer.is_chosen]

    @property
    def chosen_kg(self) -> Decimal:
        return sum((offer.kg for offer in self.chosen), ZERO_KG)


def supply(batch: Batch, *, at: dt.datetime, search: str = "", chosen: frozenset[str] = frozenset()) -> Supply:
    """The oldest containers of the recipe's materials and the batch's pool, and of its owner unless the recipe takes
    several; what is chosen is always there."""
    fitting = (
        Container.objects.on_site(batch.site)
        .packed()
        .in_stock()
        .filter(
            Q(lot__chemistry__pool=batch.chemistry.pool) | Q(lot__material__needs_blend_approval=True),
            lot__material__recipe_versions=batch.recipe_version_id,
        )
    )
    if not batch.recipe_version.may_commingle:
        fitting = fitting.filter(lot__owner=batch.owner_id)
    found = fitting.filter(_matching(search)) if search else fitting
    oldest = found.order_by(F("lot__received_at").asc(nulls_last=True), "pk").values_list("pk", flat=True)[: MOST + 1]
    keys = list(oldest)
    keys += fitting.filter(reference__in=chosen).exclude(pk__in=keys).values_list("pk", flat=True) if chosen else []
    offers = of(batch, keys, at=at, chosen=chosen)
    return Supply(
        free=[offer for offer in offers if not offer.problems],
        blocked=[offer for offer in offers if offer.problems],
        has_more=len(oldest) > MOST,
    )


def of(batch: Batch, keys: list[int], *, at: dt.datetime, chosen: frozenset[str] = frozenset()) -> list[Offer]:
    """These containers as the batch sees them, in the given order."""
    materials = set(batch.recipe_version.materials.values_list("pk", flat=True))
    approval = approval_of(batch)
    place = {key: number for number, key in enumerate(keys)}
    seen = rules.candidates(batch, Container.objects.packed().filter(pk__in=keys), at=at)
    return [
        Offer(
            candidate,
            rules.charging_problems(batch, candidate, at=at, materials=materials, approval=approval),
            is_chosen=candidate.container.reference in chosen,
        )
        for candidate in sorted(seen, key=lambda candidate: place[candidate.container.pk])
    ]


def _matching(text: str) -> Q:
    names = ("reference", "seal", "lot__supplier__name", "lot__material__name", "lot__chemistry__code")
    return Q(*((f"{name}__icontains", text) for name in names), _connector=Q.OR) | Q(
        holdings__kg__gt=0, holdings__location__name__icontains=text
    )
