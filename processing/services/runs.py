"""The run of a batch: locked, looked at, and settled to zero. Everything that touches a run takes its batch's lock."""

import datetime as dt
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from plant import recompute
from plant.inventory import ledger
from plant.inventory.ledger import AHEAD, Move
from plant.inventory.models import Container, Location, Movement
from plant.models import Site, User
from processing import rules, yields
from processing.models import Batch, BatchState, BlendApproval
from processing.yields import BatchYield

FACT = "batch-yield"


def locked(batch: Batch) -> Batch:
    """The batch as it is now, locked until the transaction ends, with what every entry looks at.

    What only some look at (who closed it, its recipe) is read when it is asked for: with all fourteen joins PostgreSQL
    spent 30 ms on planning each entry.
    """
    found = (
        Batch.objects.for_change()
        .select_related(
            "site",
            "line__location",
            "line__heel",
            "run",
            "grade",
            "chemistry",
        )
        .get(pk=batch.pk)
    )
    found.run.site = found.site  # each entry asks for it
    return found


def mark_stale(batch: Batch) -> None:
    recompute.mark_stale(FACT, batch.reference)


def figures_of(batch: Batch) -> BatchYield:
    """What the batch took, gave and lost until now, straight from its movements."""
    return yields.of(yields.entries_of(batch.run, grade_id=batch.grade_id))


def approval_of(batch: Batch) -> BlendApproval | None:
    return BlendApproval.objects.filter(batch=batch).first()


def require_on_line(batch: Batch) -> None:
    """Raises `NotRunning` unless the batch runs or is held: only then anything comes out of it."""
    if batch.state not in Batch.ON_THE_LINE:
        raise rules.NotRunning(rules.why_not_running(batch))


def check_ahead(at: dt.datetime, now: dt.datetime) -> None:
    """Raises `BadTime` for what is still to come. The ledger says the same of movements."""
    if at > now + AHEAD:
        raise rules.BadTime(_("This time is still to come. Enter when it happened, at the latest now."), field="at")


def check_after_opening(batch: Batch, at: dt.datetime) -> None:
    """Raises `BadTime` for what would have left the run before the batch was opened."""
    if batch.opened_at is not None and rules.is_before(at, batch.opened_at):
        raise rules.BadTime(
            _("%(batch)s was opened at %(at)s. Enter a time after that.")
            % {"batch": batch, "at": rules.clock(batch.opened_at, batch)},
            field="at",
        )


def move_to(batch: Batch, state: BatchState, **changes: object) -> None:
    """Change the state by the table, with the columns that go with it. Raises `InvalidTransition`."""
    Batch.TRANSITIONS.check(batch.state, state)
    batch.state = state
    for name, value in changes.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *changes])


def outside(site: Site, kind: Location.Kind) -> Location:
    """The site's virtual location of a kind."""
    return Location.objects.get(site=site, kind=kind)


def to_unaccounted(container: Container, line: Location, kg: Decimal) -> Move:
    """What of a run or heel at a line has no explanation, of either sign: a gain comes from there."""
    unaccounted = outside(container.site, Location.Kind.UNACCOUNTED)
    here, there = (line, unaccounted) if kg > 0 else (unaccounted, line)
    return Move(
        kind=Movement.Kind.UNACCOUNTED,
        kg=abs(kg),
        from_container=container,
        from_location=here,
        to_container=container,
        to_location=there,
        how_known=Movement.HowKnown.CALCULATED,
        formula=yields.FORMULA,
    )


def settle(batch: Batch, *, by: User, at: dt.datetime, now: dt.datetime, reason: str) -> None:
    """Post what the run still holds, of either sign, to unaccounted: after that it holds exactly zero."""
    left_kg = ledger.held_kg(batch.run, batch.line.location)
    if left_kg:
        ledger.post([to_unaccounted(batch.run, batch.line.location, left_kg)], by=by, at=at, now=now, reason=reason)


def settle_again(batch: Batch, *, by: User, now: dt.datetime, reason: str) -> None:
    """What an ended batch took or gave was changed: what is unaccounted is reversed and posted again, dated as its
    end."""
    ended_at = batch.closed_at or batch.aborted_at
    assert ended_at is not None
    posted = Movement.objects.standing().filter(kind=Movement.Kind.UNACCOUNTED)
    for movement in posted.filter(Q(from_container=batch.run) | Q(to_container=batch.run)).order_by("pk"):
        ledger.post([ledger.turned(movement)], by=by, at=movement.occurred_at, now=now, reason=reason)
    settle(batch, by=by, at=ended_at, now=now, reason=reason)
