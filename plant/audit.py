"""Who did what, where. Triggers record every change (pghistory); this says who, why and at which station beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pghistory

from plant.models import Station, User

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
