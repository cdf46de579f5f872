"""What can happen to a container: made, weighed, received, moved, held, released, an entry reversed.

The rooms above add their own sentences (charge, bag, ship) on `ledger.post` and on `require_free`.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from plant import audit
from plant.access import Action, check, may
from plant.errors import DomainError
from plant.inventory import ledger
from plant.inventory.ledger import Move
from plant.inventory.models import (
    Chemistry,
    Container,
    ContainerKind,
    Grade,
    Hold,
    Holding,
    Location,
    Lot,
    Material,
    Movement,
    RegulatoryStatus,
)
from plant.inventory.sscc import next_sscc
from plant.inventory.weighing import Reading, record_weighing
from plant.models import Facility, Party, Site, User


class Held(DomainError):
    code = "held"


class NotIntact(DomainError):
    code = "not_intact"


class WrongPlace(DomainError):
    code = "wrong_place"


@transaction.atomic
def next_reference(site: Site, letter: str, at: dt.datetime, *, digits: int = 6) -> str:
    """The next reference of the site's series: letter and mark, the site's year, a number never used twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT plant_next_number(%s, %s)", [site.pk, letter.lower()])
        row = cursor.fetchone()
    assert row is not None
    return f"{letter}{site.mark}-{site.day(at).year}-{row[0]:0{digits}d}"


@transaction.atomic
def create_lot(
    *,
    site: Site,
    material: Material,
    origin: str,
    owner: Party,
    by: User,
    at: dt.datetime,
    chemistry: Chemistry | None = None,
    grade: Grade | None = None,
    supplier: Party | None = None,
    facility: Facility | None = None,
    generated_on: dt.date | None = None,
    received_at: dt.datetime | None = None,
    regulatory_status: RegulatoryStatus | None = None,
    regulatory_basis: str = "",
    note: str = "",
) -> Lot:
    """A new lot without containers yet; its reference is of the year of `at` at the site."""
    return Lot.objects.create(
        site=site,
        reference=next_reference(site, "L", at),
        material=material,
        origin=origin,
        owner=owner,
        chemistry=chemistry,
        grade=grade,
        supplier=supplier,
        facility=facility,
        generated_on=generated_on,
        received_at=received_at,
        regulatory_status=regulatory_status,
        regulatory_basis=regulatory_basis,
        note=note,
        created_by=by,
    )


@transaction.atomic
def create_container(
    *,
    lot: Lot,
    kind: ContainerKind,
    condition: str = Container.Condition.INTACT,
    seal: str = "",
    piece_count: int | None = None,
    nominal_energy_kwh: Decimal | None = None,
    state_of_charge_ratio: Decimal | None = None,
    voltage_v: Decimal | None = None,
    charge_measured_at: dt.datetime | None = None,
    note: str = "",
) -> Container:
    """Another container of a lot; its reference is the lot's with the next number."""
    lot = Lot.objects.for_change().select_related("site").get(pk=lot.pk)
    number = Container.objects.filter(lot=lot).count() + 1
    return Container.objects.create(
        site=lot.site,
        reference=f"{lot.reference}-{number:02d}",
        form=Container.Form.BOXED if kind.is_boxed else Container.Form.HEAP,
        lot=lot,
        kind=kind,
        condition=condition,
        seal=seal,
        piece_count=piece_count,
        nominal_energy_kwh=nominal_energy_kwh,
        state_of_charge_ratio=state_of_charge_ratio,
        voltage_v=voltage_v,
        charge_measured_at=charge_measured_at,
        note=note,
        sscc=next_sscc(lot.site) if kind.is_boxed else None,
    )


def check_place(container: Container, location: Location) -> None:
    """Damaged, defective and recalled containers stand in DDR bays only (RULE-6); boxes stand in bays of their site."""
    if location.kind != Location.Kind.BAY or location.site_id != container.site_id or not location.is_active:
        raise WrongPlace(_("Containers stand in bays. Choose a bay from the list."), field="bay")
    if not container.is_intact and not location.is_ddr:
        ddr = ", ".join(
            Location.objects.bays().filter(site=container.site_id, is_ddr=True).values_list("name", flat=True)
        )
        raise WrongPlace(
            _("%(container)s is %(condition)s and stands in a DDR bay only: %(bays)s.")
            % {
                "container": container,
                "condition": Container.Condition(container.condition).label.lower(),
                "bays": ddr or _("ask EHS, the site has none yet"),
            },
            field="bay",
        )


