"""The labels of everything that came with a receipt."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from plant.inventory import labels
from plant.inventory.models import Lot
from plant.models import Site
from plant.records import sources
from plant.records.label import Label
from plant.records.sources import Source


def register() -> None:
    sources.add("receipt", Source(of_receipts, lambda code: reverse("intake:receipt", args=[code]), make_ready))


def of_receipts(site: Site, references: Sequence[str], at: dt.datetime) -> list[Label]:
    """Of each container that came with these receipts and still has something in it."""
    return labels.of_lots(site, _lots(site, references), at)


def make_ready(site: Site, references: Sequence[str]) -> None:
    labels.number_lots(site, _lots(site, references))


def _lots(site: Site, references: Sequence[str]) -> list[str]:
    found = Lot.objects.on_site(site).filter(receipt_lot__receipt__reference__in=references)
    return list(found.order_by("pk").values_list("reference", flat=True))
