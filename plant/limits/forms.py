"""What a manager types to set a limit, and to change it from a day on."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plant.limits.models import Limit, LimitUnit
from plant.web import DayField, NoteField, WeightField


class QuantityField(WeightField):
    """A quantity as the source writes it, in the unit chosen beside it: `13,500`."""

    default_error_messages = {
        "required": _("Type the quantity as the source says it."),
        "zero": _("A limit of zero is no limit. Type the quantity as the source says it."),
    }


def _unit_field() -> forms.ChoiceField:
    """Nothing is chosen beforehand: the two differ by 9.3 % of the year."""
    return forms.ChoiceField(
        label=_("Unit, as the source means it"),
        choices=((LimitUnit.TONNE, _("tonne (1,000 kg)")), (LimitUnit.SHORT_TON, _("short ton (2,000 lb)"))),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say which ton: tonne (1,000 kg) or short ton (2,000 lb)."),
            "invalid_choice": _("“%(value)s” does not say which ton. Choose tonne or short ton."),
        },
    )


def _source_field() -> NoteField:
    return NoteField(
        label=_("Source"),
        help_text=_("What the document says, word for word, with its number and condition."),
        error_messages={"required": _("A limit quotes its source. Type what the document says.")},
    )


def _day_field(label: Any, help_text: Any = "") -> DayField:
    sentences = {"required": _("Type the day."), "invalid": _("This is not a day. Type it like 2027-01-01.")}
    return DayField(label=label, help_text=help_text, error_messages=sentences)


class _OpeningForm(forms.Form):
    opening_quantity = QuantityField(
        label=_("Opening figure, in the same unit"),
        help_text=_("What was processed in that year before this system counted. Leave it empty where nothing was."),
        required=False,
        zero=True,
    )
    opening_source = forms.CharField(
        label=_("Paper of the opening figure"),
        max_length=200,
        required=False,
        error_messages={"max_length": _("At most 200 characters. Shorten it.")},
    )


class LimitForm(_OpeningForm):
    """A new annual limit on what is processed; its names are the keywords of `create_limit`."""

    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Give the limit a name.")})
    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        help_text=_("Short, for its address: capital letters and digits, such as NAMEPLATE."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Give the limit a code, such as NAMEPLATE.")},
    )
    quantity = QuantityField(label=_("Quantity a calendar year"))
    unit = _unit_field()
    valid_from = _day_field(_("Counts from"), _("The year of that day is judged by it."))
    source = _source_field()
    field_order = ("name", "code", "quantity", "unit", "valid_from", "source", "opening_quantity", "opening_source")

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean_opening_quantity(self) -> Decimal:
        return self.cleaned_data["opening_quantity"] or Decimal(0)


class ChangeForm(_OpeningForm):
    """A new version of a limit; its names are the keywords of `change_limit`."""

    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Give the limit a name.")})
    quantity = QuantityField(label=_("Quantity a calendar year"))
    unit = _unit_field()
    valid_from = _day_field(
        _("Counts from"), _("That year is judged by the new version, the years before it by the former.")
    )
    source = _source_field()
    field_order = ("name", "quantity", "unit", "valid_from", "source", "opening_quantity", "opening_source")

    def __init__(self, former: Limit, data: Any = None) -> None:
        super().__init__(data, initial={"name": former.name})
        self.fields["opening_quantity"].help_text = _("Leave it empty to keep the opening figure of the same year.")
