"""What intake hangs into lower pages."""

from typing import Any

from django.http import HttpRequest

from intake.models import ReceiptLot
from plant.inventory.models import Lot


def of_lot(request: HttpRequest, lot: Lot) -> dict[str, Any] | None:
    """The receipt a lot came with, and its papers."""
    link = ReceiptLot.objects.filter(lot=lot).select_related("receipt__facility", "receipt__supplier").first()
    return {"receipt": link.receipt} if link else None