@transaction.atomic
def receive_container(
    *,
    lot: Lot,
    kind: ContainerKind,
    reading: Reading,
    bay: Location,
    by: User,
    at: dt.datetime,
    now: dt.datetime,
    confirmed: bool = False,
    late_reason: str = "",
    condition: str = Container.Condition.INTACT,
    **details: object,
) -> Container:
    """A container of a lot arrives from its supplier and is weighed into a bay; one that is not intact is put on a
    hazard hold by itself (RULE-6). `details` are those of `create_container`."""
    with audit.acting(by, late_reason):
        container = create_container(lot=lot, kind=kind, condition=condition, **details)  # type: ignore[arg-type]
        check_place(container, bay)
        weighing = record_weighing(
            site=lot.site, reading=reading, by=by, at=at, container=container, confirmed=confirmed
        )
        supplier = Location.objects.get(site=lot.site, kind=Location.Kind.SUPPLIER)
        receipt = Move(
            kind=Movement.Kind.RECEIVE,
            kg=weighing.net_kg,
            from_container=container,
            from_location=supplier,
            to_container=container,
            to_location=bay,
            how_known=Movement.HowKnown.WEIGHED,
            weighing=weighing,
        )
        ledger.post([receipt], by=by, at=at, now=now, reason=late_reason)
        if not container.is_intact:
            Hold.objects.create(
                container=container,
                kind=Hold.Kind.HAZARD,
                reason=_("Received %(condition)s") % {"condition": Container.Condition(condition).label.lower()},
                placed_at=at,
                placed_by=by,
            )
    return container


def place_of(container: Container) -> Holding:
    """Where a boxed container stands now and how much is in it; raises `DomainError` where it is empty or gone."""
    holding = (
        Holding.objects.filter(container=container, location__kind__in=Location.REAL, kg__gt=0)
        .select_related("location")
        .order_by("pk")
        .first()
    )
    if holding is None:
        raise DomainError(
            _("%(container)s is empty or has left the site. Scan another one.") % {"container": container}
        )
    return holding


@transaction.atomic
def move_container(
    *, container: Container, bay: Location, by: User, at: dt.datetime, now: dt.datetime, reason: str = ""
) -> Movement:
    """Carry a whole container to another bay; held ones too."""
    check(by, Action.MOVE)
    container = Container.objects.for_change().get(pk=container.pk)
    check_place(container, bay)
    holding = place_of(container)
    if holding.location_id == bay.pk:
        raise WrongPlace(
            _("%(container)s stands in %(bay)s already.") % {"container": container, "bay": bay}, field="bay"
        )
    move = Move(
        kind=Movement.Kind.MOVE,
        kg=holding.kg,
        from_container=container,
        from_location=holding.location,
        to_container=container,
        to_location=bay,
        how_known=Movement.HowKnown.CARRIED,
    )
    with audit.acting(by, reason):
        return ledger.post([move], by=by, at=at, now=now, reason=reason)[0]


@transaction.atomic
def place_hold(*, container: Container, kind: str, reason: str, by: User, at: dt.datetime) -> Hold:
    """Put a container on hold: it can be moved and counted, never charged or shipped."""
    check(by, Action.HOLD)
    if not reason.strip():
        raise DomainError(_("A hold says why. Type a reason."), field="reason")
    container = Container.objects.for_change().get(pk=container.pk)
    if Hold.objects.open().filter(container=container, kind=kind).exists():
        raise Held(_("%(container)s is on such a hold already.") % {"container": container})
    with audit.acting(by, reason):
        return Hold.objects.create(container=container, kind=kind, reason=reason.strip(), placed_at=at, placed_by=by)


ReleaseGuard = Callable[[Hold], None]
_release_guards: list[ReleaseGuard] = []


def guard_release(guard: ReleaseGuard) -> None:
    """An upper room says which holds nobody lifts by hand (bags that owners still share), by raising its refusal."""
    _release_guards.append(guard)


