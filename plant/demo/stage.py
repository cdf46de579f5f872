"""What this plant has to offer for a step: the batch that runs, the truck at the dock, the shipment that is packed."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from intake.models import ReceiptLot
from plant.inventory import months
from plant.inventory.models import Container, ContainerQuerySet, Hold, Lot, LotQuerySet, MonthStatement
from plant.models import Site
from processing.models import Batch, BatchState
from processing.rules import EXPLAIN_CLOSURE
from shipments.models import Shipment, ShipmentState


@dataclass(frozen=True)
class Stage:
    """A demo site as it stands on a day; each question is asked once, when a step needs it."""

    site: Site
    today: dt.date

    @property
    def lots(self) -> LotQuerySet:
        return Lot.objects.on_site(self.site)

    @property
    def statements(self) -> QuerySet[MonthStatement]:
        return MonthStatement.objects.filter(site=self.site)

    def running(self) -> Batch | None:
        """The batch that has been on a line longest."""
        running = Batch.objects.on_site(self.site).filter(state=BatchState.RUNNING)
        return running.order_by("opened_at", "pk").first()

    def to_charge(self, batch: Batch) -> Container | None:
        """The oldest free container that the batch would take."""
        fitting = self._in_stock().filter(
            condition=Container.Condition.INTACT,
            lot__material__recipe_versions=batch.recipe_version_id,
            lot__material__needs_blend_approval=False,
            lot__material__needs_discharge=False,
            lot__owner=batch.owner_id,
            lot__chemistry__pool=batch.chemistry.pool,
        )
        return fitting.free().order_by("lot__received_at", "pk").first()

    def at_the_dock(self) -> Lot | None:
        """The lot that came last."""
        newest = ReceiptLot.objects.filter(lot__site=self.site).order_by("-receipt__received_at", "-pk")
        link = newest.select_related("lot", "receipt").first()
        return link.lot if link else None

    def newest_container(self) -> Container | None:
        """The container that came last."""
        return self._in_stock().filter(lot__material__is_scrap=True).free().order_by("-pk").first()

    def damaged(self) -> Container | None:
        return self._in_stock().exclude(condition=Container.Condition.INTACT).order_by("-pk").first()

    def _in_stock(self) -> ContainerQuerySet:
        return Container.objects.on_site(self.site).packed().in_stock()

    def waiting(self) -> Hold | None:
        """The quality hold that has been open longest."""
        holds = Hold.objects.open().filter(container__site=self.site, kind=Hold.Kind.QUALITY)
        return holds.select_related("container").order_by("placed_at", "pk").first()

    def draft(self) -> Shipment | None:
        """The shipment that is packed and has not left."""
        drafts = Shipment.objects.filter(site=self.site, state=ShipmentState.DRAFT, lines__isnull=False)
        return drafts.order_by("-pk").first()

    def on_the_road(self) -> Shipment | None:
        gone = Shipment.objects.filter(site=self.site, state__in=Shipment.ON_THE_WAY)
        return gone.order_by("-dispatched_at", "-pk").first()

    def out_of_band(self) -> Batch | None:
        """The batch that closed last outside the band in which nobody has to explain anything."""
        low, high = EXPLAIN_CLOSURE
        closed = Batch.objects.on_site(self.site).filter(result__is_final=True).select_related("result")
        return closed.exclude(result__closure_ratio__range=(low, high)).order_by("-closed_at", "-pk").first()

    def undecided(self) -> Lot | None:
        """The oldest lot in stock whose regulatory status EHS has not decided."""
        open_ = self.lots.in_stock().filter(regulatory_decided_at=None, material__is_scrap=True)
        return open_.order_by("received_at", "pk").first()

    def unsigned(self) -> dt.date | None:
        """The month that is over, where nobody has signed it."""
        month = months.first_day(months.first_day(self.today) - dt.timedelta(days=1))
        return None if self.statements.filter(month=month).exists() else month
