"""The site, the parties it deals with, and its people. Everything else belongs to one of these."""

import datetime as dt
from typing import ClassVar
from zoneinfo import ZoneInfo

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class Site(models.Model):
    """One plant: its zone decides what a day, a month and a year are."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=40)
    mark = models.CharField(max_length=3, blank=True, unique=True)
    """Stands in every reference of the site (`LG-2026-000042` for mark G); the first site has none."""
    address = models.TextField(blank=True)
    epa_id = models.CharField(max_length=12, blank=True)
    gs1_prefix = models.CharField(max_length=10, blank=True)
    """The GS1 company prefix in the SSCC of its containers; blank: they have none."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(gs1_prefix__regex=r"^([0-9]{7,10})?$"),
                name="plant_site_gs1_prefix_digits",
                violation_error_message="A GS1 company prefix has 7 to 10 digits.",
            ),
            models.UniqueConstraint(
                fields=("gs1_prefix",),
                condition=~Q(gs1_prefix=""),
                name="plant_site_gs1_prefix_unique",
                violation_error_message="Another site counts its containers with this GS1 company prefix already.",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def day(self, at: dt.datetime) -> dt.date:
        """The site's calendar day of an instant."""
        return at.astimezone(self.zone).date()

    def start_of(self, day: dt.date) -> dt.datetime:
        """The instant at which a site day begins; days of 23 and 25 hours included."""
        return dt.datetime.combine(day, dt.time(), tzinfo=self.zone)


class PartyQuerySet(models.QuerySet["Party"]):
    def suppliers(self) -> "PartyQuerySet":
        return self.filter(is_supplier=True)

    def customers(self) -> "PartyQuerySet":
        return self.filter(is_customer=True)

    def owners(self) -> "PartyQuerySet":
        return self.filter(is_owner=True)


@pghistory.track()
class Party(models.Model):
    """A company the plant deals with: the automaker, a cell plant, a post-processor, the plant's own company."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="parties")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    is_supplier = models.BooleanField(default=False)
    is_customer = models.BooleanField(default=False)
    is_owner = models.BooleanField(default=False)
    """May own material on the site (the plant itself, or a party that has it tolled)."""
    is_active = models.BooleanField(default=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="plant_party_code_unique",
                violation_error_message="A party with this code is there already. Choose another code.",
            ),
        )

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Facility(models.Model):
    """A party's plant or dock: where scrap is shipped from and black mass is shipped to (40 CFR 273.62: name and
    address of the sender)."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="facilities")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    address = models.TextField()
    epa_id = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("party", "code"),
                name="plant_facility_code_unique",
                violation_error_message="This party has a plant with this code already. Choose another code.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.party.name})"


@pghistory.track()
class Station(models.Model):
    """A place with a shared terminal, where people take turns: a dock, a line, a bagging station. Its unit is what its
    weights are typed in."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="stations")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=2, choices=(("kg", "kg"), ("lb", "lb")))
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "code"),
                name="plant_station_code_unique",
                violation_error_message="A station with this code is there already. Choose another code.",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=("kg", "lb")),
                name="plant_station_unit_known",
                violation_error_message="A station weighs in kg or lb.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OPERATOR = "operator", _("Operator")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Manager")
    EHS = "ehs", _("EHS")
    PARTNER = "partner", _("Partner")
    ADMINISTRATOR = "administrator", _("Administrator")


class UserManager(BaseUserManager["User"]):
    """Finds people by name, with their site; they are made by `plant.access.create_user`."""

    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().select_related("site")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    pghistory.ManualEvent("pin_set"),  # type: ignore[no-untyped-call]
    pghistory.ManualEvent("password_set"),  # type: ignore[no-untyped-call]
    exclude=["password", "pin", "last_login"],
)
class User(AbstractBaseUser):
    """A person who logs in: staff belong to a site, a partner's person to a party.

    At a station's terminal people say who they are by badge or name, and prove it by a PIN.
    """

    username = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices)
    site = models.ForeignKey(Site, models.PROTECT, related_name="users")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="users")
    language = models.CharField(max_length=5, default="en")
    badge = models.CharField(max_length=40, blank=True)
    """What the bar code of the person's badge holds; it names the person and opens nothing."""
    pin = models.CharField(max_length=128, blank=True)
    """The hash of 4 to 6 digits."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=Role.values),
                name="plant_user_role_known",
                violation_error_message="This role is not known. Choose one of the list.",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.PARTNER, party__isnull=False) | (~Q(role=Role.PARTNER) & Q(party__isnull=True)),
                name="plant_user_partner_has_party",
                violation_error_message="A partner's login names its party; staff have none.",
            ),
            models.UniqueConstraint(
                fields=("username",),
                name="plant_user_username_unique",
                violation_error_message="This login is taken. Choose another one.",
            ),
            models.UniqueConstraint(
                fields=("site", "badge"),
                condition=~Q(badge=""),
                name="plant_user_badge_unique",
                violation_error_message="This badge is another person's. Take another one.",
            ),
            models.CheckConstraint(
                condition=Q(badge__regex=r"^([A-Z0-9][A-Z0-9-]{3,39})?$"),
                name="plant_user_badge_plain",
                violation_error_message="A badge's code has 4 to 40 capital letters, digits and hyphens.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def has_role(self, *roles: Role) -> bool:
        return self.role in roles


class OnceKey(models.Model):
    """One form or writing call that was carried out, so that the same key again gives the first answer."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.key)


class Attempt(models.Model):
    """Failed logins per name and address in a window, counted by one atomic upsert (an UNLOGGED table)."""

    subject = models.CharField(max_length=200, primary_key=True)
    count = models.IntegerField()
    window_ends_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(count__gte=0),
                name="plant_attempt_count_not_negative",
                violation_error_message="The count of attempts cannot be negative.",
            ),
        )

    def __str__(self) -> str:
        return self.subject
