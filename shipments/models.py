"""Black mass goes out: shipments and the containers in them."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from plant.inventory.models import Container, Holding, Location, Lot, Movement, corrected_kg
from plant.models import Facility, Party, Site, User
from plant.states import Transitions, transition_trigger


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def on_site(self, site: Site) -> "ShipmentQuerySet":
        return self.filter(site=site)

    def visible_to(self, party: Party) -> "ShipmentQuerySet":
        """What a consignee sees: its own, from dispatch on and never again invisible."""
        return self.filter(consignee=party, dispatched_at__isnull=False)

    def with_returned_at(self) -> "ShipmentQuerySet":
        """With `returned_at`: when it came back, of a returned one."""
        return self.annotate(returned_at=models.Case(models.When(state=ShipmentState.RETURNED, then=F("ended_at"))))

    def found_by(self, text: str) -> "ShipmentQuerySet":
        """By its own reference, papers and consignee, or by the reference of a lot or container that is in it."""
        found = Q(consignee__name__icontains=text)
        for field in ("reference", "purchase_order_number", "contract_number", "bill_of_lading", "carrier", "trailer"):
            found |= Q(**{f"{field}__icontains": text})
        lines = ShipmentLine.objects.filter(shipment=OuterRef("pk"))
        return self.filter(found | Exists(lines.filter(container__reference__istartswith=text)))

    def of_lot(self, lot: Lot) -> "ShipmentQuerySet":
        """Those with some of the lot in them, each with `lot_containers` and `lot_kg`: what of it was shipped."""
        is_of_lot = Q(lines__container__lot=lot)
        return self.filter(is_of_lot).annotate(
            lot_containers=Count("lines"), lot_kg=Sum(corrected_kg("lines__movement"))
        )

    def with_totals(self) -> "ShipmentQuerySet":
        """With `container_count` and `net_kg`: what was shipped, of a draft what is in its containers now."""
        lines = ShipmentLine.objects.filter(shipment=OuterRef("pk")).order_by().values("shipment")
        standing = Holding.objects.filter(
            container__shipment_lines__shipment=OuterRef("pk"), location__kind__in=Location.REAL, kg__gt=0
        )
        of_draft = standing.order_by().values("container__site").annotate(total=Sum("kg")).values("total")
        shipped = lines.annotate(total=Sum(corrected_kg("movement"))).values("total")
        draft = Q(state=ShipmentState.DRAFT)
        return self.annotate(
            container_count=Coalesce(Subquery(lines.annotate(n=Count("pk")).values("n")), 0),
            net_kg=models.Case(models.When(draft, then=Subquery(of_draft)), default=Subquery(shipped)),
            order_number=models.Case(
                models.When(purchase_order_number="", then=F("contract_number")), default=F("purchase_order_number")
            ),
        )

    def for_change(self) -> "ShipmentQuerySet":
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


class ShipmentState(models.TextChoices):
    """Where a shipment stands."""

    DRAFT = "draft", _("Draft")
    DISPATCHED = "dispatched", _("Dispatched")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    RETURNED = "returned", _("Returned")


SHIPMENT_TRANSITIONS = Transitions(
    {
        ShipmentState.DRAFT: {ShipmentState.DISPATCHED, ShipmentState.CANCELLED},
        ShipmentState.DISPATCHED: {ShipmentState.DELIVERED, ShipmentState.RETURNED, ShipmentState.CANCELLED},
        ShipmentState.DELIVERED: {ShipmentState.RETURNED},
        ShipmentState.CANCELLED: set(),
        ShipmentState.RETURNED: set(),
    }
)


@pghistory.track()
class Shipment(models.Model):
    """Whole containers on their way to a consignee; `version` grows with every change after dispatch."""

    State = ShipmentState
    TRANSITIONS = SHIPMENT_TRANSITIONS
    ON_THE_WAY = (State.DISPATCHED, State.DELIVERED)
    """It has left and was not taken back: its papers can be corrected, and it can be returned."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="shipments")
    reference = models.CharField(max_length=24, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    state_reason = models.CharField(max_length=500, blank=True)
    consignee = models.ForeignKey(Party, models.PROTECT, related_name="shipments")
    ship_to = models.ForeignKey(Facility, models.PROTECT, related_name="shipments")
    purchase_order_number = models.CharField(max_length=40, blank=True)
    contract_number = models.CharField(max_length=40, blank=True)
    bill_of_lading = models.CharField(max_length=40, blank=True)
    carrier = models.CharField(max_length=80, blank=True)
    trailer = models.CharField(max_length=40, blank=True)
    seals = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    dispatched_at = models.DateTimeField(null=True, blank=True)
    dispatched_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was cancelled or returned."""
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("draft", "dispatched", "delivered", "cancelled", "returned")),
                name="shipments_shipment_state_known",
                violation_error_message="A shipment is a draft, dispatched, delivered, cancelled or returned.",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="shipments_shipment_version_counts",
                violation_error_message="A shipment's versions count from 1.",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(state__in=("dispatched", "delivered", "returned"))
                    | Q(dispatched_at__isnull=False, dispatched_by__isnull=False)
                )
                & (~Q(state="draft") | Q(dispatched_at__isnull=True, dispatched_by__isnull=True))
                & (
                    Q(dispatched_at__isnull=True, dispatched_by__isnull=True)
                    | Q(dispatched_at__isnull=False, dispatched_by__isnull=False)
                ),
                name="shipments_shipment_dispatched_complete",
                violation_error_message="A dispatched shipment says who dispatched it and when.",
            ),
            models.CheckConstraint(
                condition=(~Q(state="delivered") | Q(delivered_at__isnull=False, delivered_by__isnull=False))
                & (
                    ~Q(state__in=("draft", "dispatched", "cancelled"))
                    | Q(delivered_at__isnull=True, delivered_by__isnull=True)
                ),
                name="shipments_shipment_delivered_complete",
                violation_error_message="A delivered shipment says who entered it and when.",
            ),
            models.CheckConstraint(
                condition=(~Q(state__in=("cancelled", "returned")) | Q(ended_at__isnull=False, ended_by__isnull=False))
                & (
                    ~Q(state__in=("draft", "dispatched", "delivered")) | Q(ended_at__isnull=True, ended_by__isnull=True)
                ),
                name="shipments_shipment_ended_complete",
                violation_error_message="A cancelled or returned shipment says who ended it and when.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled"))
                | (~Q(bill_of_lading="") & ~Q(carrier="") & (~Q(purchase_order_number="") | ~Q(contract_number=""))),
                name="shipments_shipment_papers_complete",
                violation_error_message="A dispatched shipment names its bill of lading, its carrier, and its purchase "
                "order or contract.",
            ),
        )
        indexes = (
            models.Index(fields=("consignee", "updated_at", "id"), name="shipments_shipment_feed"),
            models.Index(fields=("site", "created_at"), name="shipments_shipment_created"),
            models.Index(
                fields=("consignee", "-dispatched_at", "-reference"),
                condition=Q(dispatched_at__isnull=False),
                name="shipments_shipment_pulled",
            ),
        )
        triggers = (transition_trigger("shipments_shipment", "state", SHIPMENT_TRANSITIONS),)

    def __str__(self) -> str:
        return self.reference


@pghistory.track()
class ShipmentLine(models.Model):
    """A whole container in a shipment. Its mass is the ledger's, never stored here."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="lines")
    container = models.ForeignKey(Container, models.PROTECT, related_name="shipment_lines")
    movement = models.OneToOneField(Movement, models.PROTECT, null=True, blank=True, related_name="shipment_line")
    """What took it to the customer, from dispatch on: its mass is what the partner is told."""
    is_open = models.BooleanField(default=True)
    """False once the shipment was cancelled or returned: the container may be in another one."""
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("container",),
                condition=Q(is_open=True),
                name="shipments_shipmentline_once",
                violation_error_message="This container is in a shipment already. Take it out there first.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.shipment} {self.container}"
