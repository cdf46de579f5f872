"""Pages for splitting a container and for putting containers together."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plant.access import Action, allowed
from plant.inventory import repacking, stock, together
from plant.inventory.models import Container
from plant.inventory.repacking_forms import SplitForm, TogetherForm
from plant.inventory.weight_forms import beside, is_asked, station_of
from plant.web import NotFound, StaffRequest, go, kept, now, page
from plant.web.figures import kg

MOST = 40
"""Containers put together at once; more are done in two goes."""


@allowed(Action.REPACK)
@require_http_methods(["GET", "POST"])
def split(request: StaffRequest, reference: str) -> HttpResponse:
    """Weigh a part of a container into a new one of the same lot."""
    container = (
        stock.packed()
        .filter(site=request.user.site, reference=reference)
        .select_related("lot__material", "lot__chemistry", "lot__owner")
        .first()
    )
    if container is None:
        raise NotFound(_("There is no container %(reference)s here.") % {"reference": reference})
    url = reverse("inventory:container", args=[reference])
    left_kg = container.kg  # type: ignore[attr-defined]
    if left_kg is None:
        messages.info(request, _("%(container)s is empty or has left the site.") % {"container": container})
        return HttpResponseRedirect(url)
    form = SplitForm(
        request.POST if request.method == "POST" else None,
        container=container,
        left_kg=left_kg,
        station=station_of(request),
        now=now(),
    )
    if is_asked(request):
        return beside(request, form)

    def action() -> dict[str, Any]:
        typed, moment = form.cleaned_data, now()
        part = repacking.split(
            container=container,
            kind=typed["kind"],
            reading=typed["reading"],
            bay=typed["bay"],
            confirmed=typed["confirmed"],
            piece_count=typed.get("piece_count"),
            by=request.user,
            at=typed["at"] or moment,
            now=moment,
            reason=typed["reason"],
        )
        return {"part": part.reference, "kg": kg(typed["reading"].net_kg, 3)}

    if done := kept(request, form, action):
        said = _("%(kg)s of %(container)s are in %(part)s now. It needs a label.")
        return go(request, reverse("inventory:container", args=[done["part"]]), said % {**done, "container": reference})
    context = {"form": form, "container": container, "holds": [h for h in container.holds.all() if not h.released_at]}
    return page(request, "inventory/split.html", context, partial="panel", status=422 if form.errors else 200)


@allowed(Action.REPACK)
@require_http_methods(["GET", "POST"])
def put_together(request: StaffRequest) -> HttpResponse:
    """Scan containers one after the other, see them and their sum, and empty them into one."""
    given = request.POST if request.method == "POST" else request.GET
    scanned = given.get("scan", "").strip().upper()[:40]
    references = [r for r in dict.fromkeys(given.getlist("container")) if r != given.get("remove")][:MOST]
    refused = _refused(request, references, scanned) if scanned else ""
    if scanned and not refused:
        references = list(dict.fromkeys([*references, scanned]))
    rows = Container.objects.on_site(request.user.site).packed().filter(reference__in=references)
    boxes = sorted(rows.select_related(*RELATED), key=lambda box: references.index(box.reference))
    found = together.look(boxes)
    is_sent = "put" in request.POST
    form = None
    if boxes:
        start = {name: given[name] for name in ("into", "kind", "bay") if name in given}
        form = TogetherForm(request.POST if is_sent else None, together=found, boxes=boxes, start=start)
    if is_sent and form is not None and form.is_valid() and (done := _done(request, form)):
        said = _("%(kg)s are in %(container)s now.") % done
        return go(request, reverse("inventory:container", args=[done["container"]]), said)
    context = {
        "form": form,
        "rows": [{"box": box, "holding": found.holdings.get(box.pk)} for box in boxes],
        "together": found,
        "scanned": scanned,
        "refused": refused,
    }
    status = 422 if refused or (form and form.errors) else 200
    return page(request, "inventory/together.html", context, partial="panel", status=status)


RELATED = ("site", "kind", "lot__material", "lot__chemistry", "lot__owner", "lot__regulatory_status")


def _refused(request: StaffRequest, references: list[str], scanned: str) -> str:
    """Why a scanned code does not join the list."""
    if scanned in references:
        return _("%(container)s is in the list already.") % {"container": scanned}
    if len(references) >= MOST:
        return _("At most %(n)s containers at once. Put these together first.") % {"n": MOST}
    if not Container.objects.on_site(request.user.site).packed().filter(reference=scanned).exists():
        return _("There is no container %(reference)s here. Scan it again.") % {"reference": scanned}
    return ""


def _done(request: StaffRequest, form: TogetherForm) -> dict[str, Any] | None:
    def action() -> dict[str, Any]:
        typed, moment = form.cleaned_data, now()
        made = together.put_together(
            containers=form.boxes,
            by=request.user,
            at=typed["at"] or moment,
            now=moment,
            reason=typed["reason"],
            **form.target(),
        )
        return {"container": made.reference, "kg": kg(form.together.kg, 3)}

    return kept(request, form, action)
