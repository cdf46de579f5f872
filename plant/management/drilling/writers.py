"""People at the dock who go on logging containers whatever breaks, and a list outside the plant of what was promised
to them."""

import json
import multiprocessing
import os
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from plant.management.browsing import Unexpected
from plant.management.drilling.ground import Wrong
from plant.management.drilling.load import BROKEN, Answer, Browser, Dock

AGAIN_SECONDS = 0.3
"""Before somebody who got no answer tries again."""
LONGEST_SECONDS = 120.0
"""For which one tries; longer is no outage but the end."""


@dataclass(frozen=True)
class Oracle:
    """The list of what was answered: lines in a file of our own, each forced to the disk before the next is sent."""

    path: Path

    def note(self, key: str, what: str, **more: object) -> None:
        line = json.dumps({"key": key, "what": what, **more}) + "\n"
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line.encode())
            os.fsync(file)
        finally:
            os.close(file)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []


@dataclass(frozen=True)
class Verdict:
    """What the list and the plant's records say together."""

    acknowledged: int
    unknown: int
    """Sent, and no answer came: then repeated until one did."""
    lost: list[str]
    """Acknowledged, and not (or not so) on record."""
    doubled: list[str]
    """On record more than once."""
    open: list[str]
    """Still without an answer."""

    def wrong(self) -> Iterator[str]:
        for what, keys in (("lost", self.lost), ("on record twice", self.doubled), ("never answered", self.open)):
            if keys:
                yield f"{len(keys)} of {self.acknowledged:,} acknowledged entries are {what}, such as {keys[0]}"


def judge(oracle: Oracle) -> Verdict:
    """Compares the list with the plant's containers, each found by its seal, which is the form's key."""
    last: dict[str, dict[str, Any]] = {}
    unknown = set()
    for line in oracle.lines():
        last[line["key"]] = line
        if line["what"] == "unknown":
            unknown.add(line["key"])
    movements = import_module("plant.inventory.models").Movement.objects.filter(kind="receive")
    rows = movements.exclude(to_container__seal="").values_list("to_container__seal", "to_container__reference", "kg")
    stored: dict[str, list[tuple[str, str]]] = {}
    for seal, reference, kg in rows:
        stored.setdefault(seal, []).append((reference, f"{kg:.1f}"))
    acknowledged = {key: line for key, line in last.items() if line["what"] == "acknowledged"}
    return Verdict(
        acknowledged=len(acknowledged),
        unknown=len(unknown),
        lost=[k for k, line in acknowledged.items() if (line["container"], line["kg"]) not in stored.get(k, ())],
        doubled=[key for key, records in stored.items() if len(records) > 1],
        open=[f"{key} ({line['why']})" for key, line in last.items() if line["what"] == "unknown"],
    )


@contextmanager
def at_work(
    address: str, login: tuple[str, str], oracle: Oracle, count: int, *, new_key: bool = False
) -> Iterator[None]:
    """So many processes that log containers until the end; with `new_key` what is repeated carries another key."""
    fork = multiprocessing.get_context("fork")
    import_module("django.db").connections.close_all()  # else all of them would speak on one
    end = fork.Event()
    arguments = (address, login, oracle, end, new_key)
    writers = [fork.Process(target=_write, args=arguments, daemon=True) for _number in range(count)]
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        end.set()
        for writer in writers:
            writer.join(LONGEST_SECONDS)
    if failed := Counter(writer.exitcode for writer in writers if writer.exitcode != 0):
        raise Wrong(f"Of {count} people at the dock some gave up: {dict(failed)}")


def _write(address: str, login: tuple[str, str], oracle: Oracle, end: Any, new_key: bool) -> None:
    browser = Browser(address)
    _patiently(lambda: browser.log_in(*login), browser)
    dock, chance = Dock(browser), random.Random(os.getpid())
    while not end.is_set():
        if dock.is_full:
            _patiently(dock.book, browser)
        _log_one(dock, oracle, f"{chance.randrange(4900, 5100) / 10:.1f}", new_key)


def _log_one(dock: Dock, oracle: Oracle, net_kg: str, new_key: bool) -> None:
    key, seal = str(uuid.uuid4()), uuid.uuid4().hex
    oracle.note(seal, "sent", kg=net_kg)
    ends = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < ends:
        try:
            answer = dock.log(key, net_kg, seal=seal)
        except BROKEN as error:
            answer = Answer(0, "", repr(error))
        if answer.status == 303:
            container = answer.location.partition("saved=")[2].partition("&")[0]
            oracle.note(seal, "acknowledged", container=container, kg=net_kg)
            return
        if 0 < answer.status < 500:
            raise Unexpected(f"{answer.status}: {answer.sentence}")
        oracle.note(seal, "unknown", why=answer.status or answer.html)
        dock.browser.hang_up()
        time.sleep(AGAIN_SECONDS)
        key = str(uuid.uuid4()) if new_key else key


def _patiently(do: Any, browser: Browser) -> None:
    """What is no entry is simply tried again."""
    ends = time.monotonic() + LONGEST_SECONDS
    while True:
        try:
            do()
            return
        except (*BROKEN, Unexpected):
            if time.monotonic() > ends:
                raise
        browser.hang_up()
        time.sleep(AGAIN_SECONDS)
