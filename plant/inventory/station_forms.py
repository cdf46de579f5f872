"""What is typed about a station: what it is called, what it works with, and the tares it has stored."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from plant.inventory.forms import CodedChoice
from plant.inventory.master_data import Equipment
from plant.inventory.models import ContainerKind, Location, Scale
from plant.models import Site, Station
from plant.web import MomentField, TextField, UnitField, WeightField


class _OfStation(CodedChoice):
    """A scale or a place; where another station has it, the list says which."""

    def __init__(self, queryset: Any, *, station: Station | None, **kwargs: Any) -> None:
        self.station = station
        super().__init__(queryset.select_related("station"), required=False, empty_label=_("None"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        if obj.station is None or obj.station == self.station:
            return str(obj)
        return _("%(what)s (now at %(station)s)") % {"what": obj, "station": obj.station}


class StationForm(forms.Form):
    """A station as it is used."""

    name = TextField(label=_("Name"), max_length=80)
    unit = UnitField(label=_("Unit its weights are typed in"))
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    field_order = ("code", "name", "unit", "scale", "line", "bay", "is_active")

    def __init__(self, data: Any = None, *, site: Site, station: Station | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        places = Location.objects.filter(site=site, is_active=True)
        scales = Scale.objects.filter(site=site, is_active=True)
        self.fields["scale"] = _OfStation(scales, station=station, label=_("Scale"))
        lines, bays = places.filter(kind=Location.Kind.LINE), places.filter(kind=Location.Kind.BAY)
        self.fields["line"] = _OfStation(
            lines, station=station, label=_("Line"), help_text=_("The line that is worked at here.")
        )
        self.fields["bay"] = _OfStation(
            bays, station=station, label=_("Bay"), help_text=_("Where what is received or bagged here is put.")
        )
        self.order_fields(self.field_order)

    @property
    def equipment(self) -> Equipment:
        return Equipment(**{name: self.cleaned_data[name] for name in ("scale", "line", "bay")})


class NewStationForm(StationForm):
    code = TextField(
        label=_("Code"),
        max_length=20,
        help_text=_("Short, for lists and labels, such as DOCK-2. It stays as it is."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
        validators=[RegexValidator(r"\A[A-Za-z0-9-]+\Z", _("Only letters, digits and hyphens."))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_active"]

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()


class TareForm(forms.Form):
    """What an empty container of a kind weighs here; its names but the time are the keywords of `store_tare`."""

    tare_read = WeightField(label=_("Weight of an empty one"))
    unit = UnitField(label=_("Unit the scale shows"))
    field_order = ("kind", "tare_read", "unit", "at")

    def __init__(self, data: Any = None, *, station: Station) -> None:
        super().__init__(data, auto_id="tare-%s", initial={"unit": station.unit})
        kinds = ContainerKind.objects.filter(site=station.site, is_active=True, is_boxed=True)
        self.fields["kind"] = CodedChoice(kinds, label=_("Kind of container"), empty_label=_("Choose a kind"))
        self.fields["at"] = MomentField(station.site, label=_("When, if not now"), required=False)
        self.order_fields(self.field_order)
