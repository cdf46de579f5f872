"""What must hold before an entry of a run or a heel is reversed; the ledger asks it in the reversal's transaction."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory import services as inventory
from plant.inventory.models import Container, Movement
from plant.models import User
from processing import rules
from processing.models import Batch, Line
from processing.services import division
from processing.services.runs import locked, mark_stale, require_on_line

Kind = Movement.Kind
ENTRIES = (Kind.CHARGE, Kind.RETURN, Kind.OUTPUT, Kind.LOSS)
"""What an operator entered and may take back while the batch is on its line."""
OF_THE_LINE = (Kind.HEEL_IN, Kind.HEEL_OUT, Kind.UNACCOUNTED)
"""What opening, closing and cleaning out posted; it goes with them."""


class NotReversible(DomainError):
    code = "not_reversible"


def register() -> None:
    """Tell the ledger; called once, when the room is ready."""
    for kind in (*ENTRIES, *OF_THE_LINE):
        ledger.guard_reversal(kind, guard, fixed=fixed)
    inventory.guard_release(division.guard_release)


def fixed(movements: Sequence[Movement]) -> set[int]:
    """What entered or came out of a batch that has ended stays; its weight can still be corrected."""
    ends = {movement.pk: {movement.from_container_id, movement.to_container_id} for movement in movements}
    runs = Batch.objects.filter(run__in=set().union(*ends.values())).exclude(state__in=Batch.ON_THE_LINE)
    ended = set(runs.values_list("run", flat=True))
    return {pk for pk, containers in ends.items() if containers & ended}


def guard(movement: Movement, by: User, now: dt.datetime) -> None:
    """Locks the batch and its container; raises `NotRunning` where the batch is closed, and marks its yield stale."""
    ends = (movement.from_container, movement.to_container)
    run = next((end for end in ends if end.form == Container.Form.RUN), None)
    if run is None:
        _guard_line(next(end for end in ends if end.form == Container.Form.HEEL))
        return
    batch = locked(Batch.objects.get(run=run))
    require_on_line(batch)
    if movement.kind not in ENTRIES:
        raise NotReversible(
            _("The heel came in when %(batch)s was opened. Abort the batch to put it back.") % {"batch": batch}
        )
    list(Container.objects.for_change().packed().filter(pk__in=[end.pk for end in ends]))
    mark_stale(batch)


def _guard_line(heel: Container) -> None:
    """What a clean-out posted can be undone until a batch runs on the line again."""
    line = Line.objects.for_change().get(heel=heel)
    busy = Batch.objects.on_the_line().filter(line=line).first()
    before = rules.last_closed(line)
    cleaned_at = line.clean_outs.order_by("-cleaned_at").values_list("cleaned_at", flat=True).first()
    has_run = before is not None and cleaned_at is not None and (before.opened_at or cleaned_at) > cleaned_at
    if busy is not None or has_run:
        raise NotReversible(
            _("%(batch)s has run on %(line)s since it was cleaned out. This entry stays.")
            % {"batch": busy or before, "line": line}
        )
