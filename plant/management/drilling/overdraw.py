"""The drill `overdraw`: operators on two lines take more out of one container than is in it, at the same instant."""

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any

from plant.management.drilling.crowd import Crowd
from plant.management.drilling.ground import Outcome, Task

HELD_KG, PART_KG = Decimal(100), Decimal(60)
"""In the container; what each of them takes: one can."""
SIZES = (2, 2, 2, 8)
"""Three of four races are between two operators."""
LEFT = re.compile(r"has (\d+\.\d{3}) kg left")


def overdraw(task: Task) -> Outcome:
    """1,000 races of two and eight operators for one container: never below zero, a winner each time, and each loser
    reads what is left.

    Control: a service as one writes it first: read the sum, compare, insert.
    """
    works = import_module("bench.batches").works()
    batches, boxes = [works.running("LINE-1"), works.running("LINE-2")], works.boxes(task.rounds, HELD_KG)
    take = careless if task.control else guarded

    def operator(number: int) -> Callable[[int], str]:
        return lambda box: take(works, batches[number % 2], boxes[box])

    ends: Counter[str] = Counter()
    with Crowd(max(SIZES), operator) as crowd:
        for number, box in enumerate(boxes):
            ends[judged(box, crowd.at_once(*[(number,)] * SIZES[number % len(SIZES)]))] += 1
    figures = f"{ends['']:,} of {task.rounds:,} races of 2 and 8 operators: one winner, the losers read what is left"
    return Outcome(figures, tuple(f"{count:,} races {what}" for what, count in ends.items() if what))


def judged(box: Any, answers: list[str]) -> str:
    """What is wrong with how a race ended, or nothing."""
    models = import_module("plant.inventory.models")
    moved = {
        kind: sum(models.Movement.objects.filter(**{end: box}, kind=kind).values_list("kg", flat=True))
        for kind, end in (("receive", "to_container"), ("charge", "from_container"))
    }
    left, losers = moved["receive"] - moved["charge"], [answer for answer in answers if answer]
    if left < 0:
        return "took more than there was"
    if len(losers) == len(answers):
        return f"had no winner ({losers[0]})"
    if any((said := LEFT.search(answer)) is None or Decimal(said[1]) != left for answer in losers):
        return f"told a loser something else than what is left ({losers[0]})"
    held = models.Holding.objects.filter(container=box, may_be_negative=False, kg__gt=0).values_list("kg", flat=True)
    return "" if sum(held) == left else "left a holding that is not the sum of its movements"


def guarded(works: Any, batch: Any, box: Any) -> str:
    """A part is charged through the service; the refusal, or nothing."""
    charge, refused = import_module("processing.services").charge, import_module("plant.errors").DomainError
    at = import_module("plant.web").now()
    try:
        charge(
            batch=batch,
            container=box,
            whole=False,
            reading=works.weighed("GAYLORD", PART_KG),
            by=works.plant.users["operator"],
            at=at,
            now=at,
        )
    except refused as refusal:
        return str(refusal)
    return ""


def careless(works: Any, batch: Any, box: Any) -> str:
    """The same without a lock."""
    movements = import_module("plant.inventory.models").Movement.objects
    at, came = import_module("plant.web").now(), movements.get(to_container=box, kind="receive")
    with import_module("django.db.transaction").atomic():
        left = came.kg - sum(movements.filter(from_container=box, kind="charge").values_list("kg", flat=True))
        if left < PART_KG:
            return f"{box} has {left:.3f} kg left"
        movements.create(
            site=works.plant.site,
            kind="charge",
            from_container=box,
            from_location=came.to_location,
            to_container=batch.run,
            to_location=batch.line.location,
            kg=PART_KG,
            how_known="estimated",
            occurred_at=at,
            site_day=works.plant.site.day(at),
            by=works.plant.users["operator"],
        )
        import_module("plant.inventory.models").Holding.objects.filter(container=box, location=came.to_location).update(
            kg=left - PART_KG
        )
    return ""
