"""What a count makes of the ledger: reviewed as a whole, then posted as a whole, and reversible like every entry."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check, may
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.counts import bays_of, end, expected_kg, locked, sightings_of, tolerance_of
from plant.inventory.ledger import Move
from plant.inventory.models import (
    Container,
    Count,
    CountLine,
    CountState,
    CountTolerance,
    Holding,
    Location,
    Movement,
    Sighting,
)
from plant.inventory.services import check_place
from plant.models import User
from plant.units import ZERO_KG

Outcome = CountLine.Outcome

LEAVE, ZERO = "leave", "zero"
"""What a person decides of a container that nobody saw: left as it is, or set to zero. A bay's code moves it there."""


class NeedsSecondPerson(DomainError):
    code = "needs_second_person"


class NotDecided(DomainError):
    code = "not_decided"


class CountChanged(DomainError):
    code = "count_changed"


@dataclass(frozen=True)
class Found:
    """A container that was seen, against what the ledger held when it was."""

    sighting: Sighting
    outcome: CountLine.Outcome
    expected_kg: Decimal
    here: Holding | None
    """Where and how much it is in the ledger now; None where it has left."""
    is_far: bool
    is_astray: bool
    """The ledger has it in another place than where it was seen."""
    may_stand_here: bool

    @property
    def container(self) -> Container:
        return self.sighting.container

    @property
    def place(self) -> Location | None:
        """Where the ledger has it now."""
        return self.here.location if self.here else None

    @property
    def counted_kg(self) -> Decimal | None:
        return self.sighting.weighing.net_kg if self.sighting.weighing else None

    @property
    def difference_kg(self) -> Decimal | None:
        return None if self.counted_kg is None else self.counted_kg - self.expected_kg


@dataclass(frozen=True)
class Review:
    """A count against the ledger: what was seen, and what should have been there and was not."""

    found: list[Found]
    not_seen: list[Holding]
    tolerance: CountTolerance

    @property
    def is_far(self) -> bool:
        return any(line.is_far for line in self.found)

    @property
    def astray(self) -> list[Found]:
        """What can be moved in the ledger to where it was seen."""
        return [line for line in self.found if line.is_astray and line.may_stand_here]

    @property
    def difference_kg(self) -> Decimal:
        changed = (f.difference_kg or ZERO_KG for f in self.found if f.outcome == Outcome.ADJUSTED)
        return sum(changed, ZERO_KG)

    @property
    def print_(self) -> str:
        """Changes with anything that a person decides on; so that nobody posts what was not on the screen."""
        seen = [(f.sighting.pk, f.outcome.value, str(f.expected_kg), f.is_astray) for f in self.found]
        missing = [(h.container_id, h.location_id, str(h.kg)) for h in self.not_seen]
        return hashlib.sha256(repr((seen, missing)).encode()).hexdigest()[:16]


def review(count: Count) -> Review:
    """The count as it would be posted now."""
    tolerance = tolerance_of(count.site)
    sightings = sightings_of(count)
    holdings = _holdings(s.container_id for s in sightings)
    found = [_judge(sighting, holdings.get(sighting.container_id), tolerance) for sighting in sightings]
    return Review(found, _not_seen(count, {s.container_id for s in sightings}), tolerance)


def _holdings(containers: Iterable[int]) -> dict[int, Holding]:
    rows = Holding.objects.filter(container__in=list(containers), location__kind__in=Location.REAL, kg__gt=0)
    return {row.container_id: row for row in rows.select_related("location").order_by("-pk")}


def _judge(sighting: Sighting, here: Holding | None, tolerance: CountTolerance) -> Found:
    expected = expected_kg(sighting)
    difference = None if sighting.weighing is None else sighting.weighing.net_kg - expected
    outcome = Outcome.SEEN if difference is None else Outcome.ADJUSTED if difference else Outcome.AGREES
    if _counted_later(sighting):
        outcome = Outcome.LATER
    elif here is None or here.kg + (difference or ZERO_KG) < 0:
        outcome = Outcome.GONE
    moved_since = here is not None and here.location_id != sighting.expected_place_id
    is_astray = here is not None and not moved_since and here.location_id != sighting.bay_id
    return Found(
        sighting=sighting,
        outcome=outcome,
        expected_kg=expected,
        here=here,
        is_far=outcome == Outcome.ADJUSTED and tolerance.is_far(difference or ZERO_KG, expected),
        is_astray=is_astray and outcome not in (Outcome.LATER, Outcome.GONE),
        may_stand_here=sighting.container.is_intact or sighting.bay.is_ddr,
    )


def _counted_later(sighting: Sighting) -> bool:
    """Another count saw it after this one and was posted first: what that one says stands."""
    posted = CountLine.objects.filter(container=sighting.container_id, sighting__seen_at__gt=sighting.seen_at)
    return posted.filter(adjusted__isnull=False, adjusted__reversed_by__isnull=True).exists()


def _not_seen(count: Count, seen: set[int]) -> list[Holding]:
    """What the ledger has in the counted bays and nobody saw, but for what came after the count began."""
    came = Movement.objects.filter(to_location__in=bays_of(count.location), occurred_at__gt=count.started_at)
    return list(
        Holding.objects.stock()
        .filter(location__in=bays_of(count.location))
        .exclude(container__in=seen)
        .exclude(container__in=came.values("to_container"))
        .select_related("container__lot__material", "container__kind", "location")
        .order_by("container__reference")
    )


