"""Receiving scrap: book a load with its papers, then log its containers one after the other."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from intake import contents, papers, services
from intake.contents import Arrival, Came
from intake.forms import ArrivalForm, ReceiptFilters, ReceiptForm
from intake.models import Receipt
from plant import audit
from plant.access import Action, allowed, may
from plant.inventory import labels, undoing
from plant.inventory.weight_forms import beside, is_asked, station_of
from plant.models import Site
from plant.units import ZERO_KG
from plant.web import Column, NotFound, StaffRequest, go, kept, listing, now, page

RECEIPTS = (
    Column("reference", gettext_lazy("Receipt"), "reference", url="intake:receipt"),
    Column("received_at", gettext_lazy("Received"), "instant"),
    Column("supplier__code", gettext_lazy("Supplier")),
    Column("facility__name", gettext_lazy("From")),
    Column("kg", gettext_lazy("Net"), "kg"),
    Column("container_count", gettext_lazy("Containers"), "count"),
    Column("lot_count", gettext_lazy("Lots"), "count"),
    Column("bill_of_lading", gettext_lazy("Bill of lading")),
    Column("carrier", gettext_lazy("Carrier")),
    Column("trailer", gettext_lazy("Trailer")),
    Column("seal", gettext_lazy("Seal")),
)


PAPERS_KEPT = {
    "bill_of_lading": gettext_lazy("Bill of lading"),
    "carrier": gettext_lazy("Carrier"),
    "trailer": gettext_lazy("Trailer"),
    "seal": gettext_lazy("Seal"),
    "note": gettext_lazy("Note"),
    "void_reason": gettext_lazy("Void"),
}
"""What of a receipt can change, as its page calls it."""


@allowed(Action.SEE_PLANT)
@require_GET
def receipts(request: StaffRequest) -> HttpResponse:
    """Every load that came in, newest first, with what it brought."""
    site = request.user.site
    filters = ReceiptFilters(request.GET, site=site)
    rows = _chosen(site, filters.chosen).with_sums().order_by("-received_at", "-pk")
    return listing(
        request,
        rows.values(*(column.key for column in RECEIPTS)),
        RECEIPTS,
        title=_("Receipts"),
        template="intake/receipts.html",
        filters=filters,
        empty=_("No load is booked yet."),
    )


def _chosen(site: Site, chosen: dict[str, Any]) -> Any:
    found = Receipt.objects.on_site(site)
    if text := chosen.get("q"):
        names = ("reference", "bill_of_lading", "carrier", "trailer", "seal", "supplier__name", "facility__name")
        found = found.filter(Q(*((f"{name}__icontains", text) for name in names), _connector=Q.OR))
    if supplier := chosen.get("supplier"):
        found = found.filter(supplier=supplier)
    if since := chosen.get("since"):
        found = found.filter(received_at__gte=site.start_of(since))
    if until := chosen.get("until"):
        found = found.filter(received_at__lt=site.start_of(until + dt.timedelta(days=1)))
    return found


@allowed(Action.RECEIVE)
@require_http_methods(["GET", "POST"])
def receive(request: StaffRequest) -> HttpResponse:
    """A load stands at the dock: its papers."""
    site, status = request.user.site, 200
    if request.method == "POST" and "show" not in request.POST:
        form = ReceiptForm(request.POST, site=site)
        if booked := kept(request, form, lambda: _book(request, form)):
            message = _("%(receipt)s is booked. Log its first container.") % {"receipt": booked["receipt"]}
            return go(request, reverse("intake:receipt", args=[booked["receipt"]]), message)
        status = 422
    else:
        form = ReceiptForm(site=site, initial={"received_at": now(), **request.POST.dict()})
    context = {"form": form, "carriers": Receipt.objects.on_site(site).carriers()}
    return page(request, "intake/receive.html", context, partial="papers", status=status)


def _book(request: StaffRequest, form: ReceiptForm) -> dict[str, Any]:
    booked = services.book_receipt(site=request.user.site, by=request.user, now=now(), **form.cleaned_data)
    return {"receipt": booked.reference}


@allowed(Action.SEE_PLANT)
@require_http_methods(["GET", "POST"])
def receipt(request: StaffRequest, reference: str) -> HttpResponse:
    """A receipt: its papers, what came with it so far, and the form that logs the next container."""
    receipt = receipt_of(request, reference)
    came, form, status = contents.of(receipt), None, 200
    if may(request.user, Action.RECEIVE) and receipt.voided_at is None:
        form = _form(request, receipt, came)
        if is_asked(request):
            return beside(request, form)
        if form.is_bound:
            if logged := kept(request, form, lambda: _log(request, receipt, form)):
                onward = "&next=1" if "next" in request.POST else ""
                return go(request, f"{request.path}?saved={logged['container']}{onward}")
            status = 422
        if "show" not in request.POST:
            form.point_out()
    elif request.method == "POST":
        raise Http404
    arrivals = [arrival for lot in came for arrival in lot.arrivals]
    saved = next((a for a in arrivals if a.movement.to_container.reference == request.GET.get("saved")), None)
    context = {
        "receipt": receipt,
        "came": came,
        "count": sum(lot.count for lot in came),
        "kg": sum((lot.kg for lot in came), ZERO_KG),
        "saved": saved,
        "undo": [saved.movement.to_container.reference] if saved and _is_own(request, saved) else [],
        "form": form,
        "is_folded": form is not None and _is_folded(request, form),
        "scanned": request.POST.get("scan", ""),
        "before": contents.like_before(receipt) if form and not came and form.scrap_type is None else [],
        "proposal": _proposal(receipt, form),
        "may_void": papers.may_void(receipt, by=request.user, now=now()),
        "history": audit.steps(receipt, PAPERS_KEPT, first=_("Booked")),
    }
    return page(request, "intake/receipt.html", context, partial="log", status=status)


def _is_own(request: StaffRequest, saved: Arrival) -> bool:
    return saved.movement.by_id == request.user.pk and not saved.is_struck


def _is_folded(request: StaffRequest, form: ArrivalForm) -> bool:
    """Whether what a container is stays folded: it is taken over from the last one, and nobody opened it to change
    it."""
    taken_over = "next" in request.GET or bool(request.POST.get("like") or request.POST.get("folded"))
    return taken_over and bool(form.kept)


@allowed(Action.RECEIVE)
@require_POST
def undo(request: StaffRequest, reference: str) -> HttpResponse:
    """Take one's own last container of this load back; its form comes again as it was filled in."""
    receipt, box = receipt_of(request, reference), request.POST.get("entry", "")

    def act() -> dict[str, Any]:
        arrived = contents.arrival_of(receipt, box)
        undoing.undo(movements=[arrived.movement] if arrived else [], by=request.user, now=now())
        return {}

    onward = reverse("intake:receipt", args=[receipt.reference])
    form = forms.Form(request.POST)
    if kept(request, form, act) is not None:
        said = _("%(container)s is taken back. Here is what you typed.") % {"container": box}
        return go(request, f"{onward}?{urlencode({'again': box, 'next': '1'})}", said)
    messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
    return go(request, onward)


