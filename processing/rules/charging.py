"""What keeps a container out of a batch (RULE-1, 2, 4, 5, 6)."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from plant.inventory.models import Container, Hold, Holding, Location, Movement, Pool
from plant.inventory.services import Held, NotIntact
from plant.units import ZERO_KG
from processing.models import Batch, BatchState, BlendApproval, DischargeRecord
from processing.rules.problems import (
    BadTime,
    Empty,
    NeedsApproval,
    NotDischarged,
    NotRunning,
    Problem,
    WrongPool,
    clock,
    is_before,
    why_not_running,
)


@dataclass(frozen=True)
class Candidate:
    """A container somebody thinks of charging, with everything the rules look at."""

    container: Container
    left_kg: Decimal
    place: Location | None
    arrived_at: dt.datetime | None
    hold: Hold | None
    discharge: DischargeRecord | None
    is_own_output: bool

    @property
    def label(self) -> str:
        """How a refusal names it: reference and what is left."""
        left = {"container": self.container.reference, "kg": f"{self.left_kg:,.3f}"}
        return _("%(container)s (%(kg)s kg left)") % left


def candidates(batch: Batch, containers: QuerySet[Container], *, at: dt.datetime) -> list[Candidate]:
    """These containers as the rules see them for this batch at that instant, in four queries however many they are."""
    came = Movement.objects.filter(to_container=OuterRef("pk")).order_by("occurred_at", "pk")
    out_of_this = Movement.objects.standing().filter(
        kind=Movement.Kind.OUTPUT, from_container=batch.run_id, to_container=OuterRef("pk")
    )
    rows = list(
        containers.select_related("lot__material", "lot__chemistry", "lot__owner", "lot__supplier", "kind").annotate(
            arrived=Subquery(came.values("occurred_at")[:1]), is_own=Exists(out_of_this)
        )
    )
    standing = Holding.objects.filter(container__in=rows, location__kind__in=Location.REAL, kg__gt=0)
    holdings = _by_container(standing.select_related("location").order_by("pk"))
    holds = _by_container(Hold.objects.open().filter(container__in=rows).order_by("pk"))
    records = DischargeRecord.objects.filter(container__in=rows, checked_at__lte=at)
    discharges = _by_container(records.order_by("-checked_at", "-pk"))
    return [
        Candidate(
            container=row,
            left_kg=holdings[row.pk].kg if row.pk in holdings else ZERO_KG,
            place=holdings[row.pk].location if row.pk in holdings else None,
            arrived_at=row.arrived,
            hold=holds.get(row.pk),
            discharge=discharges.get(row.pk),
            is_own_output=row.is_own,
        )
        for row in rows
    ]


Row = TypeVar("Row", Holding, Hold, DischargeRecord)


def _by_container(rows: Iterable[Row]) -> dict[int, Row]:
    """The first row of each container."""
    found: dict[int, Row] = {}
    for row in rows:
        found.setdefault(row.container_id, row)
    return found


def charging_problems(
    batch: Batch, candidate: Candidate, *, at: dt.datetime, materials: set[int], approval: BlendApproval | None
) -> list[Problem]:
    """What keeps a container out of a batch; empty where it may be charged. `materials` are those of the recipe."""
    if batch.state != BatchState.RUNNING:
        sentence = _("%(why)s %(container)s stays where it is.")
        return [Problem(sentence % {"why": why_not_running(batch), "container": candidate.label}, NotRunning)]
    return [
        *_state_of_container(candidate),
        *_right_batch(batch, candidate, materials),
        *_right_pool(batch, candidate, approval),
        *_discharged(batch, candidate, at),
        *_right_time(batch, candidate, at),
    ]


def _state_of_container(candidate: Candidate) -> Iterator[Problem]:
    """There is something in it, nobody holds it, and it is intact (RULE-6)."""
    container = candidate.container
    if candidate.place is None:
        yield Problem(_("%(container)s. Scan another one.") % {"container": candidate.label}, Empty, "container")
    if candidate.hold is not None:
        yield Problem(
            _("%(container)s is on a %(kind)s hold: %(reason)s. Have the hold lifted first.")
            % {
                "container": candidate.label,
                "kind": candidate.hold.get_kind_display().lower(),
                "reason": candidate.hold.reason,
            },
            Held,
            "container",
        )
    if not container.is_intact:
        yield Problem(
            _("%(container)s is %(condition)s and can never be charged. Leave it in its DDR bay.")
            % {"container": candidate.label, "condition": container.get_condition_display().lower()},
            NotIntact,
            "container",
        )


def _right_batch(batch: Batch, candidate: Candidate, materials: set[int]) -> Iterator[Problem]:
    """The recipe takes its material (RULE-1); it is the batch's owner's, unless the recipe takes several owners'."""
    lot, recipe = candidate.container.lot, batch.recipe_version
    assert lot is not None  # runs and heels are no candidates
    if lot.material_id not in materials:
        yield Problem(
            _("%(container)s is %(material)s, and the recipe %(recipe)s does not take that. Scan another one.")
            % {
                "container": candidate.label,
                "material": lot.material.name.lower(),
                "recipe": recipe.recipe.name,
            },
            field="container",
        )
    if lot.owner_id != batch.owner_id and not recipe.may_commingle:
        yield Problem(
            _("%(container)s belongs to %(owner)s, this batch to %(batch_owner)s. Charge it to a batch of its owner.")
            % {"container": candidate.label, "owner": lot.owner, "batch_owner": batch.owner},
            field="container",
        )
    if candidate.is_own_output:
        yield Problem(
            _("%(container)s came out of this batch. Reverse its output instead of charging it.")
            % {"container": candidate.label},
            field="container",
        )