@transaction.atomic
def post_count(
    *,
    count: Count,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    decisions: Mapping[str, str] | None = None,
    reason: str = "",
    looked_at: str | None = None,
) -> Count:
    """Post a count, all of it or nothing: weighed differences, containers that stand elsewhere, and what was decided of
    those nobody saw (`decisions` by reference: `leave`, `zero`, or a bay's code; of one that was seen: `leave` keeps
    it where the ledger has it).

    Raises `NeedsSecondPerson` where a difference is far off and `by` counted or may not, `CountChanged` where it is
    not what was `looked_at`.
    """
    check(by, Action.COUNT)
    count = locked(count)
    _lock_containers(count)
    seen = review(count)
    if looked_at is not None and looked_at != seen.print_:
        raise CountChanged(_("Something changed since this page was drawn. Look at it again, then post."))
    wanted = {name: choice for name, choice in (decisions or {}).items() if choice}
    _check_second(count, seen, wanted, by=by)
    if ZERO in wanted.values() and not reason.strip():
        raise NotDecided(
            _("What is missing is set to zero with a reason. Type what was done to find it."), field="reason"
        )
    said = f"{count}: {reason.strip()}" if reason.strip() else str(count)
    with audit.acting(by, said):
        posting = _Posting(count, by, at, now, said)
        lines = [posting.found(line, wanted.get(line.container.reference, "")) for line in seen.found]
        lines += [posting.not_seen(row, wanted.get(row.container.reference, LEAVE)) for row in seen.not_seen]
        CountLine.objects.bulk_create(lines)
        return end(count, CountState.POSTED, by=by, at=at, reason=reason)


def _lock_containers(count: Count) -> None:
    seen = set(count.sightings.values_list("container", flat=True))
    here = Holding.objects.stock().filter(location__in=bays_of(count.location)).values_list("container", flat=True)
    list(Container.objects.for_change().filter(pk__in=seen | set(here)))


def needs_second(count: Count, by: User) -> str:
    """Why this person cannot post a difference that is far off, in a sentence; empty where they can."""
    if not may(by, Action.POST_COUNT):
        return _("A difference this large is posted by a supervisor who did not count. The count waits here for them.")
    if by.pk == count.started_by_id or count.sightings.filter(by=by).exists():
        return _("You counted here yourself. A difference this large is posted by another supervisor or a manager.")
    return ""


def _check_second(count: Count, seen: Review, wanted: Mapping[str, str], *, by: User) -> None:
    if (seen.is_far or ZERO in wanted.values()) and (why := needs_second(count, by)):
        raise NeedsSecondPerson(why)


@dataclass(frozen=True)
class _Posting:
    """One count on its way into the ledger."""

    count: Count
    by: User
    at: dt.datetime
    now: dt.datetime
    reason: str

    def found(self, line: Found, choice: str) -> CountLine:
        sighting, place = line.sighting, line.place
        moved = adjusted = None
        if line.is_astray and choice != LEAVE and line.may_stand_here:
            moved, place = self._move(line.container, line.here, sighting.bay), sighting.bay
        if line.outcome == Outcome.ADJUSTED and place is not None:
            adjusted = self._adjust(line.container, place, line.difference_kg or ZERO_KG, line)
        return CountLine(
            count=self.count,
            container=line.container,
            sighting=sighting,
            outcome=line.outcome,
            expected_kg=line.expected_kg,
            counted_kg=line.counted_kg,
            moved=moved,
            adjusted=adjusted,
        )

    def not_seen(self, holding: Holding, choice: str) -> CountLine:
        outcome, moved, adjusted = Outcome.NOT_SEEN, None, None
        if choice == ZERO:
            outcome = Outcome.MISSING
            adjusted = self._adjust(holding.container, holding.location, -holding.kg)
        elif choice != LEAVE:
            bay = Location.objects.bays().filter(site=self.count.site, code=choice).first()
            if bay is None or bay.pk == holding.location_id:
                raise NotDecided(_("Choose the bay where %(container)s was found.") % {"container": holding.container})
            outcome, moved = Outcome.ELSEWHERE, self._move(holding.container, holding, bay)
        return CountLine(
            count=self.count,
            container=holding.container,
            outcome=outcome,
            expected_kg=holding.kg,
            moved=moved,
            adjusted=adjusted,
        )

    def _move(self, container: Container, holding: Holding | None, bay: Location) -> Movement:
        assert holding is not None
        check_place(container, bay)
        move = Move(
            kind=Movement.Kind.MOVE,
            kg=holding.kg,
            from_container=container,
            from_location=holding.location,
            to_container=container,
            to_location=bay,
            how_known=Movement.HowKnown.CARRIED,
        )
        return self._post(move)

    def _adjust(self, container: Container, place: Location, kg: Decimal, line: Found | None = None) -> Movement:
        """More comes from the count corrections, less goes there; blank is never zero, so nothing is guessed."""
        counts = Location.objects.get(site=self.count.site, kind=Location.Kind.ADJUSTMENT)
        out_of, into = (counts, place) if kg > 0 else (place, counts)
        formula = f"{self.count}: {line.counted_kg} - {line.expected_kg}" if line else f"{self.count}: 0 - {-kg}"
        move = Move(
            kind=Movement.Kind.ADJUST,
            kg=abs(kg),
            from_container=container,
            from_location=out_of,
            to_container=container,
            to_location=into,
            how_known=Movement.HowKnown.CALCULATED,
            formula=formula,
        )
        return self._post(move)

    def _post(self, move: Move) -> Movement:
        return ledger.post([move], by=self.by, at=self.at, now=self.now, reason=self.reason)[0]
