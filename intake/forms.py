"""What is typed when scrap comes in: the receipt's papers, and each container as it stands on the scale."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from intake import contents
from intake.models import Receipt
from intake.services import CHARGE_FIELDS
from plant.inventory import expected
from plant.inventory.expected import Band
from plant.inventory.forms import BayField, CodedChoice, Filters, ReasonField, said, sentence
from plant.inventory.models import Chemistry, Container, ContainerKind, Lot, Material
from plant.inventory.weight_forms import WeightForm
from plant.models import Facility, Party, Site, Station
from plant.units import BadMass, read_weight
from plant.web import DayField, MomentField, NoteField, OneOf, TextField


class NumberField(forms.Field):
    """A measured number between two bounds, at most three decimals, such as a voltage."""

    def __init__(self, *, most: int, above_zero: bool = False, **kwargs: Any) -> None:
        self.most, self.above_zero = most, above_zero
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        try:
            number = read_weight(typed)
        except BadMass:
            number = None
        if number is None or number > self.most or (self.above_zero and not number):
            raise ValidationError(
                _("Type a number from 0 to %(most)s, such as 3.65, with at most three decimals."),
                code="invalid",
                params={"most": f"{self.most:,}"},
            )
        return number


class PercentField(NumberField):
    """A share typed in percent, cleaned to a ratio with four decimals: `30` and `30 %` are 0.3000."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=100, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        percent = super().to_python(str(value or "").strip().removesuffix("%"))
        return None if percent is None else (percent / 100).quantize(Decimal("0.0001"))


class FacilityField(forms.ChoiceField):
    """A supplier's plant: those of the chosen supplier, or all of them in groups while none is chosen."""

    default_error_messages = {
        "required": _("Choose the plant the load came from."),
        "invalid_choice": _("This is no plant of the supplier. Choose one of its plants."),
    }

    def __init__(self, site: Site, supplier: str, **kwargs: Any) -> None:
        super().__init__(label=_("Its plant"), **kwargs)
        found = Facility.objects.filter(party__site=site, party__is_supplier=True, is_active=True)
        self.facilities = {
            f"{facility.party.code}:{facility.code}": facility
            for facility in found.select_related("party").order_by("party__code", "code")
            if supplier in ("", facility.party.code)
        }
        groups: dict[str, list[tuple[str, str]]] = {}
        for value, facility in self.facilities.items():
            groups.setdefault(facility.party.name, []).append((value, facility.name))
        choices = next(iter(groups.values()), []) if supplier else list(groups.items())
        self.choices = [("", _("Choose a plant")), *choices]
        if supplier and len(self.facilities) == 1:
            self.initial = next(iter(self.facilities))

    def clean(self, value: Any) -> Facility:
        return self.facilities[super().clean(value)]


class ReceiptForm(forms.Form):
    """The papers of a load (40 CFR 273.62)."""

    supplier = CodedChoice(
        Party.objects.suppliers().filter(is_active=True), label=_("Supplier"), empty_label=_("Choose a supplier")
    )
    bill_of_lading = TextField(label=_("Bill of lading"), max_length=40)
    carrier = TextField(label=_("Carrier"), max_length=80)
    trailer = TextField(label=_("Trailer"), max_length=40, required=False)
    seal = TextField(label=_("Seal"), max_length=40, required=False)
    note = NoteField(required=False)
    reason = ReasonField(label=_("Why it is entered late"), required=False)

    def __init__(self, data: Any = None, *, site: Site, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        supplier = self.fields["supplier"]
        assert isinstance(supplier, CodedChoice)
        supplier.queryset = Party.objects.suppliers().filter(site=site, is_active=True)
        self.fields["facility"] = FacilityField(site, str(said(self, "supplier")))
        self.fields["received_at"] = MomentField(site, label=_("Received at"))
        for name, words in PAPERS.items():
            self.fields[name].error_messages["required"] = words
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["carrier"].widget.attrs["list"] = "carriers"


PAPERS = {
    "supplier": _("Choose who sent the load."),
    "bill_of_lading": _("Type the number of the bill of lading."),
    "carrier": _("Type the carrier's name."),
}


class ReceiptFilters(Filters):
    supplier = CodedChoice(Party.objects.suppliers(), label=_("Supplier"), required=False, empty_label=_("Any"))
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)


