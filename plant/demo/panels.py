"""What the demo hangs into the first page: the first hour."""

from typing import Any

from django.http import HttpRequest

from plant.demo import first_hour
from plant.demo.models import DemoPlant, FirstHourPutAway
from plant.models import User
from plant.web import now


def of_home(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """The steps of this person's role, in a demo plant, until they are put away."""
    demo = DemoPlant.objects.filter(site=user.site).select_related("site").first()
    if demo is None:
        return None
    if FirstHourPutAway.objects.filter(user=user).exists():
        return {"hour": None}
    return {"hour": first_hour.of(user, demo, today=user.site.day(now()))}
