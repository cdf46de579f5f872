"""What a corrected weight means for shipments: whatever was dispatched with it gets a new version, so that its
consignee sees the right mass and when it changed."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from plant.inventory import corrections
from plant.inventory.corrections import Figure, Step
from plant.inventory.ledger import Move
from plant.inventory.models import Movement
from plant.models import User
from shipments import trail
from shipments.models import Shipment, ShipmentQuerySet
from shipments.services import keep

ORDER = 10
"""First of all: the house locks shipments before batches."""


def register() -> None:
    """Tell the ledger's room; called once, when this one is ready."""
    corrections.follow(corrections.Follower(lock=lock, balance=balance, settle=settle, figures=figures), order=ORDER)


def _shipments(movements: Sequence[Movement]) -> ShipmentQuerySet:
    taken = [movement for movement in movements if movement.kind == Movement.Kind.SHIP]
    return Shipment.objects.filter(pk__in=Shipment.objects.filter(lines__movement__in=taken).values("pk"))


def lock(movements: Sequence[Movement]) -> None:
    list(_shipments(movements).for_change())


def balance(steps: Sequence[Step]) -> list[Move]:
    return []


def settle(movements: Sequence[Movement], by: User, now: dt.datetime, reason: str) -> None:
    for shipment in _shipments(movements).order_by("pk"):
        keep(shipment, is_new_version=True)


def figures(movements: Sequence[Movement]) -> list[Figure]:
    found = []
    for shipment in _shipments(movements).order_by("pk"):
        found += [
            Figure(shipment.reference, _("Net"), trail.contents_of(shipment.pk).net_kg),
            Figure(shipment.reference, _("Version"), shipment.version, "count"),
        ]
    return found
