"""Whose is how much of what came out of a batch: masses divided by other masses, exact to the gram."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from plant.units import GRAM, ZERO_KG

RULE = "net charged mass"
RULE_VERSION = 1

K = TypeVar("K")


def divide(total_kg: Decimal, by_kg: Mapping[K, Decimal]) -> dict[K, Decimal]:
    """`total_kg` in the proportion of `by_kg`, to the gram, by largest remainder: the parts add up exactly.

    Every part is its exact share rounded down; the grams that are then left go to those whose remainders are largest,
    of equal ones to the first. Masses of zero or below have no share.
    """
    charged = {key: kg for key, kg in by_kg.items() if kg > 0}
    if not charged:
        return {}
    grams, whole = int(total_kg / GRAM), int(sum(charged.values()) / GRAM)
    parts = {key: divmod(grams * int(kg / GRAM), whole) for key, kg in charged.items()}
    left = grams - sum(share for share, _remainder in parts.values())
    first = sorted(parts, key=lambda key: -parts[key][1])[:left]  # stable: of equal remainders the first
    return {key: (share + (key in first)) * GRAM for key, (share, _remainder) in parts.items()}


def most_owed(
    bag_kg: Decimal, *, given_kg: Mapping[K, Decimal], by_kg: Mapping[K, Decimal], owed_kg: Mapping[K, Decimal]
) -> K | None:
    """Who gets the next bag: whose share of all so far, this bag and what earlier batches owe him, is furthest above
    what he got; of equal ones the first. None where nobody has a share."""
    shares = divide(sum(given_kg.values(), ZERO_KG) + bag_kg, by_kg)

    def missing(key: K) -> Decimal:
        return shares[key] + owed_kg.get(key, ZERO_KG) - given_kg.get(key, ZERO_KG)

    return max(shares, key=missing, default=None)
