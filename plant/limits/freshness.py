"""Of which instant figures speak, and what waits to be counted: asked when a page is read, so that it is true with
every worker dead."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from plant import recompute
from plant.recompute import Staleness


@dataclass(frozen=True)
class Freshness:
    """Figures speak of `as_of`; `waiting` changes since are not in them; `is_behind`: a day has ended uncounted."""

    as_of: dt.datetime
    waiting: int = 0
    failing: int = 0
    is_behind: bool = False

    @property
    def is_stale(self) -> bool:
        return self.waiting > 0 or self.is_behind


def look(*facts: str) -> list[Staleness]:
    """How far these facts lag behind their sources, one question each."""
    return [recompute.staleness(fact) for fact in facts]


def of(
    states: Iterable[Staleness], *, now: dt.datetime, as_of: dt.datetime | None = None, is_behind: bool = False
) -> Freshness:
    """How fresh figures of these facts are. Without an `as_of` of their own they speak of now, or of the oldest change
    that waits."""
    states = list(states)
    oldest = min((state.oldest for state in states if state.oldest is not None), default=now)
    return Freshness(
        as_of=min(oldest, now) if as_of is None else as_of,
        waiting=sum(state.waiting for state in states),
        failing=sum(state.failing for state in states),
        is_behind=is_behind,
    )
