"""What every page of a batch stands in: the batch, its live figures, and what can be done with it now."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plant import recompute
from plant.access import Action, may
from plant.inventory.models import Container
from plant.models import User
from plant.web import NotFound, StaffRequest, go, kept, now, page, seen
from plant.web.seen import Fact
from processing import offers, services
from processing.models import Batch, BatchResult, BatchState
from processing.offers import Offer
from processing.yields import BatchYield

S = BatchState


@dataclass(frozen=True)
class Doing:
    """Something a person can do with a batch: a page of its own. `is_work` stands among the tabs."""

    name: str
    label: str | Promise
    icon: str
    is_work: bool = False

    @property
    def url_name(self) -> str:
        return f"processing:{self.name}"


CHARGE = Doing("charge", gettext_lazy("Charge"), "inbound", is_work=True)
BAG = Doing("bag", gettext_lazy("Bag out"), "container", is_work=True)
LOSS = Doing("loss", gettext_lazy("Loss"), "down", is_work=True)
CLOSE = Doing("close", gettext_lazy("Close"), "check", is_work=True)
OPEN = Doing("open", gettext_lazy("Open it on the line"), "play")
HOLD = Doing("hold", gettext_lazy("Hold"), "hand")
RESUME = Doing("resume", gettext_lazy("Go on"), "play")
ABORT = Doing("abort", gettext_lazy("Abort"), "abort")
BLEND = Doing("blend", gettext_lazy("Approve a blend"), "check")
OWNERS = Doing("owners", gettext_lazy("Owners"), "person")
LATE_BAG = Doing("bag", gettext_lazy("Enter a late bag"), "container")


def doings(batch: Batch, user: User, figures: BatchYield | None = None) -> list[Doing]:
    """Only what the state table and the person's role let through (and, with the figures, what the batch took and
    gave), so that no button ends in a refusal."""
    found: list[Doing] = [OWNERS] if batch.recipe_version.may_commingle else []
    if not may(user, Action.RUN_BATCH):
        return found
    if batch.state == S.RUNNING:
        found.append(CHARGE)
    if batch.state in Batch.ON_THE_LINE:
        found += [BAG, LOSS, CLOSE]
    if batch.state == S.DRAFT:
        found.append(OPEN)
    if Batch.TRANSITIONS.allows(batch.state, S.HELD):
        found.append(HOLD)
    if batch.state == S.HELD:
        found.append(RESUME)
    took_or_gave = figures and (figures.charged_kg or figures.outputs_kg or figures.losses_kg)
    if Batch.TRANSITIONS.allows(batch.state, S.ABORTED) and not took_or_gave:
        found.append(ABORT)
    if may(user, Action.APPROVE_BLEND) and batch.state in (S.DRAFT, *Batch.ON_THE_LINE):
        found.append(BLEND)
    if batch.state == S.CLOSED and may(user, Action.REVERSE_ANY):
        found.append(LATE_BAG)
    return found


def batch_of(request: StaffRequest, reference: str) -> Batch:
    found = (
        Batch.objects.on_site(request.user.site)
        .select_related("site", "line__location", "line__heel", "run", "grade__material", "chemistry", "owner")
        .select_related("recipe_version__recipe", "closed_by", "aborted_by", "opened_by", "created_by")
        .select_related("blend_approval__approved_by", "result")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no batch %(reference)s here.") % {"reference": reference})
    return found


def url_of(batch: Batch, name: str = "batch") -> str:
    return reverse(f"processing:{name}", args=[batch.reference])


def figures_of(batch: Batch) -> dict[str, Any]:
    """The figures of a batch: live from its movements while it is on the line, the worker's once it is closed."""
    waiting = recompute.staleness(services.FACT, batch.reference)
    result: BatchResult | None = getattr(batch, "result", None)
    if result is not None and not result.is_final:
        result = None  # computed while it ran: no closure to be read from that
    is_stale = bool(waiting.waiting) or result is None
    return {
        "batch": batch,
        "figures": services.figures_of(batch),
        "result": result,
        "approval": getattr(batch, "blend_approval", None),
        "is_stale": is_stale,
        "stale_since": waiting.oldest,
        "error": waiting.error,
        "as_of": now(),
        # A closed batch asks until its figures are computed, one on the line as long as it is shown.
        "asks_again": "2s"
        if batch.state == S.CLOSED and is_stale
        else "10s"
        if batch.state in Batch.ON_THE_LINE
        else "",
    }


