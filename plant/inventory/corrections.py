"""Correcting a weight: the difference follows everything that was carried on from that weighing, up to the next one.

Nothing posted is changed. For each movement that moved too much or too little, a difference is posted between the same
ends (docs/adr/0011-corrections.md). Upper rooms say what follows from it in theirs: a closed batch is settled again, a
dispatched shipment gets a new version.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check, may
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.ledger import BadInstant, Move, NeedsReason, Overdrawn
from plant.inventory.models import Container, Holding, Location, Movement, MovementQuerySet, Weighing
from plant.inventory.services import SHIFT
from plant.inventory.weighing import Reading, record_weighing
from plant.models import User
from plant.units import ZERO_KG

PACKED = (Container.Form.BOXED, Container.Form.HEAP)
MOST_WAYS = 8


class NotCorrectable(DomainError):
    code = "not_correctable"


class SameWeight(DomainError):
    code = "same_weight"


class TooLittle(DomainError):
    """Less than what has been taken out since."""

    code = "overdrawn"


class Divided(DomainError):
    """The material was divided since: a person says where the difference goes."""

    code = "divided"


class Changed(DomainError):
    code = "changed"


@dataclass(frozen=True)
class Step:
    """One movement of which the correction makes `change_kg` more (negative: less)."""

    movement: Movement
    change_kg: Decimal

    def move(self, weighing: Weighing | None = None) -> Move:
        """The difference: between the ends of the movement, turned round where it shrinks."""
        known = Movement.HowKnown.WEIGHED if weighing else Movement.HowKnown.CARRIED
        movement = self.movement
        here = (movement.from_container, movement.from_location)
        there = (movement.to_container, movement.to_location)
        source, target = (here, there) if self.change_kg > 0 else (there, here)
        kind = Movement.Kind(movement.kind)
        return Move(kind, abs(self.change_kg), *source, *target, known, weighing, corrects=movement)


@dataclass(frozen=True)
class Way:
    """Where a difference goes: the first step is the weighing itself, the others follow. `parted` is the part that
    takes it where the material was divided; without one it stays with what was left."""

    steps: tuple[Step, ...]
    parted: Movement | None
    container: Container
    place: Location

    @property
    def key(self) -> str:
        """Says the whole way with its masses, so that nobody confirms another one than he saw."""
        told = repr([(step.movement.pk, str(step.change_kg)) for step in self.steps])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def movements(self) -> list[Movement]:
        return [step.movement for step in self.steps]


@dataclass(frozen=True)
class Figure:
    """One number that a correction may change, as a page shows it before and after; `unit`: kg, ratio or count."""

    subject: str
    what: str
    value: Decimal | int | None
    unit: str = "kg"


@dataclass(frozen=True)
class Follower:
    """What an upper room does about a correction, in the same transaction."""

    lock: Callable[[Sequence[Movement]], None]
    """Lock what of the room these movements touch; before any container is locked."""
    balance: Callable[[Sequence[Step]], list[Move]]
    """What else is posted with the differences."""
    settle: Callable[[Sequence[Movement], User, dt.datetime, str], None]
    """After they are posted: with the movements that were corrected, who, the clock and the reason."""
    figures: Callable[[Sequence[Movement]], list[Figure]]


_followers: list[tuple[int, Follower]] = []


def follow(follower: Follower, *, order: int) -> None:
    """Called by a room when it is ready; `order` is its place in the house's lock order."""
    _followers.append((order, follower))
    _followers.sort(key=lambda pair: pair[0])


def may_correct(*, movement: Movement, by: User, now: dt.datetime) -> bool:
    """Whether the person may correct this weight: an own one of this shift, or as a supervisor anyone's."""
    is_own = movement.by_id == by.pk and now - movement.recorded_at < SHIFT
    return may(by, Action.CORRECT_ANY) or (is_own and may(by, Action.CORRECT_OWN))


def is_correctable(movement: Movement) -> bool:
    """It was weighed and still counts. What a count adjusted is counted again instead."""
    is_standing = movement.reverses_id is None and movement.corrects_id is None and not hasattr(movement, "reversed_by")
    return is_standing and movement.weighing_id is not None and movement.kind != Movement.Kind.ADJUST


def _loaded(movements: MovementQuerySet) -> MovementQuerySet:
    found = movements.with_corrected_kg().select_related(*ledger.ENDS, "weighing__container__kind", "by")
    return found.order_by("occurred_at", "pk")


def ways(movement: Movement, change_kg: Decimal) -> list[Way]:
    """The ways a difference of this weighing can go, what was left first; only those that leave nothing below zero."""
    behind = _follow(movement.from_container, movement.from_location, movement, -change_kg)[0]
    found = []
    for way in _follow(movement.to_container, movement.to_location, movement, change_kg)[:MOST_WAYS]:
        steps = _together([Step(movement, change_kg), *behind.steps, *way.steps])
        if _is_possible(steps):
            found.append(Way(steps, way.parted, way.container, way.place))
    return found


