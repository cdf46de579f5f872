"""The drill `kill`: each program of the plant is killed again and again while people log containers."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

from plant.management.drilling.ground import Outcome, Task, Wrong, children_of, reconciled, superuser, until
from plant.management.drilling.load import Browser
from plant.management.drilling.writers import Oracle, at_work, judge
from plant.management.supervisor import RunningPlant

WRITERS = 8
BETWEEN_SECONDS = (0.6, 1.2)
BACK_SECONDS = 90.0
HEALED_SECONDS = 60.0
PROGRAMS = ("web", "a web process", "worker", "a worker process", "relay", "valkey", "postgres")
PROCESS_OF = {"a web process": "web", "a worker process": "worker"}


def kill(task: Task) -> Outcome:
    """Web server, worker (of both also one process), relay, Valkey and PostgreSQL are killed with kill -9, 25 times
    each, while 8 people log containers: nothing acknowledged is lost, and what got no answer and was sent again with
    its key is there once.

    Control: PostgreSQL promises before it has written (synchronous_commit=off), and what is sent again has another key.
    """
    works = import_module("bench.batches").works()
    oracle = Oracle(task.plant.data / "acknowledged")
    targets = ("postgres", "a web process") if task.control else PROGRAMS
    if task.control:
        _promise_early(task.plant)
    login = ("operator", works.PASSWORD)
    longest = dict.fromkeys(targets, 0.0)
    with at_work(task.plant.address, login, oracle, WRITERS, new_key=task.control):
        _wait_for_first(oracle)
        for number in range(task.rounds):
            for target in targets:
                time.sleep(random.uniform(*BETWEEN_SECONDS))
                longest[target] = max(longest[target], strike(task.plant, target))
            with superuser(task.plant) as postgres:
                postgres.execute("ANALYZE")  # else autovacuum does, a minute after a start: here it never lives so long
            task.say(f"  round {number + 1}: {len(oracle.lines()):,} lines on the list")
    return _judged(task, oracle, longest)


def _judged(task: Task, oracle: Oracle, longest: dict[str, float]) -> Outcome:
    marks = import_module("plant.recompute.models").Mark.objects
    healed = until(lambda: not marks.exists(), HEALED_SECONDS)
    verdict = judge(oracle)
    wrong = [*verdict.wrong(), *([] if healed else [f"{marks.count()} marks wait {HEALED_SECONDS:.0f} s later"])]
    kills = task.rounds * len(longest)
    back = ", ".join(f"{target} {seconds:.1f} s" for target, seconds in longest.items())
    figures = (
        f"{kills} kills ({back} until back, at the longest), {WRITERS} people, {verdict.acknowledged:,} entries "
        f"acknowledged, {len(verdict.lost)} lost, {verdict.unknown:,} without an answer and sent again, "
        f"{len(verdict.doubled)} twice on record"
    )
    return Outcome(figures if wrong else f"{figures}; {reconciled()}", tuple(wrong))


def strike(plant: RunningPlant, target: str) -> float:
    """kill -9; how many seconds until the program is back and a page that reads the database answers."""
    began = time.monotonic()
    is_back = _kill_process(plant, target) if target in PROCESS_OF else _kill_program(plant, target)
    if not until(is_back, BACK_SECONDS):
        raise Wrong(f"{target} is not back {BACK_SECONDS:.0f} s after it was killed")
    if not until(lambda: _answers(plant.address), BACK_SECONDS):
        raise Wrong(f"the web does not answer {BACK_SECONDS:.0f} s after {target} was killed")
    return time.monotonic() - began


def _kill_program(plant: RunningPlant, name: str) -> Callable[[], bool]:
    if not until(lambda: plant.pids[name], BACK_SECONDS):  # another's death may have taken it along
        raise Wrong(f"{name} does not start again")
    pid = plant.pids[name]
    doomed = [pid, *(children_of(pid) if name == "postgres" else [])]  # its backends would live on and finish
    for each in doomed:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    return lambda: plant.pids[name] not in (None, pid)


def _kill_process(plant: RunningPlant, target: str) -> Callable[[], bool]:
    def there() -> list[int]:
        master = plant.pids[PROCESS_OF[target]]
        return children_of(master) if master else []

    cores = os.cpu_count() or 1
    if not until(lambda: len(there()) >= cores, BACK_SECONDS):  # it may have only just started itself
        raise Wrong(f"{PROCESS_OF[target]} has {len(there())} processes")
    doomed = random.choice(there())
    os.kill(doomed, signal.SIGKILL)
    return lambda: len([child for child in there() if child != doomed]) >= cores


def _answers(address: str) -> bool:
    browser = Browser(address)
    try:
        return browser.ask("GET", "/readyz").status == 200
    except OSError:
        return False
    finally:
        browser.hang_up()


def _promise_early(plant: RunningPlant) -> None:
    """PostgreSQL says that it is done before it is."""
    with superuser(plant) as postgres:
        for setting in ("synchronous_commit = off", "wal_writer_delay = '10s'"):
            postgres.execute(f"ALTER SYSTEM SET {setting}".encode())
        postgres.execute("SELECT pg_reload_conf()")


def _wait_for_first(oracle: Oracle) -> None:
    if not until(lambda: any(line["what"] == "acknowledged" for line in oracle.lines()), BACK_SECONDS):
        raise Wrong("Nobody could log a container.")
