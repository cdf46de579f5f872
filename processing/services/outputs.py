"""What comes out of a batch: bags and boxes of every material, weighed as they come, and typed losses."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check, may
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.ledger import Move
from plant.inventory.models import Container, ContainerKind, Location, Lot, Material, Movement
from plant.inventory.services import check_place, create_container, create_lot
from plant.inventory.weighing import Reading, record_weighing
from plant.models import Party, User
from processing import rules
from processing.models import Batch, BatchState
from processing.services import division
from processing.services.runs import check_after_opening, locked, mark_stale, require_on_line, settle_again


class NotAnOutput(DomainError):
    code = "not_an_output"


class WrongLot(DomainError):
    code = "wrong_lot"


class BadLoss(DomainError):
    code = "bad_loss"


@transaction.atomic
def add_output(
    *,
    batch: Batch,
    material: Material,
    kind: ContainerKind,
    reading: Reading,
    bay: Location,
    lot: Lot | None = None,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    confirmed: bool = False,
    reason: str = "",
) -> Container:
    """Weigh a bag out of a batch, in any order, also before any charge (the run is then below zero for a while).

    It goes into `lot`, else into the lot the batch has of this material, else into a new one; a product lot carries
    the batch's grade and may take bags of several batches of one grade, owner and pool (RULE-5). A bag weighed after
    the close is entered by a supervisor with a reason, and what is unaccounted changes by it.
    """
    check(by, Action.RUN_BATCH)
    batch = locked(batch)
    _check_may_come_out(batch, material, by=by, at=at, reason=reason)
    with audit.acting(by, reason):
        goal = _lot_for(batch, material, lot, bag_kg=reading.net_kg, by=by, at=at)
        container = create_container(lot=goal, kind=kind)
        check_place(container, bay)
        weighing = record_weighing(
            site=batch.site, reading=reading, by=by, at=at, container=container, confirmed=confirmed
        )
        move = Move(
            kind=Movement.Kind.OUTPUT,
            kg=weighing.net_kg,
            from_container=batch.run,
            from_location=batch.line.location,
            to_container=container,
            to_location=bay,
            how_known=Movement.HowKnown.WEIGHED,
            weighing=weighing,
        )
        ledger.post([move], by=by, at=at, now=now, reason=reason)
        if batch.closed_at is not None:
            settle_again(batch, by=by, now=now, reason=reason)
        division.hold_bags(batch, by=by, at=at)
    mark_stale(batch)
    return container


def _check_may_come_out(batch: Batch, material: Material, *, by: User, at: dt.datetime, reason: str) -> None:
    if not material.is_output or material.site_id != batch.site_id:
        raise NotAnOutput(
            _("%(material)s does not come out of a batch. Choose a material of the list.") % {"material": material},
            field="material",
        )
    if batch.state != BatchState.CLOSED:
        require_on_line(batch)
    elif not may(by, Action.REVERSE_ANY):
        raise rules.NotRunning(
            _("%(why)s A supervisor can enter a bag that was weighed late.") % {"why": rules.why_not_running(batch)}
        )
    elif not reason.strip():
        raise rules.NeedsExplanation(
            _("%(why)s Type why this bag is entered now.") % {"why": rules.why_not_running(batch)}, field="reason"
        )
    check_after_opening(batch, at)


def lots_for(batch: Batch, material: Material, owner: Party | None = None, *, only: Lot | None = None) -> list[Lot]:
    """The lots a bag of this batch may go into: of one material, grade, owner and pool (RULE-5), made here, of which
    nothing was shipped; those of this batch first, then the newest. Where several owners' material is in the batch,
    nobody chooses: whose the next bag is, the division's rule says (docs/adr/0010). `only`: asks for this lot alone."""
    if owner is None and division.is_commingled(batch):
        return []
    grade = batch.grade if material.pk == batch.grade.material_id else None
    shipped = Movement.objects.standing().filter(kind=Movement.Kind.SHIP, from_container__lot=OuterRef("pk"))
    own = Movement.objects.standing().filter(
        kind=Movement.Kind.OUTPUT, from_container=batch.run_id, to_container__lot=OuterRef("pk")
    )
    lots = Lot.objects.on_site(batch.site).filter(
        ~Exists(shipped),
        material=material,
        grade=grade,
        owner=owner or batch.owner,
        chemistry__pool=batch.chemistry.pool,
        origin=Lot.Origin.OWN_PROCESS,
    )
    lots = lots.exclude(division.of_other_batches(batch))
    if only is not None:
        lots = lots.filter(pk=only.pk)
    if batch.recipe_version.may_commingle:
        lots = lots.filter(Exists(own))
    return list(lots.annotate(is_own=Exists(own)).order_by("-is_own", "-pk")[:20])


