"""The lines as they stand, their clean-out, and the discharge checks of containers."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from plant.access import Action, allowed
from plant.inventory import ledger
from plant.inventory.models import Container
from plant.inventory.weight_forms import beside, is_asked, station_of
from plant.web import NotFound, StaffRequest, now, page
from processing import board, services
from processing.forms.lines import CleanOutForm, DischargeForm
from processing.models import Batch, DischargeRecord, Line
from processing.services import Sweepings
from processing.views.frame import carry_out


@allowed(Action.SEE_PLANT)
@require_GET
def lines(request: StaffRequest) -> HttpResponse:
    """Every line: the batch on it, what is left in it, what ran last."""
    return page(request, "processing/lines.html", {"lines": board.lines(request.user.site), "as_of": now()})


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def clean_out(request: StaffRequest, code: str) -> HttpResponse:
    """A line was emptied and cleaned: its heel is zero after it."""
    line = _line(request, code)
    sent = request.POST if request.method == "POST" else None
    form = CleanOutForm(sent, line=line, station=station_of(request), now=now())
    if is_asked(request):
        return beside(request, form)

    def act() -> None:
        typed, moment = form.cleaned_data, now()
        services.clean_out(
            line=line,
            by=request.user,
            at=typed["at"] or moment,
            now=moment,
            note=typed["note"],
            reason=typed["reason"],
            swept=_sweepings(form),
        )

    said = _("%(line)s is cleaned out: nothing is left in it.") % {"line": line}
    done = carry_out(request, form, act, reverse("processing:lines"), said)
    if done:
        return done
    context = {
        "form": form,
        "line": line,
        "heel_kg": ledger.held_kg(line.heel, line.location),
        "busy": Batch.objects.on_the_line().filter(line=line).first(),
    }
    return page(request, "processing/clean_out.html", context, status=422 if form.errors else 200)


def _line(request: StaffRequest, code: str) -> Line:
    found = Line.objects.on_site(request.user.site).select_related("site", "location", "heel")
    line = found.filter(code=code).first()
    if line is None:
        raise Http404
    return line


def _sweepings(form: CleanOutForm) -> Sweepings | None:
    typed = form.cleaned_data
    if typed["reading"] is None:
        return None
    return Sweepings(typed["material"], typed["kind"], typed["reading"], typed["bay"], confirmed=typed["confirmed"])


@allowed(Action.RUN_BATCH)
@require_http_methods(["GET", "POST"])
def discharge(request: StaffRequest, reference: str) -> HttpResponse:
    """A container of charged cells, modules or packs was discharged and checked (RULE-2)."""
    container = _charged(request, reference)
    form = DischargeForm(request.POST if request.method == "POST" else None, site=request.user.site)

    def act() -> None:
        typed, moment = form.cleaned_data, now()
        services.record_discharge(
            container=container,
            passed=typed["passed"],
            voltage_v=typed["voltage_v"],
            note=typed["note"],
            by=request.user,
            at=typed["at"] or moment,
        )

    if form.is_valid() and form.cleaned_data["at"] and form.cleaned_data["at"] > now():
        form.add_error("at", _("This time is still to come. Enter when it was checked, at the latest now."))
    onward = reverse("inventory:lot", args=[container.lot.reference])  # type: ignore[union-attr]
    done = carry_out(request, form, act, onward, _("The check of %(box)s is recorded.") % {"box": container})
    records = DischargeRecord.objects.filter(container=container).select_related("by").order_by("-checked_at", "-pk")
    context = {"form": form, "container": container, "records": records[:10]}
    return done or page(request, "processing/discharge.html", context, status=422 if form.errors else 200)


def _charged(request: StaffRequest, reference: str) -> Container:
    found = (
        Container.objects.on_site(request.user.site)
        .packed()
        .select_related("lot__material", "kind")
        .filter(reference=reference, lot__material__holds_charge=True)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no container %(reference)s to discharge here.") % {"reference": reference})
    return found
