"""Statements of a month: what it took in, made and gave, signed off; a later entry makes a new version."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plant.inventory.models.movements import ClockTimestamp
from plant.models import Site, User
from plant.states import append_only


class MonthStatementQuerySet(models.QuerySet["MonthStatement"]):
    def newest(self) -> "MonthStatementQuerySet":
        """The newest version of each month, the newest month first."""
        return self.order_by("site_id", "-month", "-version").distinct("site_id", "month")


class MonthStatement(models.Model):
    """One version of a month's statement. From the first on the month is closed; no version is ever changed."""

    class Origin(models.TextChoices):
        SIGNED = "signed", _("Signed off")
        RESTATED = "restated", _("Restated after a later entry")

    site = models.ForeignKey(Site, models.PROTECT, related_name="month_statements")
    month = models.DateField()
    """Its first day."""
    version = models.PositiveIntegerField()
    origin = models.CharField(max_length=10, choices=Origin.choices)
    figures = models.JSONField()
    """kg as text, exact: `opening`, `closing`, and by flow and material what moved (`months.Figures`)."""
    why = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    """Who signed; nobody where a worker restated it."""
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = MonthStatementQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "month", "version"),
                name="inventory_monthstatement_version_unique",
                violation_error_message="Someone else has just made this version. Load the page again to see it.",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1, version__gte=1),
                name="inventory_monthstatement_month_sane",
                violation_error_message="A month is named by its first day, its versions count from 1.",
            ),
            models.CheckConstraint(
                condition=Q(origin="signed", by__isnull=False) | Q(origin="restated", by__isnull=True),
                name="inventory_monthstatement_signed_by",
                violation_error_message="A signed statement names who signed it.",
            ),
        )
        triggers = tuple(append_only("inventory_monthstatement"))

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version}"
