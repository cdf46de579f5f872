"""Scrap comes in: receipts and the lots that came with them."""

from typing import Any

import pghistory
from django.db import models
from django.db.models import Aggregate, Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from plant.inventory.models import Lot, Material, Movement, RegulatoryStatus, corrected_kg
from plant.models import Facility, Party, Site, User
from plant.units import ZERO_KG


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def on_site(self, site: Site) -> "ReceiptQuerySet":
        return self.filter(site=site)

    def with_sums(self) -> "ReceiptQuerySet":
        """With `lot_count`, `container_count` and `kg` of what came and was not reversed."""
        arrived = Movement.objects.standing().filter(
            kind=Movement.Kind.RECEIVE, to_container__lot__receipt_lot__receipt=OuterRef("pk")
        )
        of_receipt = arrived.order_by().values("to_container__lot__receipt_lot__receipt")

        def sum_of(what: Aggregate, nothing: Any) -> Coalesce:
            return Coalesce(Subquery(of_receipt.annotate(sum=what).values("sum")), nothing)

        return self.annotate(
            lot_count=sum_of(Count("to_container__lot", distinct=True), 0),
            container_count=sum_of(Count("pk"), 0),
            kg=sum_of(Sum(corrected_kg()), ZERO_KG),
        )

    def carriers(self) -> list[str]:
        """The carriers' names that were typed before, for choosing again."""
        return list(self.order_by("carrier").values_list("carrier", flat=True).distinct()[:50])

    def for_change(self) -> "ReceiptQuerySet":
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


@pghistory.track()
class Receipt(models.Model):
    """One load received: who sent it from where, with what papers, when (the record of 40 CFR 273.62)."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="receipts")
    reference = models.CharField(max_length=24, unique=True)
    supplier = models.ForeignKey(Party, models.PROTECT, related_name="receipts")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="receipts")
    bill_of_lading = models.CharField(max_length=40)
    carrier = models.CharField(max_length=80)
    trailer = models.CharField(max_length=40, blank=True)
    seal = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()
    late_reason = models.CharField(max_length=500, blank=True)
    """Why it was keyed in more than 24 hours after it came; said of its containers too."""
    note = models.TextField(max_length=2000, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    voided_at = models.DateTimeField(null=True, blank=True)
    """Booked in error: nothing came with it, or all of it was reversed."""
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.CharField(max_length=500, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | (models.Q(voided_at__isnull=False, voided_by__isnull=False) & ~models.Q(void_reason="")),
                name="intake_receipt_void_complete",
                violation_error_message="A receipt that is void says who voided it, when and why.",
            ),
            models.CheckConstraint(
                condition=~models.Q(bill_of_lading="") & ~models.Q(carrier=""),
                name="intake_receipt_has_papers",
                violation_error_message="A receipt names its bill of lading and its carrier (40 CFR 273.62).",
            ),
        )
        indexes = (models.Index(fields=("site", "received_at"), name="intake_receipt_received"),)

    def __str__(self) -> str:
        return self.reference


class ReceiptLot(models.Model):
    """A lot that came with a receipt."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lots")
    lot = models.OneToOneField(Lot, models.PROTECT, related_name="receipt_lot")

    def __str__(self) -> str:
        return f"{self.receipt} {self.lot}"


@pghistory.track()
class RegulatoryProposal(models.Model):
    """What a scrap type of a supplier (or of any) is proposed to be, and on what basis; EHS decides (domain 4.1)."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="regulatory_proposals")
    material = models.ForeignKey(Material, models.PROTECT, related_name="regulatory_proposals")
    supplier = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="regulatory_proposals")
    status = models.ForeignKey(RegulatoryStatus, models.PROTECT, related_name="proposals")
    basis = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "material", "supplier"),
                name="intake_regulatoryproposal_one_each",
                nulls_distinct=False,
                violation_error_message="There is a proposal for this material and supplier already. Change that one.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.material}: {self.status}"
