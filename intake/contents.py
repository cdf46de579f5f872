"""What came with a receipt: its lots and containers, as they were weighed in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from intake.models import Receipt
from plant.inventory.history import is_standing, typed
from plant.inventory.models import Container, ContainerKind, Location, Lot, Material, Movement, MovementQuerySet
from plant.units import ZERO_KG

KEYED_IN_LATER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Arrival:
    """One container as it arrived; struck where that entry was reversed."""

    movement: Movement
    is_struck: bool

    @property
    def kg(self) -> Decimal:
        """As it was corrected since."""
        return self.movement.corrected_kg

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
        return sum((a.kg for a in self.arrivals if not a.is_struck), ZERO_KG)


def _arrivals() -> MovementQuerySet:
    return (
        Movement.objects.filter(kind=Movement.Kind.RECEIVE, reverses=None, corrects=None)
        .with_corrected_kg()
        .select_related("to_container__kind", "to_container__lot__material", "to_container__lot__chemistry")
        .select_related("to_container__lot__owner", "to_location", "weighing__scale", "by", "reversed_by")
    )


def of(receipt: Receipt) -> list[Came]:
    """The receipt's lots in the order they were logged, each with its containers."""
    found: dict[int, Came] = {}
    of_load = _arrivals().filter(to_container__lot__receipt_lot__receipt=receipt)
    arrived = of_load.order_by("to_container__lot", "pk")
    for movement in arrived:
        lot = movement.to_container.lot
        assert lot is not None  # what is received is boxed or a heap
        found.setdefault(lot.pk, Came(lot)).arrivals.append(Arrival(movement, not is_standing(movement)))
    return list(found.values())


def latest(came: Sequence[Came]) -> Arrival | None:
    """The container that was logged last."""
    return max((a for lot in came for a in lot.arrivals), key=lambda a: a.movement.pk, default=None)


def last_kg(receipt: Receipt, material: Material, kind: ContainerKind) -> tuple[bool, list[Decimal]]:
    """What the last five containers of this scrap type and packaging weighed: of this load (then True), else of what
    came from the same plant before."""
    alike = (
        Movement.objects.standing()
        .filter(kind=Movement.Kind.RECEIVE, to_container__kind=kind, to_container__lot__material=material)
        .order_by("-pk")
    )
    of_load = alike.filter(to_container__lot__receipt_lot__receipt=receipt).values_list("kg", flat=True)[:5]
    if masses := list(of_load):
        return True, masses
    return False, list(alike.filter(to_container__lot__facility=receipt.facility_id).values_list("kg", flat=True)[:5])


def sealed(receipt: Receipt, seal: str) -> Container | None:
    """The container of this load that has this seal already."""
    arrived = Movement.objects.standing().filter(
        kind=Movement.Kind.RECEIVE, to_container__lot__receipt_lot__receipt=receipt, to_container__seal=seal
    )
    first = arrived.select_related("to_container").order_by("pk").first()
    return first.to_container if first else None


MOST_ALIKE, LOOKED_AT = 3, 60


def like_before(receipt: Receipt) -> list[Arrival]:
    """What this supplier sent before: the latest container of each sort, so that one touch says what comes now."""
    before = (
        _arrivals()
        .standing()
        .filter(to_container__lot__supplier=receipt.supplier_id, to_container__condition=Container.Condition.INTACT)
        .order_by("-pk")[:LOOKED_AT]
    )
    found: dict[tuple[Any, ...], Arrival] = {}
    for movement in before:
        container, lot = movement.to_container, movement.to_container.lot
        assert lot is not None  # what is received is boxed or a heap
        sort = (lot.material_id, lot.chemistry_id, lot.owner_id, lot.origin, container.kind_id)
        found.setdefault(sort, Arrival(movement, is_struck=False))
    return list(found.values())[:MOST_ALIKE]


def like(receipt: Receipt, reference: str, *, at_station: bool) -> dict[str, Any]:
    """What a new lot takes over from a container that came before: what it is, not what it weighed or when. A station
    has its own scale, unit and bay."""
    movement = _arrivals().filter(to_container__reference=reference, site=receipt.site_id).first()
    if movement is None:
        return {}
    kept = next_after(receipt, Arrival(movement, is_struck=False))
    names = ("material", "origin", "chemistry", "owner", "kind", *(() if at_station else ("scale", "unit", "bay")))
    return {name: kept[name] for name in names}


def scanned(receipt: Receipt, code: str) -> dict[str, str]:
    """What was scanned beside the scale: the sign of a bay, else the seal or label on the container."""
    bay = Location.objects.bays().filter(site=receipt.site_id, code__iexact=code).first()
    return {"bay": bay.code} if bay else {"seal": code[:40]}


def arrival_of(receipt: Receipt, reference: str) -> Arrival | None:
    """One container of this load, also where its entry was reversed."""
    of_load = _arrivals().filter(to_container__lot__receipt_lot__receipt=receipt, to_container__reference=reference)
    movement = of_load.first()
    return Arrival(movement, not is_standing(movement)) if movement else None


def as_weighed(receipt: Receipt, arrival: Arrival) -> dict[str, Any]:
    """All that was typed of a container, its weight and seal too: it was taken back and is entered again."""
    weighing = arrival.movement.weighing
    assert weighing is not None  # a receipt is weighed
    is_stored = weighing.tare_origin == weighing.TareOrigin.STORED
    return next_after(receipt, arrival) | {
        "seal": arrival.movement.to_container.seal,
        "gross": weighing.gross_read,
        "tare": None if is_stored else weighing.tare_read,
        "net": weighing.net_read if weighing.gross_read is None else None,
    }


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