def _follow(container: Container, place: Location, after: Movement, change_kg: Decimal) -> list[Way]:
    """From this place on: a carried movement takes all there was, so it takes the difference along, and a count takes
    it away; what was weighed on its way out keeps its weight, unless a person says that it is the wrong one."""
    stays = Way((), None, container, place)
    if container.form not in PACKED:
        return [stays]
    later = Q(occurred_at__gt=after.occurred_at) | Q(occurred_at=after.occurred_at, pk__gt=after.pk)
    counted = Q(to_container=container, to_location=place, kind=Movement.Kind.ADJUST)
    leaving = Q(from_container=container, from_location=place)
    parts: list[Way] = []
    for movement in _loaded(Movement.objects.standing().filter(later & (leaving | counted))):
        is_leaving = (movement.from_container_id, movement.from_location_id) == (container.pk, place.pk)
        step = Step(movement, change_kg if is_leaving else -change_kg)
        if movement.kind == Movement.Kind.ADJUST:
            return [Way((step,), None, container, place), *parts]
        onward = _follow(movement.to_container, movement.to_location, movement, change_kg)
        if movement.how_known == Movement.HowKnown.CARRIED:
            return [*(Way((step, *way.steps), way.parted, way.container, way.place) for way in onward), *parts]
        parts += [Way((step, *way.steps), movement, way.container, way.place) for way in onward]
    return [stays, *parts]


