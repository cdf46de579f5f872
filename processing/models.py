"""Scrap becomes black mass: lines, recipes, batches and what workers computed of them."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from plant.inventory.models import Chemistry, Container, Grade, Location, Material
from plant.models import Party, Site, User
from plant.states import Transitions, append_only, transition_trigger
from plant.units import KG, within_bounds


class LineQuerySet(models.QuerySet["Line"]):
    def on_site(self, site: Site) -> "LineQuerySet":
        return self.filter(site=site)

    def for_change(self) -> "LineQuerySet":
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


@pghistory.track()
class Line(models.Model):
    """A processing line: the place where runs stand, and its heel, what is left in it between batches."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="lines")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    location = models.OneToOneField(Location, models.PROTECT, related_name="line")
    heel = models.OneToOneField(Container, models.PROTECT, related_name="heel_of")
    is_active = models.BooleanField(default=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="processing_line_code_unique",
                violation_error_message="This line is there already. Choose it from the list.",
            ),
        )

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Recipe(models.Model):
    """A way of processing, such as "Wet cells, inert shredding"; its versions say what it takes and where it runs."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="recipes")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="processing_recipe_code_unique",
                violation_error_message="This recipe is there already. Choose it from the list.",
            ),
        )

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class RecipeVersion(models.Model):
    """One version of a recipe: the lines it runs on and the scrap types it takes (RULE-1)."""

    recipe = models.ForeignKey(Recipe, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    lines = models.ManyToManyField(Line, related_name="recipe_versions")
    materials = models.ManyToManyField(Material, related_name="recipe_versions")
    takes_charged = models.BooleanField(default=False)
    """Shreds charged cells under inert gas: no discharge record is asked for (RULE-2)."""
    discharge_valid_hours = models.PositiveSmallIntegerField(default=24)
    """How long a passed discharge record counts; a voltage can rebound (RULE-2)."""
    may_commingle = models.BooleanField(default=False)
    """Takes material of several owners into one batch, which is then divided among them (docs/adr/0010)."""
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("recipe", "number"),
                name="processing_recipeversion_number_unique",
                violation_error_message="This recipe has a version with this number already.",
            ),
            models.UniqueConstraint(
                fields=("recipe",),
                condition=Q(is_current=True),
                name="processing_recipeversion_one_current",
                violation_error_message="A recipe has one current version. Retire the other first.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.recipe} v{self.number}"


class DischargeRecord(models.Model):
    """A container of charged cells, modules or packs was discharged and checked (RULE-2)."""

    container = models.ForeignKey(Container, models.PROTECT, related_name="discharge_records")
    passed = models.BooleanField()
    voltage_v = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(voltage_v__isnull=True) | Q(voltage_v__gte=0, voltage_v__lte=2000),
                name="processing_dischargerecord_voltage_bounds",
                violation_error_message="A voltage lies between 0 and 2,000 V.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.container} {'passed' if self.passed else 'failed'}"


class BatchQuerySet(models.QuerySet["Batch"]):
    def on_site(self, site: Site) -> "BatchQuerySet":
        return self.filter(site=site)

    def on_the_line(self) -> "BatchQuerySet":
        """Running or held: the run stands in its line."""
        return self.filter(state__in=Batch.ON_THE_LINE)

    def for_change(self) -> "BatchQuerySet":
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


class BatchState(models.TextChoices):
    """Where a batch stands."""

    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    HELD = "held", _("Held")
    CLOSED = "closed", _("Closed")
    ABORTED = "aborted", _("Aborted")


BATCH_TRANSITIONS = Transitions(
    {
        BatchState.DRAFT: {BatchState.RUNNING, BatchState.ABORTED},
        BatchState.RUNNING: {BatchState.HELD, BatchState.CLOSED, BatchState.ABORTED},
        BatchState.HELD: {BatchState.RUNNING, BatchState.CLOSED, BatchState.ABORTED},
        BatchState.CLOSED: set(),
        BatchState.ABORTED: set(),
    }
)


@pghistory.track()
class Batch(models.Model):
    """One run of a recipe on a line: one product grade, one chemistry, one owner; what is in it is in its run."""

    State = BatchState
    TRANSITIONS = BATCH_TRANSITIONS
    ON_THE_LINE = (State.RUNNING, State.HELD)

    site = models.ForeignKey(Site, models.PROTECT, related_name="batches")
    reference = models.CharField(max_length=24, unique=True)
    recipe_version = models.ForeignKey(RecipeVersion, models.PROTECT, related_name="batches")
    line = models.ForeignKey(Line, models.PROTECT, related_name="batches")
    grade = models.ForeignKey(Grade, models.PROTECT, related_name="batches")
    chemistry = models.ForeignKey(Chemistry, models.PROTECT, related_name="batches")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="batches")
    run = models.OneToOneField(Container, models.PROTECT, related_name="run_of")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    state_reason = models.CharField(max_length=500, blank=True)
    """Why it is held or was aborted."""
    note = models.TextField(max_length=2000, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    aborted_at = models.DateTimeField(null=True, blank=True)
    aborted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("draft", "running", "held", "closed", "aborted")),
                name="processing_batch_state_known",
                violation_error_message="A batch is a draft, running, held, closed or aborted.",
            ),
            models.UniqueConstraint(
                fields=("line",),
                condition=Q(state__in=("running", "held")),
                name="processing_batch_one_per_line",
                violation_error_message="Another batch is on this line. Close it first.",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="processing_batch_opened_complete",
                violation_error_message="An opened batch says who opened it and when.",
            ),
            models.CheckConstraint(
                condition=(~Q(state__in=("running", "held", "closed")) | Q(opened_at__isnull=False))
                & (~Q(state="draft") | Q(opened_at__isnull=True)),
                name="processing_batch_opened_when_on_line",
                violation_error_message="A batch runs from its opening on.",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True)),
                name="processing_batch_closed_complete",
                violation_error_message="A closed batch says who closed it and when.",
            ),
            models.CheckConstraint(
                condition=Q(state="aborted", aborted_at__isnull=False, aborted_by__isnull=False)
                | (~Q(state="aborted") & Q(aborted_at__isnull=True, aborted_by__isnull=True)),
                name="processing_batch_aborted_complete",
                violation_error_message="An aborted batch says who aborted it and when.",
            ),
        )
        triggers = (transition_trigger("processing_batch", "state", BATCH_TRANSITIONS),)

    def __str__(self) -> str:
        return self.reference


@pghistory.track()
class BlendApproval(models.Model):
    """A supervisor lets anode foil into a nickel grade of one batch, up to a share of its charge (RULE-4)."""

    batch = models.OneToOneField(Batch, models.PROTECT, related_name="blend_approval")
    reason = models.CharField(max_length=500)
    largest_share_ratio = models.DecimalField(max_digits=5, decimal_places=4)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(largest_share_ratio__gt=0, largest_share_ratio__lte=1),
                name="processing_blendapproval_share_bounds",
                violation_error_message="The largest share lies above 0 and at most at 100 %.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="processing_blendapproval_has_reason",
                violation_error_message="A blend approval says why. Type a reason.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.batch}: {self.largest_share_ratio}"


class CleanOut(models.Model):
    """A line was emptied and cleaned: its heel is zero, and another pool may follow (RULE-5)."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="clean_outs")
    cleaned_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.line} {self.cleaned_at:%Y-%m-%d %H:%M}"


