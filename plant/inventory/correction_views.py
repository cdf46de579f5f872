"""Correct a weight: what it should have read, what changes by that, then the correction itself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from plant.access import Action, allowed
from plant.errors import DomainError
from plant.inventory import corrections, history, panels
from plant.inventory.corrections import Preview, Way
from plant.inventory.forms import ReasonField
from plant.inventory.models import Container, ContainerKind, Movement
from plant.inventory.views import container_of
from plant.inventory.weight_forms import WeightForm, beside, is_asked, station_of
from plant.models import Station
from plant.web import NotFound, StaffRequest, go, kept, now, page


class CorrectionForm(WeightForm):
    """What a weighing should have read; it starts as what it did read."""

    def __init__(self, data: Any = None, *, movement: Movement, station: Station | None = None) -> None:
        weighing = history.weighing_of(movement)
        assert weighing is not None  # only such are corrected
        read = {"gross": weighing.gross_read, "tare": weighing.tare_read}
        read = read if weighing.gross_read is not None else {"net": weighing.net_read}
        start = {name: f"{number.normalize():f}" for name, number in read.items() if number is not None}
        start |= {"unit": weighing.unit, "scale": weighing.scale.code if weighing.scale else ""}
        super().__init__(data, auto_id="correct-%s", initial=start)
        self.movement, self.was_typed = movement, history.typed(weighing)
        self.ask_weight(movement.site, station=station)
        self.fields["reason"] = ReasonField(label=gettext_lazy("What was wrong"))

    @property
    def weighed_kind(self) -> ContainerKind | None:
        """A part may be less than such a container usually holds."""
        is_part = self.movement.kind in (Movement.Kind.CHARGE, Movement.Kind.RETURN)
        weighing = self.movement.weighing
        return None if is_part or weighing is None or weighing.container is None else weighing.container.kind

    @property
    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        return {name: self.cleaned_data[name] for name in ("reading", "reason", "confirmed")}


@allowed(Action.CORRECT_OWN)
@require_http_methods(["GET", "POST"])
def correct(request: StaffRequest, reference: str, number: int = 0) -> HttpResponse:
    """The weight of a container, a shipped one too; `number` is another of its weighed entries."""
    container = container_of(request, reference)
    entries = history.of_containers([container])
    number = number or panels.weight_of(container, entries)
    movement = entries[number - 1] if 0 < number <= len(entries) else None
    if movement is None or not corrections.is_correctable(movement):
        raise NotFound(_("%(container)s has no such weight that could be corrected.") % {"container": container})
    onward = reverse("inventory:container", args=[container.reference])
    others = [
        (n, entry) for n, entry in enumerate(entries, start=1) if n != number and corrections.is_correctable(entry)
    ]
    context = {"container": container, "others": others, "back": onward}
    return answer(request, movement, onward, context)


def answer(request: StaffRequest, movement: Movement, onward: str, context: dict[str, Any]) -> HttpResponse:
    """The page of one weighed entry: the form, what would change, or on to `onward` once it is corrected."""
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, movement=movement, station=station_of(request)
    )
    if is_asked(request):
        return beside(request, form)
    shown: Preview | None = None
    way = request.POST.get("way", "")
    if form.is_valid():
        is_confirmed = "correct" in request.POST and way and way == request.POST.get("shown")
        if is_confirmed and kept(request, form, lambda: _correct(request, movement, form, way)) is not None:
            return go(request, onward, _("The weight is corrected. What it was stays in the history."))
        if not form.errors:
            shown = _look(request, movement, form, way)
    context |= {
        "form": form,
        "movement": movement,
        "typed": form.was_typed,
        "preview": shown,
        "ways": [(one.key, words(one)) for one in shown.ways] if shown else [],
    }
    return page(request, "inventory/correct.html", context, partial="work", status=422 if form.errors else 200)


def _correct(request: StaffRequest, movement: Movement, form: CorrectionForm, way: str) -> dict[str, Any]:
    corrections.correct_weight(movement=movement, by=request.user, now=now(), way=way, **form.said)
    return {}


def _look(request: StaffRequest, movement: Movement, form: CorrectionForm, way: str) -> Preview | None:
    try:
        return corrections.preview(movement=movement, by=request.user, now=now(), way=way, **form.said)
    except DomainError as refusal:
        complaint = ValidationError(refusal.message, code=refusal.code)
        form.add_error(refusal.field if refusal.field in form.fields else None, complaint)
        return None


def words(way: Way) -> str:
    """Where a difference goes, in one line."""
    if way.parted is not None:
        return _("The part taken out was wrong: it follows into %(target)s (%(what)s, %(kg)s kg)") % {
            "target": _name(way.parted.to_container),
            "what": way.parted.get_kind_display().lower(),
            "kg": f"{way.parted.corrected_kg:,.3f}",
        }
    if way.container.lot_id is None:
        return _("It follows the rest into %(target)s") % {"target": _name(way.container)}
    return _("It stays in what was left: %(container)s, %(place)s") % {"container": way.container, "place": way.place}


def _name(container: Container) -> str:
    return container.reference.removesuffix("-RUN")
