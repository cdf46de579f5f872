"""Where the masses of a line in a shipment come from, for the statements that read contents (trail, partners' API).

Net is what the movement to the customer moved, with the differences its corrections posted. Gross and tare are those of
the container's last weighing until then, and only where the net comes from that weighing: after a part was taken out of
a container they say nothing about what is shipped.
"""

from plant.inventory.models import corrected_kg_sql

SHIPPED = f"""
    LEFT JOIN LATERAL (
        SELECT {corrected_kg_sql("movement")} AS kg
        FROM inventory_movement AS movement WHERE movement.id = line.movement_id OFFSET 0
    ) AS shipped ON TRUE
"""
"""`shipped.kg` of a `line`; NULL in a draft. (OFFSET 0: worked out once, not wherever it is used.)"""


def weighing(net_kg: str) -> str:
    """`weighing` of a `line` of a `shipment`: what its net of `net_kg` was read from."""
    return f"""
    LEFT JOIN LATERAL (
        SELECT gross_kg, tare_kg, weighed_at FROM inventory_weighing
        WHERE container_id = line.container_id AND weighed_at <= coalesce(shipment.dispatched_at, 'infinity')
            AND net_kg = {net_kg}
        ORDER BY id DESC LIMIT 1
    ) AS weighing ON TRUE
"""
