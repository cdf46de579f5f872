"""What every drill stands on: a plant that is thrown away, ways to break it, and the questions asked at the end."""

import datetime as dt
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import psycopg

from plant.management.embedded import OWNER
from plant.management.programs import Say
from plant.management.supervisor import RunningPlant, temporary_plant

POLL_SECONDS = 0.1
LONGEST_ANSWER_SECONDS = 2.0  # of any page, whatever the broker does
PAGES = ("/", "/intake/", "/lots/", "/containers/", "/shipments/", "/limits/", "/dashboard/")


class Wrong(Exception):
    """Something did not end right and the drill cannot go on; the message says what."""


@dataclass(frozen=True)
class Outcome:
    """One line of figures, and what ended wrong, each as a sentence: none, and the drill is green."""

    figures: str
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drill:
    """A drill by its name: what it breaks, in how many rounds, and on what sort of plant."""

    run: "Run"
    rounds: int
    quick: int
    """Rounds of the short form."""
    demo: bool = False
    """Whether its plant begins with the demo; else it is empty."""
    is_gentle: bool = False
    """It breaks no server, so that the next gentle one may have the same plant."""


Run = Callable[["Task"], Outcome]


@dataclass(frozen=True)
class Task:
    """What a drill is given: its plant, how many rounds, whether the guard is taken away, and whom to tell."""

    plant: RunningPlant
    rounds: int
    control: bool
    say: Say


@contextmanager
def scratch_plant(*, demo: bool = False) -> Iterator[RunningPlant]:
    """A plant of which nothing is left afterwards, with this process's Django in it: one for each process."""
    with temporary_plant(demo=demo) as plant:
        os.environ.update(plant.env, LOG_LEVEL="ERROR")
        django.setup()
        try:
            yield plant
        finally:
            import_module("django.db").connections.close_all()


@contextmanager
def paused(plant: RunningPlant, *names: str) -> Iterator[None]:
    """These programs and their children stand still; those that are killed meanwhile start again as usual."""
    groups = [plant.pids[name] for name in names]
    for group in groups:
        os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGCONT)


def children_of(pid: int) -> list[int]:
    """The processes that this one has started."""
    if not Path("/proc/self").exists():
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
        return [child for child, parent in pairs if parent == pid]
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            found += [int(stat.parent.name)] if parent == pid else []
    return found


@contextmanager
def superuser(plant: RunningPlant) -> "Iterator[psycopg.Connection[Any]]":
    """PostgreSQL's own user, whom no right and no trigger holds back: what an administrator could do."""
    url = plant.env["DATABASE_OWNER_URL"].replace(f"{OWNER}@", "postgres@")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def reconciled() -> str:
    """Every derived figure, computed again, is what is stored: says how many. Raises `Wrong`."""
    reconcile = import_module("plant.management.commands.reconcile").reconcile
    differences, looked_at = reconcile(dt.datetime.now(dt.UTC))
    if differences:
        raise Wrong(f"reconcile: {len(differences)} differences. {differences[0]}")
    return f"reconcile: no difference in {looked_at['figures']:,} figures"


def until(is_true: Callable[[], Any], seconds: float) -> bool:
    """Whether it became true in time."""
    ends = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > ends:
            return False
        time.sleep(POLL_SECONDS)
    return True
