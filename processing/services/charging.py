"""What goes into a batch: containers charged whole or in part, given back, checked and approved for it."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.ledger import Move
from plant.inventory.models import Container, Holding, Location, Movement, Weighing
from plant.inventory.services import check_place
from plant.inventory.weighing import Reading, record_weighing
from plant.models import User
from plant.units import ZERO_KG
from processing import rules
from processing.models import Batch, BlendApproval, DischargeRecord
from processing.rules import Candidate
from processing.services import division
from processing.services.runs import approval_of, check_after_opening, locked, mark_stale, require_on_line


class NeedsWeighing(DomainError):
    code = "needs_weighing"


class TooMuch(DomainError):
    code = "overdrawn"


class NotDischargeable(DomainError):
    code = "not_possible"


@transaction.atomic
def charge(
    *,
    batch: Batch,
    container: Container,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    whole: bool = True,
    reading: Reading | None = None,
    reason: str = "",
) -> Movement:
    """Feed a container into a running batch: whole (exactly what is left in it is carried over) or a weighed part.

    Refuses, naming the container and what is left in it, what RULE-1, 2, 4, 5 and 6 keep out; `Overdrawn` where less
    is in it than that.
    """
    if whole:
        return charge_several(batch=batch, containers=[container], by=by, at=at, now=now, reason=reason)[0]
    check(by, Action.RUN_BATCH)
    if reading is None:
        raise NeedsWeighing(_("A part of a container is weighed. Enter what the part weighs."), field="gross")
    batch = locked(batch)
    [candidate] = _admitted(batch, [container], at)
    with audit.acting(by, reason):
        # A part may be less than such a container usually holds; what is in it bounds it from above.
        weighing = record_weighing(
            site=batch.site, reading=reading, by=by, at=at, container=candidate.container, confirmed=True
        )
        move = _charge(batch, candidate, weighing)
        [movement] = ledger.post([move], by=by, at=at, now=now, reason=reason)
        division.hold_bags(batch, by=by, at=at)
    mark_stale(batch)
    return movement


@transaction.atomic
def charge_several(
    *,
    batch: Batch,
    containers: Iterable[Container],
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    reason: str = "",
) -> list[Movement]:
    """Feed whole containers into a running batch: all of them or, where one is refused, none."""
    check(by, Action.RUN_BATCH)
    batch = locked(batch)
    moves = [_charge(batch, candidate) for candidate in _admitted(batch, containers, at)]
    with audit.acting(by, reason):
        movements = ledger.post(moves, by=by, at=at, now=now, reason=reason)
        division.hold_bags(batch, by=by, at=at)
    mark_stale(batch)
    return movements


@transaction.atomic
def charge_but(
    *,
    batch: Batch,
    container: Container,
    reading: Reading,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    reason: str = "",
) -> Movement:
    """Feed a container but for what stays in it, which is what was weighed.

    All that was in it goes in and the weighed rest comes back: what was weighed stands, and a later correction of what
    the container held falls on the batch. Returns the charge.
    """
    charged = charge(batch=batch, container=container, by=by, at=at, now=now, reason=reason)
    if reading.net_kg >= charged.kg:
        raise TooMuch(
            _("%(container)s held %(kg)s kg, so nothing would go in. Check the number and the unit.")
            % {"container": container, "kg": f"{charged.kg:,.3f}"},
            field=reading.field,
        )
    return_charge(batch=batch, container=container, reading=reading, by=by, at=at, now=now, reason=reason)
    return charged


def _admitted(batch: Batch, containers: Iterable[Container], at: dt.datetime) -> list[Candidate]:
    """The containers, locked in ascending order and then looked at; raises for the first that may not go in."""
    wanted = {container.pk for container in containers}
    found = rules.candidates(batch, Container.objects.for_change().packed().filter(pk__in=wanted), at=at)
    if not found or len(found) < len(wanted) or any(c.container.site_id != batch.site_id for c in found):
        raise rules.NotForThisBatch(_("Choose at least one container of this site."), field="container")
    materials = set(batch.recipe_version.materials.values_list("pk", flat=True))
    approval = approval_of(batch)
    for candidate in found:
        rules.refuse(rules.charging_problems(batch, candidate, at=at, materials=materials, approval=approval))
    return found


def _charge(batch: Batch, candidate: Candidate, weighing: Weighing | None = None) -> Move:
    """Whole and carried, or the weighed part."""
    assert candidate.place is not None  # the rules refuse what stands nowhere
    known = Movement.HowKnown
    return Move(
        kind=Movement.Kind.CHARGE,
        kg=weighing.net_kg if weighing else candidate.left_kg,
        from_container=candidate.container,
        from_location=candidate.place,
        to_container=batch.run,
        to_location=batch.line.location,
        how_known=known.WEIGHED if weighing else known.CARRIED,
        weighing=weighing,
    )


@transaction.atomic
def return_charge(
    *,
    batch: Batch,
    container: Container,
    reading: Reading,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    bay: Location | None = None,
    reason: str = "",
) -> Movement:
    """Give an unprocessed part of a charge back to its container, weighed; where the container was emptied, it stands
    in `bay` (else where it was charged from)."""
    check(by, Action.RUN_BATCH)
    batch = locked(batch)
    require_on_line(batch)
    check_after_opening(batch, at)
    container = Container.objects.for_change().get(pk=container.pk)
    charged_kg, charged_from = _charged(batch, container)
    if reading.net_kg > charged_kg:
        raise TooMuch(
            _("%(batch)s holds %(kg)s kg of %(container)s. Give back at most that.")
            % {"batch": batch, "kg": f"{charged_kg:,.3f}", "container": container},
            field=reading.field,
        )
    place = _place_after(container, bay or charged_from)
    with audit.acting(by, reason):
        weighing = record_weighing(site=batch.site, reading=reading, by=by, at=at, container=container, confirmed=True)
        move = Move(
            kind=Movement.Kind.RETURN,
            kg=weighing.net_kg,
            from_container=batch.run,
            from_location=batch.line.location,
            to_container=container,
            to_location=place,
            how_known=Movement.HowKnown.WEIGHED,
            weighing=weighing,
        )
        [movement] = ledger.post([move], by=by, at=at, now=now, reason=reason)
    mark_stale(batch)
    return movement


def _charged(batch: Batch, container: Container) -> tuple[Decimal, Location | None]:
    """How many kg of a container are in a batch (charges less returns), and where it was charged from last."""
    into = Movement.objects.filter(from_container=container, to_container=batch.run_id).order_by("pk")
    out = Movement.objects.filter(from_container=batch.run_id, to_container=container)
    charged = list(into.select_related("from_location"))
    net_kg = sum((m.kg for m in charged), ZERO_KG) - sum((m.kg for m in out), ZERO_KG)
    return net_kg, charged[-1].from_location if charged else None


def charged_of(batch: Batch, container: Container) -> Decimal:
    """How many kg of a container are in a batch: at most that can be given back."""
    return _charged(batch, container)[0]


def _place_after(container: Container, bay: Location | None) -> Location:
    """Where a container stands: where something of it is, else the bay it is brought to."""
    standing = Holding.objects.filter(container=container, location__kind=Location.Kind.BAY, kg__gt=0)
    holding = standing.select_related("location").order_by("pk").first()
    if holding is not None:
        return holding.location
    assert bay is not None  # nothing of it was charged: refused before
    check_place(container, bay)
    return bay


@transaction.atomic
def approve_blend(
    *, batch: Batch, reason: str, largest_share_ratio: Decimal, by: User, at: dt.datetime
) -> BlendApproval:
    """A supervisor lets material that needs it (anode foil) into a batch, up to a share of its charge (RULE-4).

    Approving again replaces the reason and the share; the audit trail keeps both.
    """
    check(by, Action.APPROVE_BLEND)
    if not reason.strip():
        raise rules.NeedsApproval(_("A blend approval says why. Type a reason."), field="reason")
    if not 0 < largest_share_ratio <= 1:
        raise rules.NeedsApproval(
            _("The largest share lies above 0 and at most at 100 %."), field="largest_share_ratio"
        )
    batch = locked(batch)
    if batch.state != batch.State.DRAFT:
        require_on_line(batch)
    with audit.acting(by, reason):
        approval, _made = BlendApproval.objects.update_or_create(
            batch=batch,
            defaults={
                "reason": reason.strip(),
                "largest_share_ratio": largest_share_ratio,
                "approved_at": at,
                "approved_by": by,
            },
        )
    return approval


@transaction.atomic
def record_discharge(
    *,
    container: Container,
    passed: bool,
    by: User,
    at: dt.datetime,
    voltage_v: Decimal | None = None,
    note: str = "",
) -> DischargeRecord:
    """Record that a container of charged cells, modules or packs was discharged and checked (RULE-2)."""
    check(by, Action.RUN_BATCH)
    if container.lot is None or not container.lot.material.holds_charge:
        raise NotDischargeable(
            _("%(container)s holds no charge, so there is nothing to discharge.") % {"container": container}
        )
    with audit.acting(by, note):
        return DischargeRecord.objects.create(
            container=container, passed=passed, voltage_v=voltage_v, note=note, checked_at=at, by=by
        )
