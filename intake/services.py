"""Scrap comes in: a receipt is booked, and its containers are weighed into bays one by one."""

import datetime as dt
from decimal import Decimal
from typing import Required, TypedDict, Unpack

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from intake.models import Receipt, ReceiptLot, RegulatoryProposal
from plant import audit
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory.ledger import AHEAD, LATE, BadInstant, NeedsReason
from plant.inventory.models import Chemistry, Container, ContainerKind, Location, Lot, Material, RegulatoryStatus
from plant.inventory.services import create_lot, next_reference, receive_container
from plant.inventory.weighing import Reading
from plant.models import Facility, Party, Site, User


class WrongSender(DomainError):
    code = "wrong_sender"


class NotScrap(DomainError):
    code = "not_scrap"


class Void(DomainError):
    code = "void"


class BadCharge(DomainError):
    """Charge figures where the type holds no charge (RULE-3), or a measurement without its time."""

    code = "bad_charge"


class Arrival(TypedDict, total=False):
    """One container as it arrives: its packaging, its weighing, the bay it is put in, and what only it says.

    `confirmed`: a person said that an unusual weight is right. `reason`: why it is entered late.
    """

    kind: Required[ContainerKind]
    reading: Required[Reading]
    bay: Required[Location]
    condition: str
    seal: str
    note: str
    piece_count: int | None
    nominal_energy_kwh: Decimal | None
    state_of_charge_ratio: Decimal | None
    voltage_v: Decimal | None
    charge_measured_at: dt.datetime | None
    confirmed: bool
    reason: str


@transaction.atomic
def book_receipt(
    *,
    site: Site,
    supplier: Party,
    facility: Facility,
    bill_of_lading: str,
    carrier: str,
    received_at: dt.datetime,
    by: User,
    now: dt.datetime,
    trailer: str = "",
    seal: str = "",
    note: str = "",
    reason: str = "",
) -> Receipt:
    """Book one load with its papers (40 CFR 273.62). Raises `BadInstant`, `NeedsReason`, `WrongSender`."""
    check(by, Action.RECEIVE)
    if facility.party_id != supplier.pk:
        raise WrongSender(
            _("%(facility)s is no plant of %(supplier)s. Choose one of its plants.")
            % {"facility": facility.name, "supplier": supplier},
            field="facility",
        )
    _check_received_at(received_at, now=now, reason=reason)
    with audit.acting(by, reason):
        return Receipt.objects.create(
            site=site,
            reference=next_reference(site, "R", received_at),
            supplier=supplier,
            facility=facility,
            bill_of_lading=bill_of_lading.strip(),
            carrier=carrier.strip(),
            trailer=trailer.strip(),
            seal=seal.strip(),
            received_at=received_at,
            late_reason=reason.strip(),
            note=note,
            created_by=by,
        )


def _check_received_at(received_at: dt.datetime, *, now: dt.datetime, reason: str) -> None:
    if received_at > now + AHEAD:
        raise BadInstant(
            _("This time is still to come. Enter when the load arrived, at the latest now."), field="received_at"
        )
    if received_at.year < 2000:
        raise BadInstant(_("Nothing arrived here before the year 2000. Check the date."), field="received_at")
    if received_at < now - LATE and not reason.strip():
        raise NeedsReason(_("This is more than 24 hours back. Type why it is entered late."), field="reason")


def propose_status(*, site: Site, supplier: Party, material: Material) -> RegulatoryProposal | None:
    """What this type from this supplier is proposed to be, else this type from anyone, else nothing: not decided.

    EHS decides; a proposal only saves them the typing (domain 4.1).
    """
    return (
        RegulatoryProposal.objects.filter(Q(supplier=supplier) | Q(supplier=None), site=site, material=material)
        .select_related("status")
        .order_by(F("supplier").asc(nulls_last=True))
        .first()
    )


@transaction.atomic
def define_proposal(
    *, site: Site, material: Material, status: RegulatoryStatus, basis: str, supplier: Party | None = None
) -> RegulatoryProposal:
    """Say what a scrap type, of one supplier or of any, is proposed to be and on what basis."""
    return RegulatoryProposal.objects.create(
        site=site, material=material, supplier=supplier, status=status, basis=basis.strip()
    )


