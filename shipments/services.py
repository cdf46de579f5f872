"""What can happen to a shipment: drafted, packed, dispatched, delivered, cancelled, returned, its papers corrected.

Locks are taken in the order of the house: the shipment, its containers, their holdings.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.ledger import AHEAD, BadInstant, Move, NeedsReason
from plant.inventory.models import ClockTimestamp, Container, Holding, Location, LocationQuerySet, Movement
from plant.inventory.services import check_place, next_reference, require_free
from plant.models import Facility, Party, Site, User
from plant.states import InvalidTransition
from plant.units import ZERO_KG
from shipments.models import Shipment, ShipmentLine
from shipments.models import ShipmentState as State
from shipments.rules import ContainerGone, leaving_problems, missing_papers


class NotACustomer(DomainError):
    code = "not_a_customer"


class AlreadyPacked(DomainError):
    code = "already_packed"


class NotPackable(DomainError):
    code = "not_packable"


class ContentsChanged(DomainError):
    code = "contents_changed"


class Papers(TypedDict, total=False):
    """What is written on the papers, and an internal note that no partner sees."""

    purchase_order_number: str
    contract_number: str
    bill_of_lading: str
    carrier: str
    trailer: str
    seals: Sequence[str]
    note: str


@transaction.atomic
def draft_shipment(
    *, site: Site, consignee: Party, ship_to: Facility, by: User, at: dt.datetime, **papers: Unpack[Papers]
) -> Shipment:
    """Begin a shipment to a customer's plant; no partner sees a draft."""
    check(by, Action.SHIP)
    _check_receiver(site, consignee, ship_to)
    with audit.acting(by):
        return Shipment.objects.create(
            site=site,
            reference=next_reference(site, "S", at),
            consignee=consignee,
            ship_to=ship_to,
            created_by=by,
            created_at=at,
            **_tidy(papers),
        )


@transaction.atomic
def change_shipment(
    *,
    shipment: Shipment,
    by: User,
    reason: str = "",
    consignee: Party | None = None,
    ship_to: Facility | None = None,
    **papers: Unpack[Papers],
) -> Shipment:
    """Change what is given: of a draft everything, of what is on the way its papers only, as a new version and with a
    reason. Saying the same again changes nothing; the note is ours and makes no version."""
    check(by, Action.SHIP)
    shipment = locked(shipment)
    given: dict[str, Any] = _tidy(papers)
    given |= {name: value for name, value in (("consignee", consignee), ("ship_to", ship_to)) if value is not None}
    changes = {name: value for name, value in given.items() if getattr(shipment, name) != value}
    is_correction = shipment.state != State.DRAFT and not changes.keys() <= {"note"}
    if is_correction:
        _check_correction(shipment, changes, reason)
    for name, value in changes.items():
        setattr(shipment, name, value)
    if changes.keys() & {"consignee", "ship_to"}:
        _check_receiver(shipment.site, shipment.consignee, shipment.ship_to)
    if is_correction and (missing := missing_papers(shipment)):
        raise missing[0]
    with audit.acting(by, reason):
        return keep(shipment, *changes, is_new_version=is_correction) if changes else shipment


def _check_correction(shipment: Shipment, changes: dict[str, Any], reason: str) -> None:
    if shipment.state not in Shipment.ON_THE_WAY:
        sentence = _("%(shipment)s is %(state)s: its papers stay as they are.")
        raise InvalidTransition(sentence % {"shipment": shipment, "state": shipment.get_state_display().lower()})
    if changes.keys() & {"consignee", "ship_to"}:
        sentence = _("It has left for %(consignee)s. Return it, and draft another shipment to send it elsewhere.")
        raise NotACustomer(sentence % {"consignee": shipment.consignee}, field="consignee")
    if not reason.strip():
        raise NeedsReason(_("It has left: the consignee sees this as a new version. Type why."), field="reason")


