"""Undo: what a person entered last, taken back at once, without asking why."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from plant.errors import DomainError
from plant.inventory.models import Movement
from plant.inventory.services import SHIFT, reverse_entry
from plant.models import User


class TooLate(DomainError):
    code = "too_late"


@transaction.atomic
def undo(*, movements: Sequence[Movement], by: User, now: dt.datetime) -> list[Movement]:
    """Reverse one's own last entry of this shift, which may be several movements; from the end.

    Raises `TooLate` where the person has entered something since: an older entry is reversed with a reason.
    """
    wanted = sorted((movement.pk for movement in movements), reverse=True)
    last = Movement.objects.filter(by=by, recorded_at__gt=now - SHIFT).order_by("-pk").values_list("pk", flat=True)
    if not wanted or list(last[: len(wanted)]) != wanted:
        raise TooLate(_("This is not your last entry any more. Reverse it on its own page and say why."))
    in_turn = sorted(movements, key=lambda movement: movement.pk, reverse=True)
    return [reverse_entry(movement=each, reason=_("undone at once"), by=by, now=now) for each in in_turn]
