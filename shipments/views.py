"""The pages of shipments: what goes out, to whom, with which papers, and how far it has come."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plant.access import Action, allowed, may
from plant.web import Column, NotFound, StaffRequest, go, kept, listing, now, page, seen, wants_partial
from plant.web.seen import Fact
from shipments import services, stock, trail
from shipments.forms import (
    CancelForm,
    CorrectionForm,
    DeliveryForm,
    DispatchForm,
    PackForm,
    PapersForm,
    RemoveForm,
    ReturnForm,
    ShipmentFilters,
    WithdrawForm,
)
from shipments.history import history
from shipments.models import Shipment
from shipments.models import ShipmentState as State
from shipments.rules import leaving_problems
from shipments.withdrawing import draft_again, may_withdraw, withdraw

COLUMNS = (
    Column("reference", gettext_lazy("Shipment"), "reference", url="shipments:shipment"),
    Column("state", gettext_lazy("State"), "state", choices=State),
    Column("consignee__name", gettext_lazy("Consignee")),
    Column("order_number", gettext_lazy("Order")),
    Column("bill_of_lading", gettext_lazy("Bill of lading")),
    Column("container_count", gettext_lazy("Containers"), "count"),
    Column("net_kg", gettext_lazy("Net"), "kg"),
    Column("dispatched_at", gettext_lazy("Dispatched"), "instant"),
    Column("delivered_at", gettext_lazy("Delivered"), "day"),
)


@dataclass(frozen=True)
class Step:
    """What can be done with a shipment next: the state it leads to, its page and its button."""

    to: State
    url_name: str
    label: str | Promise
    icon: str
    is_main: bool = False
    of: State | None = None
    """The state it leads from, where another step leads to the same one."""


WITHDRAW = Step(State.CANCELLED, "shipments:withdraw", gettext_lazy("It never left"), "abort", of=State.DISPATCHED)
STEPS = (
    Step(State.DISPATCHED, "shipments:dispatch", gettext_lazy("Dispatch"), "truck", is_main=True),
    Step(State.DELIVERED, "shipments:deliver", gettext_lazy("Delivered"), "check", is_main=True),
    Step(State.RETURNED, "shipments:return", gettext_lazy("Returned"), "undo"),
    Step(State.CANCELLED, "shipments:cancel", gettext_lazy("Cancel"), "abort", of=State.DRAFT),
    WITHDRAW,
)


def _shipment(request: StaffRequest, reference: str) -> Shipment:
    shipments = Shipment.objects.on_site(request.user.site).select_related(
        "site", "consignee", "ship_to", "created_by", "dispatched_by", "delivered_by", "ended_by"
    )
    found = shipments.filter(reference=reference.upper()).first()
    if found is None:
        raise NotFound(_("There is no shipment %(reference)s. Look for it in the list.") % {"reference": reference})
    return found


def _url(shipment: Shipment, name: str = "shipments:shipment") -> str:
    return reverse(name, args=[shipment.reference])


@allowed(Action.SEE_PLANT)
@require_safe
def shipment_list(request: StaffRequest) -> HttpResponse:
    """All shipments of the site, the newest first."""
    site = request.user.site
    filters = ShipmentFilters(request.GET)
    shipments = Shipment.objects.on_site(site)
    if filters.is_valid():
        asked = filters.cleaned_data
        if asked["q"]:
            shipments = shipments.found_by(asked["q"])
        if asked["state"]:
            shipments = shipments.filter(state=asked["state"])
        if asked["since"]:
            shipments = shipments.filter(dispatched_at__gte=site.start_of(asked["since"]))
        if asked["until"]:
            shipments = shipments.filter(dispatched_at__lt=site.start_of(asked["until"] + dt.timedelta(days=1)))
    rows = shipments.with_totals().order_by("-created_at", "-pk").values(*(column.key for column in COLUMNS))
    return listing(
        request,
        rows,
        COLUMNS,
        title=_("Shipments"),
        template="shipments/list.html",
        filters=filters,
        empty=_("Nothing was shipped yet. Draft the first shipment."),
    )


@allowed(Action.SHIP)
@require_http_methods(["GET", "POST"])
def draft(request: StaffRequest) -> HttpResponse:
    """Begin a shipment."""
    site = request.user.site
    form = PapersForm(site, request.POST if request.method == "POST" else None)
    if form.is_valid():

        def act() -> dict[str, Any]:
            made = services.draft_shipment(site=site, by=request.user, at=now(), **form.given)
            return {"reference": made.reference}

        if answer := kept(request, form, act):
            return go(
                request,
                reverse("shipments:shipment", args=[answer["reference"]]),
                _("%(shipment)s is drafted. Now add what is loaded.") % {"shipment": answer["reference"]},
            )
    return page(request, "shipments/draft.html", {"form": form}, status=422 if form.errors else 200)


@allowed(Action.SEE_PLANT)
@require_safe
def shipment(request: StaffRequest, reference: str) -> HttpResponse:
    """One shipment: its papers, what is in it, what can be done next, and its history; a draft is packed here."""
    found = _shipment(request, reference)
    return page(request, "shipments/shipment.html", _shown(request, found), partial="work")


def _shown(request: StaffRequest, shipment: Shipment) -> dict[str, Any]:
    is_draft = shipment.state == State.DRAFT
    can_ship = may(request.user, Action.SHIP)
    context: dict[str, Any] = {
        "shipment": shipment,
        "contents": trail.contents_of(shipment.pk),
        "history": history(shipment),
        "problems": leaving_problems(shipment) if is_draft else [],
        "steps": [
            (step, _url(shipment, step.url_name))
            for step in STEPS
            if can_ship and _is_possible(request, shipment, step)
        ],
        "may_draft_again": can_ship and shipment.state in (State.CANCELLED, State.RETURNED),
        "is_correctable": can_ship and (is_draft or shipment.state in Shipment.ON_THE_WAY),
        "is_packing": is_draft and can_ship,
    }
    if context["is_packing"]:
        search = request.GET.get("stock", "")[:60]
        lots, has_more = stock.free_lots(shipment.site, search)
        context |= {
            "form": PackForm(shipment.site),
            "refused": None,
            "free": lots,
            "has_more": has_more,
            "search": search,
        }
    return context


def _is_possible(request: StaffRequest, shipment: Shipment, step: Step) -> bool:
    """As the table says, and by whom."""
    if step is WITHDRAW:
        return may_withdraw(shipment, by=request.user, now=now())
    return step.of in (None, shipment.state) and Shipment.TRANSITIONS.allows(shipment.state, step.to)


@allowed(Action.SHIP)
@require_safe
def selection(request: StaffRequest, reference: str) -> HttpResponse:
    """How many containers are ticked, and their sum, before they are added."""
    found = _shipment(request, reference)
    ticked = stock.free_containers(found.site).filter(reference__in=request.GET.getlist("chosen"))
    return page(request, "shipments/shipment.html#selected", {"selected": stock.total(ticked)})


@allowed(Action.SHIP)
@require_POST
def add(request: StaffRequest, reference: str) -> HttpResponse:
    """What was scanned, typed or ticked goes into the draft."""
    found = _shipment(request, reference)
    form = PackForm(found.site, request.POST)

    def act() -> dict[str, Any]:
        containers = form.cleaned_data["container"]
        services.add_containers(shipment=found, containers=containers, by=request.user, at=now())
        sentence = ngettext("%(first)s is added.", "%(count)s containers are added.", len(containers))
        return {"said": sentence % {"first": containers[0], "count": len(containers)}}

    return _work(request, found, form, kept(request, form, act))


@allowed(Action.SHIP)
@require_POST
def remove(request: StaffRequest, reference: str) -> HttpResponse:
    """One container is taken out of the draft."""
    found = _shipment(request, reference)
    form = RemoveForm(found.site, request.POST)

    def act() -> dict[str, Any]:
        container = form.cleaned_data["container"]
        services.remove_container(shipment=found, container=container, by=request.user)
        return {"said": _("%(container)s is taken out.") % {"container": container}}

    return _work(request, found, form, kept(request, form, act))


def _work(
    request: StaffRequest, shipment: Shipment, form: PackForm | RemoveForm, answer: dict[str, Any] | None
) -> HttpResponse:
    """The packing place again, with what was done or why it was not."""
    if answer and not wants_partial(request):
        return go(request, _url(shipment), answer["said"])
    context = _shown(request, _shipment(request, shipment.reference))
    if answer:
        context["said"] = answer["said"]
    else:
        context["form" if isinstance(form, PackForm) else "refused"] = form
    return page(request, "shipments/shipment.html", context, partial="work", status=200 if answer else 422)


@allowed(Action.SHIP)
@require_http_methods(["GET", "POST"])
def papers(request: StaffRequest, reference: str) -> HttpResponse:
    """Change the papers: of a draft freely, of what is on the way as a correction that the consignee sees."""
    found = _shipment(request, reference)
    is_draft = found.state == State.DRAFT
    if not is_draft and found.state not in Shipment.ON_THE_WAY:
        return _not_now(request, found)
    form_class = PapersForm if is_draft else CorrectionForm
    stands = {name: getattr(found, name) for name in form_class.base_fields if hasattr(found, name)}
    form = form_class(found.site, request.POST if request.method == "POST" else None, initial=stands)
    if form.is_valid():

        def act() -> dict[str, Any]:
            seen.check(request, _papers_of(Shipment.objects.for_change().get(pk=found.pk), form))
            services.change_shipment(shipment=found, by=request.user, **form.given)
            return {}

        if kept(request, form, act) is not None:
            return go(request, _url(found), _("The papers of %(shipment)s are changed.") % {"shipment": found})
    context = {
        "form": form,
        "shipment": found,
        "is_draft": is_draft,
        "seen": _papers_of(_shipment(request, reference), form),
    }
    return page(request, "shipments/papers.html", context, status=422 if form.errors else 200)


def _papers_of(shipment: Shipment, form: PapersForm) -> list[Fact]:
    """The papers as they stand, to be compared with what the form was drawn with."""
    return [
        Fact(name, field.label or name, str(field.prepare_value(getattr(shipment, name)) or ""))
        for name, field in form.fields.items()
        if hasattr(shipment, name)
    ]


@allowed(Action.SHIP)
@require_http_methods(["GET", "POST"])
def dispatch(request: StaffRequest, reference: str) -> HttpResponse:
    """Look once more at what leaves, then confirm."""
    form = DispatchForm(request.user.site, request.POST if request.method == "POST" else None)

    def act(shipment: Shipment, asked: dict[str, Any]) -> None:
        at = asked["at"] or now()
        services.dispatch(shipment=shipment, by=request.user, **asked | {"at": at, "now": now()})

    return _step(request, reference, form, act, State.DISPATCHED, _("%(shipment)s is on its way."))


@allowed(Action.SHIP)
@require_http_methods(["GET", "POST"])
def deliver(request: StaffRequest, reference: str) -> HttpResponse:
    """The consignee has it."""
    form = DeliveryForm(request.user.site, request.POST if request.method == "POST" else None)

    def act(shipment: Shipment, asked: dict[str, Any]) -> None:
        services.deliver(shipment=shipment, by=request.user, at=asked["at"] or now(), now=now())

    return _step(request, reference, form, act, State.DELIVERED, _("%(shipment)s is delivered."))


@allowed(Action.SHIP)
@require_http_methods(["GET", "POST"])
def cancel(request: StaffRequest, reference: str) -> HttpResponse:
    """Give up a draft."""
    form = CancelForm(request.POST if request.method == "POST" else None)

    def act(shipment: Shipment, asked: dict[str, Any]) -> None:
        services.cancel(shipment=shipment, by=request.user, at=now(), **asked)

    return _step(request, reference, form, act, State.CANCELLED, _("%(shipment)s is cancelled."), of=State.DRAFT)


@allowed(Action.REVERSE_ANY)
@require_http_methods(["GET", "POST"])
def withdraw_(request: StaffRequest, reference: str) -> HttpResponse:
    """The truck never left: the dispatch is taken back."""
    form = WithdrawForm(request.POST if request.method == "POST" else None)

    def act(shipment: Shipment, asked: dict[str, Any]) -> None:
        withdraw(shipment=shipment, by=request.user, now=now(), **asked)

    said = _("%(shipment)s is cancelled; everything stands where it stood.")
    return _step(request, reference, form, act, State.CANCELLED, said, of=State.DISPATCHED)


@allowed(Action.SHIP)
@require_POST
def again(request: StaffRequest, reference: str) -> HttpResponse:
    """A new draft with the same papers and what of it is free."""
    found, form = _shipment(request, reference), forms.Form(request.POST)

    def act() -> dict[str, Any]:
        return {"reference": draft_again(shipment=found, by=request.user, at=now()).reference}

    if answer := kept(request, form, act):
        said = _("%(shipment)s is drafted with the same papers. Look at what is in it.")
        return go(
            request, reverse("shipments:shipment", args=[answer["reference"]]), said % {"shipment": answer["reference"]}
        )
    return _not_now(request, found)


@allowed(Action.SHIP)
@require_http_methods(["GET", "POST"])
def return_(request: StaffRequest, reference: str) -> HttpResponse:
    """All of it came back."""
    form = ReturnForm(request.user.site, request.POST if request.method == "POST" else None)

    def act(shipment: Shipment, asked: dict[str, Any]) -> None:
        at = asked["at"] or now()
        services.return_shipment(shipment=shipment, by=request.user, **asked | {"at": at, "now": now()})

    return _step(request, reference, form, act, State.RETURNED, _("%(shipment)s is back."))


def _step(
    request: StaffRequest,
    reference: str,
    form: forms.Form,
    act: Callable[[Shipment, dict[str, Any]], None],
    to: State,
    done: str,
    *,
    of: State | None = None,
) -> HttpResponse:
    """A page that leads to the next state: what it does, its form, one button."""
    found = _shipment(request, reference)
    is_possible = Shipment.TRANSITIONS.allows(found.state, to) and of in (None, found.state)
    if request.method == "GET" and not is_possible:
        return _not_now(request, found)

    def once() -> dict[str, Any]:
        act(found, form.cleaned_data)
        return {}

    if kept(request, form, once) is not None:
        return go(request, _url(found), done % {"shipment": found})
    contents = trail.contents_of(found.pk)
    context = {
        "form": form,
        "shipment": found,
        "contents": contents,
        "problems": leaving_problems(found) if to == State.DISPATCHED else [],
        "to": "withdrawn" if of == State.DISPATCHED else to.value,
        "expected_kg": str(contents.net_kg),
    }
    return page(request, "shipments/step.html", context, status=422 if form.errors else 200)


def _not_now(request: StaffRequest, shipment: Shipment) -> HttpResponse:
    """This can no longer be done: back to the shipment, with a word."""
    words = {"shipment": shipment, "state": shipment.get_state_display().lower()}
    messages.info(request, _("%(shipment)s is %(state)s.") % words)
    return HttpResponseRedirect(_url(shipment))
