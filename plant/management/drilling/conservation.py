"""The drill `conservation`: random traffic of several people, then every kilogram and every figure is looked for."""

from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any

from plant.management.drilling.crowd import Crowd
from plant.management.drilling.ground import Outcome, Task, Wrong, reconciled, superuser, until

PEOPLE, EACH = 4, 25
HEALED_SECONDS = 300.0


def conservation(task: Task) -> Outcome:
    """4 people make 4,000 random entries at once (receive, move, charge, bag, lose, hold, ship, reverse, close): the
    holdings sum to zero, and all derived rows thrown away and computed again are the same.

    Control: an administrator deletes one movement in a hundred.
    """
    works, day = import_module("bench.batches").works(), import_module("bench.traffic").Day
    for line in ("LINE-1", "LINE-2"):
        works.running(line)

    def person(number: int) -> Callable[[], Counter[str]]:
        at_work = day(works, number)
        return lambda: at_work.work(EACH)

    done: Counter[str] = Counter()
    with Crowd(PEOPLE, person) as crowd:
        for _call in range(max(task.rounds // PEOPLE // EACH, 1)):
            for made in crowd.at_once(*[()] * PEOPLE):
                done += made
    if task.control:
        with superuser(task.plant) as administrator:
            administrator.execute("SET session_replication_role = replica")  # no trigger, no foreign key
            administrator.execute("DELETE FROM inventory_movement WHERE id % 100 = 7")
    wrong = [f"{count} entries {what}" for what, count in done.items() if what.startswith("failed")]
    return _looked_for(task, done, wrong)


def _looked_for(task: Task, done: Counter[str], wrong: list[str]) -> Outcome:
    models = import_module("plant.inventory.models")
    everywhere = sum(models.Holding.objects.values_list("kg", flat=True))
    if everywhere:
        wrong.append(f"all holdings together are {everywhere} kg, not zero")
    _computed()
    before = figures()
    for model in _derived():
        model.objects.all().delete()
    for name in {name for name, _key in before}:
        import_module("plant.recompute").mark_all(name)
    _computed()
    after = figures()
    if differs := [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]:
        wrong.append(f"{len(differs)} figures computed again differ, such as {differs[0]}")
    said = ""
    try:
        said = reconciled()
    except Wrong as differences:
        wrong.append(str(differences))
    movements = models.Movement.objects.count()
    return Outcome(
        f"{done['made']:,} entries of {PEOPLE} people, {done['refused']:,} refused, {movements:,} movements: all "
        f"holdings sum to {everywhere:.3f} kg, {len(after):,} figures the same when computed again; {said}",
        tuple(wrong),
    )


def _computed() -> None:
    marks = import_module("plant.recompute.models").Mark.objects
    if not until(lambda: not marks.exists(), HEALED_SECONDS):
        raise Wrong(f"{marks.count()} marks still wait")


def _derived() -> list[Any]:
    return [
        import_module("plant.inventory.models").DailyFlow,
        import_module("plant.limits.models").Utilization,
        import_module("processing.models").BatchResult,
    ]


def figures() -> dict[tuple[str, str], Any]:
    """Every derived figure as it is stored, without the instant it was computed at."""
    found = {}
    for fact in import_module("plant.recompute").all_facts():
        if fact.keys is not None and fact.stored is not None:
            keys = fact.keys()
            for key in keys:
                found[fact.name, key] = {name: is_ for name, is_ in fact.stored(key).items() if name != "as_of"}
    return found
