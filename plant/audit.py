"""Who did what, where. Triggers record every change (pghistory); this says who, why and at which station beside it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pghistory
import structlog
from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from plant.models import Station, User

security = structlog.stdlib.get_logger("security")
"""Logins, lockouts and what was refused to whom: one logger, so that one filter shows them (docs/operation.md)."""

_station: ContextVar[Station | None] = ContextVar("station", default=None)


@contextmanager
def at_station(where: Station | None) -> Iterator[None]:
    """Everything done inside is done at this station's terminal; the middleware says so once for each request."""
    token = _station.set(where)
    try:
        yield
    finally:
        _station.reset(token)


def station() -> Station | None:
    """The station of the terminal this is done at; None at a desk, in a worker, in a command."""
    return _station.get()


@contextmanager
def acting(by: User | None, reason: str = "") -> Iterator[None]:
    """Every change made inside carries the person, the station and the reason, whether a page, a worker or a command
    made it."""
    where = station()
    with pghistory.context(
        user=by.pk if by else None,
        by=by.name if by else "system",
        reason=reason,
        **({"station": where.name} if where else {}),
    ):
        yield


@dataclass(frozen=True)
class Change:
    """One thing that was done; of a column what stood there before and after."""

    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Step:
    """What one person did at once: when it was keyed in, at which station, and why."""

    at: dt.datetime
    by: str
    station: str
    reason: str
    changes: tuple[Change, ...]
    version: int | None = None


def events(row: models.Model, *related: str) -> Iterator[tuple[Any, Any]]:
    """The events of a row in their order, each with the one before it (None before the first)."""
    event = apps.get_model(f"{row._meta.app_label}.{row._meta.object_name}Event")
    found = event._default_manager.filter(pgh_obj=row.pk).order_by("pgh_id")
    return pairwise([None, *found.select_related(*related, "pgh_context")])


def changes(before: Any, event: Any, labels: Mapping[str, str | Promise]) -> Iterator[Change]:
    """What of these columns is otherwise than in the event before, in words."""
    for name, label in labels.items():
        old, new = shown(before, name), shown(event, name)
        if old != new:
            yield Change(str(label), old, new)


def shown(event: Any, name: str) -> str:
    """A column as a person reads it."""
    value = getattr(event, name)
    choices = dict(event._meta.get_field(name).flatchoices)
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(choices.get(value, value))


def step(event: Any, made: tuple[Change, ...], version: int | None = None) -> Step:
    """An event as a step, with who, where and why of its context."""
    said = event.pgh_context.metadata if event.pgh_context else {}
    return Step(
        at=event.pgh_created_at,
        by=said.get("by", ""),
        station=said.get("station", ""),
        reason=said.get("reason", ""),
        changes=made,
        version=version,
    )


def steps(row: models.Model, labels: Mapping[str, str | Promise], *related: str, first: str) -> list[Step]:
    """What became of a row, the newest first; `first` says how it began. Each save is one step."""
    found = []
    for before, event in events(row, *related):
        made = (Change(first),) if before is None else tuple(changes(before, event, labels))
        if made:
            found.append(step(event, made))
    return found[::-1]
