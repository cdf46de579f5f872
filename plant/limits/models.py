"""Permit and capacity limits, and how much of them is used."""

import datetime as dt
from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from plant.models import Site, User
from plant.units import KG, SHORT_TON_IN_KG, TONNE_IN_KG, kg, within_bounds


class LimitUnit(models.TextChoices):
    """A ton is always named: 13,500 t and 13,500 short tons differ by 1,253 t."""

    TONNE = "tonne", _("tonne (t)")
    SHORT_TON = "short_ton", _("short ton")


UNIT_IN_KG: dict[str, Decimal] = {LimitUnit.TONNE: TONNE_IN_KG, LimitUnit.SHORT_TON: SHORT_TON_IN_KG}


RECENT_DAYS = 30
"""Complete site days of the second run rate (F12)."""

LARGEST_QUANTITY = 900_000
"""Of a limit, in its unit: in kilograms it then still fits every mass column."""


class LimitQuerySet(models.QuerySet["Limit"]):
    def on_site(self, site: Site) -> "LimitQuerySet":
        return self.filter(site=site)

    def in_force(self, on: dt.date) -> "LimitQuerySet":
        """The version of each limit that counts on this day."""
        return self.filter(valid_from__lte=on).filter(Q(valid_to=None) | Q(valid_to__gte=on))

    def judging(self, year: int, on: dt.date) -> "LimitQuerySet":
        """Of one limit's versions the one that judges a calendar year as seen on a day: of those that were in force in
        the year and had begun by then, the last. So last year is judged by last year's limit."""
        begun = min(on, dt.date(year, 12, 31))
        in_the_year = Q(valid_to=None) | Q(valid_to__gte=dt.date(year, 1, 1))
        return self.filter(in_the_year, valid_from__lte=begun).order_by("-valid_from")[:1]

    def for_change(self) -> "LimitQuerySet":
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


@pghistory.track()
class Limit(models.Model):
    """One version of a limit: so much of a measure in a window, as a source document says it (RULE-14).

    Versions of a limit share its code and follow each other without overlap; the last one has no end.
    """

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
    """What was processed before go-live, in the limit's unit; counts in the year of `valid_from` only."""
    opening_source = models.CharField(max_length=200, blank=True)
    source = models.TextField(max_length=2000)
    """The source document's own words, with its condition number."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    """Its last day; null while it is the newest version."""
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
            models.UniqueConstraint(
                fields=("site", "code"),
                condition=Q(valid_to__isnull=True),
                name="limits_limit_one_newest_version",
                violation_error_message="This limit is there already. Open it and change it from a day on.",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9_-]*$"),
                name="limits_limit_code_plain",
                violation_error_message="A limit's code has capital letters, digits, - and _ only, such as NAMEPLATE.",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=LARGEST_QUANTITY),
                name="limits_limit_quantity_bounds",
                violation_error_message="A limit lies above zero and at most at 900,000.",
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
                condition=Q(opening_quantity=0)
                | (Q(opening_quantity__gt=0, opening_quantity__lte=LARGEST_QUANTITY) & ~Q(opening_source="")),
                name="limits_limit_opening_has_paper",
                violation_error_message="An opening figure is not negative and names the paper it comes from.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="limits_limit_dates_ordered",
                violation_error_message="A limit does not end before it begins.",
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
    """How much of a limit one calendar year has used, and at what pace, as a worker computed it (F11, F12, F14)."""

    limit = models.ForeignKey(Limit, models.PROTECT, related_name="utilizations")
    """The version that judges the year."""
    year = models.PositiveSmallIntegerField()
    limit_kg = models.DecimalField(**KG)
    opening_kg = models.DecimalField(**KG)
    processed_kg = models.DecimalField(**KG)
    """To date, without the opening figure; today included."""
    today_kg = models.DecimalField(**KG)
    """Of it today, which is in no rate."""
    used_ratio = models.DecimalField(max_digits=20, decimal_places=8)
    remaining_kg = models.DecimalField(**KG)
    """Negative when over."""
    days_in_year = models.PositiveSmallIntegerField()
    days_elapsed = models.PositiveSmallIntegerField()
    """Complete site days since 1 January."""
    elapsed_ratio = models.DecimalField(max_digits=10, decimal_places=8)
    rate_from = models.DateField(null=True)
    """The first day of the run rate: 1 January, the limit's start or the first charge, whichever is latest."""
    complete_days = models.PositiveSmallIntegerField()
    """Complete site days since `rate_from`: the run rate's."""
    run_rate_kg_per_year = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    rate_30_days_kg_per_year = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    days_left = models.PositiveSmallIntegerField()
    """Of the year, today included."""
    required_kg_per_day = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    as_of = models.DateTimeField()
    """The instant the figures speak of: when they were computed, or the end of a year that is over."""
    computed_at = models.DateTimeField()
    formula = models.CharField(max_length=40)
    formula_version = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            within_bounds(
                "limits_utilization_kg_bounds",
                "limit_kg",
                "opening_kg",
                "processed_kg",
                "today_kg",
                "remaining_kg",
            ),
            models.UniqueConstraint(
                fields=("limit", "year"),
                name="limits_utilization_one_per_year",
                violation_error_message="This year's utilization is there already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.limit} {self.year}"

    @property
    def to_date_kg(self) -> Decimal:
        """What counts against the limit: processed this year and before go-live."""
        return self.processed_kg + self.opening_kg

    @property
    def rated_kg(self) -> Decimal | None:
        """What the run rate is made of: processed on its complete days."""
        return self._of_days(self.run_rate_kg_per_year, self.complete_days)

    @property
    def recent_kg(self) -> Decimal | None:
        """Processed on the last 30 complete days."""
        return self._of_days(self.rate_30_days_kg_per_year, RECENT_DAYS)

    def _of_days(self, a_year: Decimal | None, days: int) -> Decimal | None:
        return None if a_year is None else kg(a_year * days / self.days_in_year)

    @property
    def is_over(self) -> bool:
        return self.remaining_kg < 0
