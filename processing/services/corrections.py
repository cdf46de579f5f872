"""What a corrected weight means for batches: a closed one is settled again, a swept heel stays empty."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from plant.inventory import corrections
from plant.inventory.corrections import Figure, Step
from plant.inventory.ledger import Move
from plant.inventory.models import Container, Location, Movement
from plant.models import User
from plant.units import ZERO_KG
from processing.models import Batch, BatchQuerySet, Line
from processing.services.runs import figures_of, mark_stale, settle_again, to_unaccounted

ORDER = 20
"""After shipments."""


def register() -> None:
    """Tell the ledger's room; called once, when this one is ready."""
    corrections.follow(corrections.Follower(lock=lock, balance=balance, settle=settle, figures=figures), order=ORDER)


def _ends(movements: Sequence[Movement], form: Container.Form) -> dict[int, tuple[Container, Location]]:
    return {
        container.pk: (container, place)
        for movement in movements
        for container, place in (
            (movement.from_container, movement.from_location),
            (movement.to_container, movement.to_location),
        )
        if container.form == form
    }


def _batches(movements: Sequence[Movement]) -> BatchQuerySet:
    """The batches whose runs it touches."""
    found = Batch.objects.filter(run__in=_ends(movements, Container.Form.RUN))
    return found.select_related("site", "line__location", "line__heel", "run", "grade", "chemistry")


def lock(movements: Sequence[Movement]) -> None:
    list(_batches(movements).for_change())
    list(Line.objects.for_change().filter(heel__in=_ends(movements, Container.Form.HEEL)))


def balance(steps: Sequence[Step]) -> list[Move]:
    """A clean-out left the heel empty, and it stays so: more swept out is less unaccounted, and the reverse."""
    moves = []
    for pk, (heel, line) in _ends([step.movement for step in steps], Container.Form.HEEL).items():
        left_kg = sum((_change_kg(step, pk) for step in steps), ZERO_KG)
        if left_kg:
            moves.append(to_unaccounted(heel, line, left_kg))
    return moves


def _change_kg(step: Step, container_id: int) -> Decimal:
    """By how much a step changes what a container holds."""
    into = step.change_kg if step.movement.to_container_id == container_id else ZERO_KG
    out = step.change_kg if step.movement.from_container_id == container_id else ZERO_KG
    return into - out


def settle(movements: Sequence[Movement], by: User, now: dt.datetime, reason: str) -> None:
    """Every batch it entered or came out of is computed again; an ended one holds exactly zero again."""
    for batch in _batches(movements).order_by("pk"):
        if batch.state not in Batch.ON_THE_LINE:
            settle_again(batch, by=by, now=now, reason=reason)
        mark_stale(batch)


def figures(movements: Sequence[Movement]) -> list[Figure]:
    found = []
    for batch in _batches(movements).order_by("pk"):
        made = figures_of(batch)
        name = batch.reference
        found += [
            Figure(name, _("Charged"), made.charged_kg),
            Figure(name, _("Product"), made.product_kg),
            Figure(name, _("Yield as weighed"), made.yield_ratio, "ratio"),
            Figure(name, _("Closure"), made.closure_ratio, "ratio"),
            Figure(name, _("Unaccounted"), made.unaccounted_kg),
        ]
    return found
