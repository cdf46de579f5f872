"""The one door: `post` writes movements and the holdings they change, in one transaction.

The holdings of both ends are made and locked by one statement in ascending order (two people moving the same boxes in
opposite directions cannot deadlock), checked, changed by the differences, and the movements inserted. The CHECK on the
holding is the net under the check here.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from plant import audit, recompute
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory import months
from plant.inventory.models import Container, Holding, Location, Movement, Weighing
from plant.models import Site, User
from plant.units import GRAM, HEAVIEST_KG, ZERO_KG

AHEAD = dt.timedelta(minutes=2)
LATE = dt.timedelta(hours=24)
WAITED = dt.timedelta(seconds=5)
"""Longer than anybody waits for a lock."""


class Overdrawn(DomainError):
    code = "overdrawn"


class BadInstant(DomainError):
    code = "bad_instant"


class NeedsReason(DomainError):
    code = "needs_reason"


class BadKg(DomainError):
    code = "bad_mass"


@dataclass(frozen=True)
class Move:
    """One mass to be moved; `kg` in kilograms to the gram, above zero."""

    kind: Movement.Kind
    kg: Decimal
    from_container: Container
    from_location: Location
    to_container: Container
    to_location: Location
    how_known: Movement.HowKnown
    weighing: Weighing | None = None
    formula: str = ""
    reverses: Movement | None = None
    corrects: Movement | None = None

    @property
    def of(self) -> Movement | None:
        """The earlier movement that it turns round or changes, and whose instant and site day it takes."""
        return self.reverses or self.corrects

    @property
    def ends(self) -> tuple[tuple[Container, Location], tuple[Container, Location]]:
        return (self.from_container, self.from_location), (self.to_container, self.to_location)


Key = tuple[int, int]


@transaction.atomic
def post(moves: Sequence[Move], *, by: User, at: dt.datetime, now: dt.datetime, reason: str = "") -> list[Movement]:
    """Post movements that happened at `at`, keyed in at `now`; reversals and corrections happened when what they
    are of did.

    Raises `Overdrawn` naming container and remaining kg, `BadInstant` for a time ahead or before what it needs,
    `NeedsReason` for a late one without a reason, `NotAllowed` for a back-dated one without a supervisor.
    """
    for move in moves:
        if move.kg != move.kg.quantize(GRAM) or not 0 < move.kg <= HEAVIEST_KG:
            raise BadKg(_("A mass lies above 0 kg and at most at 1,000,000 kg, to the gram."))
    _check_instant(moves, at=at, now=now, reason=reason)
    site = moves[0].from_container.site
    days = {_site_day(move, site, at) for move in moves}
    months.check_open(site, days, by=by, now=now, reason=reason)
    changes: dict[Key, Decimal] = defaultdict(lambda: ZERO_KG)
    for move in moves:
        for (container, location), sign in zip(move.ends, (-1, 1), strict=True):
            changes[container.pk, location.pk] += sign * move.kg
    held = _lock(moves, changes)
    later = _later(moves, at=at)
    if later and now - at < WAITED:
        at, later = _in_turn(moves, later, site=site, at=at)
    backdated = list(later)
    if backdated and not any(move.of for move in moves):
        _check_correction(backdated, by=by, reason=reason)
    _check_left(moves, changes, held)
    _change(changes)
    rows = _insert(moves, site=site, by=by, at=at, reason=reason)
    _check_history(backdated)
    for day in sorted(days):
        recompute.mark_stale("daily-flow", f"{site.code}:{day.isoformat()}")
    return rows


def _check_instant(moves: Sequence[Move], *, at: dt.datetime, now: dt.datetime, reason: str) -> None:
    if all(move.of for move in moves):
        return
    if at > now + AHEAD:
        raise BadInstant(_("This time is still to come. Enter when it happened, at the latest now."), field="at")
    if at.year < 2000:
        raise BadInstant(_("Nothing happened here before the year 2000. Check the date."), field="at")
    if at < now - LATE and not reason:
        raise NeedsReason(_("This is more than 24 hours back. Type why it is entered late."), field="reason")


def _site_day(move: Move, site: Site, at: dt.datetime) -> dt.date:
    """A reversal counts on the day of what it reverses, a correction on that of what it corrects."""
    return move.of.site_day if move.of else site.day(at)


def _is_free(container: Container, location: Location) -> bool:
    """Whether the holding may go below zero: anywhere virtual, and in a run while its batch runs."""
    return not location.is_real or container.form == Container.Form.RUN


def _lock(moves: Iterable[Move], changes: dict[Key, Decimal]) -> dict[Key, Decimal]:
    """Make the holdings of all ends where they are missing and lock them, in ascending order; kg by key."""
    free = {(c.pk, place.pk): _is_free(c, place) for move in moves for c, place in move.ends}
    keys = sorted(changes)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO inventory_holding AS h (container_id, location_id, kg, may_be_negative)
            SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::boolean[])
            ON CONFLICT (container_id, location_id) DO UPDATE SET kg = h.kg
            RETURNING container_id, location_id, kg
            """,
            [[k[0] for k in keys], [k[1] for k in keys], [ZERO_KG] * len(keys), [free[k] for k in keys]],
        )
        return {(container, location): kg for container, location, kg in cursor.fetchall()}


