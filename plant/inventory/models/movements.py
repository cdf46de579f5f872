"""The ledger: weighings and movements, which are never changed, and the one running total they keep."""

import datetime as dt
from decimal import Decimal

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.expressions import Combinable, Func
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from plant.inventory.models.containers import Container
from plant.inventory.models.locations import Location
from plant.inventory.models.lots import Lot
from plant.models import Site, Station, User
from plant.states import GuardTrigger, append_only
from plant.units import HEAVIEST_KG, KG, ZERO_KG


class ClockTimestamp(Func):
    """PostgreSQL's wall clock at the moment of the row, not of its transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


@pghistory.track()
class Scale(models.Model):
    """A scale that weighings name."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="scales")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=2, choices=(("kg", "kg"), ("lb", "lb")))
    capacity_kg = models.DecimalField(**KG)
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="scales")
    """Where it stands; none for one that several use."""
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="inventory_scale_code_unique",
                violation_error_message="This scale is there already. Choose it from the list.",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=("kg", "lb")),
                name="inventory_scale_unit_known",
                violation_error_message="A scale reads kg or lb.",
            ),
            models.CheckConstraint(
                condition=Q(capacity_kg__gt=0, capacity_kg__lte=HEAVIEST_KG),
                name="inventory_scale_capacity_bounds",
                violation_error_message="A scale's capacity lies above 0 and at most at 1,000,000 kg.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Weighing(models.Model):
    """One reading of a scale: what was typed in its unit, and the net, formed in that unit and converted once.

    Append-only; a wrong one is reversed and replaced (RULE-10).
    """

    class TareOrigin(models.TextChoices):
        WEIGHED = "weighed", _("Weighed")
        STORED = "stored", _("Stored tare")
        NET = "net", _("Net read directly")

    site = models.ForeignKey(Site, models.PROTECT, related_name="weighings")
    container = models.ForeignKey(Container, models.PROTECT, null=True, blank=True, related_name="weighings")
    scale = models.ForeignKey(Scale, models.PROTECT, null=True, blank=True, related_name="weighings")
    hand_reason = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=2)
    gross_read = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    tare_read = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    net_read = models.DecimalField(max_digits=13, decimal_places=3)
    gross_kg = models.DecimalField(**KG, null=True, blank=True)
    tare_kg = models.DecimalField(**KG, null=True, blank=True)
    net_kg = models.DecimalField(**KG)
    tare_origin = models.CharField(max_length=8, choices=TareOrigin.choices)
    weighed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(net_kg__gt=0, net_kg__lte=HEAVIEST_KG),
                name="inventory_weighing_net_bounds",
                violation_error_message="A net weight lies above 0 and at most at 1,000,000 kg.",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=("kg", "lb")),
                name="inventory_weighing_unit_known",
                violation_error_message="A weighing is in kg or lb.",
            ),
            models.CheckConstraint(
                condition=Q(
                    tare_origin="net",
                    gross_read__isnull=True,
                    tare_read__isnull=True,
                    gross_kg__isnull=True,
                    tare_kg__isnull=True,
                )
                | Q(
                    tare_origin__in=("weighed", "stored"),
                    gross_read__isnull=False,
                    tare_read__isnull=False,
                    gross_kg__isnull=False,
                    tare_kg__isnull=False,
                    net_read=F("gross_read") - F("tare_read"),
                    tare_kg__gte=0,
                    gross_kg__lte=HEAVIEST_KG * 10,
                ),
                name="inventory_weighing_net_is_gross_less_tare",
                violation_error_message="The net is the gross less the tare, or was read directly.",
            ),
            models.CheckConstraint(
                condition=Q(scale__isnull=False) | ~Q(hand_reason=""),
                name="inventory_weighing_scale_or_reason",
                violation_error_message="A weight names its scale, or why it was typed by hand.",
            ),
        )
        triggers = tuple(append_only("inventory_weighing"))

    def __str__(self) -> str:
        return f"{self.net_read} {self.unit}"


def corrected_kg(path: str = "") -> Combinable:
    """The mass of the movement at `path` as it stands today: with the differences that its corrections posted."""
    at = f"{path}__" if path else ""
    same_ends = Q(from_container=OuterRef(f"{at}from_container"), from_location=OuterRef(f"{at}from_location"))
    differences = Movement.objects.filter(corrects=OuterRef(f"{at}pk")).order_by().values("corrects")
    sums = differences.annotate(sum=Sum(Case(When(same_ends, then=F("kg")), default=-F("kg")))).values("sum")
    return F(f"{at}kg") + Coalesce(Subquery(sums), Value(ZERO_KG), output_field=models.DecimalField(**KG))


