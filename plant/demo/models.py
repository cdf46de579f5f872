"""That a site is a demo, and who has put the first hour away."""

from django.db import models
from django.db.models.functions import Now

from plant.models import Site, User


class DemoPlant(models.Model):
    """A site whose history was told by `manage.py demo`; a plant of its own has no such row."""

    site = models.OneToOneField(Site, models.PROTECT, related_name="demo")
    days = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    loaded_at = models.DateTimeField()
    """When the story ended: what people enter comes after it."""

    def __str__(self) -> str:
        return f"{self.site}: {self.days} days"


class FirstHourPutAway(models.Model):
    """A person who wants to see the steps of the first hour no more."""

    user = models.OneToOneField(User, models.PROTECT, related_name="first_hour_put_away")
    put_away_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.user)
