"""What a page shows about a container: how it stands, and what this person may do with it now."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plant.access import Action, may
from plant.errors import DomainError
from plant.inventory import corrections, history, ledger
from plant.inventory.forms import HoldForm, MoveForm, ReleaseForm, ReverseForm
from plant.inventory.models import Container, Hold, Movement
from plant.inventory.services import may_reverse
from plant.models import User

REVERSED_HERE = (
    Movement.Kind.RECEIVE,
    Movement.Kind.MOVE,
    Movement.Kind.CHARGE,
    Movement.Kind.RETURN,
    Movement.Kind.OUTPUT,
    Movement.Kind.SPLIT,
    Movement.Kind.MERGE,
    Movement.Kind.ADJUST,
)
"""What is reversed on a container's page; whether a batch still lets it is the batch's to say. What was shipped is
taken back on its shipment's page."""


SHORT = {
    "move": gettext_lazy("Move"),
    "hold": gettext_lazy("Hold"),
    "release": gettext_lazy("Lift"),
    "reverse": gettext_lazy("Reverse"),
}


@dataclass(frozen=True)
class Doing:
    """One thing that can be done with a container: a button that opens its small form."""

    name: str
    label: str
    icon: str
    button: str
    about: str = ""
    kind: str = ""
    form: forms.Form | None = None
    is_open: bool = False

    @property
    def short(self) -> str | Promise:
        return SHORT[self.name]

    @property
    def anchor(self) -> str:
        return f"{self.name}-{self.kind}" if self.kind else self.name


@dataclass(frozen=True)
class Standing:
    """A container as it is now: where or what became of it, its open holds, and what may be done."""

    container: Any
    tone: str
    words: str | Promise
    holds: list[Hold]
    doings: list[Doing]
    last_entry: int
    """The number, in the container's history, of its latest entry that still stands."""
    weighed_entry: int = 0
    """That of its weight, where this person may correct it; else 0."""


GONE: dict[str, str | Promise] = {
    Movement.Kind.CHARGE: gettext_lazy("Charged"),
    Movement.Kind.SHIP: gettext_lazy("Shipped"),
    Movement.Kind.MERGE: gettext_lazy("Put together"),
    Movement.Kind.ADJUST: gettext_lazy("Counted as missing"),
}


def standings(
    user: User, containers: Sequence[Any], movements: Sequence[Movement], *, now: dt.datetime
) -> list[Standing]:
    """Each container (of `stock.packed`) with its state and what this person may do with it."""
    found = []
    entries = {
        box.pk: [m for m in movements if box.pk in (m.from_container_id, m.to_container_id)] for box in containers
    }
    lasts = {
        pk: max((n for n, m in enumerate(own, start=1) if history.is_standing(m)), default=0)
        for pk, own in entries.items()
    }
    fixed = ledger.fixed([own[lasts[pk] - 1] for pk, own in entries.items() if lasts[pk]])
    for container in containers:
        own, last = entries[container.pk], lasts[container.pk]
        latest = own[last - 1] if last else None
        holds = [hold for hold in container.holds.all() if hold.released_at is None]
        tone, words = _state(container, latest, is_held=bool(holds))
        to_reverse = latest if latest is not None and latest.pk not in fixed else None
        doings = _doings(user, container, to_reverse, holds, now=now)
        weighed = weight_of(container, own)
        is_mine = weighed > 0 and corrections.may_correct(movement=own[weighed - 1], by=user, now=now)
        found.append(Standing(container, tone, words, holds, doings, last, weighed if is_mine else 0))
    return found


def weight_of(container: Container, entries: Sequence[Movement]) -> int:
    """The number of the entry that says how much came into the container, of those that were weighed; 0 where none."""
    weighed = [
        (m.to_container_id == container.pk, n) for n, m in enumerate(entries, start=1) if corrections.is_correctable(m)
    ]
    return max(weighed, default=(False, 0))[1]


def _state(container: Any, last: Movement | None, *, is_held: bool) -> tuple[str, str | Promise]:
    if container.kg is not None:
        return ("held", gettext_lazy("On hold")) if is_held else ("here", gettext_lazy("In stock"))
    if last is None:
        return "reversed", gettext_lazy("Reversed")
    return "gone", GONE.get(last.kind, gettext_lazy("Empty"))


def _doings(user: User, container: Any, last: Movement | None, holds: list[Hold], *, now: dt.datetime) -> list[Doing]:
    """Only what the container's state and the person's role let through, so that no button ends in a refusal."""
    found = []
    if container.kg is not None and may(user, Action.MOVE):
        found.append(Doing("move", _("Move to another bay"), "move", _("Move it")))
    if container.kg is not None and may(user, Action.HOLD) and len(holds) < len(Hold.Kind):
        about = _("It can still be moved and counted, but not charged or shipped.")
        found.append(Doing("hold", _("Put on hold"), "hand", _("Put on hold"), about))
    for hold in holds:
        lifts = Action.RELEASE_HAZARD if hold.kind == Hold.Kind.HAZARD else Action.RELEASE
        if may(user, lifts):
            label = _("Lift the %(kind)s hold") % {"kind": Hold.Kind(hold.kind).label.lower()}
            found.append(Doing("release", label, "check", label, hold.reason, kind=hold.kind))
    if last is not None and last.kind in REVERSED_HERE and may_reverse(movement=last, by=user, now=now):
        about = _("%(what)s, %(kg)s kg, by %(by)s. The entry stays in the history, struck.") % {
            "what": Movement.Kind(last.kind).label,
            "kg": f"{last.corrected_kg:,.3f}",
            "by": last.by.name,
        }
        found.append(Doing("reverse", _("Reverse the last entry"), "undo", _("Reverse it"), about))
    return found


def with_forms(standing: Standing, *, asked: str = "", again: forms.Form | None = None) -> list[Doing]:
    """The container's doings with their forms; `asked` is open, and is `again` where it came back with errors."""
    container, held = standing.container, {hold.kind for hold in standing.holds}
    found = []
    for doing in standing.doings:
        is_asked = doing.anchor == asked
        form: forms.Form
        if is_asked and again is not None:
            form = again
        elif doing.name == "move":
            form = MoveForm(container=container, here=container.place_code)
        elif doing.name == "hold":
            form = HoldForm(kinds=[kind for kind in Hold.Kind if kind not in held])
        elif doing.name == "release":
            form = ReleaseForm(kind=doing.kind)
        else:
            form = ReverseForm(entry=standing.last_entry)
        found.append(replace(doing, form=form, is_open=is_asked))
    return found


def entry(container: Container, number: int) -> Movement:
    """The container's entry of this number, if it is one that is reversed here."""
    movements = history.of_containers([container])
    if number > len(movements):
        raise DomainError(_("There is no such entry. Load the page again to see the last one."))
    movement = movements[number - 1]
    if movement.kind not in REVERSED_HERE:
        raise DomainError(_("This entry is not reversed here. Open its shipment and take it back there."))
    return movement
