"""What every form at the line has: a weight as the scale shows it, and when it was."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plant.errors import DomainError
from plant.inventory.forms import CodedChoice, ReasonField
from plant.inventory.models import Scale
from plant.inventory.weighing import Implausible, Reading
from plant.models import Site
from plant.units import GRAM, UNITS
from plant.web import MomentField, UnitField, WeightField


def sentence(words: Any) -> dict[str, Any]:
    """What a field says where nothing was chosen."""
    return {"required": words}


def ask_when(form: forms.Form, site: Site) -> None:
    """When it happened, if not now, and why that is entered late."""
    form.fields["at"] = MomentField(site, label=_("When, if not now"), required=False)
    form.fields["reason"] = ReasonField(label=_("Why it is entered late"), required=False)


class Weighed(forms.Form):
    """Something on a scale. With the gross alone, the stored tare of the chosen packaging is taken off."""

    is_weighing_required = True

    def ask_weight(self, site: Site) -> None:
        self.fields["scale"] = CodedChoice(
            Scale.objects.filter(site=site, is_active=True),
            label=_("Scale"),
            required=False,
            empty_label=_("None, typed by hand"),
        )
        self.fields["unit"] = UnitField()
        self.fields["gross"] = WeightField(label=_("Gross"), required=False)
        self.fields["tare"] = WeightField(label=_("Tare"), required=False, zero=True)
        self.fields["net"] = WeightField(label=_("Net"), required=False)
        self.fields["confirmed"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    @property
    def asks_whether_right(self) -> bool:
        """The weight is unusual for the packaging: a person says that it is right, or corrects it."""
        return any(self.has_error(name, Implausible.code) for name in ("gross", "net"))

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if {"unit", "gross", "tare", "net"} & set(self.errors):
            return typed
        if not self.is_weighing_required and typed["gross"] is typed["net"] is None:
            return typed | {"reading": None, "confirmed": False}
        scale, unit = typed.get("scale"), typed["unit"]
        if scale is not None and scale.unit != unit:
            self.add_error("unit", _("%(scale)s shows %(unit)s.") % {"scale": scale, "unit": scale.unit})
        tare, is_stored = _tare(typed)
        reading = Reading(
            unit=unit, gross=typed["gross"], tare=tare, net=typed["net"], tare_is_stored=is_stored, scale=scale
        )
        try:
            self.net_kg = reading.net_kg
        except DomainError as refusal:
            self.add_error(refusal.field, refusal.message)
            return typed
        # What was said to be right is that weight: with another number in the field it is asked again.
        return typed | {"reading": reading, "confirmed": typed.get("confirmed") == str(self.net_kg)}


def _tare(typed: Mapping[str, Any]) -> tuple[Decimal | None, bool]:
    """The tare as typed; where only a gross was, the stored one of the packaging, in the unit read."""
    kind, tare = typed.get("kind"), typed["tare"]
    if tare is not None or typed["gross"] is None or typed["net"] is not None or kind is None or kind.tare_kg is None:
        return tare, False
    return (kind.tare_kg / UNITS[typed["unit"]]).quantize(GRAM, rounding=ROUND_HALF_EVEN), True
