"""Who did what. Triggers record every change (pghistory); this says who, why and where beside it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory

from plant.models import User


@contextmanager
def acting(by: User | None, reason: str = "") -> Iterator[None]:
    """Every change made inside carries the person and the reason, whether a page, a worker or a command made it."""
    with pghistory.context(user=by.pk if by else None, by=by.name if by else "system", reason=reason):
        yield
