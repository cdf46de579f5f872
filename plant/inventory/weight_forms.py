"""Something on a scale, as every page asks it: the scale, its unit, gross and tare or the net; and what is said beside
the numbers while they are typed. The server decides; a page without scripts has the same form."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plant.errors import DomainError
from plant.inventory import expected
from plant.inventory.expected import Band, StoredTare
from plant.inventory.forms import CodedChoice
from plant.inventory.models import ContainerKind, Scale
from plant.inventory.weighing import Implausible, Reading
from plant.models import Site, Station
from plant.units import UNITS, read_weight
from plant.web import UnitField, WeightField, page
from plant.web.figures import number

READ = ("gross", "tare", "net")


class ScaleSelect(forms.Select):
    """The scales, each with the unit it shows, so that choosing one can choose the unit."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if scale := getattr(value, "instance", None):
            option["attrs"]["data-unit"] = scale.unit
        return option


@dataclass(frozen=True)
class Sight:
    """What is said beside a weight before it is saved."""

    said: str = ""
    """What is typed, read back: `1,234.5 lb gross − 70 lb tare = 1,164.5 lb`."""
    net_kg: Decimal | None = None
    complaint: str = ""
    unit: str = "kg"
    band: Band | None = None
    meant: str = ""
    """The other unit, where the number would be expected in it and as typed is not."""
    meant_kg: Decimal | None = None
    stored: str = ""
    """The stored tare that is taken off, with its age."""
    then: str = ""
    """What it leads to, such as what is left."""

    @property
    def verdict(self) -> str:
        if self.band is None or self.net_kg is None:
            return ""
        return "within" if self.band.holds(self.net_kg) else "under" if self.net_kg < self.band.low_kg else "over"

    @property
    def words(self) -> str:
        """Expected against measured, in one sentence."""
        if self.band is None:
            return ""
        names = {
            "low": number(self.band.low_kg, 1),
            "high": number(self.band.high_kg, 1),
            "because": self.band.because,
        }
        return {
            "": _("Expected: %(low)s to %(high)s kg (%(because)s)"),
            "within": _("As expected: %(low)s to %(high)s kg (%(because)s)"),
            "under": _("Less than expected: %(low)s to %(high)s kg (%(because)s). Check it."),
            "over": _("More than expected: %(low)s to %(high)s kg (%(because)s). Check it."),
        }[self.verdict] % names

    @property
    def meter(self) -> dict[str, str] | None:
        """The band and the weight as shares of a scale drawn from nothing to beyond both, in percent."""
        if self.band is None:
            return None
        full = max(self.band.high_kg, self.net_kg or 0) * Decimal("1.15")
        if not full:
            return None
        at = {"low": self.band.low_kg, "wide": self.band.high_kg - self.band.low_kg, "net": self.net_kg or 0}
        return {name: f"{mass / full * 100:.2f}" for name, mass in at.items()}