def _check_left(moves: Iterable[Move], changes: dict[Key, Decimal], held: dict[Key, Decimal]) -> None:
    for container, location in {end for move in moves for end in move.ends}:
        key = (container.pk, location.pk)
        if held[key] + changes[key] < 0 and not _is_free(container, location):
            raise Overdrawn(
                _("%(container)s has %(left)s kg left in %(location)s. Take at most that.")
                % {"container": container, "left": f"{held[key]:,.3f}", "location": location},
                field="kg",
            )


def _change(changes: dict[Key, Decimal]) -> None:
    keys = sorted(changes)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE inventory_holding AS h SET kg = h.kg + d.kg
            FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS d (container_id, location_id, kg)
            WHERE h.container_id = d.container_id AND h.location_id = d.location_id
            """,
            [[k[0] for k in keys], [k[1] for k in keys], [changes[k] for k in keys]],
        )


def _insert(moves: Sequence[Move], *, site: Site, by: User, at: dt.datetime, reason: str) -> list[Movement]:
    return Movement.objects.bulk_create(
        Movement(
            site=site,
            kind=move.kind,
            from_container=move.from_container,
            from_location=move.from_location,
            to_container=move.to_container,
            to_location=move.to_location,
            kg=move.kg,
            how_known=move.how_known,
            weighing=move.weighing,
            formula=move.formula,
            occurred_at=move.of.occurred_at if move.of else at,
            site_day=_site_day(move, site, at),
            by=by,
            station=audit.station(),
            reverses=move.reverses,
            corrects=move.corrects,
            reason=reason,
        )
        for move in moves
    )


def _packed(moves: Iterable[Move]) -> dict[int, Container]:
    """The boxes and heaps among the ends: what has a history of its own. Lines take outputs in any order."""
    packed = (Container.Form.BOXED, Container.Form.HEAP)
    return {c.pk: c for move in moves for c, _place in move.ends if c.form in packed}


def _later(moves: Sequence[Move], *, at: dt.datetime) -> dict[Container, dt.datetime]:
    """Containers that already have a movement after this, with the instant of the last."""
    packed = _packed(moves)
    at = min(move.of.occurred_at if move.of else at for move in moves)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c, latest.at FROM unnest(%(ids)s::bigint[]) AS c CROSS JOIN LATERAL (
                SELECT greatest((SELECT max(occurred_at) FROM inventory_movement WHERE from_container_id = c),
                                (SELECT max(occurred_at) FROM inventory_movement WHERE to_container_id = c)) AS at
            ) AS latest
            WHERE latest.at > %(at)s
            """,
            {"ids": list(packed), "at": at},
        )
        return {packed[pk]: latest for pk, latest in cursor.fetchall()}


def _in_turn(
    moves: Sequence[Move], later: dict[Container, dt.datetime], *, site: Site, at: dt.datetime
) -> tuple[dt.datetime, dict[Container, dt.datetime]]:
    """Of two people who press at the same moment one waits for the other: what is entered second happened second, and
    nobody is asked why it is late. Leaves alone what is later by more than a wait, or would change the site's day."""
    latest = max(later.values())
    if latest - at < WAITED and not any(move.of for move in moves) and site.day(latest) == site.day(at):
        return latest, {}
    return at, later


def _check_correction(backdated: Sequence[Container], *, by: User, reason: str) -> None:
    if not reason:
        raise NeedsReason(
            _("%(container)s has a later entry already. Type why this is entered before it, or use the time now.")
            % {"container": backdated[0]},
            field="reason",
        )
    check(by, Action.BACKDATE)


