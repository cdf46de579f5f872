"""Cycle counts: what a person found in a bay, blind, and what a posted count made of it."""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plant.inventory.models.containers import Container
from plant.inventory.models.locations import Location
from plant.inventory.models.movements import ClockTimestamp, Movement, Weighing
from plant.models import Site, User
from plant.states import Transitions, append_only, transition_trigger
from plant.units import HEAVIEST_KG, KG


@pghistory.track()
class CountTolerance(models.Model):
    """How far a counted weight may be off before a second person posts it: up to `kg` and up to a share of what was
    expected, both."""

    site = models.OneToOneField(Site, models.PROTECT, related_name="count_tolerance")
    kg = models.DecimalField(**KG, default=Decimal(50))
    share_ratio = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal("0.02"))

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kg__gte=0, kg__lte=HEAVIEST_KG, share_ratio__gte=0, share_ratio__lte=1),
                name="inventory_counttolerance_bounds",
                violation_error_message="A tolerance lies from 0 to 1,000,000 kg and from 0 to 100 %.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kg} kg, {self.share_ratio}"

    def is_far(self, difference_kg: Decimal, expected_kg: Decimal) -> bool:
        """Whether a difference in kg wants a second person."""
        return abs(difference_kg) > min(self.kg, self.share_ratio * expected_kg)


class CountState(models.TextChoices):
    """Where a count stands."""

    OPEN = "open", _("Open")
    POSTED = "posted", _("Posted")
    ABANDONED = "abandoned", _("Abandoned")


COUNT_TRANSITIONS = Transitions(
    {
        CountState.OPEN: {CountState.POSTED, CountState.ABANDONED},
        CountState.POSTED: set(),
        CountState.ABANDONED: set(),
    }
)


class CountQuerySet(models.QuerySet["Count"]):
    def on_site(self, site: Site) -> "CountQuerySet":
        return self.filter(site=site)

    def open(self) -> "CountQuerySet":
        return self.filter(state=CountState.OPEN)

    def for_change(self) -> "CountQuerySet":
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


@pghistory.track()
class Count(models.Model):
    """A count of a bay or of the bays of a zone; several people may count into it at once."""

    State = CountState
    TRANSITIONS = COUNT_TRANSITIONS

    site = models.ForeignKey(Site, models.PROTECT, related_name="counts")
    reference = models.CharField(max_length=24, unique=True)
    location = models.ForeignKey(Location, models.PROTECT, related_name="counts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    """Why it was abandoned, or what was said of its differences."""

    objects = CountQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("open", "posted", "abandoned")),
                name="inventory_count_state_known",
                violation_error_message="A count is open, posted or abandoned.",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="inventory_count_ended_complete",
                violation_error_message="A posted or abandoned count says who ended it and when.",
            ),
            models.UniqueConstraint(
                fields=("location",),
                condition=Q(state="open"),
                name="inventory_count_one_open_per_place",
                violation_error_message="This place is being counted already. Join that count.",
            ),
        )
        triggers = (transition_trigger("inventory_count", "state", COUNT_TRANSITIONS),)

    def __str__(self) -> str:
        return self.reference


class Sighting(models.Model):
    """A person found a container while counting, and weighed it or not; the last one of a container counts.

    `expected_kg` and `expected_place` are what the ledger said at that moment and `after` its latest movement then,
    so that what moves between counting and posting is never undone by the count. Append-only.
    """

    count = models.ForeignKey(Count, models.PROTECT, related_name="sightings")
    container = models.ForeignKey(Container, models.PROTECT, related_name="sightings")
    bay = models.ForeignKey(Location, models.PROTECT, related_name="+")
    weighing = models.OneToOneField(Weighing, models.PROTECT, null=True, blank=True, related_name="sighting")
    is_withdrawn = models.BooleanField(default=False)
    """It was not there after all: entered by mistake."""
    expected_kg = models.DecimalField(**KG)
    expected_place = models.ForeignKey(Location, models.PROTECT, related_name="+")
    after = models.BigIntegerField()
    seen_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(expected_kg__gt=0, expected_kg__lte=HEAVIEST_KG * 100),
                name="inventory_sighting_expected_bounds",
                violation_error_message="Only what has something in it is counted.",
            ),
            models.CheckConstraint(
                condition=Q(is_withdrawn=False) | Q(weighing__isnull=True),
                name="inventory_sighting_withdrawn_unweighed",
                violation_error_message="What was not there was not weighed.",
            ),
        )
        triggers = tuple(append_only("inventory_sighting"))

    def __str__(self) -> str:
        return f"{self.count} {self.container}"


class CountLine(models.Model):
    """What a posted count made of one container: what was expected and counted, and what was posted. Append-only."""

    class Outcome(models.TextChoices):
        AGREES = "agrees", _("As expected")
        SEEN = "seen", _("Seen, not weighed")
        ADJUSTED = "adjusted", _("Corrected")
        MISSING = "missing", _("Missing, set to zero")
        ELSEWHERE = "elsewhere", _("Found elsewhere")
        NOT_SEEN = "not_seen", _("Not seen, left as it is")
        GONE = "gone", _("Left since it was counted")
        LATER = "later", _("Counted again later")

    count = models.ForeignKey(Count, models.PROTECT, related_name="lines")
    container = models.ForeignKey(Container, models.PROTECT, related_name="count_lines")
    sighting = models.OneToOneField(Sighting, models.PROTECT, null=True, blank=True, related_name="line")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    expected_kg = models.DecimalField(**KG)
    counted_kg = models.DecimalField(**KG, null=True, blank=True)
    """NULL where nobody weighed it: blank is not zero."""
    adjusted = models.OneToOneField(Movement, models.PROTECT, null=True, blank=True, related_name="count_line")
    moved = models.OneToOneField(Movement, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("count", "container"),
                name="inventory_countline_once",
                violation_error_message="This container has its line in the count already.",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=(
                        "agrees",
                        "seen",
                        "adjusted",
                        "missing",
                        "elsewhere",
                        "not_seen",
                        "gone",
                        "later",
                    )
                ),
                name="inventory_countline_outcome_known",
                violation_error_message="This outcome of a count is not known.",
            ),
            models.CheckConstraint(
                condition=Q(expected_kg__gte=-HEAVIEST_KG * 100, expected_kg__lte=HEAVIEST_KG * 100)
                & (Q(counted_kg__isnull=True) | Q(counted_kg__gt=0, counted_kg__lte=HEAVIEST_KG)),
                name="inventory_countline_kg_bounds",
                violation_error_message="A counted mass lies above 0 kg and at most at 1,000,000 kg.",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("adjusted", "missing"), adjusted__isnull=False)
                | (~Q(outcome__in=("adjusted", "missing")) & Q(adjusted__isnull=True)),
                name="inventory_countline_adjusted_has_movement",
                violation_error_message="A corrected container names its movement; another has none.",
            ),
        )
        triggers = tuple(append_only("inventory_countline"))

    def __str__(self) -> str:
        return f"{self.count} {self.container}: {self.outcome}"