def _lot_for(batch: Batch, material: Material, lot: Lot | None, *, bag_kg: Decimal, by: User, at: dt.datetime) -> Lot:
    grade = batch.grade if material.pk == batch.grade.material_id else None
    owner = division.owner_of_next(batch, material, grade, bag_kg)
    fitting = lots_for(batch, material, owner, only=lot)
    if lot is not None:
        if lot not in fitting:
            raise WrongLot(
                _("%(lot)s does not take this bag: a lot has one material, grade, owner and pool. Take a new lot.")
                % {"lot": lot},
                field="lot",
            )
        return lot
    if fitting and fitting[0].is_own:  # type: ignore[attr-defined]
        return fitting[0]
    return create_lot(
        site=batch.site,
        material=material,
        origin=Lot.Origin.OWN_PROCESS,
        owner=owner,
        chemistry=batch.chemistry,
        grade=grade,
        generated_on=batch.site.day(at) if material.is_waste else None,
        by=by,
        at=at,
    )


@transaction.atomic
def add_loss(
    *,
    batch: Batch,
    loss: Location,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    reading: Reading | None = None,
    kg: Decimal | None = None,
    how_known: str = Movement.HowKnown.ESTIMATED,
    formula: str = "",
    reason: str = "",
) -> Movement:
    """Book a typed loss (moisture, off-gas, dust, samples): weighed, calculated with its formula, or estimated.

    A loss found by difference is none: that is what *unaccounted* is for.
    """
    check(by, Action.RUN_BATCH)
    batch = locked(batch)
    require_on_line(batch)
    check_after_opening(batch, at)
    if loss.kind != Location.Kind.LOSS or loss.site_id != batch.site_id:
        raise BadLoss(_("Choose what kind of loss it is from the list."), field="loss")
    with audit.acting(by, reason):
        move = _loss(batch, loss, reading, kg, Movement.HowKnown(how_known), formula.strip(), by=by, at=at)
        [movement] = ledger.post([move], by=by, at=at, now=now, reason=reason)
    mark_stale(batch)
    return movement


def _loss(
    batch: Batch,
    loss: Location,
    reading: Reading | None,
    kg: Decimal | None,
    how_known: Movement.HowKnown,
    formula: str,
    *,
    by: User,
    at: dt.datetime,
) -> Move:
    """From the run into the loss; the run's own holding there says how much it lost that way."""
    weighing = record_weighing(site=batch.site, reading=reading, by=by, at=at) if reading else None
    if weighing is not None:
        kg, how_known = weighing.net_kg, Movement.HowKnown.WEIGHED
    elif how_known in (Movement.HowKnown.WEIGHED, Movement.HowKnown.CARRIED) or kg is None:
        raise BadLoss(_("Enter how much it was, and how that is known."), field="amount")
    if how_known == Movement.HowKnown.CALCULATED and not formula:
        raise BadLoss(_("A calculated loss names its formula. Type how it was calculated."), field="formula")
    return Move(
        kind=Movement.Kind.LOSS,
        kg=kg,
        from_container=batch.run,
        from_location=batch.line.location,
        to_container=batch.run,
        to_location=loss,
        how_known=how_known,
        weighing=weighing,
        formula=formula if how_known == Movement.HowKnown.CALCULATED else "",
    )
