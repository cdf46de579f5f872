"""What is typed at a line: a new batch, what is charged, bagged and lost, how a batch is closed."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.forms import NumberField, PercentField, said
from plant.errors import DomainError
from plant.inventory.forms import BayField, CodedChoice, Filters, ReasonField
from plant.inventory.models import Chemistry, ContainerKind, Grade, Location, Lot, Material, Movement, Scale
from plant.inventory.weighing import Implausible, Reading
from plant.models import Party, Site
from plant.units import GRAM, UNITS, to_kg
from plant.web import MomentField, NoteField, SearchField, UnitField, WeightField
from processing.models import Batch, BatchState, Line, RecipeVersion
from processing.services import Heel, lots_for

KNOWN = Movement.HowKnown


def _sentence(sentence: Any) -> dict[str, Any]:
    return {"required": sentence}


class BatchFilters(Filters):
    state = forms.ChoiceField(label=_("State"), required=False, choices=(("", _("Any")), *BatchState.choices))
    line = CodedChoice(Line.objects.all(), label=_("Line"), required=False, empty_label=_("Any"))
    grade = CodedChoice(Grade.objects.all(), label=_("Grade"), required=False, empty_label=_("Any"))
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class RecipeField(CodedChoice):
    """The current version of a recipe that runs on the chosen line, chosen by the recipe's code."""

    def __init__(self, versions: Any, **kwargs: Any) -> None:
        super().__init__(versions, **kwargs)
        self.to_field_name = "recipe__code"

    def prepare_value(self, value: Any) -> Any:
        return value.recipe.code if isinstance(value, RecipeVersion) else value

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.recipe.name)


class NewBatchForm(forms.Form):
    """A batch is planned: line first, then only what fits it."""

    def __init__(self, data: Any = None, *, site: Site, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        lines = Line.objects.on_site(site).filter(is_active=True)
        self.line = lines.filter(code=said(self, "line")).first()
        self.fields["line"] = CodedChoice(
            lines,
            label=_("Line"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=_sentence(_("Choose the line it runs on.")),
        )
        if self.line is None:
            return
        self.fields["recipe_version"] = RecipeField(
            RecipeVersion.objects.filter(lines=self.line, is_current=True)
            .select_related("recipe")
            .order_by("recipe__code"),
            label=_("Recipe"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=_sentence(_("Choose how it is processed.")),
        )
        grades = Grade.objects.filter(site=site)
        self.fields["grade"] = CodedChoice(
            grades,
            label=_("Product grade"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=_sentence(_("Choose what it makes.")),
        )
        grade = grades.filter(code=said(self, "grade")).first()
        chemistries = Chemistry.objects.filter(site=site)
        self.fields["chemistry"] = CodedChoice(
            chemistries.filter(pool=grade.pool) if grade else chemistries,
            label=_("Chemistry"),
            empty_label=_("Choose a chemistry"),
            error_messages=_sentence(_("Choose the chemistry that is charged.")),
        )
        self.fields["owner"] = CodedChoice(
            Party.objects.owners().filter(site=site, is_active=True),
            label=_("Owner of the material"),
            empty_label=_("Choose the owner"),
            error_messages=_sentence(_("Choose whose material it is.")),
        )
        self.fields["note"] = NoteField(required=False)


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


class TicksField(forms.MultipleChoiceField):
    """References of ticked containers; whether each may go in is the rules' business."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= 40


class ChargeForm(forms.Form):
    """Whole containers into a batch."""

    def __init__(self, data: Any = None, *, batch: Batch) -> None:
        super().__init__(data)
        self.fields["container"] = TicksField(
            label=_("Containers"), error_messages=_sentence(_("Tick at least one container, or scan it."))
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
            error_messages=_sentence(_("Choose what is in it.")),
        )
        self.fields["kind"] = CodedChoice(
            ContainerKind.objects.filter(site=site, is_active=True),
            label=_("Packed in"),
            empty_label=_("Choose a kind"),
            error_messages=_sentence(_("Choose what it is packed in.")),
        )
        self.fields["lot"] = LotField(lots_for(batch, self.material))
        self.fields["bay"] = BayField(site, error_messages=_sentence(_("Choose the bay it is put in.")))
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
            error_messages=_sentence(_("Choose what kind of loss it is.")),
        )
        self.fields["how_known"] = forms.ChoiceField(
            label=_("How it is known"),
            choices=[(known.value, known.label) for known in (KNOWN.WEIGHED, KNOWN.CALCULATED, KNOWN.ESTIMATED)],
            widget=forms.RadioSelect,
            error_messages=_sentence(_("Choose how the mass is known.")),
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
            error_messages=_sentence(_("Say what is left in the line.")),
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


class OpenForm(forms.Form):
    def __init__(self, data: Any = None, *, batch: Batch) -> None:
        super().__init__(data)
        ask_when(self, batch.site)


class WhyForm(forms.Form):
    """A step that says why."""

    reason = ReasonField(label=_("Why"))


class NothingForm(forms.Form):
    """A step that asks nothing."""


class BlendForm(forms.Form):
    """A supervisor's blend approval (RULE-4)."""

    reason = ReasonField(label=_("Why it is let in"))
    largest_share_ratio = PercentField(
        label=_("At most this share of the charge"), error_messages=_sentence(_("Type the largest share, such as 10."))
    )


class DischargeForm(forms.Form):
    """A container of charged material was discharged and checked (RULE-2)."""

    def __init__(self, data: Any = None, *, site: Site) -> None:
        super().__init__(data)
        self.fields["passed"] = forms.TypedChoiceField(
            label=_("The check"),
            choices=[("yes", _("Passed")), ("no", _("Failed"))],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
            error_messages=_sentence(_("Say whether the check passed.")),
        )
        self.fields["voltage_v"] = NumberField(label=_("Highest voltage found"), most=2_000, required=False)
        self.fields["at"] = MomentField(site, label=_("When, if not now"), required=False)
        self.fields["note"] = forms.CharField(label=_("Note"), max_length=500, required=False)


class CleanOutForm(Weighed):
    """A line was emptied and cleaned; what was swept out may be weighed into a container."""

    is_weighing_required = False

    def __init__(self, data: Any = None, *, line: Line) -> None:
        super().__init__(data)
        site = line.site
        self.fields["note"] = forms.CharField(label=_("How it was cleaned"), max_length=500, required=False)
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
        self.ask_weight(site)
        ask_when(self, site)

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("reading"):
            for name, sentence in SWEEPINGS.items():
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return typed


SWEEPINGS = {
    "material": _("Choose what was swept out."),
    "kind": _("Choose what it is packed in."),
    "bay": _("Choose the bay it is put in."),
}


class SupplyForm(forms.Form):
    """Looks for containers to charge."""

    q = SearchField(label=_("Search the stock"))
