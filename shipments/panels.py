"""What shipments hang into other rooms' pages: a lot's page says where it was shipped."""

from typing import Any

from django.http import HttpRequest

from plant.inventory.models import Lot
from shipments.models import Shipment


def shipped(request: HttpRequest, lot: Lot) -> dict[str, Any] | None:
    """The shipments that took some of a lot, drafts with some of it included; nothing where there are none."""
    found = list(Shipment.objects.of_lot(lot).select_related("consignee").order_by("-created_at", "-pk"))
    return {"shipments": found} if found else None
