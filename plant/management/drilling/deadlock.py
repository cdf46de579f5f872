"""The drill `deadlock`: people carry the same boxes from A to B and from B to A, named in either order."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any

from plant.management.drilling.crowd import Crowd
from plant.management.drilling.ground import Outcome, Task

CLIENTS, EACH = 4, 10
"""People; moves that each of them makes when it is called."""
BOX_KG = Decimal(500)


def deadlock(task: Task) -> Outcome:
    """4 people move two boxes A to B and B to A, 1,500 times each: all end, no deadlock, no kilogram is lost.

    Control: the holdings are locked one after the other in the order in which they are named.
    """
    works = import_module("bench.batches").works()
    boxes, ledger = works.boxes(2, BOX_KG), import_module("plant.inventory.ledger")
    here, there = works.plant.locations["A-01"], works.plant.locations["A-02"]

    def carrier(number: int) -> Callable[[], Counter[str]]:
        if task.control:
            ledger._lock = one_by_one(ledger._lock)  # type: ignore[attr-defined]
        order = boxes if number % 2 else boxes[::-1]
        ends = (here, there) if number < CLIENTS / 2 else (there, here)
        return lambda: Counter(carry(works, ledger, order, *ends) for _move in range(EACH))

    ended: Counter[str] = Counter()
    with Crowd(CLIENTS, carrier) as crowd:
        for _call in range(max(task.rounds // EACH, 1)):
            for answers in crowd.at_once(*[()] * CLIENTS):
                ended += answers
    kg = sum(
        import_module("plant.inventory.models")
        .Holding.objects.filter(container__in=boxes, location__in=(here, there))
        .values_list("kg", flat=True)
    )
    wrong = [f"{count:,} moves ended with {what}" for what, count in ended.items() if what not in ("moved", "refused")]
    if kg != BOX_KG * 2:
        wrong.append(f"{kg} kg are there, not {BOX_KG * 2}")
    moves = sum(ended.values())
    failed = moves - ended["moved"] - ended["refused"]
    return Outcome(
        f"{moves:,} moves of {CLIENTS} people against each other: {ended['moved']:,} moved, {ended['refused']:,} found "
        f"nothing to move, {failed:,} failed",
        tuple(wrong),
    )


def carry(works: Any, ledger: Any, boxes: list[Any], source: Any, target: Any) -> str:
    """A kilogram of each box; what came of it."""
    errors, at = import_module("django.db.utils"), import_module("plant.web").now()
    moves = [ledger.Move("move", Decimal(1), box, source, box, target, "estimated") for box in boxes]
    try:
        ledger.post(moves, by=works.plant.users["operator"], at=at, now=at)
    except ledger.Overdrawn:
        return "refused"
    except errors.OperationalError as error:
        return str(error).partition("\n")[0]
    return "moved"


def one_by_one(lock: Callable[..., Any]) -> Callable[..., Any]:
    """`ledger._lock` as one writes it first: each end when it is come to."""

    def lock_each(moves: list[Any], changes: dict[Any, Any]) -> dict[Any, Any]:
        held: dict[Any, Any] = {}
        for move in moves:
            for container, place in move.ends:
                key = (container.pk, place.pk)
                held |= lock([move], {key: changes[key]})
        return held

    return lock_each
