"""A lot's nearest relatives: what it came from and what it went into, through the batch between.

Two steps and no more: a line's heel joins batch to batch, so the whole genealogy of a lot of January is the year's.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Q, Sum

from plant.inventory.models import Container, Movement, corrected_kg
from plant.units import ZERO_KG

PACKED = (Container.Form.BOXED, Container.Form.HEAP)


@dataclass(frozen=True)
class Relative:
    """A batch or another lot: its reference, what it is, and the kg that passed between, where that is known: inside
    a run lots lose their identity, so beyond a batch no mass is told."""

    reference: str
    what: str
    kg: Decimal | None = None


@dataclass(frozen=True)
class Trail:
    came_from: list[Relative]
    went_into: list[Relative]


class Node(NamedTuple):
    pk: int
    form: str
    own: str
    lot: str | None
    material: str | None

    @property
    def reference(self) -> str:
        """The lot of a box; a run goes by its batch: `B-2026-0412-RUN` is the run of `B-2026-0412`."""
        return self.lot or self.own.removesuffix("-RUN")


class Edge(NamedTuple):
    source: Node
    target: Node
    kg: Decimal


def of(containers: Collection[Container]) -> Trail:
    """The nearest relatives of these containers of one lot, in two queries."""
    own = {container.pk for container in containers}
    near = _edges(Q(from_container__in=own) | Q(to_container__in=own))
    before = [(edge.source, edge.kg) for edge in near if edge.source.pk not in own]
    after = [(edge.target, edge.kg) for edge in near if edge.target.pk not in own]
    sources, targets = _runs(before), _runs(after)
    far = _edges(Q(to_container__in=sources) | Q(from_container__in=targets))
    return Trail(
        came_from=_relatives(before, (e.source for e in far if e.target.pk in sources and e.source.pk not in own)),
        went_into=_relatives(after, (e.target for e in far if e.source.pk in targets and e.target.pk not in own)),
    )


def _edges(where: Q) -> list[Edge]:
    """How much went from one container into another, as it was corrected; what was reversed is left out."""
    names = ("pk", "form", "reference", "lot__reference", "lot__material__name")
    rows = (
        Movement.objects.standing()
        .filter(where)
        .exclude(from_container=F("to_container"))
        .values_list(*(f"{end}_container__{name}" for end in ("from", "to") for name in names))
        .annotate(sum=Sum(corrected_kg()))
        .order_by("from_container", "to_container")
    )
    return [Edge(Node(*row[:5]), Node(*row[5:10]), row[10]) for row in rows]


def _runs(near: Iterable[tuple[Node, Decimal]]) -> set[int]:
    return {node.pk for node, _kg in near if node.form == Container.Form.RUN}


def _relatives(near: Iterable[tuple[Node, Decimal]], far: Iterable[Node]) -> list[Relative]:
    """Those next to the lot with their kg, then the lots on the other side of a batch; each once."""
    found: dict[str, Relative] = {}
    for node, kg in near:
        so_far = found[node.reference].kg if node.reference in found else None
        found[node.reference] = Relative(node.reference, node.material or "", kg + (so_far or ZERO_KG))
    for node in far:
        if node.form in PACKED:
            found.setdefault(node.reference, Relative(node.reference, node.material or ""))
    return list(found.values())
