"""Cycle counts: a person walks along a bay, scans what stands there and weighs it or not, without being told what to
find. Nothing changes in the ledger before the count is posted (`count_posting`)."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory.ledger import AHEAD, BadInstant
from plant.inventory.models import (
    Container,
    Count,
    CountState,
    CountTolerance,
    Holding,
    Location,
    Movement,
    Sighting,
)
from plant.inventory.services import next_reference
from plant.inventory.weighing import Reading, record_weighing
from plant.models import Site, User
from plant.units import ZERO_KG

COUNTED = (Location.Kind.BAY, Location.Kind.ZONE)


class NotCounted(DomainError):
    code = "not_counted"


class CountEnded(DomainError):
    code = "count_ended"


@transaction.atomic
def set_tolerance(*, site: Site, kg: Decimal, share_ratio: Decimal, by: User) -> CountTolerance:
    """How far a counted weight may be off before a second person posts it: in kg, and as a share of the expected."""
    check(by, Action.ADMINISTER)
    with audit.acting(by):
        return CountTolerance.objects.update_or_create(site=site, defaults={"kg": kg, "share_ratio": share_ratio})[0]


def tolerance_of(site: Site) -> CountTolerance:
    """The site's, else 50 kg and 2 %."""
    return CountTolerance.objects.filter(site=site).first() or CountTolerance(site=site)


def bays_of(location: Location) -> list[Location]:
    """The bays that are counted: the bay itself, or those of the zone."""
    if location.kind == Location.Kind.BAY:
        return [location]
    return list(Location.objects.bays().filter(parent=location).order_by("code"))


@transaction.atomic
def start_count(*, location: Location, by: User, at: dt.datetime) -> Count:
    """Begin to count a bay or a zone; where somebody counts it already, join that count."""
    check(by, Action.COUNT)
    location = Location.objects.select_for_update(no_key=True, of=("self",)).select_related("site").get(pk=location.pk)
    if location.kind not in COUNTED or location.site_id != by.site_id:
        raise NotCounted(_("Bays and zones are counted. Choose one of the list."), field="location")
    running = Count.objects.open().filter(location=location).first()
    if running is not None:
        return running
    with audit.acting(by):
        return Count.objects.create(
            site=location.site,
            reference=next_reference(location.site, "C", at),
            location=location,
            started_by=by,
            started_at=at,
        )


def locked(count: Count) -> Count:
    """The count as it is now, locked; raises `CountEnded` where it is posted or abandoned."""
    count = Count.objects.for_change().select_related("site", "location", "started_by").get(pk=count.pk)
    if count.state != CountState.OPEN:
        assert count.ended_by is not None
        raise CountEnded(
            _("%(count)s was ended by %(by)s. Start another count to go on.") % {"count": count, "by": count.ended_by}
        )
    return count


@transaction.atomic
def see(
    *,
    count: Count,
    container: Container,
    bay: Location,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    reading: Reading | None = None,
    confirmed: bool = False,
) -> Sighting:
    """A container stands there: seen, and weighed where there is a reading. The last sighting of a container counts.

    Raises `NotCounted` with what became of a container that has left.
    """
    return _keep(count, container, bay, by=by, at=at, now=now, reading=reading, confirmed=confirmed)


@transaction.atomic
def withdraw(*, count: Count, container: Container, by: User, at: dt.datetime, now: dt.datetime) -> Sighting:
    """It was not there after all: scanned by mistake."""
    last = count.sightings.filter(container=container).select_related("bay").order_by("pk").last()
    if last is None:
        raise NotCounted(_("%(container)s is not in this count.") % {"container": container}, field="container")
    return _keep(count, container, last.bay, by=by, at=at, now=now, is_withdrawn=True)


def _keep(
    count: Count,
    container: Container,
    bay: Location,
    *,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    reading: Reading | None = None,
    confirmed: bool = False,
    is_withdrawn: bool = False,
) -> Sighting:
    check(by, Action.COUNT)
    if at > now + AHEAD:
        raise BadInstant(_("This time is still to come. Enter when it happened, at the latest now."), field="at")
    count = locked(count)
    if bay not in bays_of(count.location):
        raise NotCounted(_("This bay is not part of the count. Choose one that is."), field="bay")
    container = Container.objects.for_change().packed().select_related("kind", "site").get(pk=container.pk)
    place, expected_kg, last = _standing(container)
    with audit.acting(by):
        weighing = None
        if reading is not None:
            weighing = record_weighing(
                site=count.site, reading=reading, by=by, at=at, container=container, confirmed=confirmed
            )
        return Sighting.objects.create(
            count=count,
            container=container,
            bay=bay,
            weighing=weighing,
            is_withdrawn=is_withdrawn,
            expected_kg=expected_kg,
            expected_place=place,
            after=last,
            seen_at=at,
            by=by,
        )


