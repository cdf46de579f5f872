"""Where mass can be: the tree of real places and the virtual ones that stand for the outside."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plant.models import Site, Station
from plant.states import frozen


class LocationQuerySet(models.QuerySet["Location"]):
    def real(self) -> "LocationQuerySet":
        return self.filter(kind__in=Location.REAL)

    def bays(self) -> "LocationQuerySet":
        return self.filter(kind=Location.Kind.BAY, is_active=True)


@pghistory.track()
class Location(models.Model):
    """A place in the tree (site, area, zone, bay; line, unit), or a virtual one that stands for the outside."""

    class Kind(models.TextChoices):
        SITE = "site", _("Site")
        AREA = "area", _("Area")
        ZONE = "zone", _("Zone")
        BAY = "bay", _("Bay")
        LINE = "line", _("Line")
        UNIT = "unit", _("Unit")
        SUPPLIER = "supplier", _("Suppliers")
        CUSTOMER = "customer", _("Customers")
        LOSS = "loss", _("Typed loss")
        UNACCOUNTED = "unaccounted", _("Unaccounted")
        ADJUSTMENT = "adjustment", _("Count correction")

    REAL = (Kind.SITE, Kind.AREA, Kind.ZONE, Kind.BAY, Kind.LINE, Kind.UNIT)

    site = models.ForeignKey(Site, models.PROTECT, related_name="locations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    is_ddr = models.BooleanField(default=False)
    """Stands apart for damaged, defective or recalled batteries (RULE-6)."""
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="locations")
    """The station that works at this line or puts into this bay, unless told otherwise."""
    is_active = models.BooleanField(default=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="inventory_location_code_unique",
                violation_error_message="This location is there already. Choose it from the list.",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        "site",
                        "area",
                        "zone",
                        "bay",
                        "line",
                        "unit",
                        "supplier",
                        "customer",
                        "loss",
                        "unaccounted",
                        "adjustment",
                    )
                ),
                name="inventory_location_kind_known",
                violation_error_message="This kind of location is not known. Choose one of the list.",
            ),
            models.UniqueConstraint(
                fields=("site", "kind"),
                condition=Q(kind__in=("supplier", "customer", "unaccounted", "adjustment")),
                name="inventory_location_one_outside",
                violation_error_message="The site has this virtual location already.",
            ),
            models.UniqueConstraint(
                fields=("station", "kind"),
                name="inventory_location_one_per_station",
                violation_error_message="This station has its line or its bay already. Take it away there first.",
            ),
        )
        triggers = (frozen("inventory_location", "kind"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_real(self) -> bool:
        return self.kind in self.REAL
