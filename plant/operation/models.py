"""What the plant's own machinery remembers of itself: when each program was last heard, and what was backed up and
proved."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plant.states import append_only


class Pulse(models.Model):
    """When a program of the plant was last heard. `plant.operation.pulses` is the only reader and writer."""

    name = models.CharField(max_length=20, primary_key=True)
    heard_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    """Since when an answer is waited for (the canary's), by the database's clock as all of these."""

    def __str__(self) -> str:
        return self.name


class RunQuerySet(models.QuerySet["Run"]):
    def good(self, kind: str) -> "RunQuerySet":
        return self.filter(kind=kind, fault="").order_by("-ended_at", "-pk")


class Run(models.Model):
    """One backup, restore, restore test or comparison with the ledger that ended, well or not."""

    class Kind(models.TextChoices):
        BACKUP = "backup", _("Backup")
        RESTORE = "restore", _("Restore")
        RESTORE_TEST = "restore_test", _("Restore test")
        RECONCILE = "reconcile", _("Comparison with the ledger")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    fault = models.CharField(max_length=300, blank=True)
    """The sentence that says why it failed; empty: it ended well."""
    details = models.JSONField(default=dict)
    """A backup's file, bytes, SHA-256 and content hash; a comparison's count of differences."""

    objects = RunQuerySet.as_manager()

    class Meta:
        triggers = tuple(append_only("operation_run"))
        indexes = (models.Index(fields=("kind", "-ended_at"), name="operation_run_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("backup", "restore", "restore_test", "reconcile")),
                name="operation_run_kind_known",
                violation_error_message="A run is a backup, a restore, a restore test or a comparison.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("began_at")),
                name="operation_run_ends_after_it_began",
                violation_error_message="A run ends after it began.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.ended_at:%Y-%m-%d %H:%M}"