def frame(request: StaffRequest, batch: Batch, here: Doing | None = None) -> dict[str, Any]:
    """The context of a page of a batch; `here` is the tab it is."""
    found = figures_of(batch)
    possible = doings(batch, request.user, found["figures"])
    return found | {
        "seen": seen_of(batch),
        "tabs": [doing for doing in possible if doing.is_work],
        "steps": [doing for doing in possible if not doing.is_work],
        "here": here,
    }


def not_now(request: StaffRequest, batch: Batch) -> HttpResponse:
    """This cannot be done in the batch's state: back to the batch, with a word."""
    words = {"batch": batch, "state": batch.get_state_display().lower()}
    messages.info(request, _("%(batch)s is %(state)s. Here is what can be done now.") % words)
    return HttpResponseRedirect(url_of(batch))


def is_possible(request: StaffRequest, batch: Batch, *wanted: Doing) -> bool:
    return any(doing in wanted for doing in doings(batch, request.user))


def seen_of(batch: Batch) -> list[Fact]:
    """What every form of a batch rests on: its state."""
    return [Fact("state", batch.reference, batch.state, say=lambda state: BatchState(state).label, by=_since(batch))]


def _since(batch: Batch) -> str:
    if batch.state != S.CLOSED or batch.closed_at is None:
        return batch.state_reason
    return f"{batch.closed_by}, {timezone.localtime(batch.closed_at, batch.site.zone):%H:%M}"


def seen_in(offers_: Iterable[Offer]) -> list[Fact]:
    """What is left in containers, as the page shows it."""
    words = _("Left in %(container)s")
    return [
        Fact(f"left:{box}", words % {"container": box}, f"{offer.kg:.3f}", say=_in_kg)
        for offer in offers_
        if (box := offer.container.reference)
    ]


def _in_kg(value: str) -> str:
    return f"{value} kg"


def unchanged(request: StaffRequest, batch: Batch, boxes: Sequence[Container] = ()) -> None:
    """Raises `Changed` where the batch, or what is left in these containers, is not as the page showed it. Both stay
    locked, in the order of all locks."""
    now_ = Batch.objects.for_change().select_related("site").get(pk=batch.pk)
    keys = [box.pk for box in boxes]
    list(Container.objects.for_change().filter(pk__in=keys))
    left = offers.of(batch_of(request, batch.reference), keys, at=now()) if keys else []
    seen.check(request, [*seen_of(now_), *seen_in(left)])


def carry_out(
    request: StaffRequest,
    form: forms.Form,
    act: Callable[[], object],
    onward: str,
    said: str = "",
    *,
    look: Callable[[], None] | None = None,
) -> HttpResponse | None:
    """Do it once per form key and go onward; None where the form comes back with its sentence. `look` looks before,
    under its locks, whether all is still as the page showed it."""

    def action() -> dict[str, Any]:
        if look is not None:
            look()
        act()
        return {}

    if kept(request, form, action) is not None:
        return go(request, onward, said)
    return None


def show(
    request: StaffRequest, template: str, batch: Batch, here: Doing | None, form: forms.Form, **context: Any
) -> HttpResponse:
    """A page of a batch with its form; 422 where the form came back with errors."""
    partial = context.pop("partial", None)
    status = 422 if form.errors else 200
    return page(
        request, template, frame(request, batch, here) | {"form": form} | context, partial=partial, status=status
    )