def corrected_kg_sql(movement: str) -> str:
    """The same for a statement of our own; `movement` is its alias there. One probe of a small index."""
    return f"""({movement}.kg + coalesce((
        SELECT sum(CASE WHEN difference.from_container_id = {movement}.from_container_id
                         AND difference.from_location_id = {movement}.from_location_id
                        THEN difference.kg ELSE -difference.kg END)
        FROM inventory_movement AS difference WHERE difference.corrects_id = {movement}.id), 0))"""


class MovementQuerySet(models.QuerySet["Movement"]):
    def of_container(self, container: Container) -> "MovementQuerySet":
        return self.filter(Q(from_container=container) | Q(to_container=container))

    def of_lot(self, lot: Lot) -> "MovementQuerySet":
        return self.filter(Q(from_container__lot=lot) | Q(to_container__lot=lot))

    def standing(self) -> "MovementQuerySet":
        """What happened and still counts: neither a reversal nor reversed, nor a correction's difference, which only
        changes how much another movement moved."""
        return self.filter(reverses__isnull=True, reversed_by__isnull=True, corrects__isnull=True)

    def with_corrected_kg(self) -> "MovementQuerySet":
        """Each with `corrected_kg`: its mass with the differences its corrections posted. Of what was moved, sum this
        over standing movements, or `kg` by direction over all of them; both are the same."""
        return self.annotate(corrected_kg=corrected_kg())  # type: ignore[no-redef]


DIFFERENCE = GuardTrigger(
    name="corrects_an_entry",
    constraint="inventory_movement_corrects_an_entry",
    sentence="A correction is posted between the ends of what it corrects, on its day. Load the page again.",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__corrects__isnull=False),
    func="""
        PERFORM FROM inventory_movement AS o
        WHERE o.id = NEW.corrects_id AND o.corrects_id IS NULL AND o.reverses_id IS NULL
            AND (o.kind, o.occurred_at, o.site_day) = (NEW.kind, NEW.occurred_at, NEW.site_day)
            AND ((NEW.from_container_id, NEW.from_location_id, NEW.to_container_id, NEW.to_location_id)
                = (o.from_container_id, o.from_location_id, o.to_container_id, o.to_location_id)
              OR (NEW.to_container_id, NEW.to_location_id, NEW.from_container_id, NEW.from_location_id)
                = (o.from_container_id, o.from_location_id, o.to_container_id, o.to_location_id))
            AND NOT EXISTS (SELECT FROM inventory_movement AS r WHERE r.reverses_id = o.id);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'corrects no standing entry of its ends' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'inventory_movement_corrects_an_entry';
        END IF;
        RETURN NEW;
    """,
)
"""A difference corrects an entry that stands, never a correction or a reversal, and lies between its two ends."""


