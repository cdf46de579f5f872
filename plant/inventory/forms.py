"""What is typed about lots and containers: filters of the lists, and the small forms on a container."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from plant.inventory.models import Chemistry, Container, Hold, Location, Lot, Material, RegulatoryStatus
from plant.models import Party, Site
from plant.web import MomentField, OneOf, SearchField, TextField

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]  # generic for the type checker only
else:
    ModelChoice = forms.ModelChoiceField


class CodedChoice(ModelChoice):
    """A row of the site, chosen by its code: primary keys stay in the house."""

    default_error_messages = {
        "required": _("Choose one of the list."),
        "invalid_choice": _("This is not in the list any more. Choose another one."),
    }

    def __init__(self, queryset: models.QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(queryset if queryset.ordered else queryset.order_by("code"), to_field_name="code", **kwargs)


Choices = list[tuple[Any, Any]]


def bays(site: Site, *, condition: str, but: str = "") -> Choices:
    """The bays a container in this condition may stand in: what is not intact is offered DDR bays only (RULE-6).

    `but` is the code of the bay it stands in already.
    """
    plain: Choices = []
    ddr: Choices = []
    for bay in Location.objects.bays().filter(site=site).exclude(code=but).order_by("code"):
        (ddr if bay.is_ddr else plain).append((bay.code, bay.name))
    if condition != Container.Condition.INTACT:
        return [("", _("Choose a DDR bay")), *ddr]
    groups = [(_("Bays"), plain), (_("For damaged, defective or recalled"), ddr)]
    return [("", _("Choose a bay")), *(group for group in groups if group[1])]


class BayField(CodedChoice):
    """A bay of the site. Any is taken, so that a wrong one is answered with the names of the right ones."""

    def __init__(
        self, site: Site, *, condition: str = Container.Condition.INTACT, but: str = "", **kwargs: Any
    ) -> None:
        super().__init__(Location.objects.bays().filter(site=site), label=_("Bay"), **kwargs)
        self.choices = bays(site, condition=condition, but=but)


def said(form: forms.Form, name: str) -> Any:
    """What a form says at a field before it is cleaned: as typed, else as it starts."""
    return (form.data.get(name) if form.is_bound else form.initial.get(name)) or ""


def sentence(words: Any) -> dict[str, Any]:
    """What a field says where nothing was chosen."""
    return {"required": words}


class Filters(forms.Form):
    """Filters of a list of one site's rows: all of them optional."""

    q = SearchField()

    def __init__(self, data: Any, *, site: Site) -> None:
        super().__init__(data or None)
        for field in self.fields.values():
            if isinstance(field, CodedChoice) and field.queryset is not None:
                field.queryset = field.queryset.filter(site=site)

    @property
    def chosen(self) -> dict[str, Any]:
        """What is filtered by: nothing where the form is empty or wrong."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


def _any(queryset: models.QuerySet[Any], label: Any) -> CodedChoice:
    return CodedChoice(queryset, label=label, required=False, empty_label=_("Any"))


def _one_of(label: Any, *choices: tuple[str, Any]) -> forms.ChoiceField:
    return OneOf(label=label, required=False, choices=(("", _("Any")), *choices))


HOLD = (("held", _("On hold")), ("free", _("Free")))


class LotFilters(Filters):
    material = _any(Material.objects.order_by("pk"), _("Material"))
    chemistry = _any(Chemistry.objects.all(), _("Chemistry"))
    owner = _any(Party.objects.owners(), _("Owner"))
    supplier = _any(Party.objects.suppliers(), _("Supplier"))
    stock = _one_of(_("Stock"), ("here", _("On the site")), ("gone", _("Used up or gone")))
    hold = _one_of(_("Hold"), *HOLD)


class ContainerFilters(Filters):
    bay = _any(Location.objects.bays(), _("Bay"))
    material = _any(Material.objects.order_by("pk"), _("Material"))
    chemistry = _any(Chemistry.objects.all(), _("Chemistry"))
    condition = _one_of(_("Condition"), *Container.Condition.choices)
    owner = _any(Party.objects.owners(), _("Owner"))
    hold = _one_of(_("Hold"), *HOLD)


class ReasonField(forms.CharField):
    """One line that says why."""

    default_error_messages = {"required": _("Type a reason."), "max_length": _("At most 500 characters. Shorten it.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Reason"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=500, **kwargs)


def ask_when(form: forms.Form, site: Site) -> None:
    """When it happened, if not now, and why that is entered late."""
    form.fields["at"] = MomentField(site, label=_("When, if not now"), required=False)
    form.fields["reason"] = ReasonField(label=_("Why it is entered late"), required=False)


class MoveForm(forms.Form):
    """Carry a container to another bay, now or (with a reason) at another time."""

    def __init__(self, data: Any = None, *, container: Container, here: str = "") -> None:
        super().__init__(data, auto_id="move-%s")
        self.fields["bay"] = BayField(container.site, condition=container.condition, but=here)
        self.fields["at"] = MomentField(container.site, label=_("When, if not now"), required=False)
        self.fields["reason"] = ReasonField(label=_("Why it is entered late"), required=False)


class HoldForm(forms.Form):
    """Put a container on hold."""

    def __init__(self, data: Any = None, *, kinds: list[Hold.Kind]) -> None:
        super().__init__(data, auto_id="hold-%s")
        self.fields["kind"] = OneOf(
            label=_("What for"),
            choices=[(kind.value, kind.label) for kind in kinds],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what the hold is for.")},
        )
        self.fields["reason"] = ReasonField()


class ReleaseForm(forms.Form):
    """Lift one of a container's holds."""

    def __init__(self, data: Any = None, *, kind: str = "") -> None:
        super().__init__(data, auto_id=f"release-{kind}-%s")
        self.fields["kind"] = OneOf(choices=Hold.Kind.choices, initial=kind, widget=forms.HiddenInput)
        self.fields["reason"] = ReasonField(label=_("Why it can be lifted"))


class ReverseForm(forms.Form):
    """Turn the last entry round. `entry` is its number in the container's history, so that nobody reverses what came
    in between."""

    entry = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = ReasonField(label=_("What was wrong"))

    def __init__(self, data: Any = None, *, entry: int = 0) -> None:
        super().__init__(data, auto_id="reverse-%s", initial={"entry": entry})


class RegulatoryForm(forms.Form):
    """EHS decides a lot's status and names the basis."""

    def __init__(self, data: Any = None, *, lot: Lot) -> None:
        initial = {"status": lot.regulatory_status, "basis": lot.regulatory_basis}
        super().__init__(data, auto_id="regulatory-%s", initial=initial)
        self.fields["status"] = CodedChoice(
            RegulatoryStatus.objects.filter(site=lot.site), label=_("Status"), empty_label=_("Choose a status")
        )
        self.fields["basis"] = TextField(
            label=_("Basis: the rule or document it rests on"),
            max_length=200,
            error_messages={"required": _("Name the basis: the rule or document the decision rests on.")},
        )
