"""What is typed at the line: what is charged, given back, bagged and lost, and what is left at the close."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from plant.inventory import expected
from plant.inventory.expected import Band
from plant.inventory.forms import BayField, CodedChoice, ReasonField, ask_when, said, sentence
from plant.inventory.models import ContainerKind, Location, Lot, Material, Movement
from plant.inventory.weighing import Reading
from plant.inventory.weight_forms import WeightForm
from plant.models import Station
from plant.units import to_kg
from plant.web import OneOf, TextField
from processing import history
from processing.models import Batch
from processing.services import Heel, lots_for

KNOWN = Movement.HowKnown


class TicksField(forms.MultipleChoiceField):
    """References of ticked containers; whether each may go in is the rules' business."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= 40


class ChargeForm(forms.Form):
    """Whole containers into a batch."""

    def __init__(self, data: Any = None, *, batch: Batch) -> None:
        super().__init__(data)
        self.fields["container"] = TicksField(
            label=_("Containers"),
            error_messages={
                "required": _("Tick at least one container, or scan it."),
                "invalid_choice": _("This is no container. Tick one of the list, or scan it."),
            },
        )
        ask_when(self, batch.site)


class PartForm(WeightForm):
    """A weighed part of a container; `left_kg` is in it. Weighed is what goes in, or what stays."""

    PART, REST = "part", "rest"

    def __init__(
        self, data: Any = None, *, batch: Batch, left_kg: Decimal, station: Station | None = None, now: dt.datetime
    ) -> None:
        super().__init__(data)
        self.left_kg = left_kg
        self.fields["weighed"] = OneOf(
            label=_("What is on the scale"),
            choices=[(self.PART, _("The part that goes in")), (self.REST, _("The container with what stays in it"))],
            widget=forms.RadioSelect,
            initial=self.PART,
            required=False,
            error_messages={"invalid_choice": _("Say what is on the scale: the part that goes in, or what stays.")},
        )
        self.ask_weight(batch.site, station=station, now=now)
        ask_when(self, batch.site)

    @property
    def is_rest(self) -> bool:
        return bool(self.saying("weighed") == self.REST)

    def expected(self) -> Band | None:
        return expected.at_most(self.left_kg, gettext("what is in it"))

    def then(self, net_kg: Decimal) -> str:
        other_kg = self.left_kg - net_kg
        if other_kg < 0:
            return ""
        words = gettext("%(kg)s kg go in.") if self.is_rest else gettext("%(kg)s kg stay in it.")
        return words % {"kg": f"{other_kg:,.3f}"}


class ReturnForm(WeightForm):
    """What was not processed goes back into its container; at most what was charged from it."""

    def __init__(
        self,
        data: Any = None,
        *,
        batch: Batch,
        charged_kg: Decimal,
        is_empty: bool,
        station: Station | None = None,
        now: dt.datetime,
    ) -> None:
        super().__init__(data)
        self.charged_kg = charged_kg
        self.ask_weight(batch.site, station=station, now=now)
        ask_when(self, batch.site)
        if is_empty:
            self.fields["bay"] = BayField(batch.site, required=False)

    def expected(self) -> Band | None:
        return expected.at_most(self.charged_kg, gettext("what was charged of it"))


