"""The ledger: every kilogram on the site is in a container, and changes place only by a movement."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import Func
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from plant.models import Facility, Party, Site, User
from plant.states import append_only, frozen
from plant.units import HEAVIEST_KG, KG


class ClockTimestamp(Func):
    """PostgreSQL's wall clock at the moment of the row, not of its transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Pool(models.TextChoices):
    """What may run together: nickel-bearing material and LFP never share a batch or a lot (RULE-5)."""

    NICKEL = "nickel", _("Nickel-bearing")
    LFP = "lfp", _("LFP")
    OTHER = "other", _("Other")


@pghistory.track()
class Chemistry(models.Model):
    """A cathode chemistry, such as NMC811, with the pool it belongs to."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="chemistries")
    code = models.CharField(max_length=20)
    pool = models.CharField(max_length=10, choices=Pool.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="inventory_chemistry_code_unique",
                violation_error_message="This chemistry is there already. Choose it from the list.",
            ),
            models.CheckConstraint(
                condition=Q(pool__in=Pool.values),
                name="inventory_chemistry_pool_known",
                violation_error_message="A chemistry's pool is nickel-bearing, LFP or other.",
            ),
        )

    def __str__(self) -> str:
        return self.code


class MaterialQuerySet(models.QuerySet["Material"]):
    def scrap(self) -> "MaterialQuerySet":
        return self.filter(is_scrap=True)

    def outputs(self) -> "MaterialQuerySet":
        return self.filter(is_output=True)


@pghistory.track()
class Material(models.Model):
    """A scrap type that is received (domain 1.2) or a stream that a batch gives; modules are both."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="materials")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    is_scrap = models.BooleanField(default=False)
    is_output = models.BooleanField(default=False)
    is_waste = models.BooleanField(default=False)
    """Waste when the plant itself makes it (condensate, residue): its clock starts the day it was made."""
    holds_charge = models.BooleanField(default=False)
    """Asks for piece count, nominal energy and state of charge or voltage; others never do (RULE-3)."""
    needs_discharge = models.BooleanField(default=False)
    """Wants a passed discharge record before it is charged (RULE-2)."""
    needs_blend_approval = models.BooleanField(default=False)
    """Goes into a nickel grade only with a blend approval (RULE-4: anode foil)."""

    objects = MaterialQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="inventory_material_code_unique",
                violation_error_message="This material is there already. Choose it from the list.",
            ),
            models.CheckConstraint(
                condition=Q(is_scrap=True) | Q(is_output=True),
                name="inventory_material_comes_from_somewhere",
                violation_error_message="A material is received as scrap, made by a batch, or both.",
            ),
        )

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Grade(models.Model):
    """A product grade (RULE-4): what a batch makes and what a product lot is one of."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="grades")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    material = models.ForeignKey(Material, models.PROTECT, related_name="grades")
    pool = models.CharField(max_length=10, choices=Pool.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="inventory_grade_code_unique",
                violation_error_message="This grade is there already. Choose it from the list.",
            ),
            models.CheckConstraint(
                condition=Q(pool__in=Pool.values),
                name="inventory_grade_pool_known",
                violation_error_message="A grade's pool is nickel-bearing, LFP or other.",
            ),
        )

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class RegulatoryStatus(models.Model):
    """A waste status a lot can have (40 CFR 261, 273); how long it may wait is decided per status, never assumed
    (RULE-11)."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="regulatory_statuses")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="inventory_regulatorystatus_code_unique",
                violation_error_message="This status is there already. Choose it from the list.",
            ),
        )

    def __str__(self) -> str:
        return self.name


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
        )
        triggers = (frozen("inventory_location", "kind"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_real(self) -> bool:
        return self.kind in self.REAL


class LotQuerySet(models.QuerySet["Lot"]):
    def on_site(self, site: Site) -> "LotQuerySet":
        return self.filter(site=site)

    def in_stock(self) -> "LotQuerySet":
        """Lots of which something is on the site now."""
        return self.filter(
            Exists(Holding.objects.filter(container__lot=OuterRef("pk"), location__kind__in=Location.REAL, kg__gt=0))
        )

    def for_change(self) -> "LotQuerySet":
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


@pghistory.track()
class Lot(models.Model):
    """A quantity with one identity, one owner and one set of results, held in one or more containers (ISA-95 lot)."""

    class Origin(models.TextChoices):
        PRODUCTION_SCRAP = "production_scrap", _("Production scrap")
        END_OF_LIFE = "end_of_life", _("End of life")
        OWN_PROCESS = "own_process", _("Own process")

    FROM_OUTSIDE = (Origin.PRODUCTION_SCRAP, Origin.END_OF_LIFE)

    site = models.ForeignKey(Site, models.PROTECT, related_name="lots")
    reference = models.CharField(max_length=24, unique=True)
    material = models.ForeignKey(Material, models.PROTECT, related_name="lots")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, blank=True, related_name="lots")
    chemistry = models.ForeignKey(Chemistry, models.PROTECT, null=True, blank=True, related_name="lots")
    origin = models.CharField(max_length=20, choices=Origin.choices)
    owner = models.ForeignKey(Party, models.PROTECT, related_name="owned_lots")
    supplier = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="supplied_lots")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, related_name="lots")
    generated_on = models.DateField(null=True, blank=True)
    """The day it became scrap or waste where it was made."""
    received_at = models.DateTimeField(null=True, blank=True)
    regulatory_status = models.ForeignKey(RegulatoryStatus, models.PROTECT, null=True, blank=True, related_name="lots")
    regulatory_basis = models.CharField(max_length=200, blank=True)
    regulatory_decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    regulatory_decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = LotQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(origin__in=("production_scrap", "end_of_life", "own_process")),
                name="inventory_lot_origin_known",
                violation_error_message="A lot's origin is production scrap, end of life or our own process.",
            ),
            models.CheckConstraint(
                condition=Q(origin="own_process") | Q(supplier__isnull=False, received_at__isnull=False),
                name="inventory_lot_received_from_someone",
                violation_error_message="A lot from outside names its supplier and when it was received.",
            ),
            models.CheckConstraint(
                condition=Q(regulatory_decided_by__isnull=True, regulatory_decided_at__isnull=True)
                | Q(
                    regulatory_decided_by__isnull=False,
                    regulatory_decided_at__isnull=False,
                    regulatory_status__isnull=False,
                ),
                name="inventory_lot_regulatory_decision_complete",
                violation_error_message="A regulatory decision names the status, who decided it and when.",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def is_from_outside(self) -> bool:
        return self.origin in self.FROM_OUTSIDE


@pghistory.track()
class ContainerKind(models.Model):
    """A kind of packaging with the masses that are plausible in it: outside them a person must say it is right, at
    ten times the largest nobody can."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="container_kinds")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    tare_kg = models.DecimalField(**KG, null=True, blank=True)
    plausible_min_kg = models.DecimalField(**KG)
    plausible_max_kg = models.DecimalField(**KG)
    is_boxed = models.BooleanField(default=True)
    """False for a heap or a silo charge without a box."""
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="inventory_containerkind_code_unique",
                violation_error_message="This kind of container is there already. Choose it from the list.",
            ),
            models.CheckConstraint(
                condition=Q(plausible_min_kg__gt=0)
                & Q(plausible_max_kg__gt=F("plausible_min_kg"))
                & Q(plausible_max_kg__lte=HEAVIEST_KG / 10),
                name="inventory_containerkind_bounds",
                violation_error_message="The plausible masses run from above zero to at most 100,000 kg.",
            ),
            models.CheckConstraint(
                condition=Q(tare_kg__isnull=True) | Q(tare_kg__gte=0, tare_kg__lte=HEAVIEST_KG),
                name="inventory_containerkind_tare_bounds",
                violation_error_message="A stored tare cannot be negative or above 1,000,000 kg.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ContainerQuerySet(models.QuerySet["Container"]):
    def on_site(self, site: Site) -> "ContainerQuerySet":
        return self.filter(site=site)

    def packed(self) -> "ContainerQuerySet":
        """Boxes and heaps: all but runs and heels."""
        return self.filter(form__in=(Container.Form.BOXED, Container.Form.HEAP))

    def in_stock(self) -> "ContainerQuerySet":
        return self.filter(
            Exists(Holding.objects.filter(container=OuterRef("pk"), location__kind__in=Location.REAL, kg__gt=0))
        )

    def held(self) -> "ContainerQuerySet":
        return self.filter(Exists(Hold.objects.filter(container=OuterRef("pk"), released_at=None)))

    def free(self) -> "ContainerQuerySet":
        """Under no hold."""
        return self.filter(~Exists(Hold.objects.filter(container=OuterRef("pk"), released_at=None)))

    def for_change(self) -> "ContainerQuerySet":
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


@pghistory.track()
class Container(models.Model):
    """What mass is in (ISA-95 sublot): a gaylord, a drum, a big bag, a heap; or the run of a batch, the heel of a line.

    Label, tare, seal, piece count, energy, condition and SSCC are the container's; everything that is one for all
    containers is the lot's. Runs and heels have no lot: inside them lots lose their identity.
    """

    class Form(models.TextChoices):
        BOXED = "boxed", _("Boxed")
        HEAP = "heap", _("Heap")
        RUN = "run", _("Run")
        HEEL = "heel", _("Heel")

    class Condition(models.TextChoices):
        INTACT = "intact", _("Intact")
        DAMAGED = "damaged", _("Damaged")
        DEFECTIVE = "defective", _("Defective")
        RECALLED = "recalled", _("Recalled")

    site = models.ForeignKey(Site, models.PROTECT, related_name="containers")
    reference = models.CharField(max_length=30, unique=True)
    form = models.CharField(max_length=8, choices=Form.choices)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="containers")
    kind = models.ForeignKey(ContainerKind, models.PROTECT, null=True, blank=True, related_name="containers")
    condition = models.CharField(max_length=10, choices=Condition.choices, default=Condition.INTACT)
    seal = models.CharField(max_length=40, blank=True)
    sscc = models.CharField(
        max_length=18, null=True, blank=True, unique=True
    )  # null where none is given, so that it can be unique
    piece_count = models.PositiveIntegerField(null=True, blank=True)
    nominal_energy_kwh = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    state_of_charge_ratio = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    voltage_v = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    charge_measured_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ContainerQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(form__in=("boxed", "heap"), lot__isnull=False, kind__isnull=False)
                | Q(form__in=("run", "heel"), lot__isnull=True, kind__isnull=True),
                name="inventory_container_belongs_to_a_lot",
                violation_error_message="Every container belongs to one lot; only a run and a heel have none.",
            ),
            models.CheckConstraint(
                condition=Q(condition__in=("intact", "damaged", "defective", "recalled")),
                name="inventory_container_condition_known",
                violation_error_message="A container is intact, damaged, defective or recalled.",
            ),
            models.CheckConstraint(
                condition=Q(state_of_charge_ratio__isnull=True)
                | Q(state_of_charge_ratio__gte=0, state_of_charge_ratio__lte=1),
                name="inventory_container_state_of_charge_bounds",
                violation_error_message="A state of charge lies between 0 and 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(nominal_energy_kwh__isnull=True)
                | Q(nominal_energy_kwh__gt=0, nominal_energy_kwh__lte=100000),
                name="inventory_container_energy_bounds",
                violation_error_message="A nominal energy lies between 0 and 100,000 kWh.",
            ),
            models.CheckConstraint(
                condition=Q(voltage_v__isnull=True) | Q(voltage_v__gte=0, voltage_v__lte=2000),
                name="inventory_container_voltage_bounds",
                violation_error_message="A voltage lies between 0 and 2,000 V.",
            ),
            models.CheckConstraint(
                condition=Q(state_of_charge_ratio__isnull=True, voltage_v__isnull=True)
                | Q(charge_measured_at__isnull=False),
                name="inventory_container_charge_has_time",
                violation_error_message="A state of charge or voltage names when it was measured.",
            ),
        )
        triggers = (frozen("inventory_container", "form"), frozen("inventory_container", "reference"))

    def __str__(self) -> str:
        return self.reference

    @property
    def is_intact(self) -> bool:
        return self.condition == self.Condition.INTACT


@pghistory.track()
class Scale(models.Model):
    """A scale that weighings name."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="scales")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=2, choices=(("kg", "kg"), ("lb", "lb")))
    capacity_kg = models.DecimalField(**KG)
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


_TYPED: dict[str, Any] = {"max_digits": 13, "decimal_places": 3, "null": True, "blank": True}


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
    gross_read = models.DecimalField(**_TYPED)
    tare_read = models.DecimalField(**_TYPED)
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


class MovementQuerySet(models.QuerySet["Movement"]):
    def of_container(self, container: Container) -> "MovementQuerySet":
        return self.filter(Q(from_container=container) | Q(to_container=container))

    def of_lot(self, lot: Lot) -> "MovementQuerySet":
        return self.filter(Q(from_container__lot=lot) | Q(to_container__lot=lot))

    def standing(self) -> "MovementQuerySet":
        """Neither a reversal nor reversed."""
        return self.filter(reverses__isnull=True, reversed_by__isnull=True)


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
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    reason = models.CharField(max_length=500, blank=True)

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
        )
        triggers = tuple(append_only("inventory_movement"))

    def __str__(self) -> str:
        return f"{self.kind} {self.kg} kg"


