"""The work at the line: charge, give back, bag out, book a loss, close."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from plant.access import Action, allowed
from plant.inventory import labels, undoing
from plant.inventory.forms import said
from plant.inventory.models import Container, ContainerKind, Location, Movement
from plant.inventory.weight_forms import beside, is_asked, station_of
from plant.web import NotFound, StaffRequest, go, kept, now, page
from processing import history, offers, services
from processing.forms.work import BagForm, ChargeForm, CloseForm, LossForm, PartForm, ReturnForm
from processing.models import Batch, BatchState
from processing.views.frame import (
    BAG,
    CHARGE,
    CLOSE,
    LATE_BAG,
    LOSS,
    batch_of,
    carry_out,
    frame,
    is_possible,
    not_now,
    seen_in,
    seen_of,
    show,
    unchanged,
    url_of,
)

Kind = Movement.Kind


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _when(form: Any) -> dict[str, Any]:
    """When it happened and why that is entered late, as the services take it."""
    moment = now()
    return {"at": form.cleaned_data["at"] or moment, "now": moment, "reason": form.cleaned_data["reason"]}


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def charge(request: StaffRequest, reference: str) -> HttpResponse:
    """Choose containers and feed them whole; what is left in each and what is chosen is always on the screen."""
    batch = batch_of(request, reference)
    if request.method == "GET" and not is_possible(request, batch, CHARGE):
        return not_now(request, batch)
    is_sent = "charge" in request.POST
    form = ChargeForm(request.POST if is_sent else None, batch=batch)
    said = _("Charged: %(containers)s.")

    def act() -> None:
        chosen = Container.objects.on_site(batch.site).packed()
        boxes = list(chosen.filter(reference__in=form.cleaned_data["container"]))
        services.charge_several(batch=batch, containers=boxes, by=request.user, **_when(form))

    names = ", ".join(request.POST.getlist("container"))

    def look() -> None:
        chosen = Container.objects.on_site(batch.site).packed()
        unchanged(request, batch, list(chosen.filter(reference__in=form.cleaned_data["container"])))

    said %= {"containers": names}
    done = carry_out(request, form, act, f"{request.path}?done=1", said, look=look) if is_sent else None
    return done or _show_charge(request, batch, form)


def _show_charge(request: StaffRequest, batch: Batch, form: ChargeForm) -> HttpResponse:
    chosen = set(request.POST.getlist("container") or request.GET.getlist("container"))
    scanned = request.POST.get("scan", "").strip().upper()[:40] if "charge" not in request.POST else ""
    scan = _scan(batch, scanned) if scanned else None
    if scan is not None and not scan.problems:
        chosen.add(scanned)
    search = (request.POST.get("q") or request.GET.get("q", "")).strip()[:60]
    entries = history.entries(batch, request.user, now=now())
    supply = offers.supply(batch, at=now(), search=search, chosen=frozenset(chosen))
    context = {
        "supply": supply,
        "search": search,
        "scanned": scanned,
        "scan_refused": _refused(scanned, scan) if scanned else "",
        "charged": _charged(entries),
        "undo": _undo(request, entries, "done" in request.GET),
        "seen": [*seen_of(batch), *seen_in(supply.free)],
        "partial": "panel",
    }
    return show(request, "processing/charge.html", batch, CHARGE, form, **context)


def _scan(batch: Batch, reference: str) -> offers.Offer | None:
    """The container that was scanned or typed, as the batch sees it."""
    found = Container.objects.on_site(batch.site).packed().filter(reference=reference).first()
    return offers.of(batch, [found.pk], at=now())[0] if found else None


def _refused(reference: str, scan: offers.Offer | None) -> str:
    if scan is None:
        return _("There is no container %(reference)s here. Scan it again.") % {"reference": reference}
    return scan.problems[0].sentence if scan.problems else ""


def _undo(request: StaffRequest, entries: list[history.Entry], is_just_saved: bool) -> list[history.Entry]:
    """What can be taken back at once: only right after it was entered."""
    return history.own_last(entries, request.user) if is_just_saved and request.method == "GET" else []


def _charged(entries: list[history.Entry]) -> list[history.Entry]:
    """What was charged so far, latest first."""
    return [entry for entry in reversed(entries) if entry.movement.kind == Kind.CHARGE and not entry.is_struck]


@allowed(Action.RUN_BATCH)
@require_POST
def selection(request: StaffRequest, reference: str) -> HttpResponse:
    """How much is ticked, without charging it: asked by htmx at every tick."""
    batch, chosen = batch_of(request, reference), frozenset(request.POST.getlist("container"))
    boxes = Container.objects.on_site(batch.site).packed().filter(reference__in=chosen)
    found = offers.of(batch, list(boxes.values_list("pk", flat=True)), at=now(), chosen=chosen)
    supply = offers.Supply(free=[offer for offer in found if not offer.problems], blocked=[], has_more=False)
    return page(request, "processing/charge.html#sum", {"supply": supply})


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def charge_part(request: StaffRequest, reference: str, container: str) -> HttpResponse:
    """Feed a weighed part of one container."""
    batch, box = batch_of(request, reference), _box(request, container)
    if request.method == "GET" and not is_possible(request, batch, CHARGE):
        return not_now(request, batch)
    [offer] = offers.of(batch, [box.pk], at=now())
    form = PartForm(_sent(request), batch=batch, left_kg=offer.kg, station=station_of(request), now=now())
    if is_asked(request):
        return beside(request, form)

    def act() -> None:
        typed = form.cleaned_data
        given = {"batch": batch, "container": box, "reading": typed["reading"], "by": request.user, **_when(form)}
        if form.is_rest:
            services.charge_but(**given)
        else:
            services.charge(whole=False, **given)

    said = _("A part of %(container)s is charged.") % {"container": box}
    look = partial(unchanged, request, batch, [box])
    done = carry_out(request, form, act, f"{url_of(batch, 'charge')}?done=1", said, look=look)
    context = {"offer": offer, "seen": [*seen_of(batch), *seen_in([offer])]}
    return done or show(request, "processing/part.html", batch, CHARGE, form, **context)


def _box(request: StaffRequest, reference: str) -> Container:
    found = Container.objects.on_site(request.user.site).packed().select_related("lot__material", "kind")
    box = found.filter(reference=reference).first()
    if box is None:
        raise NotFound(_("There is no container %(reference)s here.") % {"reference": reference})
    return box


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def give_back(request: StaffRequest, reference: str, container: str) -> HttpResponse:
    """What was not processed goes back into its container, weighed."""
    batch, box = batch_of(request, reference), _box(request, container)
    if request.method == "GET" and not is_possible(request, batch, BAG):
        return not_now(request, batch)
    [offer] = offers.of(batch, [box.pk], at=now())
    charged_kg = services.charged_of(batch, box)
    form = ReturnForm(
        _sent(request),
        batch=batch,
        charged_kg=charged_kg,
        is_empty=offer.candidate.place is None,
        station=station_of(request),
        now=now(),
    )
    if is_asked(request):
        return beside(request, form)

    def act() -> None:
        typed = form.cleaned_data
        services.return_charge(
            batch=batch,
            container=box,
            reading=typed["reading"],
            bay=typed.get("bay"),
            by=request.user,
            **_when(form),
        )

    said = _("%(container)s has it back.") % {"container": box}
    done = carry_out(request, form, act, url_of(batch), said, look=partial(unchanged, request, batch))
    context = {"offer": offer, "charged_kg": charged_kg}
    return done or show(request, "processing/give_back.html", batch, CHARGE, form, **context)


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def bag(request: StaffRequest, reference: str) -> HttpResponse:
    """Weigh a bag out; the next one keeps everything but the weight."""
    batch = batch_of(request, reference)
    if request.method == "GET" and not is_possible(request, batch, BAG, LATE_BAG):
        return not_now(request, batch)
    station, moment = station_of(request), now()
    if request.method == "POST" and "show" not in request.POST:
        form = BagForm(request.POST, batch=batch, station=station, now=moment)
        if is_asked(request):
            return beside(request, form)
        if bagged := kept(request, form, lambda: _bag(request, batch, form)):
            kept_ = {name: request.POST.get(name, "") for name in ("material", "kind", "bay", "unit", "scale", "lot")}
            return go(request, f"{request.path}?{urlencode(kept_ | bagged)}")
    else:
        start = request.POST if request.method == "POST" else request.GET
        typed = {name: value for name, value in start.items() if value or name == "scale"}
        form = BagForm(batch=batch, station=station, now=moment, initial=typed)
    entries = history.entries(batch, request.user, now=now())
    bags = [entry for entry in reversed(entries) if entry.movement.kind == Kind.OUTPUT and not entry.is_struck]
    saved = next((e for e in bags if e.container and e.container.reference == request.GET.get("bagged")), None)
    context = {
        "undo": _undo(request, entries, saved is not None),
        "lot_so_far": history.bagged_into(box.lot) if (box := saved and saved.container) and box.lot else None,
        "bags": bags,
        "sums": history.summed(entries, Kind.OUTPUT),
        "saved": saved,
        "kept": _kept(form) if "show" not in request.POST else None,
        "is_late": batch.state == BatchState.CLOSED,
        "partial": "panel",
    }
    return show(request, "processing/bag.html", batch, BAG, form, **context)


def _kept(form: BagForm) -> dict[str, str] | None:
    """What the next bag keeps from the last one, in words; None where it is still to be chosen."""
    kind = ContainerKind.objects.filter(site=form.site, code=said(form, "kind")).first()
    bay = Location.objects.bays().filter(site=form.site, code=said(form, "bay")).first()
    if kind is None or bay is None or {"material", "kind", "bay", "lot"} & set(form.errors):
        return None
    cursor = next((name for name in ("gross", "tare", "net") if name in form.errors), "gross")
    form.fields[cursor].widget.attrs["autofocus"] = True
    return {"material": str(form.material), "rest": f"{kind} · {bay}"}


@allowed(Action.RUN_BATCH)
@require_POST
def undo(request: StaffRequest, reference: str) -> HttpResponse:
    """Take back what one entered last of this batch."""
    batch, numbers = batch_of(request, reference), set(request.POST.getlist("entry"))
    form = forms.Form(request.POST)

    def act() -> None:
        entries = history.entries(batch, request.user, now=now())
        meant = [entry.movement for entry in entries if str(entry.number) in numbers]
        undoing.undo(movements=meant, by=request.user, now=now())

    came_from = request.POST.get("page", "")
    onward = url_of(batch, came_from if came_from in ("bag", "charge", "loss") else "batch")
    if done := carry_out(request, form, act, onward, _("It is taken back.")):
        return done
    messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
    return go(request, onward)


def _bag(request: StaffRequest, batch: Batch, form: BagForm) -> dict[str, Any]:
    unchanged(request, batch)
    names = ("material", "kind", "lot", "bay", "reading", "confirmed")
    typed = {name: form.cleaned_data[name] for name in names}
    container = services.add_output(batch=batch, by=request.user, **typed, **_when(form))
    labels.print_by_itself(container, by=request.user, at=now())
    return {"bagged": container.reference}


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def loss(request: StaffRequest, reference: str) -> HttpResponse:
    """Book what was lost, by its kind."""
    batch = batch_of(request, reference)
    if request.method == "GET" and not is_possible(request, batch, LOSS):
        return not_now(request, batch)
    form = LossForm(_sent(request), batch=batch, station=station_of(request))
    if is_asked(request):
        return beside(request, form)

    def act() -> None:
        services.add_loss(batch=batch, by=request.user, **_when(form) | form.loss())

    look = partial(unchanged, request, batch)
    done = carry_out(request, form, act, f"{request.path}?done=1", _("The loss is booked."), look=look)
    if done:
        return done
    entries = history.entries(batch, request.user, now=now())
    lost = [entry for entry in reversed(entries) if entry.movement.kind == Kind.LOSS and not entry.is_struck]
    context = {
        "lost": lost,
        "sums": history.summed(entries, Kind.LOSS),
        "undo": _undo(request, entries, "done" in request.GET),
    }
    return show(request, "processing/loss.html", batch, LOSS, form, **context)


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, reference: str) -> HttpResponse:
    """What is left in the line? The answer is worked out before anything is closed."""
    batch = batch_of(request, reference)
    if request.method == "GET" and not is_possible(request, batch, CLOSE):
        return not_now(request, batch)
    opening_kg = services.figures_of(batch).heel_opening_kg
    form = CloseForm(_sent(request), batch=batch, opening_kg=opening_kg, station=station_of(request))
    is_valid, answer = form.is_valid(), form.answer
    if "close" not in request.POST and not request.POST.get("heel"):
        form.errors.pop("heel", None)  # it is only being worked out: the number may still come

    def act() -> None:
        typed = form.cleaned_data
        services.close_batch(
            batch=batch,
            heel=answer if answer is not None else "empty",
            heel_how_known=typed["heel_how_known"],
            explanation=typed["explanation"],
            by=request.user,
            **_when(form),
        )

    said, look = _("%(batch)s is closed.") % {"batch": batch}, partial(unchanged, request, batch)
    is_sent = is_valid and "close" in request.POST
    done = carry_out(request, form, act, url_of(batch), said, look=look) if is_sent else None
    if done:
        return done
    preview, problems = services.closing_preview(batch, answer) if answer is not None else (None, [])
    context = frame(request, batch, CLOSE) | {
        "form": form,
        "preview": preview,
        "problems": problems,
        "asks_explanation": any(problem.field == "explanation" for problem in problems),
    }
    status = 422 if form.errors and "close" in request.POST else 200
    return page(request, "processing/close.html", context, partial="panel", status=status)