class WeightForm(forms.Form):
    """Something on a scale. With the gross alone, the stored tare of the chosen packaging is taken off."""

    is_weighing_required = True
    single = ""
    """The name of the one number, where gross and tare are not asked for."""
    station: Station | None = None
    as_of: dt.datetime | None = None
    is_confirmed = False

    def ask_weight(self, site: Site, *, station: Station | None = None, now: dt.datetime | None = None) -> None:
        """Ask for a weight; scale and unit are those of the station where there is one."""
        self.station, self.as_of = station, now
        scales = Scale.objects.filter(site=site, is_active=True)
        own = scales.filter(station=station).order_by("pk").first() if station else None
        self.fields["scale"] = CodedChoice(
            scales,
            label=gettext_lazy("Scale"),
            required=False,
            empty_label=gettext_lazy("None, typed by hand"),
            widget=ScaleSelect,
            initial=own.code if own else None,
        )
        self.fields["unit"] = UnitField(initial=own.unit if own else station.unit if station else "kg")
        self.fields["gross"] = WeightField(label=gettext_lazy("Gross"), required=False)
        self.fields["tare"] = WeightField(label=gettext_lazy("Tare"), required=False, zero=True)
        self.fields["net"] = WeightField(label=gettext_lazy("Net"), required=False)
        self.fields["confirmed"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def ask_number(self, name: str, label: Any, *, station: Station | None = None, required: bool = True) -> None:
        """Ask for one number in a unit, where nothing was on a scale for sure."""
        self.single = name
        self.fields[name] = WeightField(label=label, required=required)
        self.fields["unit"] = UnitField(initial=station.unit if station else "kg")

    def saying(self, name: str) -> Any:
        """What stands in a field now: as typed, else as it starts."""
        if self.is_bound:
            return self.data.get(self.add_prefix(name)) or ""
        return self.get_initial_for_field(self.fields[name], name) or "" if name in self.fields else ""

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[name] for name in ([self.single] if self.single else READ)]

    @cached_property
    def weighed_kind(self) -> ContainerKind | None:
        """The packaging that is on the scale, as far as it is said."""
        field = self.fields.get("kind")
        if not isinstance(field, CodedChoice) or field.queryset is None:
            return None
        found: ContainerKind | None = field.queryset.filter(code=self.saying("kind")).first()
        return found

    @cached_property
    def stored_tare(self) -> StoredTare | None:
        kind = self.weighed_kind
        return expected.stored_tare(kind, self.station) if kind else None

    def expected(self) -> Band | None:
        """What it should weigh; a form that knows better says so."""
        kind = self.weighed_kind
        return expected.of_kind(kind) if kind else None

    def then(self, net_kg: Decimal) -> str:
        """What this weight leads to, in a sentence; a form that knows says so."""
        return ""

    @property
    def sight(self) -> Sight:
        """What is said beside what is typed so far."""
        unit, band, tare = str(self.saying("unit")), self.expected(), None if self.single else self.stored_tare
        if unit not in UNITS:
            return Sight(band=band)
        stored = tare.words(unit, self.as_of) if tare else ""
        plain = Sight(unit=unit, band=band, stored=stored)
        try:
            typed = {name: _number(self.saying(name)) for name in ([self.single] if self.single else READ)}
        except DomainError as refusal:
            return Sight(unit=unit, band=band, stored=stored, complaint=refusal.message)
        reading = self._reading(typed, unit, tare)
        try:
            net_kg = reading.net_kg
        except DomainError:
            return plain
        other = self._reading(typed, expected.other_unit(unit), tare)
        meant = expected.unit_meant(reading, other, band)
        return Sight(
            said=_read_back(reading),
            net_kg=net_kg,
            unit=unit,
            band=band,
            meant=meant,
            meant_kg=other.net_kg if meant else None,
            stored=stored if reading.tare_is_stored else "",
            then=self.then(net_kg),
        )

    def _reading(self, typed: Mapping[str, Decimal | None], unit: str, stored: StoredTare | None) -> Reading:
        """The numbers as a reading in a unit; where only a gross was typed, with the stored tare of the packaging."""
        if self.single:
            return Reading(unit=unit, net=typed[self.single])
        gross, tare, net = (typed.get(name) for name in READ)
        is_stored = stored is not None and gross is not None and tare is None and net is None
        if is_stored and stored is not None:
            tare = stored.in_unit(unit)
        return Reading(unit=unit, gross=gross, tare=tare, net=net, tare_is_stored=is_stored)

    @property
    def asks_whether_right(self) -> bool:
        """The weight is unusual: a person says that it is right, or corrects it."""
        if self.is_confirmed:
            return not set(READ) & set(self.errors)
        return any(self.has_error(name, Implausible.code) for name in READ)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.single or "gross" not in self.fields or {"unit", *READ} & set(self.errors):
            return typed
        if not self.is_weighing_required and typed["gross"] is typed["net"] is None:
            return typed | {"reading": None, "confirmed": False}
        scale, unit = typed.get("scale"), typed["unit"]
        if scale is not None and scale.unit != unit:
            self.add_error("unit", _("%(scale)s shows %(unit)s.") % {"scale": scale, "unit": scale.unit})
        stored = self.stored_tare
        plain = self._reading(typed, unit, stored)
        try:
            self.net_kg = plain.net_kg
        except DomainError as refusal:
            self.add_error(refusal.field, refusal.message)
            return typed
        # What was said to be right is that weight: with another number in the field it is asked again.
        self.is_confirmed = typed.get("confirmed") == str(self.net_kg)
        if not self.is_confirmed:
            self._ask_which_unit(plain, self._reading(typed, expected.other_unit(unit), stored))
        return typed | {"reading": replace(plain, scale=scale), "confirmed": self.is_confirmed}

    def _ask_which_unit(self, reading: Reading, other: Reading) -> None:
        """Where a plausible number is expected in the other unit only, nothing is saved before a person says which it
        was. (What is not plausible at all, the weighing itself asks about.)"""
        kind = self.weighed_kind
        is_plausible = kind is not None and expected.of_kind(kind).holds(reading.net_kg)
        if not is_plausible or not expected.unit_meant(reading, other, self.expected()):
            return
        words = _("Is it %(unit)s? Then it would be %(kg)s kg. Switch the unit, or say below that the weight is right.")
        sentence = words % {"unit": other.unit, "kg": number(other.net_kg, 1)}
        self.add_error(reading.field, ValidationError(sentence, code=Implausible.code))


def _number(typed: Any) -> Decimal | None:
    if isinstance(typed, Decimal):
        return typed
    return read_weight(str(typed)) if str(typed).strip() else None


def _read_back(reading: Reading) -> str:
    """What was typed with its thousands and its unit, as one sum."""
    unit, net = reading.unit, _as_read(reading.net_read())
    if reading.gross is None or reading.tare is None:
        return f"{net} {unit}"
    words = (
        _("%(gross)s gross − %(tare)s stored tare") if reading.tare_is_stored else _("%(gross)s gross − %(tare)s tare")
    )
    names = {"gross": f"{_as_read(reading.gross)} {unit}", "tare": f"{_as_read(reading.tare)} {unit}"}
    return f"{words % names} = {net} {unit}"


def _as_read(read: Decimal) -> str:
    return f"{read.normalize():,f}"


def station_of(request: HttpRequest) -> Station | None:
    """Where the person stands, at a shared terminal; none at a desk."""
    return getattr(request, "station", None)


def is_asked(request: HttpRequest) -> bool:
    """Whether a page only asks what to say beside the weight while it is typed."""
    return "weigh" in request.POST


def beside(request: HttpRequest, form: WeightForm) -> HttpResponse:
    """The answer to that: read back, net, expected against measured."""
    return page(request, "_weight.html#reading", {"form": form})
