"""What operators and supervisors do with lines and batches: the one door of the room.

One function is one sentence: draft, open, charge, return, bag, lose, hold, resume, abort, close, clean out, divide
among owners. `by` is who does it, `at` when it happened, `now` the clock at the edge, `reason` why it is entered late.
"""

from processing.services.batches import (
    Heel,
    abort_batch,
    close_batch,
    closing_preview,
    draft_batch,
    hold_batch,
    open_batch,
    resume_batch,
)
from processing.services.charging import (
    approve_blend,
    charge,
    charge_but,
    charge_several,
    charged_of,
    record_discharge,
    return_charge,
)
from processing.services.division import Share, divide_batch, is_commingled, shares_of, wants_division
from processing.services.lines import Sweepings, add_recipe_version, clean_out, create_line, create_recipe
from processing.services.outputs import add_loss, add_output, lots_for
from processing.services.runs import FACT, approval_of, figures_of

__all__ = (
    "FACT",
    "Heel",
    "Share",
    "Sweepings",
    "abort_batch",
    "add_loss",
    "add_output",
    "add_recipe_version",
    "approval_of",
    "approve_blend",
    "charge",
    "charge_but",
    "charge_several",
    "charged_of",
    "clean_out",
    "close_batch",
    "closing_preview",
    "create_line",
    "create_recipe",
    "divide_batch",
    "draft_batch",
    "figures_of",
    "hold_batch",
    "is_commingled",
    "lots_for",
    "open_batch",
    "record_discharge",
    "resume_batch",
    "return_charge",
    "shares_of",
    "wants_division",
)
