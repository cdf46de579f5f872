"""The entries of a batch, numbered in the order they were keyed in."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from plant.inventory.corrections import is_correctable, may_correct
from plant.inventory.history import Correction, corrections, is_difference, is_standing, typed
from plant.inventory.models import Container, ContainerKind, Lot, Material, Movement, corrected_kg
from plant.inventory.services import may_reverse
from plant.models import User
from plant.units import ZERO_KG
from processing.models import Batch

REVERSED_HERE = (Movement.Kind.CHARGE, Movement.Kind.RETURN, Movement.Kind.OUTPUT, Movement.Kind.LOSS)
"""What an operator entered at the line. Opening and closing posted the rest; it goes with them."""


@dataclass(frozen=True)
class Entry:
    """One movement of a batch, by its number; a reversed one stays, struck, and so does its reversal."""

    number: int
    movement: Movement
    is_struck: bool
    may_reverse: bool
    may_correct: bool = False
    corrections: tuple[Correction, ...] = ()

    @property
    def kg(self) -> Decimal:
        """As it was corrected since."""
        return self.movement.corrected_kg

    @property
    def container(self) -> Container | None:
        return _box(self.movement)

    @property
    def typed(self) -> str:
        """The weighing as it was typed, the last one where it was corrected."""
        weighing = next((c.weighing for c in reversed(self.corrections) if c.weighing), self.movement.weighing)
        return typed(weighing) if weighing else ""


def entries(batch: Batch, user: User, *, now: dt.datetime) -> list[Entry]:
    """All entries of a batch, oldest first; those that this person may take back now are marked."""
    # Two steps: with "from or to this run" beside twelve joins, PostgreSQL has planned to join all movements first.
    of_run = list(Movement.objects.of_container(batch.run).values_list("pk", flat=True))
    movements = (
        Movement.objects.filter(pk__in=of_run)
        .with_corrected_kg()
        .select_related("from_container__lot__material", "to_container__lot__material", "from_location", "to_location")
        .select_related("weighing__scale", "by", "reversed_by", "reverses", "station")
        .order_by("pk")
    )
    posted = list(movements)
    found = [movement for movement in posted if not is_difference(movement)]
    changed = corrections(posted)
    reversible = _reversible(found) if batch.state in Batch.ON_THE_LINE else set()
    return [
        Entry(
            number,
            movement,
            is_struck=not is_standing(movement),
            may_reverse=movement.pk in reversible and may_reverse(movement=movement, by=user, now=now),
            may_correct=is_correctable(movement) and may_correct(movement=movement, by=user, now=now),
            corrections=tuple(changed.get(movement.pk, ())),
        )
        for number, movement in enumerate(found, start=1)
    ]


def _reversible(movements: Iterable[Movement]) -> set[int]:
    """Standing entries that are the last of their container: nothing came after that would have to go first."""
    own = [movement for movement in movements if movement.kind in REVERSED_HERE and is_standing(movement)]
    boxes = {box.pk for movement in own if (box := _box(movement))}
    last: dict[int, int] = {}
    standing = Movement.objects.standing().filter(Q(from_container__in=boxes) | Q(to_container__in=boxes))
    for pk, *ends in standing.order_by("pk").values_list("pk", "from_container", "to_container"):
        last |= dict.fromkeys(ends, pk)
    return {movement.pk for movement in own if not (box := _box(movement)) or last[box.pk] == movement.pk}


def _box(movement: Movement) -> Container | None:
    """The box, bag or heap at the other end; None where there is none (losses, heels, unaccounted)."""
    return next((end for end in (movement.from_container, movement.to_container) if end.lot_id is not None), None)


def own_last(found: Sequence[Entry], user: User) -> list[Entry]:
    """What this person entered last of a batch, in one go: containers that were charged together go together."""
    last = next((entry for entry in reversed(found) if entry.movement.reverses_id is None), None)
    if last is None or last.movement.by_id != user.pk or not last.may_reverse:
        return []
    return [
        entry
        for entry in found
        if entry.may_reverse
        and (entry.movement.kind, entry.movement.occurred_at, entry.movement.by_id)
        == (last.movement.kind, last.movement.occurred_at, last.movement.by_id)
    ]


def bagged_into(lot: Lot) -> tuple[int, Decimal]:
    """How many bags a lot has and what they hold together, from whichever batches."""
    bags = Movement.objects.standing().filter(kind=Movement.Kind.OUTPUT, to_container__lot=lot)
    sums = bags.aggregate(count=Count("pk"), kg=Coalesce(Sum(corrected_kg()), ZERO_KG))
    return sums["count"], sums["kg"]


def last_bags_kg(batch: Batch, material: Material, kind: ContainerKind) -> list[Decimal]:
    """What the last five bags of this material in this packaging weighed, latest first."""
    bags = Movement.objects.standing().filter(
        kind=Movement.Kind.OUTPUT,
        from_container=batch.run_id,
        to_container__lot__material=material,
        to_container__kind=kind,
    )
    return list(bags.order_by("-pk").values_list("kg", flat=True)[:5])


@dataclass(frozen=True)
class Heap:
    """How many bags of one material a batch gave, or how much of it was lost in one way."""

    name: str
    count: int
    kg: Decimal


def summed(found: Iterable[Entry], kind: Movement.Kind) -> list[Heap]:
    """Standing entries of a kind by what they are: charges and outputs by material, losses by their kind."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for entry in found:
        if entry.is_struck or entry.movement.kind != kind:
            continue
        box = entry.container
        name = str(box.lot.material if box and box.lot else entry.movement.to_location)
        count, kg = sums.get(name, (0, ZERO_KG))
        sums[name] = (count + 1, kg + entry.kg)
    return [Heap(name, count, kg) for name, (count, kg) in sums.items()]
