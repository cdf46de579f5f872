"""The life of a batch: drafted, opened, held, resumed, closed or aborted."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.ledger import Move
from plant.inventory.models import Chemistry, Container, Grade, Movement
from plant.inventory.services import next_reference
from plant.models import Party, User
from processing import rules, yields
from processing.models import Batch, BatchState, CleanOut, Line, RecipeVersion
from processing.services.runs import (
    approval_of,
    check_after_opening,
    check_ahead,
    figures_of,
    locked,
    mark_stale,
    move_to,
    require_on_line,
    settle,
)

Heel = Literal["empty", "as_before"] | Decimal
"""The answer to "what is left in the line?": nothing, as much as at the opening, or so many kg."""

HEEL_KNOWN = (Movement.HowKnown.DECLARED, Movement.HowKnown.ESTIMATED)


class NotDrafted(DomainError):
    code = "not_possible"


class NotEmpty(DomainError):
    code = "not_empty"


class NoReason(DomainError):
    code = "needs_reason"


@transaction.atomic
def draft_batch(
    *,
    recipe_version: RecipeVersion,
    line: Line,
    grade: Grade,
    chemistry: Chemistry,
    owner: Party,
    note: str = "",
    by: User,
    at: dt.datetime,
) -> Batch:
    """Plan a batch: a recipe on a line, one product grade, one chemistry, one owner (RULE-4, RULE-5)."""
    check(by, Action.RUN_BATCH)
    if not recipe_version.lines.filter(pk=line.pk).exists():
        raise NotDrafted(
            _("%(recipe)s does not run on %(line)s. Choose another line or recipe.")
            % {"recipe": recipe_version.recipe, "line": line},
            field="recipe_version",
        )
    if grade.pool != chemistry.pool:
        raise NotDrafted(
            _("%(grade)s is not made of %(chemistry)s. Choose a grade and a chemistry of one pool.")
            % {"grade": grade, "chemistry": chemistry},
            field="chemistry",
        )
    with audit.acting(by):
        reference = next_reference(line.site, "B", at, digits=4)
        run = Container.objects.create(site=line.site, reference=f"{reference}-RUN", form=Container.Form.RUN)
        return Batch.objects.create(
            site=line.site,
            reference=reference,
            recipe_version=recipe_version,
            line=line,
            grade=grade,
            chemistry=chemistry,
            owner=owner,
            run=run,
            note=note,
            created_by=by,
            created_at=at,
        )


@transaction.atomic
def open_batch(*, batch: Batch, by: User, at: dt.datetime, now: dt.datetime, reason: str = "") -> Batch:
    """Put a drafted batch on its line; the line's declared heel goes into its run.

    Raises `LineBusy`, or `WrongPool` where another pool ran there and no clean-out followed (RULE-5).
    """
    check(by, Action.RUN_BATCH)
    batch = locked(batch)
    Batch.TRANSITIONS.check(batch.state, BatchState.RUNNING)
    if batch.state != BatchState.DRAFT:
        raise rules.NotRunning(rules.why_not_running(batch))
    line = Line.objects.for_change().select_related("location", "heel").get(pk=batch.line_id)
    check_ahead(at, now)
    _check_line_free_at(batch, at)
    heel_kg = ledger.held_kg(line.heel, line.location)
    rules.refuse(rules.opening_problems(batch, heel_kg=heel_kg))
    with audit.acting(by, reason):
        move_to(batch, BatchState.RUNNING, opened_at=at, opened_by=by)
        if heel_kg:
            ledger.post([_heel_in(batch, heel_kg)], by=by, at=at, now=now, reason=reason)
    mark_stale(batch)
    return batch


def _check_line_free_at(batch: Batch, at: dt.datetime) -> None:
    """Batches follow each other on a line."""
    before = rules.last_closed(batch.line)
    until = [before.closed_at] if before and before.closed_at else []
    until += (
        CleanOut.objects.filter(line=batch.line_id).order_by("-cleaned_at").values_list("cleaned_at", flat=True)[:1]
    )
    if until and rules.is_before(at, max(until)):
        raise rules.BadTime(
            _("%(line)s was in use until %(at)s. Enter a time after that.")
            % {"line": batch.line, "at": rules.clock(max(until), batch)},
            field="at",
        )


def _heel_in(batch: Batch, heel_kg: Decimal) -> Move:
    """The whole heel goes into the run, as surely known as it was declared."""
    declared = Movement.objects.standing().filter(to_container=batch.line.heel).order_by("pk").last()
    return Move(
        kind=Movement.Kind.HEEL_IN,
        kg=heel_kg,
        from_container=batch.line.heel,
        from_location=batch.line.location,
        to_container=batch.run,
        to_location=batch.line.location,
        how_known=_known(declared.how_known if declared else Movement.HowKnown.DECLARED),
    )


def _heel_out(batch: Batch, heel_kg: Decimal, how_known: Movement.HowKnown) -> Move:
    return Move(
        kind=Movement.Kind.HEEL_OUT,
        kg=heel_kg,
        from_container=batch.run,
        from_location=batch.line.location,
        to_container=batch.line.heel,
        to_location=batch.line.location,
        how_known=how_known,
    )


def _known(how_known: str) -> Movement.HowKnown:
    if how_known not in HEEL_KNOWN:
        raise NotDrafted(_("A heel is declared or estimated. Choose one of the two."), field="heel_how_known")
    return Movement.HowKnown(how_known)


@transaction.atomic
def hold_batch(*, batch: Batch, reason: str, by: User, at: dt.datetime) -> Batch:
    """Stop charging for a while, with a reason; bags and losses can still be entered."""
    check(by, Action.RUN_BATCH)
    if not reason.strip():
        raise NoReason(_("A hold says why. Type a reason."), field="reason")
    batch = locked(batch)
    with audit.acting(by, reason):
        move_to(batch, BatchState.HELD, state_reason=reason.strip())
    mark_stale(batch)
    return batch


@transaction.atomic
def resume_batch(*, batch: Batch, by: User, at: dt.datetime, reason: str = "") -> Batch:
    """Go on with a held batch."""
    check(by, Action.RUN_BATCH)
    batch = locked(batch)
    if batch.state == BatchState.DRAFT:
        raise rules.NotRunning(rules.why_not_running(batch))
    with audit.acting(by, reason):
        move_to(batch, BatchState.RUNNING, state_reason="")
    mark_stale(batch)
    return batch


@transaction.atomic
def abort_batch(*, batch: Batch, reason: str, by: User, at: dt.datetime, now: dt.datetime) -> Batch:
    """Give a batch up that took and gave nothing; a heel goes back into its line.

    Raises `NotEmpty` where something was charged, bagged or lost: that is reversed or returned first, or the batch
    is closed.
    """
    check(by, Action.RUN_BATCH)
    if not reason.strip():
        raise NoReason(_("An aborted batch says why. Type a reason."), field="reason")
    batch = locked(batch)
    Batch.TRANSITIONS.check(batch.state, BatchState.ABORTED)
    check_ahead(at, now)
    figures = figures_of(batch)
    if figures.charged_kg or figures.outputs_kg or figures.losses_kg:
        raise NotEmpty(
            _("%(batch)s has %(charged)s kg charged and %(out)s kg booked out. Reverse that first, or close it.")
            % {
                "batch": batch,
                "charged": f"{figures.charged_kg:,.3f}",
                "out": f"{figures.outputs_kg + figures.losses_kg:,.3f}",
            }
        )
    with audit.acting(by, reason):
        if figures.heel_opening_kg:
            back = _heel_out(batch, figures.heel_opening_kg, Movement.HowKnown.DECLARED)
            ledger.post([back], by=by, at=at, now=now, reason=reason)
        move_to(batch, BatchState.ABORTED, aborted_at=at, aborted_by=by, state_reason=reason.strip())
    if batch.opened_at is not None:
        mark_stale(batch)
    return batch


def closing_heel_kg(figures: yields.BatchYield, heel: Heel) -> Decimal:
    """What the answer to "what is left in the line?" means in kg."""
    if heel == "empty":
        return Decimal(0)
    return figures.heel_opening_kg if heel == "as_before" else heel


def closing_preview(batch: Batch, heel: Heel) -> tuple[yields.BatchYield, list[rules.Problem]]:
    """The figures as a closing with this heel would leave them, and what stops it or is worth a warning."""
    figures = figures_of(batch)
    after = replace(figures, heel_closing_kg=closing_heel_kg(figures, heel))
    return after, rules.closing_problems(batch, after, approval=approval_of(batch))


@transaction.atomic
def close_batch(
    *,
    batch: Batch,
    heel: Heel,
    heel_how_known: str = Movement.HowKnown.DECLARED,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    explanation: str = "",
    reason: str = "",
) -> Batch:
    """Close a batch: what is left in the line becomes the heel, and what then remains is unaccounted.

    After that the run holds exactly zero. Raises `NeedsExplanation` where the closure lies outside 97 to 103 % and
    nobody says why, `NeedsApproval` where more was blended than approved.
    """
    check(by, Action.RUN_BATCH)
    batch = locked(batch)
    require_on_line(batch)
    at = _closing_time(batch, at=at, now=now)
    known = _known(heel_how_known)
    after, problems = closing_preview(batch, heel)
    explained = explanation.strip()
    rules.refuse(p for p in problems if not (explained and p.error is rules.NeedsExplanation))
    reason = explained or reason.strip()
    with audit.acting(by, reason):
        if after.heel_closing_kg:
            ledger.post([_heel_out(batch, after.heel_closing_kg, known)], by=by, at=at, now=now, reason=reason)
        settle(batch, by=by, at=at, now=now, reason=reason)
        move_to(batch, BatchState.CLOSED, closed_at=at, closed_by=by, state_reason=explained)
    mark_stale(batch)
    return batch


def _closing_time(batch: Batch, *, at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """A batch closes after its last entry; within the same minute the entry's own time is taken."""
    check_ahead(at, now)
    check_after_opening(batch, at)
    last = Movement.objects.of_container(batch.run).order_by("occurred_at", "pk").last()
    if last is None:
        return at
    if rules.is_before(at, last.occurred_at):
        raise rules.BadTime(
            _("The last entry of %(batch)s was at %(at)s. It closes at that time or later.")
            % {"batch": batch, "at": rules.clock(last.occurred_at, batch)},
            field="at",
        )
    return max(at, last.occurred_at)
