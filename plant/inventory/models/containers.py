"""Containers, what they are packed in, and the holds that keep them from being charged or shipped."""

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from plant.inventory.models.locations import Location
from plant.inventory.models.lots import Lot
from plant.models import Site, User
from plant.states import frozen
from plant.units import HEAVIEST_KG, KG


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
    target_kg = models.DecimalField(**KG, null=True, blank=True)
    """How full one is filled with product; none where it is filled as it comes."""
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
            models.CheckConstraint(
                condition=Q(target_kg__isnull=True)
                | Q(target_kg__gte=F("plausible_min_kg"), target_kg__lte=F("plausible_max_kg")),
                name="inventory_containerkind_target_plausible",
                violation_error_message="A target weight lies within the plausible masses.",
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
        """Containers of which something is on the site now."""
        from plant.inventory.models.movements import Holding  # which knows containers

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
