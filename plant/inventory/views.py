"""Lots and containers: lists, a lot with its whole history, and what can be done with a container."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from plant import panels as hung
from plant.access import Action, allowed, may
from plant.errors import DomainError
from plant.inventory import history, panels, services, stock, trail
from plant.inventory.forms import (
    ContainerFilters,
    HoldForm,
    LotFilters,
    MoveForm,
    RegulatoryForm,
    ReleaseForm,
    ReverseForm,
)
from plant.inventory.models import Container, Hold, Lot
from plant.units import ZERO_KG
from plant.web import Column, NotFound, StaffRequest, go, kept, listing, now, page, seen
from plant.web.seen import Fact

LOTS = (
    Column("reference", gettext_lazy("Lot"), "reference", url="inventory:lot"),
    Column("material__name", gettext_lazy("Material")),
    Column("chemistry__code", gettext_lazy("Chemistry")),
    Column("grade__name", gettext_lazy("Grade")),
    Column("kg", gettext_lazy("On the site"), "kg"),
    Column("containers_here", gettext_lazy("Containers"), "count"),
    Column("containers_held", gettext_lazy("On hold"), "count"),
    Column("owner__code", gettext_lazy("Owner")),
    Column("supplier__code", gettext_lazy("Supplier")),
    Column("origin", gettext_lazy("Origin"), choices=Lot.Origin),
    Column("received_at", gettext_lazy("Received"), "instant"),
    Column("regulatory_status__name", gettext_lazy("Regulatory status")),
)
CONTAINERS = (
    Column("container__reference", gettext_lazy("Container"), "reference", url="inventory:container"),
    Column("location__name", gettext_lazy("Place")),
    Column("container__lot__material__name", gettext_lazy("Material")),
    Column("container__lot__chemistry__code", gettext_lazy("Chemistry")),
    Column("kg", gettext_lazy("Net"), "kg"),
    Column("container__condition", gettext_lazy("Condition"), "state", choices=Container.Condition),
    Column("hold", gettext_lazy("Hold"), "state", choices=Hold.Kind),
    Column("container__kind__name", gettext_lazy("Kind")),
    Column("container__lot__owner__code", gettext_lazy("Owner")),
    Column("container__lot__received_at", gettext_lazy("Received"), "instant"),
    Column("container__lot__reference", gettext_lazy("Lot"), "reference", url="inventory:lot"),
)


@allowed(Action.SEE_PLANT)
@require_GET
def lots(request: StaffRequest) -> HttpResponse:
    """Every lot, newest first, with what of it is on the site."""
    filters = LotFilters(request.GET, site=request.user.site)
    rows = stock.lots(request.user.site, filters.chosen, [column.key for column in LOTS])
    return listing(request, rows, LOTS, title=_("Lots"), filters=filters)


@allowed(Action.SEE_PLANT)
@require_GET
def containers(request: StaffRequest) -> HttpResponse:
    """What stands where: every container with something in it."""
    filters = ContainerFilters(request.GET, site=request.user.site)
    rows = stock.containers(request.user.site, filters.chosen, [column.key for column in CONTAINERS])
    return listing(
        request, rows, CONTAINERS, title=_("Containers"), filters=filters, template="inventory/containers.html"
    )


@allowed(Action.SEE_PLANT)
@require_GET
def lot(request: StaffRequest, reference: str) -> HttpResponse:
    """A lot: what it is, what its status rests on, its containers, its relatives and its whole history."""
    return _show_lot(request, _lot(request, reference))


@allowed(Action.SET_REGULATORY)
@require_POST
def decide(request: StaffRequest, reference: str) -> HttpResponse:
    """EHS decides what the lot is by regulation."""
    lot = _lot(request, reference)
    form = RegulatoryForm(request.POST, lot=lot)

    def action() -> dict[str, Any]:
        seen.check(request, _decided(Lot.objects.for_change().get(pk=lot.pk)))
        services.decide_regulatory_status(lot=lot, by=request.user, at=now(), **form.cleaned_data)
        return {}

    if kept(request, form, action) is not None:
        return go(request, reverse("inventory:lot", args=[lot.reference]), _("The status is decided."))
    return _show_lot(request, lot, decision=form, status=422)


def _decided(lot: Lot) -> list[Fact]:
    """The lot's status and what it rests on, to be compared with what the form was drawn with."""
    by = str(lot.regulatory_decided_by or "")
    status = str(lot.regulatory_status or "")
    return [Fact("status", _("Status"), status, by=by), Fact("basis", _("Basis"), lot.regulatory_basis, by=by)]


