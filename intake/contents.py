"""What came with a receipt: its lots and containers, as they were weighed in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from intake.models import Receipt
from plant.inventory.history import is_standing, typed
from plant.inventory.models import Lot, Movement
from plant.units import ZERO_KG

KEYED_IN_LATER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Arrival:
    """One container as it arrived; struck where that entry was reversed."""

    movement: Movement
    is_struck: bool

    @property
    def typed(self) -> str:
        return typed(self.movement.weighing) if self.movement.weighing else ""


@dataclass
class Came:
    """One lot with the containers that arrived with this receipt; count and kg without the struck ones."""

    lot: Lot
    arrivals: list[Arrival] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(not arrival.is_struck for arrival in self.arrivals)

    @property
    def kg(self) -> Decimal:
        return sum((a.movement.kg for a in self.arrivals if not a.is_struck), ZERO_KG)


def of(receipt: Receipt) -> list[Came]:
    """The receipt's lots in the order they were logged, each with its containers."""
    found: dict[int, Came] = {}
    arrived = (
        Movement.objects.filter(
            kind=Movement.Kind.RECEIVE, reverses=None, to_container__lot__receipt_lot__receipt=receipt
        )
        .select_related("to_container__kind", "to_container__lot__material", "to_container__lot__chemistry")
        .select_related("to_container__lot__owner", "to_location", "weighing__scale", "by", "reversed_by")
        .order_by("to_container__lot", "pk")
    )
    for movement in arrived:
        lot = movement.to_container.lot
        assert lot is not None  # what is received is boxed or a heap
        found.setdefault(lot.pk, Came(lot)).arrivals.append(Arrival(movement, not is_standing(movement)))
    return list(found.values())


def latest(came: Sequence[Came]) -> Arrival | None:
    """The container that was logged last."""
    return max((a for lot in came for a in lot.arrivals), key=lambda a: a.movement.pk, default=None)


def start(receipt: Receipt) -> dict[str, Any]:
    """What the form starts with: a load that was booked late was weighed then, not now."""
    is_late = receipt.created_at - receipt.received_at > KEYED_IN_LATER
    return {"at": receipt.received_at, "reason": receipt.late_reason} if is_late else {}


def next_after(receipt: Receipt, arrival: Arrival) -> dict[str, Any]:
    """Everything the next container keeps: all but its numbers (reference, seal) and its weight."""
    movement, container = arrival.movement, arrival.movement.to_container
    lot, weighing = container.lot, movement.weighing
    assert lot is not None
    assert container.kind is not None
    assert weighing is not None  # a receipt is weighed
    is_late = movement.recorded_at - movement.occurred_at > KEYED_IN_LATER
    soc = container.state_of_charge_ratio
    return {
        "into": lot.reference,
        "material": lot.material.code,
        "origin": lot.origin,
        "chemistry": lot.chemistry.code if lot.chemistry else "",
        "owner": lot.owner.code,
        "generated_on": lot.generated_on,
        "condition": container.condition,
        "kind": container.kind.code,
        "piece_count": container.piece_count,
        "nominal_energy_kwh": container.nominal_energy_kwh,
        "state_of_charge_ratio": None if soc is None else (soc * 100).normalize(),
        "voltage_v": container.voltage_v,
        "charge_measured_at": container.charge_measured_at,
        "scale": weighing.scale.code if weighing.scale else "",
        "unit": weighing.unit,
        "bay": movement.to_location.code,
        "at": movement.occurred_at if is_late else None,
        "reason": movement.reason,
        "note": container.note,
    }
