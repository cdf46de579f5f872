"""A dispatch confirmed in error: the truck never left. It is taken back, and the shipment can be drafted again.

The consignee was told, so it never becomes invisible again: it sees a new version that is cancelled. What really left
and came back is returned instead.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check, may
from plant.inventory import ledger
from plant.inventory.ledger import NeedsReason
from plant.inventory.models import Container, Movement
from plant.inventory.services import SHIFT
from plant.models import User
from plant.states import InvalidTransition
from shipments.models import Shipment
from shipments.models import ShipmentState as State
from shipments.services import add_containers, draft_shipment, end, locked
from shipments.stock import free_containers


def may_withdraw(shipment: Shipment, *, by: User, now: dt.datetime) -> bool:
    """A supervisor, before it is delivered, within the shift in which it was confirmed."""
    return may(by, Action.REVERSE_ANY) and shipment.state == State.DISPATCHED and not _is_late(_taken(shipment), now)


def _taken(shipment: Shipment) -> list[Movement]:
    taken = Movement.objects.filter(shipment_line__shipment=shipment).select_related(*ledger.ENDS)
    return list(taken.order_by("pk"))


def _is_late(taken: list[Movement], now: dt.datetime) -> bool:
    return any(now - movement.recorded_at >= SHIFT for movement in taken)


@transaction.atomic
def withdraw(*, shipment: Shipment, reason: str, by: User, now: dt.datetime) -> Shipment:
    """Take a dispatch back: everything stands where it stood as if it had never left; the shipment is cancelled."""
    check(by, Action.REVERSE_ANY)
    if not reason.strip():
        raise NeedsReason(_("The consignee sees that it was cancelled. Type why."), field="reason")
    shipment = locked(shipment)
    if shipment.state != State.DISPATCHED:
        sentence = _("%(shipment)s is %(state)s. Only what was dispatched and not yet delivered is taken back.")
        raise InvalidTransition(sentence % {"shipment": shipment, "state": shipment.get_state_display().lower()})
    taken = _taken(shipment)
    if _is_late(taken, now):
        raise InvalidTransition(_("It was dispatched in an earlier shift. If it is here again, return it."))
    list(Container.objects.for_change().filter(shipment_lines__shipment=shipment))
    with audit.acting(by, reason):
        ledger.post(ledger.turned_whole(taken), by=by, at=now, now=now, reason=reason.strip())
        return end(shipment, State.CANCELLED, by=by, at=now, reason=reason, is_new_version=True)


@transaction.atomic
def draft_again(*, shipment: Shipment, by: User, at: dt.datetime) -> Shipment:
    """A new draft with the papers of a cancelled or returned one, and with what of it is still free."""
    check(by, Action.SHIP)
    if shipment.state not in (State.CANCELLED, State.RETURNED):
        raise InvalidTransition(_("%(shipment)s still stands. Change it instead.") % {"shipment": shipment})
    made = draft_shipment(
        site=shipment.site,
        consignee=shipment.consignee,
        ship_to=shipment.ship_to,
        by=by,
        at=at,
        purchase_order_number=shipment.purchase_order_number,
        contract_number=shipment.contract_number,
        bill_of_lading=shipment.bill_of_lading,
        carrier=shipment.carrier,
        trailer=shipment.trailer,
        seals=shipment.seals,
        note=shipment.note,
    )
    free = list(free_containers(shipment.site).filter(shipment_lines__shipment=shipment))
    if free:
        add_containers(shipment=made, containers=free, by=by, at=at)
    return made