def _check_receiver(site: Site, consignee: Party, ship_to: Facility) -> None:
    if not (consignee.is_customer and consignee.is_active and consignee.site_id == site.pk):
        sentence = _("%(party)s is no customer of this site. Choose one of the list.")
        raise NotACustomer(sentence % {"party": consignee}, field="consignee")
    if ship_to.party_id != consignee.pk or not ship_to.is_active:
        sentence = _("%(facility)s does not belong to %(party)s. Choose one of its plants.")
        raise NotACustomer(sentence % {"facility": ship_to.name, "party": consignee}, field="ship_to")


def _tidy(papers: Papers) -> dict[str, Any]:
    """What was typed without blanks around it; each seal once, in the order typed."""
    tidy: dict[str, Any] = {name: str(value).strip() for name, value in papers.items() if name != "seals"}
    if "seals" in papers:
        tidy["seals"] = list(dict.fromkeys(seal.strip() for seal in papers["seals"] if seal.strip()))
    return tidy


@transaction.atomic
def add_containers(
    *, shipment: Shipment, containers: Iterable[Container], by: User, at: dt.datetime
) -> list[ShipmentLine]:
    """Put whole containers into a draft. Refuses, naming it, one that is held, empty or gone, or in a shipment
    already; then none is added."""
    check(by, Action.SHIP)
    shipment = locked(shipment)
    _require_draft(shipment)
    found = list(Container.objects.for_change().filter(pk__in=[container.pk for container in containers]))
    for container in found:
        if container.lot_id is None or container.site_id != shipment.site_id:
            sentence = _("%(container)s is no box or heap of this site and cannot be shipped. Scan another one.")
            raise NotPackable(sentence % {"container": container}, field="container")
    packed = ShipmentLine.objects.filter(container__in=found, is_open=True).select_related("container", "shipment")
    if line := packed.order_by("container").first():
        raise _already_packed(line, shipment)
    require_free(found)
    standing = set(Holding.objects.stock().filter(container__in=found).values_list("container_id", flat=True))
    for container in found:
        if container.pk not in standing:
            sentence = _("%(container)s is empty or has left the site. Scan another one.")
            raise ContainerGone(sentence % {"container": container}, field="container")
    with audit.acting(by):
        lines = ShipmentLine.objects.bulk_create(
            ShipmentLine(shipment=shipment, container=container, added_by=by, added_at=at) for container in found
        )
        keep(shipment)
    return lines


def _already_packed(line: ShipmentLine, shipment: Shipment) -> AlreadyPacked:
    if line.shipment_id == shipment.pk:
        sentence = _("%(container)s is in this shipment already.")
    elif line.shipment.state == State.DRAFT:
        sentence = _("%(container)s is in %(shipment)s already. Take it out there first.")
    else:
        sentence = _("%(container)s was shipped with %(shipment)s.")
    return AlreadyPacked(sentence % {"container": line.container, "shipment": line.shipment}, field="container")


@transaction.atomic
def remove_container(*, shipment: Shipment, container: Container, by: User) -> Shipment:
    """Take a container out of a draft."""
    check(by, Action.SHIP)
    shipment = locked(shipment)
    _require_draft(shipment)
    with audit.acting(by):
        gone, _each = ShipmentLine.objects.filter(shipment=shipment, container=container).delete()
        if not gone:
            sentence = _("%(container)s is not in %(shipment)s any more. Load the page again.")
            raise NotPackable(sentence % {"container": container, "shipment": shipment}, field="container")
        return keep(shipment)


