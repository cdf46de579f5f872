"""Lots: one identity, one owner, one set of results."""

import pghistory
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from plant.inventory.models.locations import Location
from plant.inventory.models.materials import Chemistry, Grade, Material, RegulatoryStatus
from plant.models import Facility, Party, Site, User


class LotQuerySet(models.QuerySet["Lot"]):
    def on_site(self, site: Site) -> "LotQuerySet":
        return self.filter(site=site)

    def in_stock(self) -> "LotQuerySet":
        """Lots of which something is on the site now."""
        from plant.inventory.models.movements import Holding  # which knows containers, which know lots

        return self.filter(
            Exists(Holding.objects.filter(container__lot=OuterRef("pk"), location__kind__in=Location.REAL, kg__gt=0))
        )

    def for_change(self) -> "LotQuerySet":
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


@pghistory.track()
class Lot(models.Model):
    """A quantity with one identity, one owner and one set of results, held in one or more containers (ISA-95 lot)."""

    class Origin(models.TextChoices):
        PRODUCTION_SCRAP = "production_scrap", _("Production scrap")
        END_OF_LIFE = "end_of_life", _("End of life")
        OWN_PROCESS = "own_process", _("Own process")

    FROM_OUTSIDE = (Origin.PRODUCTION_SCRAP, Origin.END_OF_LIFE)

    site = models.ForeignKey(Site, models.PROTECT, related_name="lots")
    reference = models.CharField(max_length=24, unique=True)
    material = models.ForeignKey(Material, models.PROTECT, related_name="lots")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, blank=True, related_name="lots")
    chemistry = models.ForeignKey(Chemistry, models.PROTECT, null=True, blank=True, related_name="lots")
    origin = models.CharField(max_length=20, choices=Origin.choices)
    owner = models.ForeignKey(Party, models.PROTECT, related_name="owned_lots")
    supplier = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="supplied_lots")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, related_name="lots")
    generated_on = models.DateField(null=True, blank=True)
    """The day it became scrap or waste where it was made."""
    received_at = models.DateTimeField(null=True, blank=True)
    regulatory_status = models.ForeignKey(RegulatoryStatus, models.PROTECT, null=True, blank=True, related_name="lots")
    regulatory_basis = models.CharField(max_length=200, blank=True)
    regulatory_decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    regulatory_decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = LotQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(origin__in=("production_scrap", "end_of_life", "own_process")),
                name="inventory_lot_origin_known",
                violation_error_message="A lot's origin is production scrap, end of life or our own process.",
            ),
            models.CheckConstraint(
                condition=Q(origin="own_process") | Q(supplier__isnull=False, received_at__isnull=False),
                name="inventory_lot_received_from_someone",
                violation_error_message="A lot from outside names its supplier and when it was received.",
            ),
            models.CheckConstraint(
                condition=Q(regulatory_decided_by__isnull=True, regulatory_decided_at__isnull=True)
                | Q(
                    regulatory_decided_by__isnull=False,
                    regulatory_decided_at__isnull=False,
                    regulatory_status__isnull=False,
                ),
                name="inventory_lot_regulatory_decision_complete",
                violation_error_message="A regulatory decision names the status, who decided it and when.",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def is_from_outside(self) -> bool:
        return self.origin in self.FROM_OUTSIDE
