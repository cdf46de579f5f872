"""Repacking: a part of a container goes into another one, or several containers into one.

A part stays in its lot, so the old label stays true and results need no copying. Containers of different lots put
together make a new lot, whose genealogy is these very movements.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.ledger import Move, Overdrawn
from plant.inventory.models import (
    Chemistry,
    Container,
    ContainerKind,
    Hold,
    Holding,
    Location,
    Lot,
    Movement,
    Pool,
    RegulatoryStatus,
)
from plant.inventory.services import Held, check_place, create_container, create_lot, place_of
from plant.inventory.weighing import Reading, check_plausible, record_weighing
from plant.models import User
from plant.units import ZERO_KG

Kind = Movement.Kind


class WholeContainer(DomainError):
    code = "whole_container"


class BadPieces(DomainError):
    code = "bad_pieces"


class NotTogether(DomainError):
    code = "not_together"


def _locked(containers: Iterable[Container]) -> list[Container]:
    """Their lots and then they themselves, locked in ascending order."""
    wanted = {container.pk for container in containers}
    list(Lot.objects.for_change().filter(containers__in=wanted))
    found = Container.objects.for_change().packed().filter(pk__in=wanted)
    return list(
        found.select_related(
            "site", "kind", "lot__material", "lot__grade", "lot__chemistry", "lot__owner", "lot__supplier", "lot__site"
        ).select_related("lot__regulatory_status", "lot__facility", "lot__regulatory_decided_by")
    )


@transaction.atomic
def split(
    *,
    container: Container,
    kind: ContainerKind,
    reading: Reading,
    bay: Location,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    confirmed: bool = False,
    piece_count: int | None = None,
    reason: str = "",
) -> Container:
    """Weigh a part of a container into a new one of the same lot, with its condition and its open holds.

    Raises `BadWeight` for 0 kg, `WholeContainer` for all of it, `Overdrawn` for more than is left in it now.
    """
    check(by, Action.REPACK)
    [container] = _locked([container])
    assert container.lot is not None  # boxes and heaps have one
    holding = place_of(container)
    _check_part(container, holding, reading)
    _check_pieces(container, piece_count)
    with audit.acting(by, reason):
        part = create_container(
            lot=container.lot,
            kind=kind,
            condition=container.condition,
            state_of_charge_ratio=container.state_of_charge_ratio,
            voltage_v=container.voltage_v,
            charge_measured_at=container.charge_measured_at,
        )
        check_place(part, bay)
        weighing = record_weighing(
            site=container.site, reading=reading, by=by, at=at, container=part, confirmed=confirmed
        )
        move = Move(
            kind=Kind.SPLIT,
            kg=weighing.net_kg,
            from_container=container,
            from_location=holding.location,
            to_container=part,
            to_location=bay,
            how_known=Movement.HowKnown.WEIGHED,
            weighing=weighing,
        )
        ledger.post([move], by=by, at=at, now=now, reason=reason)
        _share_pieces(container, part, piece_count)
        _keep_holds(container, part, by=by, at=at)
    return part


def _check_part(container: Container, holding: Holding, reading: Reading) -> None:
    words = {"container": container, "left": f"{holding.kg:,.3f}", "place": holding.location}
    if reading.net_kg == holding.kg:
        raise WholeContainer(
            _("%(container)s holds %(left)s kg, so this is all of it. Enter less, or move the whole container.")
            % words,
            field=reading.field,
        )
    if reading.net_kg > holding.kg:
        raise Overdrawn(
            _("%(container)s has %(left)s kg left in %(place)s. Split off less than that.") % words,
            field=reading.field,
        )


def _check_pieces(container: Container, piece_count: int | None) -> None:
    if container.piece_count and not (piece_count and 0 < piece_count < container.piece_count):
        raise BadPieces(
            _("%(container)s holds %(pieces)s pieces. Type how many of them go into the new one, not none and not all.")
            % {"container": container, "pieces": f"{container.piece_count:,}"},
            field="piece_count",
        )


def _share_pieces(container: Container, part: Container, piece_count: int | None) -> None:
    """The pieces go over as counted, the nominal energy by their share."""
    if not container.piece_count or piece_count is None:
        return
    energy = container.nominal_energy_kwh
    if energy is not None:
        share = energy * piece_count / container.piece_count
        part.nominal_energy_kwh = share.quantize(Decimal("0.001"), rounding=ROUND_HALF_EVEN)
        container.nominal_energy_kwh = energy - part.nominal_energy_kwh or None
    part.piece_count = piece_count
    container.piece_count -= piece_count
    for box in (part, container):
        box.save(update_fields=["piece_count", "nominal_energy_kwh"])


def _keep_holds(container: Container, part: Container, *, by: User, at: dt.datetime) -> None:
    """What is held stays held in both; whoever may lift it lifts it on each."""
    Hold.objects.bulk_create(
        Hold(container=part, kind=hold.kind, reason=hold.reason, placed_at=at, placed_by=by)
        for hold in Hold.objects.open().filter(container=container).order_by("pk")
    )


@dataclass(frozen=True)
class Together:
    """Containers to be put together as they stand now: how much is in each, what speaks against it, and what the lot
    of it will be."""

    containers: Sequence[Container]
    holdings: dict[int, Holding]
    problems: Sequence[str]
    notices: Sequence[str]

    @property
    def kg(self) -> Decimal:
        return sum((holding.kg for holding in self.holdings.values()), ZERO_KG)

    @property
    def lots(self) -> list[Lot]:
        return list({box.lot.pk: box.lot for box in self.containers if box.lot is not None}.values())

    @property
    def is_one_lot(self) -> bool:
        return len(self.lots) == 1

    def kg_of(self, lot: Lot) -> Decimal:
        return sum((self.holdings[box.pk].kg for box in self.containers if box.lot_id == lot.pk), ZERO_KG)

    @property
    def chemistry(self) -> Chemistry | None:
        """The one they have; where there are several of one pool, that of the larger part."""
        return max(self.lots, key=lambda lot: (self.kg_of(lot), -lot.pk)).chemistry

    @property
    def status(self) -> RegulatoryStatus | None:
        """The one they share; None is *not decided*, which counts as the strictest (RULE-11)."""
        statuses = {lot.regulatory_status for lot in self.lots}
        return statuses.pop() if len(statuses) == 1 else None


def look(containers: Iterable[Container]) -> Together:
    """What putting these together would make, and what speaks against it. Page and service ask the same."""
    boxes = list(containers)
    standing = Holding.objects.filter(container__in=boxes, location__kind__in=Location.REAL, kg__gt=0)
    holdings = {row.container_id: row for row in standing.select_related("location").order_by("-pk")}
    here = [box for box in boxes if box.pk in holdings]
    problems = [
        _("%(container)s is empty or has left the site. Take it off the list.") % {"container": box}
        for box in boxes
        if box.pk not in holdings
    ]
    holds = Hold.objects.open().filter(container__in=boxes).select_related("container").order_by("container", "pk")
    problems += [
        _("%(container)s is on a %(kind)s hold (%(reason)s). Have it lifted first, or take it off the list.")
        % {"container": hold.container, "kind": hold.get_kind_display().lower(), "reason": hold.reason}
        for hold in holds
    ]
    together = Together(here, holdings, problems, [])
    if not here:
        return together
    return Together(here, holdings, [*problems, *_differences(here)], _notices(together))


def _differences(boxes: Sequence[Container]) -> list[str]:
    """What may never be mixed in one lot: condition (RULE-6), material, owner, grade (RULE-4), pool (RULE-5), and what
    a certificate to the supplier rests on."""
    lots = [box.lot for box in boxes if box.lot is not None]
    asked = (
        ([box.condition for box in boxes], _("One is damaged, defective or recalled, another is not.")),
        ([lot.material_id for lot in lots], _("They are of different materials.")),
        ([lot.owner_id for lot in lots], _("They belong to different owners.")),
        ([lot.grade_id for lot in lots], _("They are of different product grades.")),
        ([_pool(lot) for lot in lots], _("Their chemistries never share a lot.")),
        ([lot.origin for lot in lots], _("They are of different origin: from production, after use, or made here.")),
        ([lot.supplier_id for lot in lots], _("They came from different suppliers.")),
    )
    return [
        _("%(why)s Keep them apart: take one off the list.") % {"why": why}
        for values, why in asked
        if len(set(values)) > 1
    ]


def _pool(lot: Lot) -> str:
    return lot.chemistry.pool if lot.chemistry else Pool.OTHER


def _notices(together: Together) -> list[str]:
    """What the new lot will be where its parts differ and may."""
    if together.is_one_lot:
        return []
    notices = []
    others = sorted({str(lot.chemistry) for lot in together.lots} - {str(together.chemistry)})
    if others:
        notices.append(
            _("The lot will be %(main)s, the larger part; %(others)s is in it too.")
            % {"main": together.chemistry, "others": ", ".join(others)}
        )
    if together.status is None:
        notices.append(_("Their regulatory status differs or is not decided: EHS decides that of the new lot."))
    return notices


@transaction.atomic
def put_together(
    *,
    containers: Iterable[Container],
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    into: Container | None = None,
    kind: ContainerKind | None = None,
    bay: Location | None = None,
    confirmed: bool = False,
    reason: str = "",
) -> Container:
    """Empty containers into one: `into` one of them where all are of one lot, else into a new container of `kind` at
    `bay`, which for different lots is that of a new lot.

    The new lot waits since its oldest part came. Raises `NotTogether` with what speaks against it.
    """
    check(by, Action.REPACK)
    together = look(_locked(containers))
    if together.problems:
        raise NotTogether(together.problems[0], field="container")
    if len(together.containers) < 2:
        raise NotTogether(_("Scan at least two containers to put together."), field="container")
    if into is not None and (not together.is_one_lot or into.pk not in together.holdings):
        raise NotTogether(_("Different lots go into a new container, which gets a label of its own."), field="into")
    with audit.acting(by, reason):
        if into is not None:
            target, place = next(box for box in together.containers if box.pk == into.pk), None
        else:
            target, place = _new_container(together, kind, bay, by=by, at=at), bay
        if target.kind is not None:
            check_plausible(target.kind, together.kg, confirmed=confirmed, field="kind" if place else "into")
        moves = _merges(together, target, place or together.holdings[target.pk].location)
        ledger.post(moves, by=by, at=at, now=now, reason=reason)
        _add_pieces(together, target)
    return target


def _new_container(
    together: Together, kind: ContainerKind | None, bay: Location | None, *, by: User, at: dt.datetime
) -> Container:
    if kind is None:
        raise NotTogether(_("Choose what they are put into."), field="kind")
    if bay is None:
        raise NotTogether(_("Choose the bay where the new container stands."), field="bay")
    lot = together.lots[0] if together.is_one_lot else _new_lot(together, by=by, at=at)
    made = create_container(lot=lot, kind=kind, condition=together.containers[0].condition)
    check_place(made, bay)
    return made


def _new_lot(together: Together, *, by: User, at: dt.datetime) -> Lot:
    lots, first = together.lots, together.lots[0]
    status = together.status
    lot = create_lot(
        site=first.site,
        material=first.material,
        origin=first.origin,
        owner=first.owner,
        chemistry=together.chemistry,
        grade=first.grade,
        supplier=first.supplier,
        facility=_same(lot.facility for lot in lots),
        generated_on=min((lot.generated_on for lot in lots if lot.generated_on), default=None),
        received_at=min((lot.received_at for lot in lots if lot.received_at), default=None),
        regulatory_status=status,
        regulatory_basis="; ".join(dict.fromkeys(lot.regulatory_basis for lot in lots))[:200] if status else "",
        note=" ".join(_notices(together)),
        by=by,
        at=at,
    )
    decided = [(lot.regulatory_decided_at, lot.regulatory_decided_by) for lot in lots if lot.regulatory_decided_at]
    if status is not None and len(decided) == len(lots):
        # What EHS decided of each part is decided of the whole, as late as the last of them was.
        lot.regulatory_decided_at, lot.regulatory_decided_by = max(decided, key=lambda pair: pair[0])
        lot.save(update_fields=["regulatory_decided_at", "regulatory_decided_by"])
    return lot


T = TypeVar("T")


def _same(values: Iterable[T | None]) -> T | None:
    """The one value they all have, or None."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _merges(together: Together, target: Container, place: Location) -> list[Move]:
    return [
        Move(
            kind=Kind.MERGE,
            kg=together.holdings[box.pk].kg,
            from_container=box,
            from_location=together.holdings[box.pk].location,
            to_container=target,
            to_location=place,
            how_known=Movement.HowKnown.CARRIED,
        )
        for box in together.containers
        if box.pk != target.pk
    ]


