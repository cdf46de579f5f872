"""How limits are written: columns whose header has the unit, quantities as their source means them, clocks."""

import datetime as dt
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from plant.limits.models import LimitUnit, PackFactor
from plant.units import tonnes
from plant.web import figures

register = template.Library()


@register.filter
def t(value_kg: Decimal | None, places: int = 1) -> str:
    """`{{ mass_kg|t }}` is `6,412.5`, for a column that says (t)."""
    return figures.NOTHING if value_kg is None else figures.number(tonnes(value_kg), places)


@register.filter
def in_percent(ratio: Decimal | None, places: int = 2) -> str:
    """`{{ ratio|in_percent }}` is `47.50`, for a column that says (%)."""
    return figures.NOTHING if ratio is None else figures.number(ratio * 100, places)


@register.filter
def written(quantity: Decimal, unit: str) -> str:
    """A quantity in the unit of its source, to its last decimal: `13,500 tonnes`, `120.5 short tons`."""
    figure = figures.number(quantity, 3).rstrip("0").rstrip(".")
    words = _("%(figure)s tonnes") if unit == LimitUnit.TONNE else _("%(figure)s short tons")
    return words % {"figure": figure}


@register.filter
def clock(at: dt.datetime, now: dt.datetime) -> str:
    """By the site's clock: `14:03`, with its day where that is not today."""
    is_today = timezone.localtime(at).date() == timezone.localtime(now).date()
    return timezone.localtime(at).strftime("%H:%M") if is_today else figures.instant(at)


@register.filter
def permille(ratio: Decimal) -> int:
    """A ratio as a whole number for a drawing 1,000 wide, never out of it."""
    return max(0, min(1000, round(ratio * 1000)))


@register.filter
def packs(mass_kg: Decimal, factor: PackFactor) -> str:
    """A mass in pack equivalents of a declared factor: `19,000`."""
    return figures.number(mass_kg / factor.kg_per_pack)
