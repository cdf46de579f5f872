"""What may go into a batch, onto a line, and when a batch may close: each rule says what is wrong, in sentences.

The page asks to show it, the service asks to refuse it, so they agree. The numbered rules are those of the plant's
process description.
"""

from processing.rules.charging import Candidate, candidates, charging_problems
from processing.rules.closing import EXPLAIN_CLOSURE, WARN_CLOSURE, closing_problems, last_closed, opening_problems
from processing.rules.problems import (
    BadTime,
    Empty,
    LineBusy,
    NeedsApproval,
    NeedsExplanation,
    NotDischarged,
    NotForThisBatch,
    NotRunning,
    Problem,
    WrongPool,
    clock,
    is_before,
    refuse,
    why_not_running,
)

__all__ = (
    "EXPLAIN_CLOSURE",
    "WARN_CLOSURE",
    "BadTime",
    "Candidate",
    "Empty",
    "LineBusy",
    "NeedsApproval",
    "NeedsExplanation",
    "NotDischarged",
    "NotForThisBatch",
    "NotRunning",
    "Problem",
    "WrongPool",
    "candidates",
    "charging_problems",
    "clock",
    "closing_problems",
    "is_before",
    "last_closed",
    "opening_problems",
    "refuse",
    "why_not_running",
)
