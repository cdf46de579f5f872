"""What the ledger keeps for a station: the tare of each kind of container, as its scale showed it."""

import pghistory
from django.db import models
from django.db.models import Q

from plant.inventory.models.containers import ContainerKind
from plant.models import Station


@pghistory.track()
class StationTare(models.Model):
    """What an empty container of a kind weighs on a station's scale; "next bag" takes it off the gross weight."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="tares")
    kind = models.ForeignKey(ContainerKind, models.PROTECT, related_name="+")
    tare_read = models.DecimalField(max_digits=13, decimal_places=3)
    unit = models.CharField(max_length=2, choices=(("kg", "kg"), ("lb", "lb")))
    weighed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("station", "kind"),
                name="inventory_stationtare_one_per_kind",
                violation_error_message="This station has a tare for this kind of container. Weigh it anew instead.",
            ),
            models.CheckConstraint(
                condition=Q(tare_read__gte=0, tare_read__lte=1_000_000),
                name="inventory_stationtare_bounds",
                violation_error_message="A tare cannot be negative or above 1,000,000.",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=("kg", "lb")),
                name="inventory_stationtare_unit_known",
                violation_error_message="A tare is read in kg or lb.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.tare_read} {self.unit}"