def _together(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Each movement once, in the order met; what goes and comes back leaves nothing to post."""
    movements: dict[int, Movement] = {}
    changes: dict[int, Decimal] = defaultdict(lambda: ZERO_KG)
    for step in steps:
        movements.setdefault(step.movement.pk, step.movement)
        changes[step.movement.pk] += step.change_kg
    return tuple(Step(movement, changes[pk]) for pk, movement in movements.items() if changes[pk])


def _is_possible(steps: Sequence[Step]) -> bool:
    """No movement moves nothing or less, and no box in a real place holds less than nothing now."""
    if any(
        step.movement.corrected_kg + step.change_kg <= 0 and step.movement.kind != Movement.Kind.ADJUST
        for step in steps
    ):
        return False
    changes: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO_KG)
    for step in steps:
        movement = step.movement
        changes[movement.from_container_id, movement.from_location_id] -= step.change_kg
        changes[movement.to_container_id, movement.to_location_id] += step.change_kg
    held = Holding.objects.filter(may_be_negative=False, container__form__in=PACKED)
    rows = held.filter(container__in={container for container, _place in changes})
    return all(
        kg + changes.get((container, place), ZERO_KG) >= 0
        for container, place, kg in rows.values_list("container", "location", "kg")
    )


@transaction.atomic
def correct_weight(
    *,
    movement: Movement,
    reading: Reading,
    reason: str,
    by: User,
    now: dt.datetime,
    way: str = "",
    confirmed: bool = False,
) -> list[Movement]:
    """Say what a weighing should have read: the difference follows what was carried on since, in this transaction.

    `way` is the key of the way to go, needed where the material was divided since (`Divided`). Raises `SameWeight`,
    `TooLittle` naming what was taken out since, `Changed` where that way is none any more, `NeedsReason`, and
    `Implausible` until confirmed.
    """
    if not may_correct(movement=movement, by=by, now=now):
        check(by, Action.CORRECT_ANY)
    if not reason.strip():
        raise NeedsReason(_("A correction says why. Type a reason."), field="reason")
    movement = _loaded(Movement.objects.select_related("reversed_by").filter(pk=movement.pk)).get()
    chosen = choose(movement, reading, way)
    _lock(chosen.movements)
    movement = _loaded(Movement.objects.select_related("reversed_by").filter(pk=movement.pk)).get()
    if choose(movement, reading, way or chosen.key).key != chosen.key:
        raise Changed(_("Something was entered for it meanwhile. Look again at what changes."))
    with audit.acting(by, reason):
        weighing = _weigh_again(movement, reading, by=by, confirmed=confirmed)
        moves = [step.move(weighing if step.movement == movement else None) for step in chosen.steps]
        for _order, follower in _followers:
            moves += follower.balance(chosen.steps)
        try:
            rows = ledger.post(moves, by=by, at=movement.occurred_at, now=now, reason=reason.strip())
        except (BadInstant, Overdrawn) as refusal:
            raise _too_little(movement, reading) from refusal
        for _order, follower in _followers:
            follower.settle(chosen.movements, by, now, reason.strip())
    return rows


def choose(movement: Movement, reading: Reading, way: str = "") -> Way:
    """The way a person chose, or the only one there is."""
    if not is_correctable(movement):
        raise NotCorrectable(
            _("This entry was not weighed, or is reversed. Load the page again to see what can be done.")
        )
    change_kg = reading.net_kg - movement.corrected_kg
    if not change_kg:
        raise SameWeight(
            _("It is %(kg)s kg already. Type what it should be, or leave it as it is.")
            % {"kg": f"{reading.net_kg:,.3f}"},
            field=reading.field,
        )
    found = ways(movement, change_kg)
    if not found:
        raise _too_little(movement, reading)
    if not way and len(found) > 1:
        raise Divided(_("It was divided since then. Choose where the difference goes."), field="way")
    chosen = next((one for one in found if one.key == way), None) if way else found[0]
    if chosen is None:
        raise Changed(_("Something was entered for it meanwhile. Look again at what changes."))
    return chosen


def _lock(movements: Sequence[Movement]) -> None:
    """What upper rooms have of it, then its boxes; the run, the heel and the holdings are locked behind those."""
    for _order, follower in _followers:
        follower.lock(movements)
    ends = {pk for movement in movements for pk in (movement.from_container_id, movement.to_container_id)}
    list(Container.objects.for_change().packed().filter(pk__in=ends))


def _weigh_again(movement: Movement, reading: Reading, *, by: User, confirmed: bool) -> Weighing:
    """The reading as it should have been, of the instant of the wrong one. A part may be less than such a container
    usually holds; what is in it bounds it from above."""
    old = movement.weighing
    assert old is not None  # it is correctable
    is_part = movement.kind in (Movement.Kind.CHARGE, Movement.Kind.RETURN)
    return record_weighing(
        site=movement.site,
        reading=reading,
        by=by,
        at=old.weighed_at,
        container=old.container,
        confirmed=confirmed or is_part,
    )


def _too_little(movement: Movement, reading: Reading) -> TooLittle:
    """Names what was taken out of it since, by weight; where nothing was, what it came out of had not that much."""
    box = movement.to_container
    taken = Movement.objects.standing().with_corrected_kg().filter(from_container=box, pk__gt=movement.pk)
    rows = list(
        taken.exclude(to_container=box)
        .exclude(how_known=Movement.HowKnown.CARRIED)
        .select_related("to_container")
        .order_by("pk")
    )
    if box.form not in PACKED or not rows:
        box = movement.from_container if box.form not in PACKED else box
        sentence = _("There was not that much in %(container)s. Check the number, or correct what was weighed before.")
        return TooLittle(sentence % {"container": box}, field=reading.field)
    what = "; ".join(
        _("%(kg)s kg into %(where)s, %(at)s")
        % {
            "kg": f"{row.corrected_kg:,.3f}",
            "where": row.to_container.reference.removesuffix("-RUN"),
            "at": f"{row.occurred_at.astimezone(movement.site.zone):%Y-%m-%d %H:%M}",
        }
        for row in rows[:4]
    )
    return TooLittle(
        _("%(taken)s kg were taken out of %(container)s since (%(what)s). It held at least that: correct those first.")
        % {"taken": f"{sum(row.corrected_kg for row in rows):,.3f}", "container": box, "what": what},
        field=reading.field,
    )


def figures(movements: Sequence[Movement]) -> list[Figure]:
    """What these movements' boxes hold and what upper rooms make of it, as it is now."""
    ends = {
        (container.pk, place.pk): (container, place)
        for movement in movements
        for container, place in (
            (movement.from_container, movement.from_location),
            (movement.to_container, movement.to_location),
        )
        if container.form in PACKED and (place.is_real or place.kind == Location.Kind.CUSTOMER)
    }
    found = [Figure(str(container), str(place), ledger.held_kg(container, place)) for container, place in ends.values()]
    for _order, follower in _followers:
        found += follower.figures(movements)
    return found


@dataclass(frozen=True)
class Change:
    """A figure before and after."""

    subject: str
    what: str
    before: Decimal | int | None
    after: Decimal | int | None
    unit: str


@dataclass(frozen=True)
class Preview:
    """What a correction would do, the ways it can go, and the one that is looked at."""

    ways: list[Way]
    way: Way
    changes: list[Change]


def preview(
    *, movement: Movement, reading: Reading, reason: str, by: User, now: dt.datetime, way: str, confirmed: bool
) -> Preview:
    """Carries the correction out, looks, and takes it back: what it shows is what saving does, refusals included."""
    loaded = _loaded(Movement.objects.select_related("reversed_by").filter(pk=movement.pk)).get()
    possible = ways(loaded, reading.net_kg - loaded.corrected_kg) if is_correctable(loaded) else []
    shown = next((one for one in possible if one.key == way), possible[0] if possible else None)
    with transaction.atomic():
        before = figures(shown.movements if shown else [])
        key = shown.key if shown else ""
        correct_weight(movement=movement, reading=reading, reason=reason, by=by, now=now, way=key, confirmed=confirmed)
        assert shown is not None  # else it was refused
        after = {(figure.subject, figure.what): figure.value for figure in figures(shown.movements)}
        transaction.set_rollback(True)
    changes = [
        Change(figure.subject, figure.what, figure.value, after.get((figure.subject, figure.what)), figure.unit)
        for figure in before
    ]
    return Preview(possible, shown, [change for change in changes if change.before != change.after])
