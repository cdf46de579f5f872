"""Putting containers together: several of one lot into one of them or a new one; of different lots, into a new lot.

The new lot's genealogy is these very movements; it has waited since its oldest part came.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.ledger import Move
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
from plant.inventory.repacking import locked
from plant.inventory.services import check_place, create_container, create_lot
from plant.inventory.weighing import check_plausible
from plant.models import User
from plant.units import ZERO_KG


class NotTogether(DomainError):
    code = "not_together"


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
    together = look(locked(containers))
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
            kind=Movement.Kind.MERGE,
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