def _lot(request: StaffRequest, reference: str) -> Lot:
    found = (
        Lot.objects.on_site(request.user.site)
        .select_related("material", "grade", "chemistry", "owner", "supplier", "facility", "site")
        .select_related("regulatory_status", "regulatory_decided_by", "created_by")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no lot %(reference)s here.") % {"reference": reference})
    return found


def _show_lot(
    request: StaffRequest, lot: Lot, *, decision: RegulatoryForm | None = None, status: int = 200
) -> HttpResponse:
    containers: list[Any] = list(stock.packed().filter(lot=lot))
    movements = history.of_containers(containers)
    standings = panels.standings(request.user, containers, movements, now=now())
    if decision is None and may(request.user, Action.SET_REGULATORY):
        decision = RegulatoryForm(lot=lot)
    context = {
        "lot": lot,
        "standings": standings,
        "kg": sum((c.kg or ZERO_KG for c in containers), ZERO_KG),
        "only": standings[0] if len(standings) == 1 else None,
        "doings": panels.with_forms(standings[0]) if len(standings) == 1 else [],
        "entries": history.entries(containers, movements, lot),
        "trail": trail.of(containers),
        "decision": decision,
        "seen": _decided(lot),
        "panels": hung.lot.render(request, lot),
    }
    return page(request, "inventory/lot.html", context, partial="decision", status=status)


@allowed(Action.SEE_PLANT)
@require_GET
def container(request: StaffRequest, reference: str) -> HttpResponse:
    """A container: how it stands, what can be done with it now, and its history."""
    return _show_container(request, container_of(request, reference), asked=request.GET.get("do", ""))


@allowed(Action.MOVE)
@require_POST
def move(request: StaffRequest, reference: str) -> HttpResponse:
    """Carry it to another bay."""
    container, moment = container_of(request, reference), now()
    form = MoveForm(request.POST, container=container)

    def action() -> str:
        typed = form.cleaned_data
        services.move_container(
            container=container,
            bay=typed["bay"],
            by=request.user,
            at=typed["at"] or moment,
            now=moment,
            reason=typed["reason"],
        )
        return _("%(container)s stands in %(bay)s now.") % {"container": container, "bay": typed["bay"]}

    return _carry_out(request, container, form, action, asked="move")


@allowed(Action.HOLD)
@require_POST
def hold(request: StaffRequest, reference: str) -> HttpResponse:
    """Put it on hold."""
    container = container_of(request, reference)
    form = HoldForm(request.POST, kinds=list(Hold.Kind))

    def action() -> str:
        services.place_hold(container=container, by=request.user, at=now(), **form.cleaned_data)
        return _("%(container)s is on hold.") % {"container": container}

    return _carry_out(request, container, form, action, asked="hold")


@allowed(Action.RELEASE)
@require_POST
def release(request: StaffRequest, reference: str) -> HttpResponse:
    """Lift one of its holds."""
    container = container_of(request, reference)
    form = ReleaseForm(request.POST, kind=request.POST.get("kind", ""))

    def action() -> str:
        hold = Hold.objects.open().filter(container=container, kind=form.cleaned_data["kind"]).first()
        if hold is None:
            raise DomainError(_("This hold is lifted already. Load the page again to see by whom."))
        services.release_hold(hold=hold, reason=form.cleaned_data["reason"], by=request.user, at=now())
        return _("The hold on %(container)s is lifted.") % {"container": container}

    return _carry_out(request, container, form, action, asked=f"release-{request.POST.get('kind', '')}")


@allowed(Action.REVERSE_OWN)
@require_POST
def turn_back(request: StaffRequest, reference: str) -> HttpResponse:
    """Reverse its last entry."""
    container = container_of(request, reference)
    form = ReverseForm(request.POST)

    def action() -> str:
        movement = panels.entry(container, form.cleaned_data["entry"])
        services.reverse_entry(movement=movement, reason=form.cleaned_data["reason"], by=request.user, now=now())
        return _("The entry is reversed. It stays in the history, struck.")

    return _carry_out(request, container, form, action, asked="reverse")


def container_of(request: StaffRequest, reference: str) -> Container:
    found = (
        stock.packed()
        .filter(site=request.user.site, reference=reference)
        .select_related("lot__material", "lot__grade", "lot__chemistry", "lot__owner", "lot__supplier", "kind", "site")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no container %(reference)s here.") % {"reference": reference})
    return found


def _carry_out(
    request: StaffRequest, container: Container, form: Form, action: Callable[[], str], *, asked: str
) -> HttpResponse:
    """One small form on a container: done once and said on its page, or back with its sentence."""
    if form.is_valid():
        answer = kept(request, form, lambda: {"said": action()})
        if answer is not None:
            return go(request, reverse("inventory:container", args=[container.reference]), answer["said"])
    return _show_container(request, container, asked=asked, again=form, status=422)


def _show_container(
    request: StaffRequest, container: Container, *, asked: str = "", again: Form | None = None, status: int = 200
) -> HttpResponse:
    movements = history.of_containers([container])
    [standing] = panels.standings(request.user, [container], movements, now=now())
    doings = panels.with_forms(standing, asked=asked, again=again)
    context = {
        "standing": standing,
        "container": container,
        "doings": doings,
        "refused": again if all(doing.form is not again for doing in doings) else None,
        "entries": history.entries([container], movements),
    }
    return page(request, "inventory/container.html", context, partial="doing", status=status)
