"""What a rule says: one thing that is wrong, in a sentence, and the refusal it becomes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from plant.errors import DomainError
from processing.models import Batch, BatchState


class NotRunning(DomainError):
    code = "not_running"


class NotForThisBatch(DomainError):
    code = "not_for_this_batch"


class NotDischarged(DomainError):
    code = "not_discharged"


class NeedsApproval(DomainError):
    code = "needs_blend_approval"


class WrongPool(DomainError):
    code = "wrong_pool"


class BadTime(DomainError):
    code = "bad_instant"


class Empty(DomainError):
    code = "overdrawn"


class LineBusy(DomainError):
    code = "line_busy"


class NeedsExplanation(DomainError):
    code = "needs_explanation"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in a sentence; `error` is the refusal it becomes, None where it only warns."""

    sentence: str
    error: type[DomainError] | None = NotForThisBatch
    field: str | None = None


def refuse(problems: Iterable[Problem]) -> None:
    """Raises the first problem that is more than a warning."""
    for problem in problems:
        if problem.error is not None:
            raise problem.error(problem.sentence, field=problem.field)


def clock(at: dt.datetime, batch: Batch) -> str:
    """An instant by the site's clock, to the minute."""
    return f"{at.astimezone(batch.site.zone):%Y-%m-%d %H:%M}"


def why_not_running(batch: Batch) -> str:
    """Says why nothing can be done to a batch now, and who brought it there."""
    if batch.state == BatchState.CLOSED and batch.closed_at is not None:
        return _("%(batch)s was closed by %(by)s at %(at)s.") % {
            "batch": batch,
            "by": batch.closed_by,
            "at": clock(batch.closed_at, batch),
        }
    if batch.state == BatchState.ABORTED and batch.aborted_at is not None:
        return _("%(batch)s was aborted by %(by)s at %(at)s.") % {
            "batch": batch,
            "by": batch.aborted_by,
            "at": clock(batch.aborted_at, batch),
        }
    if batch.state == BatchState.HELD:
        return _("%(batch)s is held: %(reason)s. Resume it first.") % {"batch": batch, "reason": batch.state_reason}
    return _("%(batch)s is a draft. Open it first.") % {"batch": batch}


def is_before(at: dt.datetime, bound: dt.datetime | None) -> bool:
    """Whether an instant lies before another, to the minute: that is what people type."""
    return bound is not None and at < bound.replace(second=0, microsecond=0)
