"""What became of what: the movements whose two containers differ, walked back and forward.

Inside a run lots lose their identity, so everything charged to it is an ancestor of everything it gave, in whatever
order it was booked. A heel is different: a batch takes the whole of it at opening, so what was in it then came from the
one run that closed before, and a clean-out between two batches parts them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection


@dataclass(frozen=True)
class Edge:
    """`kg` of one container went into another."""

    from_id: int
    to_id: int
    kg: Decimal


_STANDING = """
    SELECT m.* FROM inventory_movement m
    WHERE m.from_container_id <> m.to_container_id AND m.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM inventory_movement r WHERE r.reverses_id = m.id)
"""

_WALK = """
WITH RECURSIVE walk (id, at, movement) AS (
    SELECT unnest(%(ids)s::bigint[]), NULL::timestamptz, NULL::bigint
    UNION
    SELECT m.{far}, CASE WHEN far.form = 'heel' THEN m.occurred_at END, CASE WHEN far.form = 'heel' THEN m.id END
    FROM walk
    JOIN LATERAL ({standing} AND m.{near} = walk.id AND (walk.at IS NULL OR {same_filling})) m ON TRUE
    JOIN inventory_container far ON far.id = m.{far}
)
SELECT m.from_container_id, m.to_container_id, sum(m.kg)
FROM (
    SELECT DISTINCT m.id, m.from_container_id, m.to_container_id, m.kg
    FROM walk
    JOIN LATERAL ({standing} AND m.{near} = walk.id AND (walk.at IS NULL OR {same_filling})) m ON TRUE
) m
GROUP BY 1, 2 ORDER BY 1, 2
"""

# A heel's filling lies between two emptyings: going back, what came in before it was taken and after the one before;
# going forward, the first taking after it came in.
_EMPTYING = """
    SELECT FROM inventory_movement o WHERE o.from_container_id = walk.id AND o.reverses_id IS NULL
    AND NOT EXISTS (SELECT FROM inventory_movement r WHERE r.reverses_id = o.id)
"""
_BACK = f"""(m.occurred_at, m.id) < (walk.at, walk.movement) AND NOT EXISTS ({_EMPTYING}
    AND (o.occurred_at, o.id) > (m.occurred_at, m.id) AND (o.occurred_at, o.id) < (walk.at, walk.movement))"""
_FORWARD = f"""(m.occurred_at, m.id) > (walk.at, walk.movement) AND NOT EXISTS ({_EMPTYING}
    AND (o.occurred_at, o.id) > (walk.at, walk.movement) AND (o.occurred_at, o.id) < (m.occurred_at, m.id))"""


def back(container_ids: Iterable[int]) -> list[Edge]:
    """All that went into these containers, through every batch, split and heel; one edge per pair of containers."""
    return _walk(container_ids, near="to_container_id", far="from_container_id", same_filling=_BACK)


def forward(container_ids: Iterable[int]) -> list[Edge]:
    """All that these containers went into; one edge per pair of containers."""
    return _walk(container_ids, near="from_container_id", far="to_container_id", same_filling=_FORWARD)


def _walk(container_ids: Iterable[int], *, near: str, far: str, same_filling: str) -> list[Edge]:
    sql = _WALK.format(near=near, far=far, same_filling=same_filling, standing=_STANDING)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(container_ids)})
        return [Edge(*row) for row in cursor.fetchall()]