def receipt_of(request: StaffRequest, reference: str) -> Receipt:
    found = (
        Receipt.objects.on_site(request.user.site)
        .select_related("supplier", "facility", "site", "created_by")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no receipt %(reference)s here.") % {"reference": reference})
    return found


def _form(request: StaffRequest, receipt: Receipt, came: Sequence[Came]) -> ArrivalForm:
    """The form as it was sent; or, where something was scanned, chosen to be alike or only its fields are asked for,
    with what is typed and kept so far."""
    lots = [lot.lot for lot in sorted(came, key=lambda lot: lot.arrivals[-1].movement.pk)]
    last, sent = contents.latest(came), request.POST
    given: dict[str, Any] = {"receipt": receipt, "lots": lots, "station": station_of(request), "now": now()}
    code = _scan(request)
    if request.method == "POST" and not (code or "show" in sent or "like" in sent):
        form = ArrivalForm(sent, **given)
        if form.is_complete or form.scrap_type is None:
            return form
    goes_on = request.method == "POST" or "next" in request.GET
    start = contents.next_after(receipt, last) if last is not None and goes_on else contents.start(receipt)
    if undone := contents.arrival_of(receipt, request.GET.get("again", "")):
        start = contents.as_weighed(receipt, undone)
    typed = sent.dict() | (contents.scanned(receipt, code) if code else {})
    if like := sent.get("like"):
        typed |= contents.like(receipt, like, at_station=station_of(request) is not None)
    return ArrivalForm(**given, initial=start | typed)


def _scan(request: StaffRequest) -> str:
    """What was scanned beside the scale and not taken yet: the field still shows what was."""
    code = request.POST.get("scan", "").strip()
    return "" if code == request.POST.get("taken", "") else code


def _log(request: StaffRequest, receipt: Receipt, form: ArrivalForm) -> dict[str, Any]:
    """The container of the form, into the lot chosen there or a new one."""
    typed, moment = form.cleaned_data, now()
    at = typed["at"] or max(moment, receipt.received_at)
    if form.lot is not None:
        logged = services.receive_another(lot=form.lot, by=request.user, now=moment, at=at, **form.arrival())
    else:
        logged = services.receive_lot(
            receipt=receipt,
            material=typed["material"],
            origin=typed["origin"],
            chemistry=typed["chemistry"],
            owner=typed["owner"],
            generated_on=typed["generated_on"],
            by=request.user,
            now=moment,
            at=at,
            **form.arrival(),
        )
    labels.print_by_itself(logged, by=request.user, at=moment)
    return {"container": logged.reference}


def _proposal(receipt: Receipt, form: ArrivalForm | None) -> Any:
    """What the chosen type is proposed to be by regulation; a lot that is there already has its status."""
    if form is None or form.scrap_type is None or form.lot is not None:
        return None
    return services.propose_status(site=receipt.site, supplier=receipt.supplier, material=form.scrap_type)
