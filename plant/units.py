"""What a mass is: `Decimal` kilograms to the gram, and the two exact factors at the edge.

1 lb = 0.45359237 kg exactly and 1 short ton = 2,000 lb = 907.18474 kg exactly (NIST Handbook 44, Appendix C).
"""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypedDict

from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext as _

from plant.errors import DomainError

LB_IN_KG = Decimal("0.45359237")
SHORT_TON_IN_KG = Decimal("907.18474")
TONNE_IN_KG = Decimal(1000)
GRAM = Decimal("0.001")
ZERO_KG = Decimal("0.000")
HEAVIEST_KG = Decimal(1_000_000)


class KgColumn(TypedDict):
    max_digits: int
    decimal_places: int


KG: KgColumn = {"max_digits": 12, "decimal_places": 3}
"""Every mass column: `DecimalField(**KG)`."""


def within_bounds(name: str, *columns: str) -> CheckConstraint:
    """The CHECK of masses of either sign, such as sums: at most 100,000 t. NaN passes no two-sided CHECK."""
    most = HEAVIEST_KG * 100
    return CheckConstraint(
        condition=Q(*((f"{column}__gte", -most) for column in columns))
        & Q(*((f"{column}__lte", most) for column in columns)),
        name=name,
        violation_error_message="A sum of masses lies within 100,000 t. Check its sources.",
    )


UNITS: dict[str, Decimal] = {"kg": Decimal(1), "lb": LB_IN_KG}
"""Units a scale shows, in kilograms."""


class BadMass(DomainError):
    code = "bad_mass"


def kg(value: Decimal | int | str) -> Decimal:
    """A mass to the gram, rounded half-even once. Refuses a float (TypeError)."""
    if isinstance(value, float):
        raise TypeError("a mass is never a float")
    return Decimal(value).quantize(GRAM, rounding=ROUND_HALF_EVEN)


def to_kg(value: Decimal, unit: str) -> Decimal:
    """`value` read in `unit` ("kg" or "lb") as kilograms to the gram, converted once."""
    if unit not in UNITS:
        raise BadMass(_("The unit “%(unit)s” is not known. Choose kg or lb.") % {"unit": unit}, field="unit")
    return kg(value * UNITS[unit])


def tonnes(mass_kg: Decimal) -> Decimal:
    """Kilograms as tonnes (1,000 kg), unrounded."""
    return mass_kg / TONNE_IN_KG


def short_tons(mass_kg: Decimal) -> Decimal:
    """Kilograms as short tons (2,000 lb), unrounded."""
    return mass_kg / SHORT_TON_IN_KG


_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", re.ASCII)
_PLAIN = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)", re.ASCII)


def read_weight(text: str) -> Decimal:
    """The number a person typed or a scale sent, in the unit it was read in; at most three decimals.

    `1,250` and `1,234.5` are thousands; `1,25`, `1234,5` and `1.234,5` could mean two things and are refused, like
    letters, signs, other scripts' digits and more than three decimals. Raises `BadMass` with a sentence.
    """
    typed = text.strip()
    if typed.startswith(("-", "−", "–")):
        raise BadMass(_("A weight cannot be negative. Type the number the scale shows."))
    if not (_GROUPED.fullmatch(typed) or _PLAIN.fullmatch(typed)):
        if "," in typed and re.fullmatch(r"[0-9.,]+", typed):
            raise BadMass(
                _("“%(typed)s” can be read in two ways. Use a point for decimals: 1234.5, or 1,234.5.")
                % {"typed": typed[:40]}
            )
        raise BadMass(_("“%(typed)s” is not a number. Type digits only, such as 1234.5.") % {"typed": typed[:40]})
    number = Decimal(typed.replace(",", ""))
    if -int(number.as_tuple().exponent) > 3:
        raise BadMass(_("At most three decimals: %(typed)s has more.") % {"typed": typed[:40]})
    if number > HEAVIEST_KG * 10:
        raise BadMass(_("No scale here reads %(typed)s. Check the number.") % {"typed": typed[:40]})
    return number
