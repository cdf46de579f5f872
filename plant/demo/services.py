"""A site is marked as a demo; a person puts the first hour away."""

import datetime as dt

from django.db import transaction

from plant.demo.models import DemoPlant, FirstHourPutAway
from plant.models import Site, User


@transaction.atomic
def mark(*, site: Site, days: int, seed: int, at: dt.datetime) -> DemoPlant:
    """Say that this site's history was told, up to now."""
    return DemoPlant.objects.create(site=site, days=days, seed=seed, loaded_at=at)


@transaction.atomic
def put_away(*, user: User, is_away: bool) -> None:
    """Show the first hour to this person no more, or again. Saying the same twice changes nothing."""
    if is_away:
        FirstHourPutAway.objects.get_or_create(user=user)
    else:
        FirstHourPutAway.objects.filter(user=user).delete()
