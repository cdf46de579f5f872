"""`manage.py reconcile`: computes again, from the movements, everything that is derived from them, and compares.

Changes nothing: each fact is computed inside a savepoint that is rolled back. A figure that waits for a worker is not
wrong, it is counted; a figure that is wrong although nothing waits means that a mark was lost or a row was changed
past the services.
"""

import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from plant import recompute
from plant.inventory.models import Location
from plant.operation.models import Run
from plant.operation.services import record_run
from plant.recompute import Fact, marks

Stored = Callable[[str], Mapping[str, Any]]
REAL = [str(kind) for kind in Location.REAL]

ENDS = """
    SELECT to_container_id AS container_id, to_location_id AS location_id, kg FROM inventory_movement
    UNION ALL
    SELECT from_container_id, from_location_id, -kg FROM inventory_movement
"""
HOLDINGS = f"""
    WITH moved AS (SELECT container_id, location_id, sum(kg) AS kg FROM ({ENDS}) AS ends GROUP BY 1, 2)
    SELECT container.reference, location.name, holding.id IS NOT NULL, holding.kg, coalesce(moved.kg, 0),
           holding.may_be_negative, location.kind <> ALL(%(real)s) OR container.form = 'run'
    FROM moved FULL JOIN inventory_holding holding USING (container_id, location_id)
    JOIN inventory_container container ON container.id = container_id
    JOIN inventory_location location ON location.id = location_id
    WHERE holding.kg IS DISTINCT FROM coalesce(moved.kg, 0)
       OR holding.may_be_negative IS DISTINCT FROM (location.kind <> ALL(%(real)s) OR container.form = 'run')
    ORDER BY 1, 2
"""
RUNS = f"""
    SELECT batch.reference, sum(ends.kg)
    FROM processing_batch batch JOIN ({ENDS}) AS ends ON ends.container_id = batch.run_id
    JOIN inventory_location place ON place.id = ends.location_id AND place.kind IN ('line', 'unit')
    WHERE batch.state IN ('closed', 'aborted')
    GROUP BY batch.reference HAVING sum(ends.kg) <> 0 ORDER BY 1
"""
SHIPMENTS = """
    SELECT shipment.reference, container.reference
    FROM shipments_shipmentline line
    JOIN shipments_shipment shipment ON shipment.id = line.shipment_id
    JOIN inventory_container container ON container.id = line.container_id
    LEFT JOIN inventory_movement movement ON movement.id = line.movement_id AND movement.kind = 'ship'
         AND movement.from_container_id = line.container_id AND movement.occurred_at = shipment.dispatched_at
    WHERE (movement.id IS NULL) <> (shipment.dispatched_at IS NULL)
       OR (movement.id IS NULL) <> (line.movement_id IS NULL)
    ORDER BY 1, 2
"""


def wrong_holdings() -> Iterator[str]:
    """Holdings that are not the sum of their movements, or may be negative where they must not (and the reverse)."""
    for container, place, is_there, held, moved, flag, is_free in _rows(HOLDINGS, {"real": REAL}):
        if not is_there:
            yield f"{container} in {place}: no holding, its movements say {moved:,.3f} kg"
        elif held != moved:
            yield f"{container} in {place}: holding {held:,.3f} kg, its movements say {moved:,.3f} kg"
        if is_there and flag != is_free:
            yield f"{container} in {place}: may {'' if flag else 'not '}be negative, which is wrong here"


def wrong_runs() -> Iterator[str]:
    """Ended batches whose run is not exactly zero."""
    for batch, kg in _rows(RUNS):
        yield f"{batch} has ended and its run still holds {kg:,.3f} kg"


def wrong_shipments() -> Iterator[str]:
    """Containers that a shipment says it took (or did not yet take) and the ledger says otherwise."""
    for shipment, container in _rows(SHIPMENTS):
        yield f"{container} in {shipment}: what the shipment says and what the ledger says of its leaving differ"


def compare(fact: Fact, stored: Stored, key: str, now: dt.datetime) -> list[str] | None:
    """The figures of one key that a fresh computation gives otherwise, or None while it waits for a worker.

    What is stored with an "as_of" is computed for that instant. Marks are looked at last: a change that was committed
    in between brought one with it, and no worker takes it while the lock is ours.
    """
    with transaction.atomic():
        if not marks.lock(fact.name, key):
            return None
        before = dict(stored(key))
        fact.compute(key, before.get("as_of") or now)
        after = dict(stored(key))
        is_waiting = recompute.staleness(fact.name, key).waiting
        transaction.set_rollback(True)
    if is_waiting:
        return None
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return [f"{fact.name} {key}, {name}: stored {before.get(name)}, computed {after.get(name)}" for name in names]


def reconcile(now: dt.datetime) -> tuple[list[str], Counter[str]]:
    """Every difference as a sentence, and how much was looked at."""
    differences = [*wrong_holdings(), *wrong_runs(), *wrong_shipments()]
    looked_at = Counter(dict(zip(("movements", "holdings", "batches", "shipments"), _counts(), strict=True)))
    for fact in recompute.all_facts():
        if fact.keys is None or fact.stored is None:
            continue
        keys = fact.keys()
        for key in keys:
            found = compare(fact, fact.stored, key, now)
            looked_at["waiting" if found is None else "figures"] += 1
            differences += found or []
    return differences, looked_at


def _rows(statement: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")  # years of movements, nobody waits for it
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _counts() -> tuple[int, ...]:
    tables = ("inventory_movement", "inventory_holding", "processing_batch", "shipments_shipment")
    return _rows("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables))[0]


class Command(BaseCommand):
    help = "Compute holdings and every derived figure again from the movements; name each difference and fail."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        began_at = dt.datetime.now(dt.UTC)
        differences, looked_at = reconcile(began_at)
        record_run(
            kind=Run.Kind.RECONCILE,
            began_at=began_at,
            ended_at=dt.datetime.now(dt.UTC),
            fault=f"{len(differences)} differences. {differences[0]}." if differences else "",
            details={"differences": len(differences), **looked_at},
        )
        for difference in differences:
            self.stdout.write(difference)
        words = ", ".join(
            f"{looked_at[name]:,} {what}"
            for name, what in (
                ("movements", "movements"),
                ("holdings", "holdings"),
                ("batches", "batches"),
                ("shipments", "shipments"),
                ("figures", "derived figures"),
                ("waiting", "waiting for a worker"),
            )
        )
        verdict = f"{len(differences):,} differences" if differences else "No difference"
        self.stdout.write(f"{verdict} ({words}).")
        if differences:
            sys.exit(1)
