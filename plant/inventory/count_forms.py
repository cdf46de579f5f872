"""What is typed while a bay is counted, and what is decided when the count is posted."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plant.inventory import count_posting, counts
from plant.inventory.count_posting import Review
from plant.inventory.expected import Band
from plant.inventory.forms import CodedChoice, Filters, ReasonField, sentence
from plant.inventory.models import Container, Count, CountState, Location
from plant.inventory.weight_forms import WeightForm
from plant.models import Station
from plant.web import ReferenceField

ANY = ("", gettext_lazy("Any"))


class CountFilters(Filters):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=(ANY, *CountState.choices))
    location = CodedChoice(
        Location.objects.filter(kind__in=counts.COUNTED),
        label=gettext_lazy("Place"),
        required=False,
        empty_label=gettext_lazy("Any"),
    )


class SightForm(WeightForm):
    """A container that stands there: scanned, and weighed where each one is weighed. Nothing says what to find."""

    def __init__(
        self,
        data: Any = None,
        *,
        count: Count,
        is_weighing: bool,
        station: Station | None = None,
        now: dt.datetime | None = None,
        initial: Any = None,
    ) -> None:
        super().__init__(data, initial=initial or {})
        self.count, self.is_weighing = count, is_weighing
        bays = counts.bays_of(count.location)
        self.fields["container"] = ReferenceField(
            label=gettext_lazy("Scan a container"),
            error_messages=sentence(gettext_lazy("Scan or type what is on the label.")),
        )
        self.fields["container"].widget.attrs["autofocus"] = True
        if not is_weighing:
            self.fields["container"].widget.attrs["data-scan-press"] = "see"
        if len(bays) > 1:
            self.fields["bay"] = CodedChoice(
                Location.objects.filter(pk__in=[bay.pk for bay in bays]), label=gettext_lazy("In"), empty_label=None
            )
        self.only_bay = bays[0] if len(bays) == 1 else None
        if is_weighing:
            self.ask_weight(count.site, station=station, now=now)

    @property
    def bay_chosen(self) -> Location:
        """The bay that is counted, or that of the zone which was chosen."""
        chosen: Location = self.only_bay or self.cleaned_data["bay"]
        return chosen

    def expected(self) -> Band | None:
        return None  # blind

    def clean_container(self) -> Container:
        return _standing(self.count, self.cleaned_data["container"])


class TakeOffForm(forms.Form):
    """A container that was scanned by mistake."""

    container = ReferenceField(error_messages=sentence(gettext_lazy("Choose what to take off.")))

    def __init__(self, data: Any = None, *, count: Count) -> None:
        super().__init__(data)
        self.count = count

    def clean_container(self) -> Container:
        return _standing(self.count, self.cleaned_data["container"])


def _standing(count: Count, reference: str) -> Container:
    """The container of this label; raises a sentence where the site never had it."""
    found = Container.objects.on_site(count.site).packed().select_related("kind", "lot__material")
    box = found.filter(reference=reference).first()
    if box is None:
        raise forms.ValidationError(
            _("There is no container %(reference)s here. Scan it again, or put it aside and tell a supervisor.")
            % {"reference": reference}
        )
    return box


class PostForm(forms.Form):
    """One answer per container that was not seen, or stands elsewhere than the ledger has it."""

    def __init__(self, data: Any = None, *, count: Count, review: Review, may_zero: bool) -> None:
        super().__init__(data)
        self.fields["looked_at"] = forms.CharField(max_length=40, widget=forms.HiddenInput, initial=review.print_)
        bays = Location.objects.bays().filter(site=count.site).order_by("code")
        names = [(bay.code, _("Found in %(bay)s: move it there") % {"bay": bay}) for bay in bays]
        zero = [(count_posting.ZERO, _("Missing: set it to zero"))] if may_zero else []
        for row in review.not_seen:
            leave = (count_posting.LEAVE, _("Leave it, look again"))
            here = [pair for pair in names if pair[0] != row.location.code]
            self._ask(row.container, [leave, *zero, *here])
        for line in review.astray:
            move = ("", _("Move it to %(bay)s") % {"bay": line.sighting.bay})
            leave = (count_posting.LEAVE, _("Leave it in %(bay)s") % {"bay": line.place})
            self._ask(line.container, [move, leave])
        self.fields["reason"] = ReasonField(label=gettext_lazy("What was found out"), required=False)

    def _ask(self, container: Container, choices: list[tuple[str, str]]) -> None:
        self.fields[container.reference] = forms.ChoiceField(
            label=_("What to do with %(container)s") % {"container": container}, choices=choices, required=False
        )

    @property
    def decisions(self) -> dict[str, str]:
        return {n: choice for n, choice in self.cleaned_data.items() if n not in ("looked_at", "reason") and choice}


class AbandonForm(forms.Form):
    reason = ReasonField(label=gettext_lazy("Why it is given up"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="abandon-%s")
