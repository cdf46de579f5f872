"""Batches: the list, a new one, one with its figures and entries, and the steps from state to state."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.db.models import Case, F, Q, When
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from plant import audit, recompute
from plant.access import Action, allowed
from plant.inventory import correction_views, ledger
from plant.inventory.models import Movement
from plant.inventory.services import reverse_entry
from plant.models import Site
from plant.web import Column, StaffRequest, go, kept, listing, now, page, wants_partial
from processing import history, services
from processing.forms.planning import BatchFilters, BlendForm, NewBatchForm, NothingForm, OpenForm, WhyForm
from processing.models import Batch, BatchState
from processing.rules import opening_problems
from processing.views import frame as framed
from processing.views.frame import ABORT, BLEND, HOLD, OPEN, RESUME, Doing, batch_of, carry_out, not_now, show, url_of

BATCHES = (
    Column("reference", gettext_lazy("Batch"), "reference", url="processing:batch"),
    Column("state", gettext_lazy("State"), "state", choices=BatchState),
    Column("line__code", gettext_lazy("Line")),
    Column("grade__name", gettext_lazy("Grade")),
    Column("chemistry__code", gettext_lazy("Chemistry")),
    Column("result__charged_kg", gettext_lazy("Charged"), "kg"),
    Column("result__product_kg", gettext_lazy("Product"), "kg"),
    Column("final_yield", gettext_lazy("Yield as weighed"), "ratio"),
    Column("final_closure", gettext_lazy("Closure"), "ratio"),
    Column("final_unaccounted", gettext_lazy("Unaccounted"), "kg"),
    Column("opened_at", gettext_lazy("Opened"), "instant"),
    Column("closed_at", gettext_lazy("Closed"), "instant"),
    Column("recipe_version__recipe__name", gettext_lazy("Recipe")),
    Column("owner__code", gettext_lazy("Owner")),
)


STEPS = {"state": gettext_lazy("State"), "state_reason": gettext_lazy("Why"), "note": gettext_lazy("Note")}
"""What of a batch itself changes; its entries are told above."""


@allowed(Action.SEE_PLANT)
@require_GET
def batches(request: StaffRequest) -> HttpResponse:
    """Every batch, newest first, with what workers computed of it."""
    site = request.user.site
    filters = BatchFilters(request.GET, site=site)
    rows = _chosen(site, filters.chosen).order_by("-pk").values(*(column.key for column in BATCHES))
    return listing(
        request,
        rows,
        BATCHES,
        title=_("Batches"),
        template="processing/batches.html",
        filters=filters,
        empty=_("No batch is planned yet."),
        context={"lag": recompute.staleness(services.FACT)},
    )


def _chosen(site: Site, chosen: dict[str, Any]) -> Any:
    found = Batch.objects.on_site(site)
    if text := chosen.get("q"):
        names = ("reference", "recipe_version__recipe__name", "grade__name", "chemistry__code", "note")
        found = found.filter(Q(*((f"{name}__icontains", text) for name in names), _connector=Q.OR))
    if since := chosen.get("since"):
        found = found.filter(opened_at__gte=site.start_of(since))
    if until := chosen.get("until"):
        found = found.filter(opened_at__lt=site.start_of(until + dt.timedelta(days=1)))
    return found.filter(**{name: chosen[name] for name in ("state", "line", "grade") if name in chosen}).annotate(
        final_yield=_when_final("yield_ratio"),
        final_closure=_when_final("closure_ratio"),
        final_unaccounted=_when_final("unaccounted_kg"),
    )


def _when_final(figure: str) -> Case:
    """A figure once the batch is closed: what is still in the run would be read as missing before."""
    return Case(When(result__is_final=True, then=F(f"result__{figure}")))


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """A batch is planned, and opened on its line at once where that is free."""
    site, status = request.user.site, 200
    if request.method == "POST" and "show" not in request.POST:
        form = NewBatchForm(request.POST, site=site)
        if form.is_valid() and form.line and (made := kept(request, form, lambda: _make(request, form))):
            return go(request, reverse("processing:batch", args=[made["batch"]]), made["said"])
        status = 422
    else:
        form = NewBatchForm(site=site, initial={**request.GET.dict(), **request.POST.dict()})
    busy = Batch.objects.on_the_line().filter(line=form.line).first() if form.line else None
    return page(request, "processing/new.html", {"form": form, "busy": busy}, partial="plan", status=status)


def _make(request: StaffRequest, form: NewBatchForm) -> dict[str, Any]:
    moment = now()
    batch = services.draft_batch(by=request.user, at=moment, **form.cleaned_data)
    if "open" not in request.POST:
        return {"batch": batch.reference, "said": _("%(batch)s is planned.") % {"batch": batch}}
    services.open_batch(batch=batch, by=request.user, at=moment, now=moment)
    return {"batch": batch.reference, "said": _("%(batch)s is on its line.") % {"batch": batch}}


@allowed(Action.SEE_PLANT)
@require_GET
def batch(request: StaffRequest, reference: str) -> HttpResponse:
    """A batch: how it stands, its figures and where they come from, its entries. htmx asks for the figures alone."""
    found = batch_of(request, reference)
    if wants_partial(request):
        return page(request, "processing/_figures.html", framed.figures_of(found))
    entries = history.entries(found, request.user, now=now())
    context = framed.frame(request, found) | {
        "entries": list(reversed(entries)),
        "outputs": history.summed(entries, Movement.Kind.OUTPUT),
        "charges": history.summed(entries, Movement.Kind.CHARGE),
        "losses": history.summed(entries, Movement.Kind.LOSS),
        "history": audit.steps(found, STEPS, first=_("Planned")),
    }
    return page(request, "processing/batch.html", context)


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def open_(request: StaffRequest, reference: str) -> HttpResponse:
    """Put a draft on its line: what the line holds goes into it."""
    found = batch_of(request, reference)
    form = OpenForm(request.POST if request.method == "POST" else None, batch=found)
    heel_kg = ledger.held_kg(found.line.heel, found.line.location)
    context = {"heel_kg": heel_kg, "problems": opening_problems(found, heel_kg=heel_kg)}

    def act() -> None:
        moment = now()
        said = {"at": form.cleaned_data["at"] or moment, "reason": form.cleaned_data["reason"]}
        services.open_batch(batch=found, by=request.user, now=moment, **said)

    return _step(request, found, OPEN, form, act, _("%(batch)s is on its line."), context)


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def hold(request: StaffRequest, reference: str) -> HttpResponse:
    """Stop charging for a while."""
    found, form = batch_of(request, reference), WhyForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        services.hold_batch(batch=found, by=request.user, at=now(), **form.cleaned_data)

    return _step(request, found, HOLD, form, act, _("%(batch)s is held."))


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def resume(request: StaffRequest, reference: str) -> HttpResponse:
    """Go on with a held batch."""
    found, form = batch_of(request, reference), NothingForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        services.resume_batch(batch=found, by=request.user, at=now())

    return _step(request, found, RESUME, form, act, _("%(batch)s goes on."))


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def abort(request: StaffRequest, reference: str) -> HttpResponse:
    """Give a batch up that took and gave nothing."""
    found, form = batch_of(request, reference), WhyForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        moment = now()
        services.abort_batch(batch=found, by=request.user, at=moment, now=moment, **form.cleaned_data)

    return _step(request, found, ABORT, form, act, _("%(batch)s is aborted."))


@allowed(Action.APPROVE_BLEND)
@require_http_methods(["GET", "POST"])
def blend(request: StaffRequest, reference: str) -> HttpResponse:
    """A supervisor lets anode foil in, up to a share (RULE-4)."""
    found, form = batch_of(request, reference), BlendForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        services.approve_blend(batch=found, by=request.user, at=now(), **form.cleaned_data)

    return _step(request, found, BLEND, form, act, _("The blend is approved for %(batch)s."))


def _step(
    request: StaffRequest,
    batch: Batch,
    doing: Doing,
    form: forms.Form,
    act: Callable[[], None],
    said: str,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """A page that leads to the next state: what it does, its form, one button."""
    if request.method == "GET" and not framed.is_possible(request, batch, doing):
        return not_now(request, batch)
    look = partial(framed.unchanged, request, batch)
    done = carry_out(request, form, act, url_of(batch), said % {"batch": batch}, look=look)
    return done or show(request, "processing/step.html", batch, doing, form, doing=doing, **(context or {}))


@allowed(Action.CORRECT_OWN)
@require_http_methods(["GET", "POST"])
def correct_one(request: StaffRequest, reference: str, number: int) -> HttpResponse:
    """The weight of an entry was wrong; of a closed batch too."""
    found = batch_of(request, reference)
    entry = next((e for e in history.entries(found, request.user, now=now()) if e.number == number), None)
    if entry is None:
        raise Http404
    if not entry.may_correct:
        return not_now(request, found)
    what: dict[str, Any] = {
        "container": entry.container or entry.movement.to_location,
        "others": [],
        "back": url_of(found),
    }
    return correction_views.answer(request, entry.movement, url_of(found), what)


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def reverse_one(request: StaffRequest, reference: str, number: int) -> HttpResponse:
    """Take an entry back, with a reason; it stays in the history, struck."""
    found = batch_of(request, reference)
    entry = next((e for e in history.entries(found, request.user, now=now()) if e.number == number), None)
    if entry is None:
        raise Http404
    if request.method == "GET" and not entry.may_reverse:
        return not_now(request, found)
    form = WhyForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        reverse_entry(movement=entry.movement, by=request.user, now=now(), **form.cleaned_data)

    done = carry_out(request, form, act, url_of(found), _("Entry %(number)s is reversed.") % {"number": number})
    return done or show(request, "processing/reverse.html", found, None, form, entry=entry)
