"""A partner's keys, and how often each is used. What a key opens is decided in `keys.py`."""

import datetime as dt

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plant.models import Party, User

LONGEST_LIFE = dt.timedelta(days=365)


class Scope(models.TextChoices):
    SHIPMENTS_READ = "shipments:read", _("Read shipments")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, at: dt.datetime) -> "ApiKeyQuerySet":
        """Neither revoked nor expired, and its party is one we still deal with."""
        return self.filter(revoked_at=None, expires_at__gt=at, party__is_active=True)


@pghistory.track(exclude=["digest", "last_used_at"])
class ApiKey(models.Model):
    """What a partner's program shows instead of a login. The key itself is shown once and never stored."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=10, unique=True)
    """The part of the key that may be seen: finds the row, and names the key on pages and in logs."""
    digest = models.CharField(max_length=64)
    """HMAC-SHA256 of the whole key under API_KEY_PEPPER, in hex."""
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices))
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    """Empty where `manage.py create_api_key` made it."""
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    """To the minute."""

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="api_apikey_has_name",
                violation_error_message="A key has a name, such as the system that will use it.",
            ),
            models.CheckConstraint(
                condition=Q(prefix__regex=r"^[a-z0-9]{10}$", digest__regex=r"^[0-9a-f]{64}$"),
                name="api_apikey_stored_as_hash",
                violation_error_message="Of a key only its prefix and its keyed hash are stored.",
            ),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values, scopes__len__gt=0),
                name="api_apikey_scopes_known",
                violation_error_message="A key opens at least one thing, and only what is on the list of scopes.",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + LONGEST_LIFE),
                name="api_apikey_lives_a_year_at_most",
                violation_error_message="A key expires after it was made, and within 365 days.",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                name="api_apikey_revoked_after_made",
                violation_error_message="A key cannot be revoked before it was made.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"


class CallCount(models.Model):
    """A key's calls in its latest minute, counted by one atomic upsert (an UNLOGGED table)."""

    key = models.OneToOneField(ApiKey, models.CASCADE, primary_key=True, related_name="+")
    minute = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(count__gt=0),
                name="api_callcount_is_positive",
                violation_error_message="A count of calls starts at one.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.count} in {self.minute:%H:%M}"