@transaction.atomic
def dispatch(
    *,
    shipment: Shipment,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    reason: str = "",
    expected_kg: Decimal | None = None,
) -> Shipment:
    """The truck leaves: all mass of the draft's containers moves to the customer, whole or not at all.

    Raises the first of `leaving_problems`, and `ContentsChanged` where the mass is no longer the `expected_kg` that
    the person saw and confirmed. `reason`: needed where it is entered late or before a container's latest movement.
    """
    check(by, Action.SHIP)
    shipment = locked(shipment)
    _require_next(shipment, State.DISPATCHED)
    lines = {line.container_id: line for line in ShipmentLine.objects.filter(shipment=shipment)}
    containers = list(Container.objects.for_change().filter(pk__in=lines).select_related("site"))
    if problems := leaving_problems(shipment):
        raise problems[0]
    holdings = _locked_holdings(containers, Location.objects.real())
    loaded_kg = sum((holding.kg for holding in holdings.values()), ZERO_KG)
    if expected_kg is not None and loaded_kg != expected_kg:
        sentence = _(
            "It now holds %(kg)s kg in %(count)s containers, not what you confirmed. Look again, then confirm."
        )
        raise ContentsChanged(sentence % {"kg": f"{loaded_kg:,.3f}", "count": len(containers)})
    customers = Location.objects.get(site=shipment.site, kind=Location.Kind.CUSTOMER)
    moves = [_carry(Movement.Kind.SHIP, holdings[container.pk], container, customers) for container in containers]
    with audit.acting(by, reason):
        for movement in ledger.post(moves, by=by, at=at, now=now, reason=reason):
            lines[movement.from_container_id].movement = movement
        ShipmentLine.objects.bulk_update(lines.values(), ["movement"])
        shipment.state, shipment.dispatched_at, shipment.dispatched_by = State.DISPATCHED, at, by
        return keep(shipment, "state", "dispatched_at", "dispatched_by")


@transaction.atomic
def deliver(*, shipment: Shipment, by: User, at: dt.datetime, now: dt.datetime) -> Shipment:
    """The consignee has it, since `at`."""
    check(by, Action.SHIP)
    shipment = locked(shipment)
    _require_next(shipment, State.DELIVERED)
    _check_after(shipment.dispatched_at, at=at, now=now)
    shipment.state, shipment.delivered_at, shipment.delivered_by = State.DELIVERED, at, by
    with audit.acting(by):
        return keep(shipment, "state", "delivered_at", "delivered_by", is_new_version=True)


@transaction.atomic
def cancel(*, shipment: Shipment, by: User, at: dt.datetime, reason: str = "") -> Shipment:
    """Give up a draft: nothing has left, its containers are free for another shipment."""
    check(by, Action.SHIP)
    shipment = locked(shipment)
    if shipment.state in Shipment.ON_THE_WAY:
        sentence = _("%(shipment)s has left. Return it instead; what never left, a supervisor takes back.")
        raise InvalidTransition(sentence % {"shipment": shipment})
    _require_next(shipment, State.CANCELLED)
    return end(shipment, State.CANCELLED, by=by, at=at, reason=reason)


@transaction.atomic
def return_shipment(
    *, shipment: Shipment, bay: Location, reason: str, by: User, at: dt.datetime, now: dt.datetime
) -> Shipment:
    """All of it came back, into `bay`: the customer has none of it any more, and it can be shipped again."""
    check(by, Action.SHIP)
    if not reason.strip():
        raise NeedsReason(_("The consignee sees that it came back. Type why."), field="reason")
    shipment = locked(shipment)
    _require_next(shipment, State.RETURNED)
    _check_after(shipment.delivered_at or shipment.dispatched_at, at=at, now=now)
    containers = list(Container.objects.for_change().filter(shipment_lines__shipment=shipment).select_related("site"))
    for container in containers:
        check_place(container, bay)
    holdings = _locked_holdings(containers, Location.objects.filter(kind=Location.Kind.CUSTOMER))
    moves = [_carry(Movement.Kind.TAKE_BACK, holdings[container.pk], container, bay) for container in containers]
    with audit.acting(by, reason):
        ledger.post(moves, by=by, at=at, now=now, reason=reason)
        return end(shipment, State.RETURNED, by=by, at=at, reason=reason, is_new_version=True)


