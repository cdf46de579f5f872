"""What a scanned or typed code is, and what can be done with it next.

Each room says what it knows of a code and, of a thing another room found, what it could do with it: a container is
inventory's, and processing offers to charge it. Added in `AppConfig.ready`; asked by the page that scans come to.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from plant.models import Station, User


@dataclass(frozen=True)
class Asker:
    """Who scans, at which station, and when."""

    user: User
    station: Station | None
    now: dt.datetime


@dataclass(frozen=True)
class Step:
    """One thing to do next: a button."""

    label: str | Promise
    url: str
    icon: str
    is_main: bool = False


@dataclass(frozen=True)
class Thing:
    """What a code names. `told` are short facts, most telling first; `warning` is what speaks against using it."""

    kind: str | Promise
    code: str
    url: str
    icon: str
    subject: Any
    told: tuple[str, ...] = ()
    warning: str = ""
    steps: tuple[Step, ...] = field(default=())
    is_badge: bool = False


Finder = Callable[[str, Asker], Thing | None]
Offer = Callable[[Thing, Asker], Iterable[Step]]
_finders: list[Finder] = []
_offers: list[Offer] = []


def add(finder: Finder) -> None:
    _finders.append(finder)


def offer(steps: Offer) -> None:
    _offers.append(steps)


def find(codes: Iterable[str], asker: Asker) -> Thing | None:
    """The first thing that any room knows by one of the codes."""
    for code in codes:
        for finder in _finders:
            if thing := finder(code, asker):
                return thing
    return None


def steps(thing: Thing, asker: Asker) -> list[Step]:
    """What can be done with it, by the thing's own room first; what one does most comes first."""
    found = [*thing.steps, *(step for more in _offers for step in more(thing, asker))]
    return sorted(found, key=lambda step: not step.is_main)
