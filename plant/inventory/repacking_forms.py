"""What is typed when a container is split, or several are put together."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plant.inventory.forms import BayField, CodedChoice, ask_when, sentence
from plant.inventory.models import Container, ContainerKind
from plant.inventory.together import Together
from plant.inventory.weighing import Implausible
from plant.inventory.weight_forms import WeightForm
from plant.models import Station
from plant.web.figures import kg


def _kinds(container: Container, label: Any) -> CodedChoice:
    return CodedChoice(
        ContainerKind.objects.filter(site=container.site, is_active=True).order_by("pk"),
        label=label,
        initial=container.kind.code if container.kind else None,
        empty_label=None,
        error_messages=sentence(gettext_lazy("Choose what it is packed in.")),
    )


class SplitForm(WeightForm):
    """A part of a container on the scale, and the new container that it goes into."""

    def __init__(
        self, data: Any = None, *, container: Any, left_kg: Decimal, station: Station | None = None, now: Any = None
    ) -> None:
        super().__init__(data)
        self.container, self.left_kg = container, left_kg
        site = container.site
        self.fields["kind"] = _kinds(container, gettext_lazy("Into a"))
        if container.piece_count:
            self.fields["piece_count"] = forms.IntegerField(
                label=gettext_lazy("Pieces in the part"),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                error_messages=dict.fromkeys(
                    ("required", "invalid"), gettext_lazy("Type how many pieces go into the new one.")
                ),
            )
        self.fields["bay"] = BayField(site, condition=container.condition, initial=container.place_code)
        self.ask_weight(site, station=station, now=now)
        ask_when(self, site)

    def then(self, net_kg: Decimal) -> str:
        words = {"container": self.container, "kg": kg(self.left_kg - net_kg, 3)}
        return _("%(container)s keeps %(kg)s.") % words if net_kg < self.left_kg else ""


class TogetherForm(forms.Form):
    """Into which container: one of those, where all are of one lot, or a new one."""

    NEW = "new"

    def __init__(self, data: Any = None, *, together: Together, boxes: Sequence[Container], start: Any = None) -> None:
        super().__init__(data, initial=dict(start or {}))
        self.together, self.boxes = together, boxes
        first = boxes[0]
        if len({box.lot_id for box in boxes}) == 1:
            self.fields["into"] = forms.ChoiceField(
                label=gettext_lazy("Into which container"),
                choices=[
                    *((box.reference, _("Into %(container)s") % {"container": box}) for box in boxes),
                    (self.NEW, _("Into a new container of this lot")),
                ],
                widget=forms.RadioSelect,
                initial=first.reference,
            )
        self.fields["kind"] = _kinds(first, gettext_lazy("Into a"))
        standing = together.holdings.get(first.pk)
        self.fields["bay"] = BayField(
            first.site, condition=first.condition, initial=standing.location.code if standing else None
        )
        self.fields["confirmed"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
        ask_when(self, first.site)
        if self.is_bound and not self.is_new:
            self.fields["kind"].required = self.fields["bay"].required = False

    @property
    def is_new(self) -> bool:
        return "into" not in self.fields or self.data.get("into", self.fields["into"].initial) == self.NEW

    @property
    def asks_whether_right(self) -> bool:
        """It is more, or less, than such a container usually holds: a person says that it is right."""
        return any(self.has_error(name, Implausible.code) for name in ("kind", "into"))

    def target(self) -> dict[str, Any]:
        """Where it goes, as the service takes it."""
        typed = self.cleaned_data
        goal: dict[str, Any] = {"confirmed": typed["confirmed"] == str(self.together.kg)}
        if self.is_new:
            return goal | {"kind": typed["kind"], "bay": typed["bay"]}
        return goal | {"into": next(box for box in self.boxes if box.reference == typed["into"])}
