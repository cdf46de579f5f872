"""The drill `restore`: a backup made while people work is restored and proved; a bad one is refused."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from plant.management import environment
from plant.management.drilling.ground import Outcome, Task, Wrong, superuser
from plant.management.drilling.writers import Oracle, at_work
from plant.management.supervisor import RunningPlant

WRITERS = 4
BEFORE_SECONDS = 5.0
TRIGGER = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'inventory_movement'::regclass AND NOT tgisinternal LIMIT 1"


def restore(task: Task) -> Outcome:
    """A backup is made while 4 people log containers, restored into a new database, and proved: rows equal by hash,
    triggers and rights there, an UPDATE of the ledger refused, every figure computed again.

    Control: the dump is cut short; of another one a trigger is missing. Both must be refused.
    """
    works = import_module("bench.batches").works()
    login = ("operator", works.PASSWORD)
    folder = task.plant.data / "backups"
    if task.control:
        return Outcome("", tuple(_sabotaged(task.plant, folder)))
    said = []
    for _time in range(task.rounds):
        with at_work(task.plant.address, login, Oracle(task.plant.data / "acknowledged"), WRITERS):
            time.sleep(BEFORE_SECONDS)
            made = _manage(task.plant, "backup", str(folder))
        said.append(_manage(task.plant, "restore-test", str(folder)))
        task.say(f"  {made}\n  {said[-1]}")
    return Outcome(f"{len(said)} backups under load restored and proved, the last: {said[-1]}")


def _sabotaged(plant: RunningPlant, folder: Path) -> Iterator[str]:
    """Why each bad backup was refused. Raises `Wrong` where one was taken for good."""
    sabotages: tuple[Callable[[RunningPlant, Path], None], ...] = (cut_short, without_trigger)
    for number, sabotage in enumerate(sabotages):
        place = folder / str(number)
        _manage(plant, "backup", str(place))
        sabotage(plant, place)
        try:
            _manage(plant, "restore-test", str(place))
        except Wrong as refusal:
            yield f"{(sabotage.__doc__ or '').rstrip('.')}: {refusal}"
        else:
            return


def cut_short(_plant: RunningPlant, place: Path) -> None:
    """Cut short."""
    [dump] = place.glob("*/plant.dump")
    whole = dump.read_bytes()
    dump.write_bytes(whole[: len(whole) // 2])


def without_trigger(plant: RunningPlant, place: Path) -> None:
    """A trigger of the ledger is missing."""
    for old in place.glob("*"):
        old.rename(place.parent / f"set-aside-{old.name}")
    with superuser(plant) as postgres:
        row = postgres.execute(TRIGGER).fetchone()
        assert row is not None
        postgres.execute(f'DROP TRIGGER "{row[0]}" ON inventory_movement'.encode())
    time.sleep(1.1)  # a backup is named for its second
    _manage(plant, "backup", str(place))


def _manage(plant: RunningPlant, *arguments: str) -> str:
    """A command of this plant; what it said last. Raises `Wrong` with that where it failed."""
    command = [sys.executable, str(environment.BASE / "manage.py"), *arguments]
    done = subprocess.run(command, env=plant.env, cwd=environment.BASE, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    last = lines[-1] if lines else "it said nothing"
    if done.returncode:
        raise Wrong(last)
    return last
