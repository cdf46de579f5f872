"""The ledger: every kilogram on the site is in a container, and changes place only by a movement."""

from plant.inventory.models.containers import Container, ContainerKind, ContainerQuerySet, Hold, HoldQuerySet
from plant.inventory.models.counts import (
    COUNT_TRANSITIONS,
    Count,
    CountLine,
    CountQuerySet,
    CountState,
    CountTolerance,
    Sighting,
)
from plant.inventory.models.flows import DailyFlow
from plant.inventory.models.locations import Location, LocationQuerySet
from plant.inventory.models.lots import Lot, LotQuerySet
from plant.inventory.models.materials import Chemistry, Grade, Material, MaterialQuerySet, Pool, RegulatoryStatus
from plant.inventory.models.months import MonthStatement, MonthStatementQuerySet
from plant.inventory.models.movements import (
    ClockTimestamp,
    Holding,
    HoldingQuerySet,
    Movement,
    MovementQuerySet,
    Scale,
    Weighing,
    corrected_kg,
    corrected_kg_sql,
)
from plant.inventory.models.stations import StationTare

__all__ = (
    "COUNT_TRANSITIONS",
    "Chemistry",
    "ClockTimestamp",
    "Container",
    "ContainerKind",
    "ContainerQuerySet",
    "Count",
    "CountLine",
    "CountQuerySet",
    "CountState",
    "CountTolerance",
    "DailyFlow",
    "Grade",
    "Hold",
    "HoldQuerySet",
    "Holding",
    "HoldingQuerySet",
    "Location",
    "LocationQuerySet",
    "Lot",
    "LotQuerySet",
    "Material",
    "MaterialQuerySet",
    "MonthStatement",
    "MonthStatementQuerySet",
    "Movement",
    "MovementQuerySet",
    "Pool",
    "RegulatoryStatus",
    "Scale",
    "Sighting",
    "StationTare",
    "Weighing",
    "corrected_kg",
    "corrected_kg_sql",
)
