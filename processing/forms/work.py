"""What is typed at the line: what is charged, given back, bagged and lost, and what is left at the close."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.forms import said
from plant.inventory.forms import BayField, CodedChoice, ReasonField
from plant.inventory.models import ContainerKind, Location, Lot, Material, Movement
from plant.inventory.weighing import Reading
from plant.units import to_kg
from plant.web import UnitField, WeightField
from processing.forms.weights import Weighed, ask_when, sentence
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
            label=_("Containers"), error_messages=sentence(_("Tick at least one container, or scan it."))
        )
        ask_when(self, batch.site)


class PartForm(Weighed):
    """A weighed part of a container."""

    def __init__(self, data: Any = None, *, batch: Batch) -> None:
        super().__init__(data)
        self.ask_weight(batch.site)
        ask_when(self, batch.site)


class ReturnForm(PartForm):
    """What was not processed goes back into its container."""

    def __init__(self, data: Any = None, *, batch: Batch, is_empty: bool) -> None:
        super().__init__(data, batch=batch)
        if is_empty:
            self.fields["bay"] = BayField(batch.site, required=False)


class BagForm(Weighed):
    """One bag, box or drum out of a batch."""

    def __init__(self, data: Any = None, *, batch: Batch, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        site = self.site = batch.site
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
        self.fields["bay"] = BayField(site, error_messages=sentence(_("Choose the bay it is put in.")))
        self.ask_weight(site)
        kind = ContainerKind.objects.filter(site=site, code=said(self, "kind"), tare_kg__isnull=False).first()
        if kind is not None and kind.tare_kg is not None:
            self.fields["tare"].widget.attrs["placeholder"] = _("stored: %(kg)s kg") % {
                "kg": f"{kind.tare_kg.normalize():,f}"
            }
        ask_when(self, site)


class LotField(forms.ChoiceField):
    """The lot a bag goes into: the batch's own, another open one of the same grade, or a new one."""

    def __init__(self, lots: list[Lot]) -> None:
        self.lots = {lot.reference: lot for lot in lots}
        own = [lot.reference for lot in lots if lot.is_own]  # type: ignore[attr-defined]
        first = _("This batch's lot, %(lot)s") % {"lot": own[0]} if own else _("A new lot")
        others = [(reference, reference) for reference in self.lots if reference not in own[:1]]
        super().__init__(label=_("Lot"), required=False, choices=[("", first), *others])

    def clean(self, value: Any) -> Lot | None:
        return self.lots.get(super().clean(value))


class LossForm(forms.Form):
    """A typed loss: how much, and how that is known."""

    def __init__(self, data: Any = None, *, batch: Batch) -> None:
        super().__init__(data)
        self.fields["loss"] = CodedChoice(
            Location.objects.filter(site=batch.site_id, kind=Location.Kind.LOSS, is_active=True),
            label=_("What was lost"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=sentence(_("Choose what kind of loss it is.")),
        )
        self.fields["how_known"] = forms.ChoiceField(
            label=_("How it is known"),
            choices=[(known.value, known.label) for known in (KNOWN.WEIGHED, KNOWN.CALCULATED, KNOWN.ESTIMATED)],
            widget=forms.RadioSelect,
            error_messages=sentence(_("Choose how the mass is known.")),
        )
        self.fields["amount"] = WeightField(label=_("Mass"))
        self.fields["unit"] = UnitField()
        self.fields["formula"] = forms.CharField(
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


class CloseForm(forms.Form):
    """One question: what is left in the line?"""

    EMPTY, AS_BEFORE, SO_MUCH = "empty", "as_before", "so_much"

    def __init__(self, data: Any = None, *, batch: Batch, opening_kg: Decimal) -> None:
        super().__init__(data)
        answers: list[tuple[str, Any]] = [(self.EMPTY, _("Nothing, it is empty")), (self.SO_MUCH, _("So much:"))]
        if opening_kg:
            before = _("As much as before: %(kg)s kg") % {"kg": f"{opening_kg:,.3f}"}
            answers.insert(1, (self.AS_BEFORE, before))
        self.fields["left"] = forms.ChoiceField(
            label=_("What is left in the line?"),
            choices=answers,
            widget=forms.RadioSelect,
            error_messages=sentence(_("Say what is left in the line.")),
        )
        self.fields["heel"] = WeightField(label=_("Left in the line"), required=False)
        self.fields["unit"] = UnitField()
        self.fields["heel_how_known"] = forms.ChoiceField(
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