class Movement(models.Model):
    """One mass from a container at a place to a container at a place. Posted by `ledger.post`, never changed."""

    class Kind(models.TextChoices):
        RECEIVE = "receive", _("Received")
        MOVE = "move", _("Moved")
        CHARGE = "charge", _("Charged")
        RETURN = "return", _("Returned")
        OUTPUT = "output", _("Output")
        LOSS = "loss", _("Loss")
        HEEL_IN = "heel_in", _("Heel at opening")
        HEEL_OUT = "heel_out", _("Heel at closing")
        UNACCOUNTED = "unaccounted", _("Unaccounted")
        SHIP = "ship", _("Shipped")
        TAKE_BACK = "take_back", _("Taken back")
        SPLIT = "split", _("Split")
        MERGE = "merge", _("Put together")
        ADJUST = "adjust", _("Count correction")

    class HowKnown(models.TextChoices):
        WEIGHED = "weighed", _("Weighed")
        CARRIED = "carried", _("Carried")
        CALCULATED = "calculated", _("Calculated")
        ESTIMATED = "estimated", _("Estimated")
        DECLARED = "declared", _("Declared")

    site = models.ForeignKey(Site, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    from_container = models.ForeignKey(Container, models.PROTECT, related_name="movements_out")
    from_location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    to_container = models.ForeignKey(Container, models.PROTECT, related_name="movements_in")
    to_location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    kg = models.DecimalField(**KG)
    how_known = models.CharField(max_length=10, choices=HowKnown.choices)
    weighing = models.ForeignKey(Weighing, models.PROTECT, null=True, blank=True, related_name="movements")
    formula = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    site_day = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="+")
    """At whose terminal it was entered; none at a desk (docs/adr/0009)."""
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="differences", db_index=False
    )
    """This is the difference by which a correction changed that movement: of the same kind and instant, with its ends
    as they are where the mass grew, turned round where it shrank."""
    reason = models.CharField(max_length=500, blank=True)
    corrected_kg: Decimal
    """Of `with_corrected_kg()` only."""

    objects = MovementQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kg__gt=0, kg__lte=HEAVIEST_KG),
                name="inventory_movement_kg_bounds",
                violation_error_message="A movement's mass lies above 0 and at most at 1,000,000 kg.",
            ),
            models.CheckConstraint(
                condition=~Q(from_container=F("to_container"), from_location=F("to_location")),
                name="inventory_movement_goes_somewhere",
                violation_error_message="It is there already. Choose another place.",
            ),
            models.CheckConstraint(
                condition=Q(how_known="weighed", weighing__isnull=False)
                | (~Q(how_known="weighed") & Q(weighing__isnull=True)),
                name="inventory_movement_weighed_has_weighing",
                violation_error_message="A weighed mass names its weighing.",
            ),
            models.CheckConstraint(
                condition=~Q(how_known="calculated") | ~Q(formula=""),
                name="inventory_movement_calculated_has_formula",
                violation_error_message="A calculated mass names its formula.",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reason=""),
                name="inventory_movement_reversal_has_reason",
                violation_error_message="A reversal says why. Type a reason.",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | (Q(reverses__isnull=True) & ~Q(reason="")),
                name="inventory_movement_correction_has_reason",
                violation_error_message="A correction says why, and reverses nothing. Type a reason.",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        "receive",
                        "move",
                        "charge",
                        "return",
                        "output",
                        "loss",
                        "heel_in",
                        "heel_out",
                        "unaccounted",
                        "ship",
                        "take_back",
                        "split",
                        "merge",
                        "adjust",
                    )
                ),
                name="inventory_movement_kind_known",
                violation_error_message="This kind of movement is not known.",
            ),
            models.CheckConstraint(
                condition=Q(how_known__in=("weighed", "carried", "calculated", "estimated", "declared")),
                name="inventory_movement_how_known_known",
                violation_error_message="A mass is weighed, carried, calculated, estimated or declared.",
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__gte=dt.datetime(2000, 1, 1, tzinfo=dt.UTC)),
                name="inventory_movement_occurred_at_sane",
                violation_error_message="Nothing happened here before the year 2000. Check the date.",
            ),
        )
        indexes = (
            models.Index(fields=("from_container", "occurred_at"), name="inventory_movement_from"),
            models.Index(fields=("to_container", "occurred_at"), name="inventory_movement_to"),
            models.Index(fields=("site", "site_day", "kind"), name="inventory_movement_day"),
            models.Index(fields=("corrects",), condition=Q(corrects__isnull=False), name="inventory_movement_corrects"),
        )
        triggers = (*append_only("inventory_movement"), DIFFERENCE)

    def __str__(self) -> str:
        return f"{self.kind} {self.kg} kg"


class HoldingQuerySet(models.QuerySet["Holding"]):
    def on_hand(self) -> "HoldingQuerySet":
        """In real locations; runs and heels included."""
        return self.filter(location__kind__in=Location.REAL).exclude(kg=0)

    def never_negative(self) -> "HoldingQuerySet":
        """On hand, but for runs: boxes, heaps and heels. It has an index of its own, so that what stands on the site is
        found as fast after ten years, when nearly every holding is empty or outside."""
        return self.filter(may_be_negative=False, kg__gt=0)

    def stock(self) -> "HoldingQuerySet":
        """What stands in boxes and heaps on the site."""
        return self.never_negative().filter(container__form__in=(Container.Form.BOXED, Container.Form.HEAP))


class Holding(models.Model):
    """How much of a container is at a location: the only running total, written by `ledger.post` alone."""

    container = models.ForeignKey(Container, models.PROTECT, related_name="holdings")
    location = models.ForeignKey(Location, models.PROTECT, related_name="holdings")
    kg = models.DecimalField(**KG, default=Decimal(0))
    may_be_negative = models.BooleanField(default=False)
    """True at virtual locations and for runs; a boxed container in a real place never holds less than nothing."""

    objects = HoldingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("container", "location"),
                name="inventory_holding_one_per_place",
                violation_error_message="This container has its holding at this place already.",
            ),
            models.CheckConstraint(
                condition=Q(kg__gte=0) | Q(may_be_negative=True),
                name="inventory_holding_not_negative",
                violation_error_message="There is less in the container than that. Load the page to see what is left.",
            ),
            models.CheckConstraint(
                condition=Q(kg__gte=-HEAVIEST_KG * 100, kg__lte=HEAVIEST_KG * 100),
                name="inventory_holding_kg_bounds",
                violation_error_message="No container holds that much.",
            ),
        )
        indexes = (
            models.Index(
                fields=("location",), condition=Q(may_be_negative=False, kg__gt=0), name="inventory_holding_on_hand"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kg} kg"
