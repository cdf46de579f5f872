"""Weighings: what was read off a scale or typed, in its unit, and whether it can be true."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from plant.errors import DomainError
from plant.inventory.models import Container, ContainerKind, Scale, Weighing
from plant.models import Site, User
from plant.units import HEAVIEST_KG, to_kg


class BadWeight(DomainError):
    code = "bad_mass"


class Implausible(DomainError):
    """A weight outside what its container usually holds: the form asks once whether it is right."""

    code = "confirm_weight"


@dataclass(frozen=True)
class Reading:
    """What a person read off a scale or typed, in `unit` ("kg" or "lb"): gross and tare, or the net alone.

    `scale` is the scale it was read from; without one it was typed by hand and `hand_reason` says why.
    """

    unit: str
    gross: Decimal | None = None
    tare: Decimal | None = None
    net: Decimal | None = None
    tare_is_stored: bool = False
    scale: Scale | None = None
    hand_reason: str = ""

    def net_read(self) -> Decimal:
        """The net in the unit read: gross less tare, or as read. Raises `BadWeight`."""
        if self.net is not None and (self.gross is not None or self.tare is not None):
            raise BadWeight(_("Enter gross and tare, or the net alone, not both."), field="net")
        if self.net is not None:
            net = self.net
        elif self.gross is None:
            raise BadWeight(_("Enter the gross weight and the tare, or the net weight."), field="gross")
        elif self.tare is None:
            raise BadWeight(_("Enter the tare: what the container weighs empty."), field="tare")
        elif self.tare > self.gross:
            raise BadWeight(_("The tare is above the gross. Check whether the two are swapped."), field="tare")
        else:
            net = self.gross - self.tare
        if net <= 0:
            raise BadWeight(
                _("The net weight is zero. Nothing to enter, or check gross and tare."),
                field="net" if self.net is not None else "gross",
            )
        if to_kg(net, self.unit) > HEAVIEST_KG:
            raise BadWeight(_("No container weighs more than 1,000,000 kg. Check the number."), field=self.field)
        return net

    @property
    def net_kg(self) -> Decimal:
        """The net in kg, formed in the unit read and converted once."""
        return to_kg(self.net_read(), self.unit)

    @property
    def field(self) -> str:
        """The form field a complaint about the weight stands at."""
        return "net" if self.net is not None else "gross"


def check_plausible(kind: ContainerKind, net_kg: Decimal, *, confirmed: bool, field: str = "gross") -> None:
    """Bounds by container kind: outside them a person says it is right, at ten times the largest it is refused."""
    if net_kg > kind.plausible_max_kg * 10:
        raise BadWeight(
            _("%(kg)s kg cannot be in a %(kind)s: at most %(max)s kg usually are. Check the number and the unit.")
            % {"kg": f"{net_kg:,.3f}", "kind": kind.name.lower(), "max": f"{kind.plausible_max_kg:,.0f}"},
            field=field,
        )
    if not confirmed and not kind.plausible_min_kg <= net_kg <= kind.plausible_max_kg:
        raise Implausible(
            _("%(kg)s kg is unusual for a %(kind)s (%(min)s to %(max)s kg). Check it; if it is right, say so below.")
            % {
                "kg": f"{net_kg:,.3f}",
                "kind": kind.name.lower(),
                "min": f"{kind.plausible_min_kg:,.0f}",
                "max": f"{kind.plausible_max_kg:,.0f}",
            },
            field=field,
        )


@transaction.atomic
def record_weighing(
    *,
    site: Site,
    reading: Reading,
    by: User,
    at: dt.datetime,
    container: Container | None = None,
    confirmed: bool = False,
) -> Weighing:
    """Keep one reading. Raises `BadWeight` (zero, tare above gross, absurd) or `Implausible` unless confirmed."""
    net_read = reading.net_read()
    net_kg = to_kg(net_read, reading.unit)
    if container is not None and container.kind is not None:
        check_plausible(container.kind, net_kg, confirmed=confirmed, field=reading.field)
    tare_origin = Weighing.TareOrigin.NET
    if reading.net is None:
        tare_origin = Weighing.TareOrigin.STORED if reading.tare_is_stored else Weighing.TareOrigin.WEIGHED
    return Weighing.objects.create(
        site=site,
        container=container,
        scale=reading.scale,
        hand_reason="" if reading.scale else reading.hand_reason or _("typed by hand"),
        unit=reading.unit,
        gross_read=reading.gross,
        tare_read=reading.tare,
        net_read=net_read,
        gross_kg=None if reading.gross is None else to_kg(reading.gross, reading.unit),
        tare_kg=None if reading.tare is None else to_kg(reading.tare, reading.unit),
        net_kg=net_kg,
        tare_origin=tare_origin,
        weighed_at=at,
        by=by,
    )
