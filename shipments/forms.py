"""What people type about shipments: the papers, what is loaded, and the steps from draft to the end."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plant.inventory.models import Container, Location, Lot
from plant.models import Facility, Party, Site
from plant.web import DayField, MomentField, NoteField, OneOf, ReferenceField, SearchField, TextField
from shipments import stock
from shipments.models import ShipmentState


class SealsField(TextField):
    """Seal numbers with blanks or commas between them, cleaned to a list."""

    default_error_messages = {"long": gettext_lazy("A seal has at most 40 characters: %(seal)s… has more.")}

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        seals = re.split(r"[\s,;]+", super().clean(value))
        for seal in seals:
            if len(seal) > 40:
                raise ValidationError(self.error_messages["long"], code="long", params={"seal": seal[:20]})
        return [seal for seal in seals if seal]


def _paper(label: Any, *, length: int = 40, **kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return TextField(label=label, max_length=length, required=False, widget=widget, **kwargs)


class PlantField(forms.ChoiceField):
    """A customer's plant, by the codes of both: primary keys never leave the building."""

    default_error_messages = {
        "required": gettext_lazy("Choose where it goes."),
        "invalid_choice": gettext_lazy("This is no plant of a customer. Choose one of the list."),
    }

    def of_site(self, site: Site) -> None:
        """Offer the plants of the site's customers."""
        customers = Party.objects.customers().filter(site=site, is_active=True)
        plants = Facility.objects.filter(is_active=True, party__in=customers).select_related("party")
        self.plants = {code_of(plant): plant for plant in plants.order_by("party__name", "name")}
        offered = [(code, str(plant)) for code, plant in self.plants.items()]
        self.choices = [("", gettext_lazy("Choose a customer's plant")), *offered]

    def prepare_value(self, value: Any) -> Any:
        return code_of(value) if isinstance(value, Facility) else value

    def clean(self, value: Any) -> Facility:
        return self.plants[super().clean(value)]


def code_of(plant: Facility) -> str:
    return f"{plant.party.code}:{plant.code}"