@transaction.atomic
def receive_lot(
    *,
    receipt: Receipt,
    material: Material,
    origin: str,
    chemistry: Chemistry | None,
    owner: Party,
    by: User,
    now: dt.datetime,
    generated_on: dt.date | None = None,
    at: dt.datetime | None = None,
    **arrival: Unpack[Arrival],
) -> Container:
    """The first container of a new lot comes off the load. `at`: when it was weighed, else when the load arrived."""
    check(by, Action.RECEIVE)
    if not material.is_scrap or origin not in Lot.FROM_OUTSIDE:
        raise NotScrap(_("%(material)s is not received as scrap. Choose a scrap type.") % {"material": material})
    _check_generated_on(receipt, generated_on)
    proposal = propose_status(site=receipt.site, supplier=receipt.supplier, material=material)
    with audit.acting(by, arrival.get("reason", "")):
        lot = create_lot(
            site=receipt.site,
            material=material,
            chemistry=chemistry,
            origin=origin,
            owner=owner,
            supplier=receipt.supplier,
            facility=receipt.facility,
            generated_on=generated_on,
            received_at=receipt.received_at,
            regulatory_status=proposal.status if proposal else None,
            regulatory_basis=proposal.basis if proposal else "",
            by=by,
            at=receipt.received_at,
        )
        ReceiptLot.objects.create(receipt=receipt, lot=lot)
    return _weigh_in(lot, receipt, by=by, now=now, at=at, arrival=arrival)


@transaction.atomic
def receive_another(
    *, lot: Lot, by: User, now: dt.datetime, at: dt.datetime | None = None, **arrival: Unpack[Arrival]
) -> Container:
    """The next container of a lot comes off the same load."""
    check(by, Action.RECEIVE)
    receipt = Receipt.objects.filter(lots__lot=lot).first()
    if receipt is None:
        raise NotScrap(_("%(lot)s did not come with a receipt. Log this container as a new lot.") % {"lot": lot})
    return _weigh_in(lot, receipt, by=by, now=now, at=at, arrival=arrival)


def _weigh_in(
    lot: Lot, receipt: Receipt, *, by: User, now: dt.datetime, at: dt.datetime | None, arrival: Arrival
) -> Container:
    receipt = Receipt.objects.for_change().select_related("site").get(pk=receipt.pk)
    if receipt.voided_at is not None:
        raise Void(
            _("%(receipt)s is void: %(why)s. Book the load anew.") % {"receipt": receipt, "why": receipt.void_reason}
        )
    at = at or receipt.received_at
    if at < receipt.received_at:
        came = receipt.received_at.astimezone(receipt.site.zone)
        raise BadInstant(
            _("The load came at %(came)s. Enter a time after that.") % {"came": f"{came:%Y-%m-%d %H:%M}"}, field="at"
        )
    _check_charge(lot.material, arrival, now=now)
    reason = arrival.pop("reason", "").strip() or receipt.late_reason
    return receive_container(lot=lot, by=by, at=at, now=now, late_reason=reason, **arrival)


def _check_generated_on(receipt: Receipt, generated_on: dt.date | None) -> None:
    if generated_on is None:
        return
    if generated_on > receipt.site.day(receipt.received_at):
        raise BadInstant(_("It became scrap before it was received. Check the date."), field="generated_on")
    if generated_on.year < 2000:
        raise BadInstant(_("The year %(year)s cannot be right.") % {"year": generated_on.year}, field="generated_on")


CHARGE_FIELDS = ("piece_count", "nominal_energy_kwh", "state_of_charge_ratio", "voltage_v", "charge_measured_at")
"""What only a type that holds charge is asked for (RULE-3)."""


def _check_charge(material: Material, arrival: Arrival, *, now: dt.datetime) -> None:
    given = [name for name in CHARGE_FIELDS if arrival.get(name) is not None]
    if given and not material.holds_charge:
        raise BadCharge(
            _("%(material)s holds no charge: leave pieces, energy, state of charge and voltage out.")
            % {"material": material},
            field=given[0],
        )
    measured = {"state_of_charge_ratio", "voltage_v"} & set(given)
    measured_at = arrival.get("charge_measured_at")
    if measured and measured_at is None:
        raise BadCharge(_("Type when the state of charge or voltage was measured."), field="charge_measured_at")
    if measured_at is not None and not measured:
        raise BadCharge(_("Type the state of charge or the voltage that was measured then."), field="voltage_v")
    if measured_at is not None and measured_at > now + AHEAD:
        raise BadInstant(_("This time is still to come. Enter when it was measured."), field="charge_measured_at")