def all_fixed(movements: Sequence[Movement]) -> set[int]:
    """What was shipped is taken back on its shipment's page, none of it by itself."""
    return {movement.pk for movement in movements}


def refuse_reversal(movement: Movement, by: User, now: dt.datetime) -> None:
    """What left with a shipment comes back with it; a single movement of it is never turned round."""
    line = ShipmentLine.objects.filter(movement=movement).select_related("shipment").first()
    if line is not None:
        raise DomainError(_("It left with %(shipment)s. Return the shipment instead.") % {"shipment": line.shipment})
    raise DomainError(_("It came back with a returned shipment. Ship it again in a new one instead."))


def locked(shipment: Shipment) -> Shipment:
    return Shipment.objects.for_change().select_related("site", "consignee", "ship_to").get(pk=shipment.pk)


def _require_draft(shipment: Shipment) -> None:
    if shipment.state != State.DRAFT:
        sentence = _("%(shipment)s is %(state)s: what is in it stays as it is.")
        raise InvalidTransition(sentence % {"shipment": shipment, "state": shipment.get_state_display().lower()})


def _require_next(shipment: Shipment, to: State) -> None:
    """As the table says; a colleague who was first is a case of its own."""
    if shipment.state == to:
        sentence = _("%(shipment)s is %(state)s already. Load the page again to see it.")
        raise InvalidTransition(sentence % {"shipment": shipment, "state": to.label.lower()})
    Shipment.TRANSITIONS.check(shipment.state, to)


def _check_after(earlier: dt.datetime | None, *, at: dt.datetime, now: dt.datetime) -> None:
    if at > now + AHEAD:
        raise BadInstant(_("This time is still to come. Enter when it happened, at the latest now."), field="at")
    if earlier is not None and at < earlier:
        raise BadInstant(_("It had not come that far at that time. Enter a later time."), field="at")


def _locked_holdings(containers: Sequence[Container], places: LocationQuerySet) -> dict[int, Holding]:
    """What each container holds at these places, by container, locked: nobody changes it until this is done."""
    rows = Holding.objects.select_for_update(no_key=True, of=("self",)).select_related("location")
    rows = rows.filter(container__in=containers, location__in=places, kg__gt=0).order_by("container_id", "location_id")
    return {holding.container_id: holding for holding in rows}


def shipment_of(movement: Movement) -> str:
    """The reference of the shipment that took a container away: for the pages below, which know no shipments."""
    return ShipmentLine.objects.select_related("shipment").get(movement=movement).shipment.reference


def _carry(kind: Movement.Kind, holding: Holding, container: Container, to: Location) -> Move:
    return Move(
        kind=kind,
        kg=holding.kg,
        from_container=container,
        from_location=holding.location,
        to_container=container,
        to_location=to,
        how_known=Movement.HowKnown.CARRIED,
    )


def end(
    shipment: Shipment, state: State, *, by: User, at: dt.datetime, reason: str, is_new_version: bool = False
) -> Shipment:
    shipment.state, shipment.state_reason, shipment.ended_at, shipment.ended_by = state, reason.strip(), at, by
    with audit.acting(by, reason):
        ShipmentLine.objects.filter(shipment=shipment).update(is_open=False)
        return keep(shipment, "state", "state_reason", "ended_at", "ended_by", is_new_version=is_new_version)


def keep(shipment: Shipment, *fields: str, is_new_version: bool = False) -> Shipment:
    """Save what changed, with the row's next instant: by the database's clock, and later than the last one even where
    that clock was set back, so that a reader who asks "what changed since" misses nothing of it."""
    if is_new_version:
        shipment.version += 1
        fields = (*fields, "version")
    following = ExpressionWrapper(F("updated_at") + dt.timedelta(microseconds=1), DateTimeField())
    shipment.updated_at = Greatest(ClockTimestamp(), following)
    shipment.save(update_fields=[*fields, "updated_at"])
    shipment.refresh_from_db(fields=["updated_at"])
    return shipment