@transaction.atomic
def release_hold(*, hold: Hold, reason: str, by: User, at: dt.datetime) -> Hold:
    """Lift a hold, with a reason; a hazard hold is lifted by EHS."""
    check(by, Action.RELEASE_HAZARD if hold.kind == Hold.Kind.HAZARD else Action.RELEASE)
    if not reason.strip():
        raise DomainError(_("A release says why. Type a reason."), field="reason")
    Container.objects.for_change().get(pk=hold.container_id)
    hold = Hold.objects.select_for_update(no_key=True, of=("self",)).get(pk=hold.pk)
    if hold.released_at is not None:
        raise DomainError(_("This hold is lifted already. Load the page again to see by whom."))
    for guard in _release_guards:
        guard(hold)
    hold.released_at, hold.released_by, hold.release_reason = at, by, reason.strip()
    with audit.acting(by, reason):
        hold.save(update_fields=["released_at", "released_by", "release_reason"])
    return hold


def require_free(containers: Iterable[Container]) -> None:
    """Raises `Held` for the first container under an open hold. The caller has locked the containers."""
    hold = Hold.objects.open().filter(container__in=list(containers)).select_related("container").order_by("pk").first()
    if hold is not None:
        raise Held(
            _("%(container)s is on a %(kind)s hold (%(reason)s). It stays where it is until the hold is lifted.")
            % {
                "container": hold.container,
                "kind": Hold.Kind(hold.kind).label.lower(),
                "reason": hold.reason,
            },
            field="container",
        )


def require_intact(container: Container) -> None:
    """Raises `NotIntact`: what is damaged, defective or recalled is never charged to a normal batch (RULE-6)."""
    if not container.is_intact:
        raise NotIntact(
            _("%(container)s is %(condition)s and can never be charged. Leave its %(kg)s kg in the DDR bay.")
            % {
                "container": container,
                "condition": Container.Condition(container.condition).label.lower(),
                "kg": f"{place_of(container).kg:,.3f}",
            },
            field="container",
        )


SHIFT = dt.timedelta(hours=12)


def may_reverse(*, movement: Movement, by: User, now: dt.datetime) -> bool:
    """Whether the person may undo this entry: an own one of this shift, or as a supervisor anyone's."""
    is_own = movement.by_id == by.pk and now - movement.recorded_at < SHIFT
    return may(by, Action.REVERSE_ANY) or (is_own and may(by, Action.REVERSE_OWN))


@transaction.atomic
def reverse_entry(*, movement: Movement, reason: str, by: User, now: dt.datetime) -> Movement:
    """Undo the last entry of a container: one's own of this shift, or as a supervisor anyone's.

    Raises `DomainError` naming what came after, which is reversed first, from the end.
    """
    if not may_reverse(movement=movement, by=by, now=now):
        check(by, Action.REVERSE_ANY)
    with audit.acting(by, reason):
        return ledger.reverse([movement], by=by, now=now, reason=reason, only_if=_require_last)[0]


def _require_last(movement: Movement) -> None:
    packed = [
        c
        for c in (movement.from_container, movement.to_container)
        if c.form in (Container.Form.BOXED, Container.Form.HEAP)
    ]
    for container in packed:
        later = Movement.objects.of_container(container).standing().filter(pk__gt=movement.pk).order_by("pk").last()
        if later is not None:
            words = {"container": container, "what": Movement.Kind(later.kind).label.lower()}
            if movement.weighing_id is not None:
                raise DomainError(
                    _("%(container)s was %(what)s after that. Reverse the later entry first, or correct the weight.")
                    % words
                )
            raise DomainError(_("%(container)s was %(what)s after that. Reverse the later entry first.") % words)


@transaction.atomic
def decide_regulatory_status(*, lot: Lot, status: RegulatoryStatus, basis: str, by: User, at: dt.datetime) -> Lot:
    """EHS sets a lot's regulatory status with its basis (a CFR cite or a document)."""
    check(by, Action.SET_REGULATORY)
    if not basis.strip():
        raise DomainError(_("Name the basis: the rule or document the decision rests on."), field="basis")
    lot = Lot.objects.for_change().get(pk=lot.pk)
    lot.regulatory_status, lot.regulatory_basis = status, basis.strip()
    lot.regulatory_decided_by, lot.regulatory_decided_at = by, at
    with audit.acting(by, basis):
        lot.save(
            update_fields=[
                "regulatory_status",
                "regulatory_basis",
                "regulatory_decided_by",
                "regulatory_decided_at",
            ]
        )
    return lot
