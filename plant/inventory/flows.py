"""Flows: what was received, processed, made, lost and shipped on a site day or in a month, as the ledger says."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from plant.models import Site


@dataclass(frozen=True)
class Flow:
    """kg of one flow of one material (None: no lot) at one line (None: not at a line); negative when more was
    reversed than done."""

    flow: str
    material_id: int | None
    line_id: int | None
    kg: Decimal


_BETWEEN = """
SELECT flow, material_id, line_id, sum(kg) FROM (
    SELECT CASE m.kind
             WHEN 'receive' THEN 'received'
             WHEN 'charge' THEN CASE WHEN boxed.origin = 'own_process' THEN 'reworked' ELSE 'processed' END
             WHEN 'return' THEN CASE WHEN boxed.origin = 'own_process' THEN 'reworked' ELSE 'processed' END
             WHEN 'output' THEN 'produced'
             WHEN 'loss' THEN 'lost'
             WHEN 'unaccounted' THEN 'unaccounted'
             WHEN 'ship' THEN 'shipped'
           END AS flow,
           boxed.material_id,
           line.id AS line_id,
           CASE WHEN CASE m.kind
                       WHEN 'receive' THEN out_of.kind = 'supplier'
                       WHEN 'charge' THEN tc.form = 'run'
                       WHEN 'return' THEN tc.form = 'run'
                       WHEN 'output' THEN tc.form IN ('boxed', 'heap')
                       WHEN 'ship' THEN dest.kind = 'customer'
                       ELSE dest.kind = m.kind
                     END THEN m.kg ELSE -m.kg END AS kg
    FROM inventory_movement m
    JOIN inventory_location out_of ON out_of.id = m.from_location_id
    JOIN inventory_location dest ON dest.id = m.to_location_id
    JOIN inventory_container fc ON fc.id = m.from_container_id
    JOIN inventory_container tc ON tc.id = m.to_container_id
    LEFT JOIN inventory_lot boxed ON boxed.id = coalesce(fc.lot_id, tc.lot_id)
    LEFT JOIN inventory_location line ON line.kind IN ('line', 'unit')
         AND line.id IN (m.from_location_id, m.to_location_id)
    WHERE m.site_id = %(site)s AND m.site_day BETWEEN %(first)s AND %(last)s
      AND m.kind IN ('receive', 'charge', 'return', 'output', 'loss', 'unaccounted', 'ship')
) AS f
GROUP BY flow, material_id, line_id HAVING sum(kg) <> 0
ORDER BY flow, material_id, line_id
"""


def of_day(site: Site, day: dt.date) -> list[Flow]:
    """The flows of one site day, from its movements."""
    return between(site, day, day)


def between(site: Site, first: dt.date, last: dt.date) -> list[Flow]:
    """The flows of the site days from `first` to `last`, both included, from their movements.

    *processed* = net charge (charges less returns) of containers received from outside, counted once (F11); our own
    outputs charged again are *reworked*. The sign is that of the direction, so reversals and corrections need no rule
    of their own; both count on the day of what they change.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BETWEEN, {"site": site.pk, "first": first, "last": last})
        return [Flow(*row) for row in cursor.fetchall()]
