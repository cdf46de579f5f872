"""A receipt's papers are corrected, and a receipt that was booked in error is made void."""

import datetime as dt
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from intake.models import Receipt
from intake.services import Void
from plant import audit
from plant.access import Action, check, may
from plant.errors import DomainError
from plant.inventory.ledger import NeedsReason
from plant.inventory.models import Movement, MovementQuerySet
from plant.inventory.services import SHIFT
from plant.models import User


class PapersMissing(DomainError):
    code = "papers_missing"


class NotEmpty(DomainError):
    code = "not_empty"


class Papers(TypedDict, total=False):
    """What was written on the papers, and our note."""

    bill_of_lading: str
    carrier: str
    trailer: str
    seal: str
    note: str


@transaction.atomic
def correct_papers(*, receipt: Receipt, reason: str, by: User, **papers: Unpack[Papers]) -> Receipt:
    """Say what the papers really say, and why that was entered otherwise. Saying the same again changes nothing."""
    check(by, Action.RECEIVE)
    receipt = _locked(receipt)
    given = {name: str(value).strip() for name, value in papers.items()}
    changes = {name: value for name, value in given.items() if getattr(receipt, name) != value}
    if not changes:
        return receipt
    if not reason.strip():
        raise NeedsReason(_("These papers are kept for years. Type why they change."), field="reason")
    for name, sentence in (
        ("bill_of_lading", _("Type the number of the bill of lading.")),
        ("carrier", _("Type the carrier's name.")),
    ):
        if name in changes and not changes[name]:
            raise PapersMissing(sentence, field=name)
    for name, value in changes.items():
        setattr(receipt, name, value)
    with audit.acting(by, reason.strip()):
        receipt.save(update_fields=list(changes))
    return receipt


def still_there(receipt: Receipt) -> MovementQuerySet:
    """What came with a receipt and was not reversed."""
    arrived = Movement.objects.standing().filter(kind=Movement.Kind.RECEIVE)
    return arrived.filter(to_container__lot__receipt_lot__receipt=receipt)


def may_void(receipt: Receipt, *, by: User, now: dt.datetime) -> bool:
    """Whoever booked it, in the same shift, or a supervisor; as long as nothing is in it."""
    is_own = receipt.created_by_id == by.pk and now - receipt.created_at < SHIFT and may(by, Action.REVERSE_OWN)
    may_at_all = is_own or may(by, Action.REVERSE_ANY)
    return may_at_all and receipt.voided_at is None and not still_there(receipt).exists()


@transaction.atomic
def void_receipt(*, receipt: Receipt, reason: str, by: User, now: dt.datetime) -> Receipt:
    """Take back a whole booking: it stays in the list, void. Raises `NotEmpty` while a container of it stands."""
    if not reason.strip():
        raise NeedsReason(_("Type why this load was booked in error."), field="reason")
    receipt = _locked(receipt)
    if there := list(still_there(receipt).select_related("to_container").order_by("pk")[:4]):
        names = ", ".join(movement.to_container.reference for movement in there)
        raise NotEmpty(_("%(containers)s came with it. Reverse what was received first.") % {"containers": names})
    if not may_void(receipt, by=by, now=now):
        check(by, Action.REVERSE_ANY)
    receipt.voided_at, receipt.voided_by, receipt.void_reason = now, by, reason.strip()
    with audit.acting(by, reason.strip()):
        receipt.save(update_fields=["voided_at", "voided_by", "void_reason"])
    return receipt


def _locked(receipt: Receipt) -> Receipt:
    receipt = Receipt.objects.for_change().get(pk=receipt.pk)
    if receipt.voided_at is not None:
        raise Void(_("%(receipt)s is void. It stays as it is.") % {"receipt": receipt})
    return receipt