class HoldingQuerySet(models.QuerySet["Holding"]):
    def on_hand(self) -> "HoldingQuerySet":
        """In real locations; runs and heels included."""
        return self.filter(location__kind__in=Location.REAL).exclude(kg=0)

    def stock(self) -> "HoldingQuerySet":
        """What stands in boxes and heaps on the site."""
        return self.on_hand().filter(container__form__in=(Container.Form.BOXED, Container.Form.HEAP))


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

    def __str__(self) -> str:
        return f"{self.kg} kg"


class HoldQuerySet(models.QuerySet["Hold"]):
    def open(self) -> "HoldQuerySet":
        return self.filter(released_at=None)


@pghistory.track()
class Hold(models.Model):
    """A container that may be moved and counted but never charged or shipped, until someone lifts it."""

    class Kind(models.TextChoices):
        HAZARD = "hazard", _("Hazard")
        QUALITY = "quality", _("Quality")
        OWNERSHIP = "ownership", _("Ownership")
        REGULATORY = "regulatory", _("Regulatory")

    container = models.ForeignKey(Container, models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.CharField(max_length=500)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    release_reason = models.CharField(max_length=500, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("hazard", "quality", "ownership", "regulatory")),
                name="inventory_hold_kind_known",
                violation_error_message="A hold is for hazard, quality, ownership or regulation.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="inventory_hold_has_reason",
                violation_error_message="A hold says why. Type a reason.",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason="")),
                name="inventory_hold_release_complete",
                violation_error_message="A release says who, when and why.",
            ),
        )
        indexes = (models.Index(fields=("container",), condition=Q(released_at=None), name="inventory_hold_open"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


class DailyFlow(models.Model):
    """Kilograms of one flow of one material on one site day, at one line: a worker's sum of that day's movements."""

    class Flow(models.TextChoices):
        RECEIVED = "received", _("Received")
        PROCESSED = "processed", _("Processed")
        REWORKED = "reworked", _("Reworked")
        PRODUCED = "produced", _("Produced")
        LOST = "lost", _("Lost")
        UNACCOUNTED = "unaccounted", _("Unaccounted")
        SHIPPED = "shipped", _("Shipped")

    site = models.ForeignKey(Site, models.PROTECT, related_name="daily_flows")
    day = models.DateField()
    flow = models.CharField(max_length=12, choices=Flow.choices)
    material = models.ForeignKey(Material, models.PROTECT, null=True, blank=True, related_name="+")
    line = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    kg = models.DecimalField(**KG)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "day", "flow", "material", "line"),
                name="inventory_dailyflow_one_per_day",
                nulls_distinct=False,
                violation_error_message="This day's flow is there already.",
            ),
            models.CheckConstraint(
                condition=Q(kg__gte=-HEAVIEST_KG * 100, kg__lte=HEAVIEST_KG * 100),
                name="inventory_dailyflow_kg_bounds",
                violation_error_message="No day moves that much.",
            ),
            models.CheckConstraint(
                condition=Q(
                    flow__in=("received", "processed", "reworked", "produced", "lost", "unaccounted", "shipped")
                ),
                name="inventory_dailyflow_flow_known",
                violation_error_message="This flow is not known.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.flow} {self.kg} kg"
