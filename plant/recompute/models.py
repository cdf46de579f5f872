"""The list of work: which derived facts are stale."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Mark(models.Model):
    """One reason to compute a derived fact again. Inserted by what changed its sources, never updated, deleted by the
    computation that saw it; `plant.recompute.marks` is the only reader and writer."""

    fact = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    marked_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True)
    """When to try again after a failure; null: at once."""
    attempts = models.IntegerField(db_default=0)
    error = models.CharField(max_length=300, blank=True, db_default="")
    request_id = models.CharField(max_length=40, blank=True, db_default="")
    """The request that changed the sources: the log lines of its computation carry it."""

    class Meta:
        indexes = (models.Index(fields=("fact", "key"), name="recompute_mark_fact_key"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(fact="") & ~Q(key=""),
                name="recompute_mark_names_its_fact",
                violation_error_message="A mark names the fact and the key that are stale.",
            ),
            models.CheckConstraint(
                condition=Q(attempts=0, due_at__isnull=True, error="")
                | (Q(attempts__gte=1, due_at__isnull=False) & ~Q(error="")),
                name="recompute_mark_failure_is_whole",
                violation_error_message="A mark of a failed computation says why it failed and when it is due again.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.fact} {self.key}"
