"""What a weight is expected to be, from where, and whether the number was read in the other unit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.translation import gettext as _

from plant.errors import DomainError
from plant.inventory.models import ContainerKind, StationTare
from plant.inventory.weighing import Reading
from plant.models import Station
from plant.units import GRAM, UNITS, ZERO_KG, kg
from plant.web.figures import age

AROUND_TARGET = Decimal("0.05")
"""A bag is full at its target weight, 5 % more or less."""
AROUND_THE_LAST = Decimal("0.25")
"""Containers of one sort differ; a quarter beyond the lightest and the heaviest of the last ones is still like them."""


@dataclass(frozen=True)
class Band:
    """The net masses that would surprise nobody, and what that rests on, in words."""

    low_kg: Decimal
    high_kg: Decimal
    because: str
    names_target: bool = False

    def holds(self, net_kg: Decimal) -> bool:
        return self.low_kg <= net_kg <= self.high_kg


def of_kind(kind: ContainerKind) -> Band:
    """What such a container can hold (a person confirms anything else)."""
    return Band(kind.plausible_min_kg, kind.plausible_max_kg, _("what a %(kind)s holds") % {"kind": kind.name.lower()})


def of_target(target_kg: Decimal) -> Band:
    """A bag that is filled to a target."""
    low, high = kg(target_kg * (1 - AROUND_TARGET)), kg(target_kg * (1 + AROUND_TARGET))
    return Band(low, high, _("target %(kg)s kg") % {"kg": f"{target_kg.normalize():,f}"}, names_target=True)


def like(masses_kg: Sequence[Decimal], because: str, within: ContainerKind | None = None) -> Band | None:
    """About what the last ones weighed; None where there were none."""
    if not masses_kg:
        return None
    low = kg(min(masses_kg) * (1 - AROUND_THE_LAST))
    high = kg(max(masses_kg) * (1 + AROUND_THE_LAST))
    if within is not None:
        low, high = max(low, within.plausible_min_kg), min(high, within.plausible_max_kg)
    return Band(low, high, because) if low < high else None


def at_most(most_kg: Decimal, because: str) -> Band:
    """A part: more than nothing, at most the whole."""
    return Band(Decimal("0.001"), max(most_kg, ZERO_KG), because)


def unit_meant(reading: Reading, other: Reading, band: Band | None) -> str:
    """The other unit, where the number read in it would be expected and as typed is not; else nothing."""
    try:
        as_typed, as_other = reading.net_kg, other.net_kg
    except DomainError:
        return ""
    return other.unit if band and band.holds(as_other) and not band.holds(as_typed) else ""


def other_unit(unit: str) -> str:
    return next(name for name in UNITS if name != unit)


@dataclass(frozen=True)
class StoredTare:
    """What an empty container of a kind weighs: as the station's scale showed it, else as its maker says."""

    kind: ContainerKind
    read: Decimal
    unit: str
    weighed_at: dt.datetime | None = None
    station: Station | None = None

    def in_unit(self, unit: str) -> Decimal:
        """As read; in the other unit to three decimals."""
        if unit == self.unit:
            return self.read
        return (self.read * UNITS[self.unit] / UNITS[unit]).quantize(GRAM, rounding=ROUND_HALF_EVEN)

    def words(self, unit: str, as_of: dt.datetime | None) -> str:
        names = {"kind": self.kind.name.lower(), "tare": f"{self.in_unit(unit).normalize():,f}", "unit": unit}
        if self.weighed_at is None or as_of is None:
            return _("Stored tare of a %(kind)s: %(tare)s %(unit)s") % names
        names |= {"age": age(self.weighed_at, as_of), "station": str(self.station)}
        return _("Stored tare of a %(kind)s: %(tare)s %(unit)s, weighed %(age)s ago (%(station)s)") % names


def stored_tare(kind: ContainerKind, station: Station | None) -> StoredTare | None:
    """The station's own where it has weighed one, else the one of the kind."""
    own = StationTare.objects.filter(station=station, kind=kind).first() if station else None
    if own is not None:
        return StoredTare(kind, own.tare_read, own.unit, own.weighed_at, station)
    return StoredTare(kind, kind.tare_kg, "kg") if kind.tare_kg is not None else None