def _standing(container: Container) -> tuple[Location, Decimal, int]:
    """Where the ledger has it, how much, and its latest movement; raises `NotCounted` where it has left."""
    holding = (
        Holding.objects.filter(container=container, location__kind__in=Location.REAL, kg__gt=0)
        .select_related("location")
        .order_by("pk")
        .first()
    )
    if holding is None:
        raise NotCounted(
            _("%(gone)s What stands here is empty or another one: put it aside and tell a supervisor.")
            % {"gone": where_gone(container)},
            field="container",
        )
    last = Movement.objects.of_container(container).order_by("-pk").values_list("pk", flat=True)[0]
    return holding.location, holding.kg, last


Named = Callable[[Movement], str]
_names: dict[str, Named] = {}


def name_departure(kind: Movement.Kind, name: Named) -> None:
    """An upper room says what a movement of this kind left with: the reference of the shipment."""
    _names[kind] = name


def where_gone(container: Container) -> str:
    """One sentence of what became of a container that is no longer on the site: `L-1-01 was shipped at 13:05 with
    S-2026-000004.`"""
    last = (
        Movement.objects.standing()
        .filter(from_container=container)
        .exclude(kind=Movement.Kind.MOVE)
        .select_related("to_container", "to_location", "site")
        .order_by("pk")
        .last()
    )
    if last is None:
        return _("%(container)s was reversed, so it never came.") % {"container": container}
    words = {
        "container": container,
        "at": f"{last.occurred_at.astimezone(last.site.zone):%Y-%m-%d %H:%M}",
        "into": last.to_container.reference.removesuffix("-RUN"),
        "with": _names[last.kind](last) if last.kind in _names else "",
    }
    match last.kind:
        case Movement.Kind.SHIP:
            return _("%(container)s was shipped at %(at)s with %(with)s.") % words
        case Movement.Kind.CHARGE:
            return _("%(container)s was charged to %(into)s at %(at)s.") % words
        case Movement.Kind.ADJUST:
            return _("%(container)s was counted as missing at %(at)s. If this is it, reverse that on its page.") % words
        case _:
            return _("%(container)s was emptied into %(into)s at %(at)s.") % words


@transaction.atomic
def abandon_count(*, count: Count, reason: str, by: User, at: dt.datetime) -> Count:
    """Give a count up, with a reason; what was seen stays written and changes nothing."""
    check(by, Action.COUNT)
    if not reason.strip():
        raise NotCounted(_("Say why the count is given up."), field="reason")
    count = locked(count)
    with audit.acting(by, reason):
        return end(count, CountState.ABANDONED, by=by, at=at, reason=reason)


def end(count: Count, state: CountState, *, by: User, at: dt.datetime, reason: str) -> Count:
    """Bring a locked count to its end by the table of states."""
    Count.TRANSITIONS.check(count.state, state)
    count.state, count.ended_by, count.ended_at, count.reason = state, by, at, reason.strip()
    count.save(update_fields=["state", "ended_by", "ended_at", "reason"])
    return count


def sightings_of(count: Count) -> list[Sighting]:
    """The last sighting of each container, latest first; without those that were withdrawn."""
    found = (
        count.sightings.select_related(
            "container__lot__material", "container__kind", "bay", "expected_place", "weighing__scale", "by"
        )
        .order_by("container", "-pk")
        .distinct("container")
    )
    return sorted((s for s in found if not s.is_withdrawn), key=lambda s: -s.pk)


def expected_kg(sighting: Sighting) -> Decimal:
    """What the ledger held when the container was seen, by all that is known today: entries of before that were keyed
    in, corrected or reversed since then, and what other counts corrected, are in it; what moved since is not."""
    known = Movement.objects.filter(pk__gt=sighting.after).filter(
        Q(occurred_at__lte=sighting.seen_at) | Q(kind=Movement.Kind.ADJUST)
    )

    def sum_of(side: str) -> Decimal:
        ends = {f"{side}_container": sighting.container_id, f"{side}_location__kind__in": Location.REAL}
        return known.filter(**ends).aggregate(sum=Sum("kg"))["sum"] or ZERO_KG

    return sighting.expected_kg + sum_of("to") - sum_of("from")