class BagForm(WeightForm):
    """One bag, box or drum out of a batch."""

    def __init__(
        self,
        data: Any = None,
        *,
        batch: Batch,
        station: Station | None = None,
        now: dt.datetime,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        site = self.site = batch.site
        self.batch = batch
        materials = Material.objects.outputs().filter(site=site).order_by("is_scrap", "is_waste", "pk")
        self.material = materials.filter(code=said(self, "material")).first() or batch.grade.material
        self.fields["material"] = CodedChoice(
            materials,
            label=_("What it is"),
            widget=forms.RadioSelect,
            empty_label=None,
            initial=batch.grade.material.code,
            error_messages=sentence(_("Choose what is in it.")),
        )
        self.fields["kind"] = CodedChoice(
            ContainerKind.objects.filter(site=site, is_active=True),
            label=_("Packed in"),
            empty_label=_("Choose a kind"),
            error_messages=sentence(_("Choose what it is packed in.")),
        )
        self.fields["lot"] = LotField(lots_for(batch, self.material))
        bay = station.locations.bays().filter(site=site).first() if station else None
        self.fields["bay"] = BayField(
            site, initial=bay.code if bay else None, error_messages=sentence(_("Choose the bay it is put in."))
        )
        self.ask_weight(site, station=station, now=now)
        ask_when(self, site)

    def expected(self) -> Band | None:
        """Full at its target, where it is the product and the packaging has one; else like this batch's last ones."""
        kind = self.weighed_kind
        if kind is None:
            return None
        if kind.target_kg is not None and self.material == self.batch.grade.material:
            return expected.of_target(kind.target_kg)
        last = history.last_bags_kg(self.batch, self.material, kind)
        words = ngettext("like the last one", "like the last %(n)s", len(last)) % {"n": len(last)}
        return expected.like(last, words, kind) or super().expected()


class LotField(OneOf):
    """The lot a bag goes into: the batch's own, another open one of the same grade, or a new one."""

    def __init__(self, lots: list[Lot]) -> None:
        self.lots = {lot.reference: lot for lot in lots}
        own = [lot.reference for lot in lots if lot.is_own]  # type: ignore[attr-defined]
        first = _("This batch's lot, %(lot)s") % {"lot": own[0]} if own else _("A new lot")
        others = [(reference, reference) for reference in self.lots if reference not in own[:1]]
        super().__init__(label=_("Lot"), required=False, choices=[("", first), *others])

    def clean(self, value: Any) -> Lot | None:
        return self.lots.get(super().clean(value))


class LossForm(WeightForm):
    """A typed loss: how much, and how that is known."""

    def __init__(self, data: Any = None, *, batch: Batch, station: Station | None = None) -> None:
        super().__init__(data)
        self.fields["loss"] = CodedChoice(
            Location.objects.filter(site=batch.site_id, kind=Location.Kind.LOSS, is_active=True),
            label=_("What was lost"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=sentence(_("Choose what kind of loss it is.")),
        )
        self.fields["how_known"] = OneOf(
            label=_("How it is known"),
            choices=[(known.value, known.label) for known in (KNOWN.WEIGHED, KNOWN.CALCULATED, KNOWN.ESTIMATED)],
            widget=forms.RadioSelect,
            error_messages=sentence(_("Choose how the mass is known.")),
        )
        self.ask_number("amount", _("Mass"), station=station)
        self.fields["formula"] = TextField(
            label=_("Formula, where it is calculated"),
            max_length=200,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        ask_when(self, batch.site)

    def loss(self) -> dict[str, Any]:
        """The loss as the service takes it: a reading where it was weighed, else kg and how they are known."""
        typed = self.cleaned_data
        said_ = {"loss": typed["loss"], "reason": typed["reason"]}
        if typed["how_known"] == KNOWN.WEIGHED:
            return said_ | {"reading": Reading(unit=typed["unit"], net=typed["amount"])}
        kg = to_kg(typed["amount"], typed["unit"])
        return said_ | {"kg": kg, "how_known": typed["how_known"], "formula": typed["formula"]}


class CloseForm(WeightForm):
    """One question: what is left in the line?"""

    EMPTY, AS_BEFORE, SO_MUCH = "empty", "as_before", "so_much"

    def __init__(self, data: Any = None, *, batch: Batch, opening_kg: Decimal, station: Station | None = None) -> None:
        super().__init__(data)
        answers: list[tuple[str, Any]] = [(self.EMPTY, _("Nothing, it is empty")), (self.SO_MUCH, _("So much:"))]
        if opening_kg:
            before = _("As much as before: %(kg)s kg") % {"kg": f"{opening_kg:,.3f}"}
            answers.insert(1, (self.AS_BEFORE, before))
        self.fields["left"] = OneOf(
            label=_("What is left in the line?"),
            choices=answers,
            widget=forms.RadioSelect,
            error_messages=sentence(_("Say what is left in the line.")),
        )
        self.ask_number("heel", _("Left in the line"), station=station, required=False)
        self.fields["heel_how_known"] = OneOf(
            label=_("How that is known"),
            choices=[(known.value, known.label) for known in (KNOWN.ESTIMATED, KNOWN.DECLARED)],
            initial=KNOWN.ESTIMATED,
            widget=forms.RadioSelect,
        )
        self.fields["explanation"] = ReasonField(label=_("Explanation"), required=False)
        for name in ("unit", "heel_how_known"):  # asked only where there is something to weigh
            self.fields[name].required = said(self, "left") == self.SO_MUCH
        ask_when(self, batch.site)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        typed["heel_how_known"] = typed.get("heel_how_known") or KNOWN.DECLARED
        if typed.get("left") == self.SO_MUCH and typed.get("heel") is None and "heel" not in self.errors:
            self.add_error("heel", _("Type how much is left in the line."))
        return typed

    @property
    def answer(self) -> Heel | None:
        """The heel as far as it is said."""
        typed = getattr(self, "cleaned_data", {})
        if typed.get("left") == self.SO_MUCH:
            heel, unit = typed.get("heel"), typed.get("unit")
            return to_kg(heel, unit) if heel is not None and unit else None
        return {self.EMPTY: "empty", self.AS_BEFORE: "as_before"}.get(typed.get("left", ""))  # type: ignore[return-value]
