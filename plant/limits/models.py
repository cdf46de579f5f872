"""Permit and capacity limits, and how much of them is used."""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from plant.models import Site, User
from plant.units import KG, SHORT_TON_IN_KG, TONNE_IN_KG, kg


class LimitUnit(models.TextChoices):
    """A ton is always named: 13,500 t and 13,500 short tons differ by 1,253 t."""

    TONNE = "tonne", _("tonne (t)")
    SHORT_TON = "short_ton", _("short ton")


UNIT_IN_KG: dict[str, Decimal] = {LimitUnit.TONNE: TONNE_IN_KG, LimitUnit.SHORT_TON: SHORT_TON_IN_KG}


class LimitQuerySet(models.QuerySet["Limit"]):
    def on_site(self, site: Site) -> "LimitQuerySet":
        return self.filter(site=site)

    def in_force(self, year: int) -> "LimitQuerySet":
        """Limits that judge this calendar year."""
        return self.filter(valid_from__year__lte=year).filter(Q(valid_to=None) | Q(valid_to__year__gte=year))


@pghistory.track()
class Limit(models.Model):
    """So much of a measure in a window, as a source document says it (RULE-14)."""

    class Measure(models.TextChoices):
        PROCESSED = "processed", _("Processed")

    class Window(models.TextChoices):
        CALENDAR_YEAR = "calendar_year", _("Calendar year")

    site = models.ForeignKey(Site, models.PROTECT, related_name="limits")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    measure = models.CharField(max_length=12, choices=Measure.choices)
    window = models.CharField(max_length=16, choices=Window.choices)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.CharField(max_length=10, choices=LimitUnit.choices)
    opening_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(0))
    """What counts from before go-live, in the limit's unit, in the year of `valid_from`."""
    opening_source = models.CharField(max_length=200, blank=True)
    source = models.TextField(max_length=2000)
    """The source document's own words, with its condition number."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = LimitQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code", "valid_from"),
                name="limits_limit_version_unique",
                violation_error_message="This limit has a version from that day already. Choose another day.",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=100_000_000),
                name="limits_limit_quantity_bounds",
                violation_error_message="A limit is above zero.",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=("tonne", "short_ton")),
                name="limits_limit_unit_named",
                violation_error_message="Say which ton: tonne (1,000 kg) or short ton (2,000 lb).",
            ),
            models.CheckConstraint(
                condition=Q(measure__in=("processed",)),
                name="limits_limit_measure_known",
                violation_error_message="A limit is on what is processed.",
            ),
            models.CheckConstraint(
                condition=Q(window__in=("calendar_year",)),
                name="limits_limit_window_known",
                violation_error_message="A limit's window is the calendar year.",
            ),
            models.CheckConstraint(
                condition=Q(opening_quantity=0) | (Q(opening_quantity__gt=0) & ~Q(opening_source="")),
                name="limits_limit_opening_has_paper",
                violation_error_message="An opening figure names the paper it comes from.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="limits_limit_dates_ordered",
                violation_error_message="A limit ends after it begins.",
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="limits_limit_has_source",
                violation_error_message="A limit quotes its source. Type what the document says.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def limit_kg(self) -> Decimal:
        return kg(self.quantity * UNIT_IN_KG[self.unit])

    def opening_kg(self, year: int) -> Decimal:
        """What counts from before go-live: in the year the limit begins only."""
        return kg(self.opening_quantity * UNIT_IN_KG[self.unit]) if year == self.valid_from.year else kg(0)


@pghistory.track()
class PackFactor(models.Model):
    """Kilograms of one pack equivalent, from a day on, and where the figure comes from."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="pack_factors")
    kg_per_pack = models.DecimalField(**KG)
    source = models.CharField(max_length=300)
    valid_from = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "valid_from"),
                name="limits_packfactor_one_a_day",
                violation_error_message="There is a factor from that day already.",
            ),
            models.CheckConstraint(
                condition=Q(kg_per_pack__gt=0, kg_per_pack__lte=10_000),
                name="limits_packfactor_bounds",
                violation_error_message="A pack weighs more than 0 and at most 10,000 kg.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kg_per_pack} kg"


class Utilization(models.Model):
    """How much of a limit one year has used, as a worker computed it (F11, F12, F14)."""

    limit = models.ForeignKey(Limit, models.PROTECT, related_name="utilizations")
    year = models.PositiveSmallIntegerField()
    limit_kg = models.DecimalField(**KG)
    opening_kg = models.DecimalField(**KG)
    processed_kg = models.DecimalField(**KG)
    """To date, without the opening figure; today included."""
    today_kg = models.DecimalField(**KG)
    """Of it today, which is in no rate."""
    used_ratio = models.DecimalField(max_digits=14, decimal_places=8)
    elapsed_ratio = models.DecimalField(max_digits=10, decimal_places=8)
    remaining_kg = models.DecimalField(**KG)
    complete_days = models.PositiveSmallIntegerField()
    run_rate_kg_per_year = models.DecimalField(**KG, null=True)
    rate_30_days_kg_per_year = models.DecimalField(**KG, null=True)
    required_kg_per_day = models.DecimalField(**KG, null=True)
    as_of = models.DateTimeField()
    computed_at = models.DateTimeField()
    formula = models.CharField(max_length=40)
    formula_version = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("limit", "year"),
                name="limits_utilization_one_per_year",
                violation_error_message="This year's utilization is there already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.limit} {self.year}"
