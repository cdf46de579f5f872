"""What keeps a batch off its line (RULE-5), and what stops a closing until somebody acts or explains."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from processing.models import Batch, BatchState, BlendApproval, CleanOut, Line
from processing.rules.problems import (
    LineBusy,
    NeedsApproval,
    NeedsExplanation,
    NotRunning,
    Problem,
    WrongPool,
    why_not_running,
)
from processing.yields import BatchYield

WARN_CLOSURE = (Decimal("0.98"), Decimal("1.02"))
EXPLAIN_CLOSURE = (Decimal("0.97"), Decimal("1.03"))
"""Where the page warns, and where a closing stops until somebody explains: recommended defaults of metal accounting
practice; the AMIRA code itself sets no number."""


def last_closed(line: Line) -> Batch | None:
    """The batch that ran last on a line to its end."""
    closed = Batch.objects.filter(line=line, state=BatchState.CLOSED).select_related("chemistry", "closed_by", "site")
    return closed.order_by("closed_at", "pk").last()


def opening_problems(batch: Batch, *, heel_kg: Decimal) -> list[Problem]:
    """What keeps a batch off its line: another batch on it, or another pool's remains in it (RULE-5)."""
    problems = []
    busy = Batch.objects.on_the_line().filter(line=batch.line_id).exclude(pk=batch.pk).first()
    if busy is not None:
        problems.append(
            Problem(
                _("%(line)s is taken by %(batch)s. Close that batch first.") % {"line": batch.line, "batch": busy},
                LineBusy,
            )
        )
    before = last_closed(batch.line)
    if before is None or before.chemistry.pool == batch.chemistry.pool:
        return problems
    cleaned = CleanOut.objects.filter(line=batch.line_id, cleaned_at__gte=before.closed_at).exists()
    if not cleaned or heel_kg:
        problems.append(
            Problem(
                _("%(before)s ran %(chemistry)s on %(line)s before. Clean the line out and record it first.")
                % {"before": before, "chemistry": before.chemistry, "line": batch.line},
                WrongPool,
            )
        )
    return problems


def closing_problems(batch: Batch, figures: BatchYield, *, approval: BlendApproval | None) -> list[Problem]:
    """What stops a closing until somebody acts or explains, and what it warns of. `figures` are as they would be
    after it."""
    if batch.state not in Batch.ON_THE_LINE:
        return [Problem(why_not_running(batch), NotRunning)]
    return [*_blend_share(figures, approval), *_closure(figures)]


def _blend_share(figures: BatchYield, approval: BlendApproval | None) -> Iterator[Problem]:
    """The share a supervisor approved is kept (RULE-4); without an approval nothing of the kind was charged."""
    share = figures.blend_share_ratio
    if approval is not None and share is not None and share > approval.largest_share_ratio:
        yield Problem(
            _("The blended material is %(share)s %% of the charge; %(largest)s %% are approved. Ask a supervisor.")
            % {"share": f"{share * 100:.2f}", "largest": f"{approval.largest_share_ratio * 100:.2f}"},
            NeedsApproval,
        )


def _closure(figures: BatchYield) -> Iterator[Problem]:
    ratio = figures.closure_ratio
    if ratio is None:
        yield Problem(
            _("Nothing was charged, so there is no closure. Explain why this batch is closed, or abort it."),
            NeedsExplanation,
            "explanation",
        )
        return
    low, high = EXPLAIN_CLOSURE
    shown = {"closure": f"{ratio * 100:.2f}", "kg": f"{figures.unaccounted_kg:,.3f}"}
    if not low <= ratio <= high:
        yield Problem(
            _("Closure is %(closure)s %% and %(kg)s kg are unaccounted. Check the bags and losses, or explain it.")
            % shown,
            NeedsExplanation,
            "explanation",
        )
    elif not WARN_CLOSURE[0] <= ratio <= WARN_CLOSURE[1]:
        yield Problem(_("Closure is %(closure)s %%; it usually lies between 98 and 102 %%.") % shown, None)
