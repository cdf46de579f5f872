"""What is typed of a discharge check and of a clean-out."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.forms import NumberField
from plant.inventory.forms import BayField, CodedChoice, ask_when
from plant.inventory.models import ContainerKind, Material
from plant.inventory.weight_forms import WeightForm
from plant.models import Site, Station
from plant.web import MomentField, TextField
from processing.models import Line


class DischargeForm(forms.Form):
    """A container of charged material was discharged and checked (RULE-2)."""

    def __init__(self, data: Any = None, *, site: Site) -> None:
        super().__init__(data)
        self.fields["passed"] = forms.TypedChoiceField(
            label=_("The check"),
            choices=[("yes", _("Passed")), ("no", _("Failed"))],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
            error_messages=dict.fromkeys(("required", "invalid_choice"), _("Say whether the check passed.")),
        )
        self.fields["voltage_v"] = NumberField(label=_("Highest voltage found"), most=2_000, required=False)
        self.fields["at"] = MomentField(site, label=_("When, if not now"), required=False)
        self.fields["note"] = TextField(label=_("Note"), max_length=500, required=False)


class CleanOutForm(WeightForm):
    """A line was emptied and cleaned; what was swept out may be weighed into a container."""

    is_weighing_required = False

    def __init__(self, data: Any = None, *, line: Line, station: Station | None = None, now: dt.datetime) -> None:
        super().__init__(data)
        site = line.site
        self.fields["note"] = TextField(label=_("How it was cleaned"), max_length=500, required=False)
        self.fields["material"] = CodedChoice(
            Material.objects.outputs().filter(site=site),
            label=_("What was swept out"),
            required=False,
            empty_label=_("Choose a material"),
        )
        self.fields["kind"] = CodedChoice(
            ContainerKind.objects.filter(site=site, is_active=True),
            label=_("Packed in"),
            required=False,
            empty_label=_("Choose a kind"),
        )
        self.fields["bay"] = BayField(site, required=False)
        self.ask_weight(site, station=station, now=now)
        ask_when(self, site)

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("reading"):
            for name, words in SWEEPINGS.items():
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return typed


SWEEPINGS = {
    "material": _("Choose what was swept out."),
    "kind": _("Choose what it is packed in."),
    "bay": _("Choose the bay it is put in."),
}
