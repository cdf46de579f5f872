"""People's badges: the bar code that names them at a station's terminal. Without a PIN it opens nothing."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils import translation

from plant.models import Site, User
from plant.records import sources
from plant.records.label import Label
from plant.records.sources import Source

BADGE = "badge"


def register() -> None:
    sources.add(BADGE, Source(of_people))


def of_people(site: Site, badges: Sequence[str], at: dt.datetime) -> list[Label]:
    """The badges with these codes."""
    people = User.objects.filter(site=site, badge__in=[badge for badge in badges if badge], is_active=True)
    with translation.override(settings.LANGUAGE_CODE):
        return [
            Label(
                kind=BADGE,
                code=person.badge,
                title=person.name,
                name=str(person.get_role_display()),
                detail=person.badge,
                head=site.name,
            )
            for person in people.order_by("badge")
        ]
