"""Where one can go from every page: one table, in the order material flows. A room that is not there is left out."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plant.access import Action


@dataclass(frozen=True)
class Entry:
    """One place: its name on the bar, its first page, who may, its icon, and what one does there (on the tile)."""

    label: str | Promise
    url_name: str
    action: Action
    icon: str
    about: str | Promise


NAVIGATION = (
    Entry(
        _("Dashboard"), "dashboard:dashboard", Action.SEE_DASHBOARD, "gauge", _("Utilization, tonnes, yields, holds")
    ),
    Entry(_("Receipts"), "intake:receipts", Action.SEE_PLANT, "inbound", _("Scrap that came in")),
    Entry(_("Lots"), "inventory:lots", Action.SEE_PLANT, "lot", _("Every lot with its history")),
    Entry(_("Containers"), "inventory:containers", Action.SEE_PLANT, "container", _("What stands where, and how much")),
    Entry(_("Batches"), "processing:batches", Action.SEE_PLANT, "batch", _("Charge, bag, close")),
    Entry(_("Shipments"), "shipments:shipments", Action.SEE_PLANT, "truck", _("Pack, dispatch, deliver")),
    Entry(_("Limits"), "limits:limits", Action.SEE_DASHBOARD, "limit", _("Annual limits and what is left")),
)