class PapersForm(forms.Form):
    """Who gets it and under which papers; only the receiver must be known for a draft."""

    ship_to = PlantField(label=gettext_lazy("Ship to"))
    purchase_order_number = _paper(gettext_lazy("Purchase order"))
    contract_number = _paper(gettext_lazy("Contract"))
    bill_of_lading = _paper(gettext_lazy("Bill of lading"))
    carrier = _paper(gettext_lazy("Carrier"), length=80)
    trailer = _paper(gettext_lazy("Trailer"))
    seals = SealsField(
        label=gettext_lazy("Seals"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    note = NoteField(required=False, help_text=gettext_lazy("For us only: the consignee does not see it."))

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ship_to = self.fields["ship_to"]
        assert isinstance(ship_to, PlantField)
        ship_to.of_site(site)

    @property
    def given(self) -> dict[str, Any]:
        """The keywords of the services; the plant it goes to says who the consignee is."""
        given = dict(self.cleaned_data)
        if "ship_to" in given:
            given["consignee"] = given["ship_to"].party
        return given


class CorrectionForm(PapersForm):
    """The papers of what is on the way, and why they change."""

    reason = TextField(
        label=gettext_lazy("Why it changes"),
        max_length=500,
        error_messages={"required": gettext_lazy("It has left: the consignee sees this as a new version. Type why.")},
    )

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(site, *args, **kwargs)
        del self.fields["ship_to"]  # it has left: only a return changes where it goes


class PackForm(forms.Form):
    """Containers to put into a draft: scanned or typed, or chosen from what is free."""

    container = TextField(
        label=gettext_lazy("Scan or type what is loaded"),
        required=False,
        max_length=2000,
        widget=ReferenceField().widget,
        help_text=gettext_lazy("A container, or a lot for all its containers. Several: a blank between them."),
    )

    def __init__(self, site: Site, data: Any = None) -> None:
        super().__init__(data)
        self.site = site
        self.ticked: Sequence[str] = ()
        if data is not None:  # the button of a lot adds that lot and nothing that is ticked elsewhere
            self.ticked = data.getlist("lot") or data.getlist("chosen")

    def clean_container(self) -> list[Container]:
        """The containers behind the references; a lot's reference stands for those of it that are free."""
        typed = re.split(r"[\s,;]+", self.cleaned_data["container"].upper())
        wanted = dict.fromkeys(reference for reference in (*typed, *self.ticked) if reference)
        if not wanted:
            raise ValidationError(_("Scan or type a container, or choose some below."))
        by_reference = {c.reference: c for c in Container.objects.on_site(self.site).filter(reference__in=wanted)}
        lots = {lot.reference: lot for lot in Lot.objects.on_site(self.site).filter(reference__in=wanted)}
        found: dict[int, Container] = {}
        for reference in wanted:
            containers = [by_reference[reference]] if reference in by_reference else self._free(lots, reference)
            found |= {container.pk: container for container in containers}
        return list(found.values())

    def _free(self, lots: dict[str, Lot], reference: str) -> list[Container]:
        if reference not in lots:
            raise ValidationError(
                _("There is no container or lot %(reference)s here. Check the label and scan it again."),
                params={"reference": reference[:40]},
            )
        free = list(stock.free_containers(self.site).filter(lot=lots[reference]).order_by("reference"))
        if not free:
            raise ValidationError(
                _("Nothing of %(reference)s is free: it is shipped, held or in another shipment."),
                params={"reference": reference},
            )
        return free


class RemoveForm(forms.Form):
    """The container to take out."""

    container = ReferenceField()

    def __init__(self, site: Site, data: Any = None) -> None:
        super().__init__(data)
        self.site = site

    def clean_container(self) -> Container:
        reference = self.cleaned_data["container"]
        found = Container.objects.on_site(self.site).filter(reference=reference).first()
        if found is None:
            raise ValidationError(_("There is no container %(reference)s here."), params={"reference": reference})
        return found


class DispatchForm(forms.Form):
    """When it left. `expected_kg` is what the person saw and confirms."""

    expected_kg = forms.DecimalField(max_digits=12, decimal_places=3, widget=forms.HiddenInput)
    reason = TextField(
        label=gettext_lazy("Why it is entered late"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Only where it left more than 24 hours ago."),
    )

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = MomentField(site, label=gettext_lazy("Left at"), required=False, help_text=_("Empty: now."))
        self.fields = {"at": left, **self.fields}


class DeliveryForm(forms.Form):
    """Since when the consignee has it."""

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"] = MomentField(
            site, label=gettext_lazy("Delivered at"), required=False, help_text=_("Empty: now.")
        )


class CancelForm(forms.Form):
    """Why a draft is given up, where that is worth a word."""

    reason = TextField(label=gettext_lazy("Why"), max_length=500, required=False)


class WithdrawForm(forms.Form):
    """Why a dispatch was confirmed in error."""

    reason = TextField(
        label=gettext_lazy("What was wrong"),
        max_length=500,
        error_messages={"required": gettext_lazy("The consignee sees that it was cancelled. Type why.")},
    )


class ReturnForm(forms.Form):
    """Where what came back is put, since when, and why it came back."""

    bay = forms.ModelChoiceField(
        Location.objects.none(),
        label=gettext_lazy("Into bay"),
        empty_label=gettext_lazy("Choose a bay"),
        to_field_name="code",
    )
    reason = TextField(
        label=gettext_lazy("Why it came back"),
        max_length=500,
        error_messages={"required": gettext_lazy("The consignee sees that it came back. Type why.")},
    )

    def __init__(self, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bay = self.fields["bay"]
        assert isinstance(bay, forms.ModelChoiceField)
        bay.queryset = Location.objects.bays().filter(site=site).order_by("name")
        self.fields["at"] = MomentField(
            site, label=gettext_lazy("Back since"), required=False, help_text=_("Empty: now.")
        )


class ShipmentFilters(forms.Form):
    """What narrows the list of shipments."""

    q = SearchField()
    state = OneOf(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("All states")), *ShipmentState.choices]
    )
    since = DayField(label=gettext_lazy("Dispatched from"), required=False)
    until = DayField(label=gettext_lazy("Dispatched until"), required=False)