def _check_history(backdated: Sequence[Container]) -> None:
    """No box may ever have held less than nothing in a real place, at any instant of its history. What was reversed or
    corrected counts together with that, as one entry: the window takes what is equal in its order at once."""
    if not backdated:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.reference, min(e.kg) FROM (
                SELECT container_id, sum(kg) OVER (PARTITION BY container_id, location_id
                                                   ORDER BY occurred_at, entry) AS kg, location_id
                FROM (
                    SELECT m.occurred_at, coalesce(m.corrects_id, turned.corrects_id, turned.id, m.id) AS entry,
                           ends.container_id, ends.location_id, ends.kg
                    FROM inventory_movement m
                    LEFT JOIN inventory_movement turned ON turned.id = m.reverses_id
                    CROSS JOIN LATERAL (VALUES (m.to_container_id, m.to_location_id, m.kg),
                                               (m.from_container_id, m.from_location_id, -m.kg)
                    ) AS ends (container_id, location_id, kg)
                    WHERE (m.to_container_id = ANY(%(ids)s) OR m.from_container_id = ANY(%(ids)s))
                      AND ends.container_id = ANY(%(ids)s)
                ) AS ends
            ) AS e
            JOIN inventory_container c ON c.id = e.container_id
            JOIN inventory_location l ON l.id = e.location_id
            WHERE l.kind = ANY(%(real)s) AND e.kg < 0
            GROUP BY c.reference ORDER BY c.reference LIMIT 1
            """,
            {"ids": [c.pk for c in backdated], "real": [str(kind) for kind in Location.REAL]},
        )
        row = cursor.fetchone()
    if row is not None:
        raise BadInstant(
            _("At that time %(container)s did not hold so much yet. Enter a time after it came there.")
            % {"container": row[0]},
            field="at",
        )


Guard = Callable[[Movement, User, dt.datetime], None]
Fixed = Callable[[Sequence[Movement]], set[int]]
_guards: dict[str, Guard] = {}
_fixed: dict[str, Fixed] = {}


def guard_reversal(kind: Movement.Kind, guard: Guard, *, fixed: Fixed | None = None) -> None:
    """An upper room says what must hold before a movement of this kind is reversed (a batch still runs, a shipment
    has not left), and takes its locks; called in the reversal's transaction, before any holding is locked.

    `fixed` tells a page which of these movements the guard would refuse, so that it draws no button for them."""
    _guards[kind] = guard
    if fixed is not None:
        _fixed[kind] = fixed


def fixed(movements: Sequence[Movement]) -> set[int]:
    """Those that the room they belong to would not let be reversed as it stands now."""
    by_room: dict[Fixed, list[Movement]] = defaultdict(list)
    for movement in movements:
        if movement.kind in _fixed:
            by_room[_fixed[movement.kind]].append(movement)
    return {pk for ask, asked in by_room.items() for pk in ask(asked)}


def turned(movement: Movement) -> Move:
    """The movement with its ends turned round; to be posted at the instant of what it reverses."""
    return Move(
        kind=Movement.Kind(movement.kind),
        kg=movement.kg,
        from_container=movement.to_container,
        from_location=movement.to_location,
        to_container=movement.from_container,
        to_location=movement.from_location,
        how_known=Movement.HowKnown(movement.how_known),
        weighing=movement.weighing,
        formula=movement.formula,
        reverses=movement,
    )


def turned_whole(movements: Sequence[Movement]) -> list[Move]:
    """Each movement turned round, then all differences that corrected them."""
    differences = Movement.objects.filter(corrects__in=movements).select_related(*ENDS).order_by("pk")
    return [turned(movement) for movement in (*movements, *differences)]


ENDS = ("from_container", "from_location", "to_container", "to_location")


@transaction.atomic
def reverse(
    movements: Sequence[Movement],
    *,
    by: User,
    now: dt.datetime,
    reason: str,
    only_if: Callable[[Movement], None] | None = None,
) -> list[Movement]:
    """Turn movements round with the differences that corrected them, each dated as what it reverses; in their order.
    Raises `DomainError` where one is reversed already or where what it brought has gone on since (`Overdrawn`,
    `BadInstant`). A difference alone is not reversed: the weight is corrected again.

    `only_if` raises what else speaks against one; it is asked under the locks, so that what it saw stays so.
    """
    if not reason.strip():
        raise NeedsReason(_("A reversal says why. Type a reason."), field="reason")
    for movement in movements:
        if movement.kind in _guards:
            _guards[movement.kind](movement, by, now)
    ends = [pk for movement in movements for pk in (movement.from_container_id, movement.to_container_id)]
    list(Container.objects.for_change().packed().filter(pk__in=ends))
    for movement in movements:
        if movement.corrects_id is not None:
            raise DomainError(_("This is a correction. Correct the weight once more to change it."))
        if movement.reverses_id is not None or Movement.objects.filter(reverses=movement).exists():
            raise DomainError(_("This entry is reversed already. Load the page again to see it."))
        if only_if is not None:
            only_if(movement)
    rows = post(turned_whole(movements), by=by, at=now, now=now, reason=reason)
    return rows[: len(movements)]


def held_kg(container: Container, location: Location) -> Decimal:
    """What of a container is at a location now, in kg; zero where nothing ever was."""
    row = Holding.objects.filter(container=container, location=location).values_list("kg", flat=True).first()
    return row if row is not None else ZERO_KG
