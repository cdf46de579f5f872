"""A lot's nearest relatives: what it came from and what it went into, through the batch between."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from plant.inventory import genealogy
from plant.inventory.models import Container
from plant.units import ZERO_KG


@dataclass(frozen=True)
class Relative:
    """A batch's run or another lot: its reference, what it is, and the kg that passed between, where that is known:
    inside a run lots lose their identity, so beyond a batch no mass is told."""

    reference: str
    what: str
    kg: Decimal | None = None


@dataclass(frozen=True)
class Trail:
    """Both directions, in short. A line's heel joins batch to batch; that longer way is not walked here."""

    came_from: list[Relative]
    went_into: list[Relative]


def of(containers: Collection[Container]) -> Trail:
    """The nearest relatives of these containers of one lot."""
    own = {container.pk for container in containers}
    into = [(edge.from_id, edge.to_id, edge.kg) for edge in genealogy.forward(own)]
    out_of = [(edge.to_id, edge.from_id, edge.kg) for edge in genealogy.back(own)]
    known = _known({pk for near, far, _kg in into + out_of for pk in (near, far)} - own)
    return Trail(came_from=_relatives(own, out_of, known), went_into=_relatives(own, into, known))


Node = tuple[str, str, str]
"""A container's form, the reference it goes by here (its lot's, or the run's), and its material."""


def _known(ids: Collection[int]) -> dict[int, Node]:
    rows = Container.objects.filter(pk__in=ids).values_list(
        "pk", "form", "reference", "lot__reference", "lot__material__name"
    )
    # A run goes by its batch: `B-2026-0412-RUN` is the run of `B-2026-0412`.
    return {
        pk: (form, lot or reference.removesuffix("-RUN"), material or "") for pk, form, reference, lot, material in rows
    }


def _relatives(own: set[int], edges: list[tuple[int, int, Decimal]], known: dict[int, Node]) -> list[Relative]:
    """Next to the lot with kg, and through each run what stands on its other side; lots once, in order."""
    near: dict[int, Decimal] = defaultdict(lambda: ZERO_KG)
    for this, other, kg in edges:
        if this in own and other not in own:
            near[other] += kg
    runs = {pk for pk in near if known[pk][0] == Container.Form.RUN}
    beyond = {other for this, other, _kg in edges if this in runs and other not in own}
    found: dict[str, Relative] = {}
    for pk in sorted(near):
        _form, reference, what = known[pk]
        sofar = found[reference].kg if reference in found else None
        found[reference] = Relative(reference, what, near[pk] + (sofar or ZERO_KG))
    for pk in sorted(beyond - set(near)):
        form, reference, what = known[pk]
        if form in (Container.Form.BOXED, Container.Form.HEAP):
            found.setdefault(reference, Relative(reference, what))
    return list(found.values())
