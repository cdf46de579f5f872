"""The derived facts by name. Each room registers its own in `AppConfig.ready`; nothing here knows what they are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Compute = Callable[[str, datetime], None]
Keys = Callable[[str], Iterable[str]]


class UnknownFact(LookupError):
    """A mark names a fact that no room has registered. The mark is kept until one does."""


@dataclass(frozen=True)
class Fact:
    """A derived fact: how it is computed, whether it is dear, which keys it has and what is stored (if it can say)."""

    name: str
    compute: Compute
    dear: bool = False
    keys: Callable[[], Iterable[str]] | None = None
    stored: Callable[[str], Mapping[str, Any]] | None = None


_facts: dict[str, Fact] = {}
_followers: dict[str, dict[str, Keys]] = {}  # of a fact: who follows it, and which keys of the follower


def fact(
    name: str,
    *,
    follows: Mapping[str, Keys] | None = None,
    keys: Callable[[], Iterable[str]] | None = None,
    stored: Callable[[str], Mapping[str, Any]] | None = None,
    dear: bool = False,
) -> Callable[[Compute], Compute]:
    """Register the function that computes the fact `name` for one key, from its sources, at a given instant.

    It runs in the runner's transaction and alone for its key, so it writes its result row without locking it.
    `follows`: when the other fact was computed for a key, these keys of this fact are stale; so a lower room needs to
    know nothing of an upper one. `keys`: all keys there are, for computing everything again. `stored`: the figures of
    one key as they are stored, by name, to compare them with a fresh computation. `dear`: takes long and is marked
    often, so workers are rung for one key of it at most every 200 ms.
    """

    def register(compute: Compute) -> Compute:
        if name in _facts:
            raise ValueError(f"two facts are called {name}")
        for followed in follows or {}:
            if followed == name or followed in _all_followers(name):
                raise ValueError(f"{name} and {followed} would follow each other without end")
        _facts[name] = Fact(name, compute, dear=dear, keys=keys, stored=stored)
        for followed, which in (follows or {}).items():
            _followers.setdefault(followed, {})[name] = which
        return compute

    return register


def _all_followers(name: str) -> set[str]:
    direct = set(_followers.get(name, ()))
    return direct.union(*(_all_followers(follower) for follower in direct))


def registered(name: str) -> Fact | None:
    return _facts.get(name)


def all_facts() -> tuple[Fact, ...]:
    return tuple(_facts.values())


def followers(name: str, key: str) -> dict[str, Iterable[str]]:
    """What is stale once the fact `name` was computed for `key`: fact to keys."""
    return {follower: which(key) for follower, which in _followers.get(name, {}).items()}