def _right_pool(batch: Batch, candidate: Candidate, approval: BlendApproval | None) -> Iterator[Problem]:
    """Pools never share a batch (RULE-5); anode foil goes into a nickel grade with a blend approval only (RULE-4)."""
    lot = candidate.container.lot
    assert lot is not None
    pool = lot.chemistry.pool if lot.chemistry else Pool.OTHER
    is_foreign = pool != batch.chemistry.pool
    may_be_blended = lot.material.needs_blend_approval and pool in (Pool.OTHER, batch.chemistry.pool)
    if may_be_blended and (is_foreign or batch.grade.pool == Pool.NICKEL):
        if approval is None:
            yield Problem(
                _("%(container)s is %(material)s; %(grade)s takes it with a blend approval only. Ask a supervisor.")
                % {"container": candidate.label, "material": lot.material.name.lower(), "grade": batch.grade},
                NeedsApproval,
                "container",
            )
    elif is_foreign:
        yield Problem(
            _("%(container)s is %(chemistry)s; this batch runs %(batch_chemistry)s. They never share a batch.")
            % {
                "container": candidate.label,
                "chemistry": lot.chemistry or _("of no known chemistry"),
                "batch_chemistry": batch.chemistry,
            },
            WrongPool,
            "container",
        )


def _discharged(batch: Batch, candidate: Candidate, at: dt.datetime) -> Iterator[Problem]:
    """Cells, modules and packs that can be charged were discharged and checked a short time ago (RULE-2)."""
    lot, recipe = candidate.container.lot, batch.recipe_version
    assert lot is not None
    if not lot.material.needs_discharge or recipe.takes_charged:
        return
    record = candidate.discharge
    if record is None or not record.passed:
        sentence = (
            _("%(container)s has no passed discharge record. Discharge it, check it and record it.")
            if record is None
            else _("%(container)s failed its last discharge check. Discharge it again and record it.")
        )
        yield Problem(sentence % {"container": candidate.label}, NotDischarged, "container")
    elif at - record.checked_at > dt.timedelta(hours=recipe.discharge_valid_hours):
        yield Problem(
            _("%(container)s was checked at %(at)s; a check counts %(hours)s hours. Check it again and record it.")
            % {
                "container": candidate.label,
                "at": clock(record.checked_at, batch),
                "hours": recipe.discharge_valid_hours,
            },
            NotDischarged,
            "container",
        )


def _right_time(batch: Batch, candidate: Candidate, at: dt.datetime) -> Iterator[Problem]:
    """Nothing is charged before the batch was opened or before the container came."""
    if is_before(at, batch.opened_at):
        yield Problem(
            _("%(batch)s was opened at %(at)s. Enter a time after that to charge %(container)s.")
            % {"batch": batch, "at": clock(batch.opened_at or at, batch), "container": candidate.label},
            BadTime,
            "at",
        )
    if is_before(at, candidate.arrived_at):
        yield Problem(
            _("%(container)s came at %(at)s. Enter a time after that.")
            % {"container": candidate.label, "at": clock(candidate.arrived_at or at, batch)},
            BadTime,
            "at",
        )
