"""What became of what: the movements whose two containers differ, walked back and forward.

Inside a run lots lose their identity, so everything charged to it is an ancestor of everything it gave, in whatever
order it was booked. A heel is different: a batch takes the whole of it at opening, so what was in it then came from the
one run that closed before, and a clean-out between two batches parts them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from plant.inventory.models import corrected_kg_sql


@dataclass(frozen=True)
class Edge:
    """`kg` of one container went into another."""

    from_id: int
    to_id: int
    kg: Decimal


def _standing(alias: str) -> str:
    """Neither a reversal nor reversed, nor a correction's difference, which is no edge of its own."""
    return f"""{alias}.reverses_id IS NULL AND {alias}.corrects_id IS NULL
        AND NOT EXISTS (SELECT FROM inventory_movement r WHERE r.reverses_id = {alias}.id)"""


# A step from `walk` to the movements `m` on its near side. In a heel (walk.at is set) only its present filling counts:
# it lies between walk and the emptying next to it, `e`, which is looked up by index, not by comparing all with all.
_STEP = f"""
    LEFT JOIN LATERAL (
        SELECT o.occurred_at, o.id FROM inventory_movement o
        WHERE o.from_container_id = walk.id AND {{emptying_side}} AND {_standing("o")}
        ORDER BY o.occurred_at {{order}}, o.id {{order}} LIMIT 1
    ) e ON walk.at IS NOT NULL
    JOIN LATERAL (
        SELECT m.* FROM inventory_movement m
        WHERE m.{{near}} = walk.id AND m.from_container_id <> m.to_container_id AND {_standing("m")}
          AND (walk.at IS NULL OR ({{filling}}))
    ) m ON TRUE
"""
_WALK = f"""
WITH RECURSIVE walk (id, at, movement) AS (
    SELECT unnest(%(ids)s::bigint[]), NULL::timestamptz, NULL::bigint
    UNION
    SELECT m.{{far}}, CASE WHEN far.form = 'heel' THEN m.occurred_at END, CASE WHEN far.form = 'heel' THEN m.id END
    FROM walk {{step}}
    JOIN inventory_container far ON far.id = m.{{far}}
)
SELECT from_container_id, to_container_id, sum({corrected_kg_sql("edges")})
FROM (
    SELECT DISTINCT m.id, m.from_container_id, m.from_location_id, m.to_container_id, m.kg FROM walk {{step}}
) AS edges
GROUP BY 1, 2 ORDER BY 1, 2
"""
_BACK = _STEP.format(
    near="to_container_id",
    order="DESC",
    emptying_side="o.occurred_at <= walk.at AND (o.occurred_at, o.id) < (walk.at, walk.movement)",
    filling="""m.occurred_at <= walk.at AND (m.occurred_at, m.id) < (walk.at, walk.movement)
        AND m.occurred_at >= coalesce(e.occurred_at, '-infinity')
        AND (e.id IS NULL OR (m.occurred_at, m.id) > (e.occurred_at, e.id))""",
)
_FORWARD = _STEP.format(
    near="from_container_id",
    order="ASC",
    emptying_side="o.occurred_at >= walk.at AND (o.occurred_at, o.id) > (walk.at, walk.movement)",
    filling="m.id = e.id",
)


def back(container_ids: Iterable[int]) -> list[Edge]:
    """All that went into these containers, through every batch, split and heel; one edge per pair of containers."""
    return _walk(container_ids, near="to_container_id", far="from_container_id", step=_BACK)


def forward(container_ids: Iterable[int]) -> list[Edge]:
    """All that these containers went into; one edge per pair of containers."""
    return _walk(container_ids, near="from_container_id", far="to_container_id", step=_FORWARD)


def _walk(container_ids: Iterable[int], *, near: str, far: str, step: str) -> list[Edge]:
    with connection.cursor() as cursor:
        cursor.execute(_WALK.format(near=near, far=far, step=step), {"ids": list(container_ids)})
        return [Edge(*row) for row in cursor.fetchall()]