def _add_pieces(together: Together, target: Container) -> None:
    """Pieces and energy add up where they are known of all; a charge measured on one says nothing of the whole."""
    boxes = together.containers
    counts = [box.piece_count for box in boxes if box.piece_count is not None]
    energies = [box.nominal_energy_kwh for box in boxes if box.nominal_energy_kwh is not None]
    target.piece_count = sum(counts) if len(counts) == len(boxes) else None
    target.nominal_energy_kwh = sum(energies, Decimal(0)) if len(energies) == len(boxes) else None
    target.state_of_charge_ratio = target.voltage_v = target.charge_measured_at = None
    target.save(
        update_fields=[
            "piece_count",
            "nominal_energy_kwh",
            "state_of_charge_ratio",
            "voltage_v",
            "charge_measured_at",
        ]
    )


def register() -> None:
    """Tell the ledger what must hold before a split or a merge is undone; called once, when the room is ready."""
    for kind in (Kind.SPLIT, Kind.MERGE):
        ledger.guard_reversal(kind, _guard)


def _guard(movement: Movement, by: User, now: dt.datetime) -> None:
    """What goes back takes its pieces along, and never slips out of a hold that was put on it meanwhile."""
    ends = {movement.from_container_id, movement.to_container_id}
    boxes = {box.pk: box for box in Container.objects.for_change().filter(pk__in=ends)}
    origin, made = boxes[movement.from_container_id], boxes[movement.to_container_id]
    kinds = Hold.objects.open().filter(container=origin).values("kind")
    hold = Hold.objects.open().filter(container=made).exclude(kind__in=kinds).order_by("pk").first()
    if hold is not None:
        raise Held(
            _("%(container)s is on a %(kind)s hold (%(reason)s) and %(origin)s is not. Have it lifted first.")
            % {
                "container": made,
                "kind": hold.get_kind_display().lower(),
                "reason": hold.reason,
                "origin": origin,
            }
        )
    _give_pieces_back(movement, origin, made)


def _give_pieces_back(movement: Movement, origin: Container, made: Container) -> None:
    """After a split the old container has its pieces again; after a merge the one they went into has them no more."""
    if origin.piece_count is None or made.piece_count is None:
        return
    old, part, sign = (origin, made, 1) if movement.kind == Kind.SPLIT else (made, origin, -1)
    assert old.piece_count is not None and part.piece_count is not None
    old.piece_count = max(old.piece_count + sign * part.piece_count, 0) or None
    if old.nominal_energy_kwh is not None and part.nominal_energy_kwh is not None:
        energy = old.nominal_energy_kwh + sign * part.nominal_energy_kwh
        old.nominal_energy_kwh = energy if energy > 0 else None
    old.save(update_fields=["piece_count", "nominal_energy_kwh"])
