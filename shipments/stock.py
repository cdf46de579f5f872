"""What could be shipped: our own outputs on the site that are under no hold and in no other shipment, lot by lot."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from plant.inventory.models import Container, ContainerQuerySet, Holding, Location, Lot
from plant.models import Site
from plant.units import ZERO_KG
from shipments.models import ShipmentLine

MOST = 200


@dataclass(frozen=True)
class Free:
    """A container that can be put into a shipment: what is in it and where it stands."""

    reference: str
    kg: Decimal
    place: str

    @property
    def number(self) -> str:
        """Which of its lot's containers it is: `01`."""
        return self.reference.rpartition("-")[2]


@dataclass(frozen=True)
class FreeLot:
    """The free containers of one lot."""

    containers: tuple[Free, ...]
    reference: str
    material: str
    grade: str | None
    chemistry: str | None
    owner: str

    @property
    def kg(self) -> Decimal:
        return sum((container.kg for container in self.containers), ZERO_KG)


def free_containers(site: Site) -> ContainerQuerySet:
    """Containers that can be put into a shipment, whatever they hold."""
    is_packed = Exists(ShipmentLine.objects.filter(container=OuterRef("pk"), is_open=True))
    return Container.objects.on_site(site).packed().in_stock().free().filter(~is_packed)


def free_lots(site: Site, search: str = "") -> tuple[list[FreeLot], bool]:
    """Our own outputs that can be shipped, by lot, and whether there are more than the `MOST` containers shown."""
    found = free_containers(site).filter(lot__origin=Lot.Origin.OWN_PROCESS)
    for word in search.split():
        found = found.filter(
            Q(reference__icontains=word)
            | Q(lot__material__name__icontains=word)
            | Q(lot__grade__name__icontains=word)
            | Q(lot__chemistry__code__icontains=word)
            | Q(lot__owner__name__icontains=word)
        )
    lot = ("lot__reference", "lot__material__name", "lot__grade__name", "lot__chemistry__code", "lot__owner__name")
    container = ("reference", "holdings__kg", "holdings__location__name")
    rows = list(
        found.filter(holdings__location__kind__in=Location.REAL, holdings__kg__gt=0)
        .order_by(F("lot__grade__name").asc(nulls_last=True), "lot__material__name", "lot__reference", "reference")
        .values_list(*lot, *container)[: MOST + 1]
    )
    lots = []  # products first, then by-products
    for about, group in groupby(rows[:MOST], key=lambda row: row[:5]):
        lots.append(FreeLot(tuple(Free(*row[5:]) for row in group), *about))
    return lots, len(rows) > MOST


@dataclass(frozen=True)
class Total:
    """How many containers, and what is in them together."""

    count: int = 0
    kg: Decimal = ZERO_KG


def total(containers: ContainerQuerySet) -> Total:
    """Count and sum of containers in stock."""
    held = Holding.objects.filter(container__in=containers, location__kind__in=Location.REAL, kg__gt=0)
    found = held.aggregate(count=Count("container", distinct=True), kg=Sum("kg"))
    return Total(found["count"], found["kg"] or ZERO_KG)
