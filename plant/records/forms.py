"""What is asked when a label is printed, and when a printer is set up."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from plant.models import Site, Station
from plant.records.models import MOST_COPIES, Printer, Reason

PAPER = "paper"
"""The choice of printing by the browser, on A6 paper."""


class PrintForm(forms.Form):
    """Where to, how many, and, where a label is there already, why again."""

    printer = forms.ChoiceField(label=_("Print at"), widget=forms.RadioSelect)
    copies = forms.IntegerField(label=_("Copies of each"), min_value=1, max_value=MOST_COPIES, initial=1)
    reason = forms.ChoiceField(label=_("Why again"), required=False, widget=forms.RadioSelect)
    note = forms.CharField(label=_("In your words"), required=False, max_length=200)

    def __init__(self, *args: Any, site: Site, here: Printer | None, asks_why: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.printers = {each.code: each for each in Printer.objects.filter(site=site, is_active=True).order_by("name")}
        choices = [(code, str(printer)) for code, printer in self.printers.items()]
        self.fields["printer"].choices = [*choices, (PAPER, _("Paper, from this screen (A6)"))]  # type: ignore[attr-defined]
        self.fields["printer"].initial = here.code if here else PAPER
        self.fields["reason"].choices = Reason.choices  # type: ignore[attr-defined]
        if not asks_why:
            del self.fields["reason"], self.fields["note"]
        else:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = _("Say why it is printed again.")

    def clean_printer(self) -> Printer | None:
        return self.printers.get(self.cleaned_data["printer"])


class PrinterForm(forms.Form):
    """A label printer: what it is called, where it answers, at which station it stands."""

    name = forms.CharField(label=_("Name"), max_length=80)
    host = forms.CharField(
        label=_("Address"),
        max_length=120,
        help_text=_("Its IP address or name in the plant's network; it stands on its settings label."),
        validators=[RegexValidator(r"\A[A-Za-z0-9_.:-]+\Z", _("Type an address such as 10.0.0.7."))],
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=9100)
    station = forms.ChoiceField(label=_("Station"), required=False)
    prints_by_itself = forms.BooleanField(
        label=_("Prints by itself"),
        required=False,
        help_text=_("What is received or bagged at its station gets its label without being asked."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stations = {each.code: each for each in Station.objects.filter(site=site, is_active=True).order_by("name")}
        choices = [(code, str(station)) for code, station in self.stations.items()]
        self.fields["station"].choices = [("", _("None")), *choices]  # type: ignore[attr-defined]

    def clean_station(self) -> Station | None:
        return self.stations.get(self.cleaned_data["station"])


class NewPrinterForm(PrinterForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Short, for lists and addresses. It stays as it is."),
        validators=[RegexValidator(r"\A[A-Za-z0-9-]+\Z", _("Only letters, digits and hyphens."))],
    )
    field_order = ("code", "name", "host", "port", "station")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_active"]

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()


class NoForm(forms.Form):
    """A button that asks nothing."""
