"""What workers keep of the ledger: the flows of each site day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plant.inventory.models.locations import Location
from plant.inventory.models.materials import Material
from plant.models import Site
from plant.units import HEAVIEST_KG, KG


class DailyFlow(models.Model):
    """Kilograms of one flow of one material on one site day, at one line: a worker's sum of that day's movements."""

    class Flow(models.TextChoices):
        RECEIVED = "received", _("Received")
        PROCESSED = "processed", _("Processed")
        REWORKED = "reworked", _("Reworked")
        PRODUCED = "produced", _("Produced")
        LOST = "lost", _("Lost")
        UNACCOUNTED = "unaccounted", _("Unaccounted")
        SHIPPED = "shipped", _("Shipped")

    site = models.ForeignKey(Site, models.PROTECT, related_name="daily_flows")
    day = models.DateField()
    flow = models.CharField(max_length=12, choices=Flow.choices)
    material = models.ForeignKey(Material, models.PROTECT, null=True, blank=True, related_name="+")
    line = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    kg = models.DecimalField(**KG)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "day", "flow", "material", "line"),
                name="inventory_dailyflow_one_per_day",
                nulls_distinct=False,
                violation_error_message="This day's flow is there already.",
            ),
            models.CheckConstraint(
                condition=Q(kg__gte=-HEAVIEST_KG * 100, kg__lte=HEAVIEST_KG * 100),
                name="inventory_dailyflow_kg_bounds",
                violation_error_message="No day moves that much.",
            ),
            models.CheckConstraint(
                condition=Q(
                    flow__in=("received", "processed", "reworked", "produced", "lost", "unaccounted", "shipped")
                ),
                name="inventory_dailyflow_flow_known",
                violation_error_message="This flow is not known.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.flow} {self.kg} kg"
