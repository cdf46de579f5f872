"""What is in shipments: their lots, containers and masses, as the ledger says.

Where the masses come from is said in `masses.py`; of a draft, net is what is in its containers now.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db import connection

from plant.inventory.models import Location, Lot
from plant.units import ZERO_KG
from shipments.masses import SHIPPED, weighing

_CONTENTS = f"""
    SELECT line.shipment_id, lot.reference, material.name, grade.name, chemistry.code, owner.name, lot.origin,
           container.reference, kind.name, container.seal, container.sscc, weighing.gross_kg, weighing.tare_kg,
           coalesce(shipped.kg, standing.kg), weighing.weighed_at, standing.place, hold.kind
    FROM shipments_shipmentline AS line
    JOIN shipments_shipment AS shipment ON shipment.id = line.shipment_id
    JOIN inventory_container AS container ON container.id = line.container_id
    JOIN inventory_containerkind AS kind ON kind.id = container.kind_id
    JOIN inventory_lot AS lot ON lot.id = container.lot_id
    JOIN inventory_material AS material ON material.id = lot.material_id
    JOIN plant_party AS owner ON owner.id = lot.owner_id
    LEFT JOIN inventory_grade AS grade ON grade.id = lot.grade_id
    LEFT JOIN inventory_chemistry AS chemistry ON chemistry.id = lot.chemistry_id
    {SHIPPED}
    LEFT JOIN LATERAL (
        SELECT sum(holding.kg) AS kg, min(location.name) AS place
        FROM inventory_holding AS holding JOIN inventory_location AS location ON location.id = holding.location_id
        WHERE holding.container_id = line.container_id AND holding.kg > 0 AND location.kind = ANY(%(real)s)
    ) AS standing ON shipment.state = 'draft'
    {weighing("coalesce(shipped.kg, standing.kg)")}
    LEFT JOIN LATERAL (
        SELECT kind FROM inventory_hold
        WHERE container_id = line.container_id AND released_at IS NULL ORDER BY id LIMIT 1
    ) AS hold ON shipment.state = 'draft'
    WHERE line.shipment_id = ANY(%(shipments)s)
    ORDER BY line.shipment_id, lot.reference, container.reference
"""


@dataclass(frozen=True)
class Packed:
    """A container in a shipment. `net_kg` is None where a draft's container is empty or gone, and in a cancelled
    shipment, which took nothing. `place` and `hold` (its kind) are told of drafts only."""

    reference: str
    kind: str
    seal: str
    sscc: str | None
    gross_kg: Decimal | None
    tare_kg: Decimal | None
    net_kg: Decimal | None
    weighed_at: dt.datetime | None
    place: str | None
    hold: str | None


@dataclass(frozen=True)
class PackedLot:
    """What of one lot is in a shipment."""

    containers: tuple[Packed, ...]
    reference: str
    material: str
    grade: str | None
    chemistry: str | None
    owner: str
    origin: str

    @property
    def net_kg(self) -> Decimal:
        return sum((container.net_kg or ZERO_KG for container in self.containers), ZERO_KG)

    @property
    def gross_kg(self) -> Decimal | None:
        """None where one container's gross is not known."""
        known = [container.gross_kg for container in self.containers if container.gross_kg is not None]
        return sum(known, ZERO_KG) if len(known) == len(self.containers) else None

    @property
    def is_from_outside(self) -> bool:
        """Received, not made here: what is sold is usually our own output."""
        return self.origin in Lot.FROM_OUTSIDE


@dataclass(frozen=True)
class Contents:
    """All that is in one shipment."""

    lots: tuple[PackedLot, ...] = ()

    @property
    def net_kg(self) -> Decimal:
        return sum((lot.net_kg for lot in self.lots), ZERO_KG)

    @property
    def gross_kg(self) -> Decimal | None:
        known = [lot.gross_kg for lot in self.lots if lot.gross_kg is not None]
        return sum(known, ZERO_KG) if len(known) == len(self.lots) else None

    @property
    def container_count(self) -> int:
        return sum(len(lot.containers) for lot in self.lots)


def contents(shipment_ids: Iterable[int]) -> dict[int, Contents]:
    """What is in each of these shipments, in one statement; an empty one has `Contents()`."""
    found: dict[int, list[PackedLot]] = defaultdict(list)
    wanted = list(shipment_ids)
    with connection.cursor() as cursor:
        cursor.execute(_CONTENTS, {"shipments": wanted, "real": [str(kind) for kind in Location.REAL]})
        for lot, rows in groupby(cursor.fetchall(), key=lambda row: row[:7]):
            containers = tuple(Packed(*row[7:]) for row in rows)
            found[lot[0]].append(PackedLot(containers, *lot[1:]))
    return {shipment: Contents(tuple(found[shipment])) for shipment in wanted}


def contents_of(shipment_id: int) -> Contents:
    """What is in one shipment."""
    return contents([shipment_id])[shipment_id]
