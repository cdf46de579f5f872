"""Splitting: a part of a container goes into a new one of the same lot, so the old label stays true and results need no
copying. And what must hold before a split, or a putting together, is undone.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.ledger import Move, Overdrawn
from plant.inventory.models import Container, ContainerKind, Hold, Holding, Location, Lot, Movement
from plant.inventory.services import Held, check_place, create_container, place_of
from plant.inventory.weighing import Reading, record_weighing
from plant.models import User

Kind = Movement.Kind


class WholeContainer(DomainError):
    code = "whole_container"


class BadPieces(DomainError):
    code = "bad_pieces"


def locked(containers: Iterable[Container]) -> list[Container]:
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
    [container] = locked([container])
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
    assert old.piece_count is not None
    assert part.piece_count is not None
    old.piece_count = max(old.piece_count + sign * part.piece_count, 0) or None
    if old.nominal_energy_kwh is not None and part.nominal_energy_kwh is not None:
        energy = old.nominal_energy_kwh + sign * part.nominal_energy_kwh
        old.nominal_energy_kwh = energy if energy > 0 else None
    old.save(update_fields=["piece_count", "nominal_energy_kwh"])