class BatchResult(models.Model):
    """What a worker computed of a batch: yield as weighed, closure and unaccounted (F3, F4, F5)."""

    batch = models.OneToOneField(Batch, models.PROTECT, related_name="result")
    charged_kg = models.DecimalField(**KG)
    """Net charge: charges less returns."""
    product_kg = models.DecimalField(**KG)
    """Outputs of the batch's product grade."""
    outputs_kg = models.DecimalField(**KG)
    losses_kg = models.DecimalField(**KG)
    weighed_losses_kg = models.DecimalField(**KG)
    heel_opening_kg = models.DecimalField(**KG)
    heel_closing_kg = models.DecimalField(**KG)
    unaccounted_kg = models.DecimalField(**KG)
    yield_ratio = models.DecimalField(max_digits=22, decimal_places=8, null=True)
    closure_ratio = models.DecimalField(max_digits=22, decimal_places=8, null=True)
    weighed_closure_ratio = models.DecimalField(max_digits=22, decimal_places=8, null=True)
    is_final = models.BooleanField()
    """The batch is closed; before that the figures say how it stands."""
    movements = models.PositiveIntegerField()
    last_movement = models.BigIntegerField(null=True)
    formula = models.CharField(max_length=40)
    formula_version = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (
            within_bounds(
                "processing_batchresult_kg_bounds",
                "charged_kg",
                "product_kg",
                "outputs_kg",
                "losses_kg",
                "weighed_losses_kg",
                "heel_opening_kg",
                "heel_closing_kg",
                "unaccounted_kg",
            ),
            models.CheckConstraint(
                condition=Q(product_kg__lte=F("outputs_kg")),
                name="processing_batchresult_product_is_output",
                violation_error_message="The product is part of the outputs.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.batch} {self.yield_ratio}"


class Division(models.Model):
    """What came out of a batch with several owners, divided among them by a named rule; the last of a batch counts."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="divisions")
    number = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=40)
    rule_version = models.PositiveSmallIntegerField()
    divided_at = models.DateTimeField()
    divided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("batch", "number"),
                name="processing_division_number_unique",
                violation_error_message="This batch was divided meanwhile. Load the page again.",
            ),
        )
        triggers = tuple(append_only("processing_division"))

    def __str__(self) -> str:
        return f"{self.batch} {self.number}"


class DivisionShare(models.Model):
    """One owner's share of one material of a batch, what is in his bags of it, and so what he is owed."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="shares")
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+")
    material = models.ForeignKey(Material, models.PROTECT, related_name="+")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, blank=True, related_name="+")
    charged_kg = models.DecimalField(**KG)
    share_kg = models.DecimalField(**KG)
    given_kg = models.DecimalField(**KG)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("division", "owner", "material", "grade"),
                nulls_distinct=False,
                name="processing_divisionshare_once",
                violation_error_message="This owner has his share of this material already.",
            ),
            within_bounds("processing_divisionshare_kg_bounds", "charged_kg", "share_kg", "given_kg"),
        )
        triggers = tuple(append_only("processing_divisionshare"))

    def __str__(self) -> str:
        return f"{self.owner} {self.share_kg} kg"
