"""What the ledger speaks of: chemistries, materials, product grades, regulatory statuses."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plant.models import Site


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
    label_words = models.CharField(max_length=60, blank=True)
    """What the rule wants to read on each container, with the date its accumulation began (40 CFR 273.34, 273.35;
    262.17(a)(5)); blank: nothing."""

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
