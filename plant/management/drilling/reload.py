"""The drill `reload`: the web server takes up new code while people work."""

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from plant.management.drilling.ground import PAGES, Outcome, Task, children_of, until
from plant.management.drilling.load import BROKEN, Browser
from plant.management.drilling.writers import Oracle, at_work, judge

READERS, WRITERS = 4, 4
BETWEEN_SECONDS = 1.5
NEW_SECONDS = 30.0


def reload(task: Task) -> Outcome:
    """The web server is told to load its code again (SIGHUP), 20 times while 4 people read and 4 log containers: no
    request fails.

    Control: it is killed instead.
    """
    works = import_module("bench.batches").works()
    oracle, login = Oracle(task.plant.data / "acknowledged"), ("operator", works.PASSWORD)
    counted: Counter[str] = Counter()
    with at_work(task.plant.address, login, oracle, WRITERS), reading(task.plant.address, login, counted):
        for _reload in range(task.rounds):
            time.sleep(BETWEEN_SECONDS)
            master = task.plant.pids["web"]
            before = set(children_of(master))
            os.kill(master, signal.SIGKILL if task.control else signal.SIGHUP)
            until(lambda before=before: not before & set(children_of(task.plant.pids["web"])), NEW_SECONDS)  # type: ignore[misc]
    verdict = judge(oracle)
    wrong = [*verdict.wrong()]
    if failed := counted["failed"] + verdict.unknown:
        wrong.append(f"{failed} requests failed")
    answered = counted["answered"] + verdict.acknowledged
    return Outcome(f"{task.rounds} reloads, {answered:,} requests answered, {failed} failed", tuple(wrong))


@contextmanager
def reading(address: str, login: tuple[str, str], counted: Counter[str]) -> Iterator[None]:
    """People who look at one page after the other; at the end it is counted how often they were answered."""
    fork = multiprocessing.get_context("fork")
    end, told = fork.Event(), fork.Queue()
    readers = [fork.Process(target=_read, args=(address, login, end, told), daemon=True) for _reader in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        end.set()
        for _reader in readers:
            counted.update(told.get(timeout=60))
        for reader in readers:
            reader.join()


def _read(address: str, login: tuple[str, str], end: Any, told: Any) -> None:
    browser, counted = Browser(address), Counter[str]()
    browser.log_in(*login)
    while not end.is_set():
        for path in PAGES:
            try:
                status = browser.ask("GET", path).status
            except BROKEN:
                browser.hang_up()
                status = 0
            counted["answered" if 0 < status < 500 else "failed"] += 1
    told.put(dict(counted))