WEIGHT_FIELDS = {"scale", "unit", "gross", "tare", "net", "confirmed"}


def flatten(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Choices without their groups."""
    for value, label in choices:
        if isinstance(label, list):
            yield from label
        else:
            yield value, label


class ArrivalForm(WeightForm):
    """One container as it comes off the load: scrap type first, then the fields that type needs and no others (RULE-3).

    `lots` came with this receipt already: the container joins the one chosen under `into`, or starts a new lot.
    """

    NEW = "new"

    def __init__(
        self,
        data: Any = None,
        *,
        receipt: Receipt,
        lots: Sequence[Lot] = (),
        initial: Mapping[str, Any] | None = None,
        station: Station | None = None,
        now: dt.datetime,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.receipt, self.site, self.station = receipt, receipt.site, station
        self.lot = next((lot for lot in lots if lot.reference == said(self, "into")), None)
        # A form that was drawn before the first lot does not know the question: it starts that lot.
        if lots and (not self.is_bound or "into" in self.data):
            self._ask_which_lot(self.lot or lots[-1])
        if self.lot is None:
            self._ask_type()
        self.scrap_type = self.lot.material if self.lot else self._material()
        if self.scrap_type is None:
            return
        if self.lot is None:
            self._ask_lot()
        self._ask_container()
        if self.scrap_type.holds_charge:
            self._ask_charge()
        self.ask_weight(self.site, station=station, now=now)
        self._ask_place_and_time()

    def _ask_which_lot(self, lot: Lot) -> None:
        same = _("Same lot: %(lot)s, %(material)s") % {"lot": lot, "material": lot.material}
        self.fields["into"] = OneOf(
            label=_("Which lot"),
            choices=[(lot.reference, same), (self.NEW, _("New lot"))],
            widget=forms.RadioSelect,
            initial=self.NEW,
        )

    def _ask_type(self) -> None:
        self.fields["material"] = CodedChoice(
            Material.objects.scrap().filter(site=self.site).order_by("pk"),
            label=_("Scrap type"),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages=sentence(_("Choose the scrap type.")),
        )

    def _material(self) -> Material | None:
        return Material.objects.scrap().filter(site=self.site, code=said(self, "material")).first()

    def _ask_lot(self) -> None:
        self.fields["origin"] = OneOf(
            label=_("Origin"),
            choices=[(origin.value, origin.label) for origin in Lot.FROM_OUTSIDE],
            widget=forms.RadioSelect,
            error_messages=sentence(_("Choose where it became scrap: in production or after use.")),
        )
        self.fields["chemistry"] = CodedChoice(
            Chemistry.objects.filter(site=self.site).order_by("pk"),
            label=_("Chemistry"),
            empty_label=_("Choose a chemistry"),
            error_messages=sentence(_("Choose the chemistry.")),
        )
        self.fields["owner"] = CodedChoice(
            Party.objects.owners().filter(site=self.site, is_active=True),
            label=_("Owner"),
            empty_label=_("Choose the owner"),
            error_messages=sentence(_("Choose who owns it.")),
        )
        self.fields["generated_on"] = DayField(label=_("Became scrap on"), required=False)

    def _ask_container(self) -> None:
        self.fields["condition"] = OneOf(
            label=_("Condition"),
            choices=Container.Condition.choices,
            widget=forms.RadioSelect,
            initial=Container.Condition.INTACT,
        )
        self.fields["kind"] = CodedChoice(
            ContainerKind.objects.filter(site=self.site, is_active=True).order_by("pk"),
            label=_("Kind of container"),
            empty_label=_("Choose a kind"),
            error_messages=sentence(_("Choose what it comes in.")),
        )
        self.fields["seal"] = TextField(label=_("Seal"), max_length=40, required=False)

    def _ask_charge(self) -> None:
        self.fields["piece_count"] = forms.IntegerField(
            label=_("Pieces"),
            min_value=1,
            max_value=1_000_000,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            error_messages=dict.fromkeys(
                ("invalid", "min_value", "max_value"), _("Type a whole number from 1 to 1,000,000.")
            ),
        )
        self.fields["nominal_energy_kwh"] = NumberField(
            label=_("Nominal energy"), most=100_000, above_zero=True, required=False
        )
        self.fields["state_of_charge_ratio"] = PercentField(label=_("State of charge"), required=False)
        self.fields["voltage_v"] = NumberField(label=_("Voltage"), most=2_000, required=False)
        self.fields["charge_measured_at"] = MomentField(self.site, label=_("Measured at"), required=False)

    def _ask_place_and_time(self) -> None:
        condition = said(self, "condition") or Container.Condition.INTACT
        own = self.station.locations.bays().filter(site=self.site, is_ddr=False).first() if self.station else None
        self.fields["bay"] = BayField(
            self.site,
            condition=condition,
            initial=own.code if own and condition == Container.Condition.INTACT else None,
            error_messages=sentence(_("Choose the bay it is put in, or scan its code.")),
        )
        self.fields["at"] = MomentField(self.site, label=_("Weighed at, if not now"), required=False)
        self.fields["reason"] = ReasonField(label=_("Why it is entered late"), required=False)
        self.fields["note"] = NoteField(required=False)

    @property
    def is_complete(self) -> bool:
        """Whether what was sent had a container in it, not the scrap type alone."""
        return self.scrap_type is not None and "unit" in self.data

    @property
    def goes_on_hold(self) -> bool:
        return said(self, "condition") not in ("", Container.Condition.INTACT)

    @property
    def kept(self) -> str:
        """What the next container is, in one line, so that its fields can stay folded; empty where one is to be
        chosen yet or is wrong."""
        if self.scrap_type is None or set(self.errors) - WEIGHT_FIELDS or self.goes_on_hold:
            return ""
        kind, bay = self.weighed_kind, self.saying("bay")
        if kind is None or not bay:
            return ""
        lot = self.lot.reference if self.lot else gettext("New lot")
        place = dict(flatten(self.fields["bay"].choices)).get(bay, bay)  # type: ignore[attr-defined]
        return f"{lot} · {self.scrap_type} · {kind} · {place}"

    def clean_seal(self) -> str:
        """A seal is on one container: the same one again is the same container again."""
        seal = str(self.cleaned_data["seal"]).strip()
        if seal and (box := contents.sealed(self.receipt, seal)):
            words = {"container": box.reference, "seal": seal}
            raise ValidationError(_("%(container)s of this load has seal %(seal)s. Scan the next one."), params=words)
        return seal

    def expected(self) -> Band | None:
        """Like the last ones of this load, else like the last ones this supplier sent."""
        kind = self.weighed_kind
        if kind is None or self.scrap_type is None:
            return None
        of_load, masses = contents.last_kg(self.receipt, self.scrap_type, kind)
        if of_load:
            words = ngettext("like the last one of this load", "like the last %(n)s of this load", len(masses))
        else:
            words = ngettext("like the last one they sent", "like the last %(n)s they sent", len(masses))
        return expected.like(masses, words % {"n": len(masses)}, kind) or super().expected()

    def arrival(self) -> dict[str, Any]:
        """The container's keywords for the services."""
        names = ("kind", "reading", "bay", "condition", "seal", "note", "confirmed", "reason")
        return {name: self.cleaned_data[name] for name in (*names, *CHARGE_FIELDS) if name in self.cleaned_data}

    def point_out(self) -> None:
        """Put the cursor where something has to be typed: at the first error, else at the weight."""
        wanted = [name for name in self.fields if (name in self.errors if self.is_bound else name == "gross")]
        for name in wanted[:1]:
            self.fields[name].widget.attrs["autofocus"] = True
