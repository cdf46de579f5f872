"""What became of a shipment, step by step: read from the audit trail that the database's triggers write."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from plant import audit
from plant.audit import Change, Step
from shipments.models import Shipment, ShipmentState

PAPERS: dict[str, str | Promise] = {
    "consignee": gettext_lazy("Consignee"),
    "ship_to": gettext_lazy("Ship to"),
    "purchase_order_number": gettext_lazy("Purchase order"),
    "contract_number": gettext_lazy("Contract"),
    "bill_of_lading": gettext_lazy("Bill of lading"),
    "carrier": gettext_lazy("Carrier"),
    "trailer": gettext_lazy("Trailer"),
    "seals": gettext_lazy("Seals"),
    "note": gettext_lazy("Note"),
}
"""What a person can change, as it is called on the screen."""


def history(shipment: Shipment) -> list[Step]:
    """All steps, the newest first, each with the version that the consignee sees since then. Every service saves the
    shipment once, so each of its events is one step."""
    packed = _packed(shipment)
    found = []
    for before, event in audit.events(shipment, "consignee", "ship_to"):
        changes = (*_changes(before, event), *packed.pop((event.pgh_created_at, event.pgh_context_id), ()))
        if changes:
            found.append(audit.step(event, changes, event.version if event.dispatched_at else None))
    return found[::-1]


def _changes(before: Any, event: Any) -> Iterator[Change]:
    if before is None:
        yield Change(_("Drafted"))
        return
    if before.state != event.state:
        yield Change(str(ShipmentState(event.state).label))
    papers = list(audit.changes(before, event, PAPERS))
    if event.version > before.version and before.state == event.state and not papers:
        yield Change(_("A weight in it was corrected"))
    yield from papers


def _packed(shipment: Shipment) -> dict[tuple[dt.datetime, Any], list[Change]]:
    """Which containers came in and went out in each step."""
    events = apps.get_model("shipments.ShipmentLineEvent").objects.filter(
        shipment=shipment, pgh_label__in=("insert", "delete")
    )
    found: dict[tuple[dt.datetime, Any, str], list[str]] = defaultdict(list)
    for event in events.select_related("container").order_by("pgh_id"):
        found[event.pgh_created_at, event.pgh_context_id, event.pgh_label].append(event.container.reference)
    changes: dict[tuple[dt.datetime, Any], list[Change]] = defaultdict(list)
    for (at, context, label), references in found.items():
        listed, count = ", ".join(references), len(references)
        if label == "insert":
            what = ngettext("%(count)s container added", "%(count)s containers added", count)
            changes[at, context].append(Change(what % {"count": count}, after=listed))
        else:
            what = ngettext("%(count)s container taken out", "%(count)s containers taken out", count)
            changes[at, context].append(Change(what % {"count": count}, before=listed))
    return changes
