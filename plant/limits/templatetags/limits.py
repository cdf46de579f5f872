"""How a column of tonnes is written: the unit stands in its header."""

from decimal import Decimal

from django import template

from plant.limits.models import PackFactor
from plant.units import tonnes
from plant.web import figures

register = template.Library()


@register.filter
def t(value_kg: Decimal | None, places: int = 1) -> str:
    """`{{ mass_kg|t }}` is `6,412.5`, for a column that says (t)."""
    return figures.NOTHING if value_kg is None else figures.number(tonnes(value_kg), places)


@register.filter
def permille(ratio: Decimal) -> int:
    """A ratio as a whole number for a drawing 1,000 wide, never out of it."""
    return max(0, min(1000, round(ratio * 1000)))


@register.filter
def packs(mass_kg: Decimal, factor: PackFactor) -> str:
    """A mass in pack equivalents of a declared factor: `19,000`."""
    return figures.number(mass_kg / factor.kg_per_pack)
