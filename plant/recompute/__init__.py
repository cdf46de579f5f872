"""Derived facts: services mark them stale, the relay rings, workers compute (docs/adr/0006-derived-facts.md)."""

from plant.recompute.marks import Staleness, mark_all, mark_stale, staleness
from plant.recompute.registry import Fact, UnknownFact, all_facts, fact, registered
from plant.recompute.runner import drain, run

__all__ = (
    "Fact",
    "Staleness",
    "UnknownFact",
    "all_facts",
    "drain",
    "fact",
    "mark_all",
    "mark_stale",
    "registered",
    "run",
    "staleness",
)
