"""Printing labels, seeing what became of a print, and the list of printers."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plant import audit
from plant.access import Action, allowed
from plant.records import services, sources
from plant.records.drawing import svg
from plant.records.forms import NewPrinterForm, NoForm, PrinterForm, PrintForm
from plant.records.label import Label
from plant.records.models import LabelPrint, Printer, Reason
from plant.web import Column, NotFound, StaffRequest, go, kept, listing, now, page

MOST_AT_ONCE = 100
FRESH = dt.timedelta(minutes=15)
"""How long a print by the browser can be printed from its page; later it is a reprint, with its reason."""
AT_ONCE = dt.timedelta(seconds=20)
"""How long its page asks the browser to print by itself."""


@allowed(Action.PRINT)
@require_http_methods(["GET", "HEAD", "POST"])
def labels(request: StaffRequest) -> HttpResponse:
    """The labels of what the address names: where to print them, and, where there is one already, why again."""
    site, asked = request.user.site, sources.asked(dict(request.GET.lists()))
    made = sources.labels(site, asked, now())
    if not made:
        raise NotFound(_("There is nothing here to print a label for. Scan or open what you want one for."))
    if len(made) > MOST_AT_ONCE:
        raise NotFound(_("These are too many labels for one print. Open the lots one by one."))
    before = services.printed_before(site, made)
    here = services.at_station(audit.station())
    form = PrintForm(request.POST if request.method == "POST" else None, site=site, here=here, asks_why=bool(before))
    if answer := kept(request, form, lambda: _print(request, asked, form)):
        if "inline" in request.POST and request.htmx:
            return _show_press(request, uuid.UUID(answer["press"]))
        return go(request, reverse("records:press", args=[answer["press"]]))
    if "inline" in request.POST:  # the button that asks nothing; something is to be asked after all
        return go(request, request.get_full_path())
    context = {
        "form": form,
        "labels": [(label, svg(label), label.code in before) for label in made],
        "again": sorted(before),
        "here": here,
        "trouble": services.queue_of(here).trouble if here else "",
        "back": sources.page_of(made[0].kind, made[0].code) if len(made) == 1 else "",
    }
    return page(request, "records/labels.html", context, partial="choose", status=422 if form.errors else 200)


def _print(request: StaffRequest, asked: Any, form: PrintForm) -> dict[str, Any]:
    site, at = request.user.site, now()
    sources.make_ready(site, asked)
    made = sources.labels(site, asked, at)
    press = services.print_labels(site=site, labels=made, by=request.user, at=at, **form.cleaned_data)
    return {"press": str(press)}


@allowed(Action.SEE_PLANT)
@require_safe
def press(request: StaffRequest, press: uuid.UUID) -> HttpResponse:
    """One print: whether the printer has taken it, what to do if not; on paper, the A6 pages themselves."""
    return _show_press(request, press)


def _show_press(request: StaffRequest, press: uuid.UUID) -> HttpResponse:
    prints = list(
        LabelPrint.objects.filter(site=request.user.site, press=press)
        .select_related("printer__site", "by", "station", "job__dropped_by")
        .order_by("pk")
    )
    if not prints:
        raise NotFound(_("There is no such print. Open what you want a label for, and print it there."))
    first, moment = prints[0], now()
    context = {
        "press": press,
        "first": first,
        "prints": prints,
        "pages": [page_ for each in prints for page_ in [svg(Label.from_json(each.label))] * each.copies],
        "previews": [svg(Label.from_json(each.label)) for each in prints],
        "is_paper": first.printer is None and moment - first.at < FRESH,
        "prints_now": moment - first.at < AT_ONCE,
        "links": [(each.subject, sources.page_of(each.kind, each.subject)) for each in prints],
        **progress(prints),
    }
    return page(request, "records/press.html", context, partial="status")


def progress(prints: list[LabelPrint]) -> dict[str, Any]:
    """How far the printer is with the labels of one press."""
    printer = prints[0].printer
    if printer is None:
        return {"state": "paper"}
    jobs = [each.job for each in prints]
    waiting = sum(job.sent_at is None and job.dropped_at is None for job in jobs)
    if waiting:
        return {"state": "waiting", "waiting": waiting, "trouble": services.queue_of(printer).trouble}
    dropped = next((job for job in jobs if job.dropped_at), None)
    return {"state": "dropped", "dropped": dropped} if dropped else {"state": "sent"}


PRINTERS = (
    Column("code", gettext_lazy("Printer"), "reference", url="records:printer"),
    Column("name", gettext_lazy("Name")),
    Column("station__name", gettext_lazy("Station")),
    Column("host", gettext_lazy("Address")),
    Column("port", gettext_lazy("Port")),
    Column("waiting", gettext_lazy("Labels waiting"), "count"),
    Column("last_at", gettext_lazy("Last label"), "instant"),
    Column("is_active", gettext_lazy("In use"), choices={True: gettext_lazy("Yes"), False: gettext_lazy("No")}),
)


@allowed(Action.SEE_PLANT)
@require_safe
def printers(request: StaffRequest) -> HttpResponse:
    """Every label printer and what waits for it."""
    waiting = Count("jobs", filter=Q(jobs__sent_at=None, jobs__dropped_at=None))
    rows = Printer.objects.filter(site=request.user.site).annotate(waiting=waiting, last_at=Max("jobs__sent_at"))
    return listing(
        request,
        rows.order_by("-is_active", "code").values(*(column.key for column in PRINTERS)),
        PRINTERS,
        title=_("Label printers"),
        template="records/printers.html",
        empty=_("No printer is set up. Labels are printed on paper, from the screen."),
    )


@allowed(Action.SET_PRINTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_printer(request: StaffRequest) -> HttpResponse:
    """Set up a printer."""
    form = NewPrinterForm(request.POST if request.method == "POST" else None, site=request.user.site)

    def create() -> dict[str, Any]:
        typed = {name: value for name, value in form.cleaned_data.items() if name != "prints_by_itself"}
        made = services.create_printer(site=request.user.site, by=request.user, **typed)
        if form.cleaned_data["prints_by_itself"]:
            services.change_printer(printer=made, by=request.user, at=now(), prints_by_itself=True)
        return {"code": made.code}

    if answer := kept(request, form, create):
        said = _("The printer is set up. Print a test label.")
        return go(request, reverse("records:printer", args=[answer["code"]]), said)
    return page(request, "records/printer_form.html", {"form": form}, status=422 if form.errors else 200)


@allowed(Action.SET_PRINTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def change_printer(request: StaffRequest, code: str) -> HttpResponse:
    """Change a printer's name, address or station, or take it out of use."""
    printer = _printer(request, code)
    names = ("name", "host", "port", "prints_by_itself", "is_active")
    start = {name: getattr(printer, name) for name in names}
    start["station"] = printer.station.code if printer.station else ""
    form = PrinterForm(request.POST if request.method == "POST" else None, site=request.user.site, initial=start)

    def change() -> dict[str, Any]:
        services.change_printer(printer=printer, by=request.user, at=now(), **form.cleaned_data)
        return {}

    if kept(request, form, change) is not None:
        return go(request, reverse("records:printer", args=[printer.code]), _("The printer is changed."))
    context = {"form": form, "printer": printer}
    return page(request, "records/printer_form.html", context, status=422 if form.errors else 200)


@allowed(Action.SEE_PLANT)
@require_safe
def printer(request: StaffRequest, code: str) -> HttpResponse:
    """A printer: how it stands, what waits for it, its last labels."""
    return _show_printer(request, _printer(request, code))


@allowed(Action.PRINT)
@require_POST
def test_print(request: StaffRequest, code: str) -> HttpResponse:
    """A label that shows whether the printer prints, and whether its codes can be read."""
    printer, moment = _printer(request, code), now()
    label = Label(
        kind="printer",
        code=printer.code,
        title=_("TEST"),
        name=str(printer),
        detail=f"{printer.host}:{printer.port}",
        lines=((_("Printed by"), request.user.name), (_("Station"), str(printer.station or "-"))),
        head=printer.site.name,
    )

    def action() -> str:
        services.print_labels(
            site=printer.site,
            labels=[label],
            printer=printer,
            by=request.user,
            at=moment,
            reason=Reason.OTHER,
            note=_("Test"),
        )
        return _("A test label is on its way.")

    return _carry_out(request, printer, action)


@allowed(Action.PRINT)
@require_POST
def again(request: StaffRequest, code: str) -> HttpResponse:
    """Send what waits now, instead of at the next try."""
    printer = _printer(request, code)

    def action() -> str:
        services.try_again(printer=printer)
        return _("Trying again.")

    return _carry_out(request, printer, action)


@allowed(Action.PRINT)
@require_POST
def drop(request: StaffRequest, code: str) -> HttpResponse:
    """Print none of what waits."""
    printer, moment = _printer(request, code), now()

    def action() -> str:
        count = services.drop_waiting(printer=printer, by=request.user, at=moment)
        return ngettext("%(n)d label is not printed.", "%(n)d labels are not printed.", count) % {"n": count}

    return _carry_out(request, printer, action)


def _printer(request: StaffRequest, code: str) -> Printer:
    found = Printer.objects.filter(site=request.user.site, code=code).select_related("site", "station").first()
    if found is None:
        raise NotFound(_("There is no printer %(code)s here.") % {"code": code[:20]})
    return found


def _carry_out(request: StaffRequest, printer: Printer, action: Callable[[], str]) -> HttpResponse:
    form = NoForm(request.POST)
    answer = kept(request, form, lambda: {"said": action()})
    if answer is None:
        return _show_printer(request, printer, refused=form, status=422)
    return go(request, reverse("records:printer", args=[printer.code]), answer["said"])


def _show_printer(
    request: StaffRequest, printer: Printer, *, refused: NoForm | None = None, status: int = 200
) -> HttpResponse:
    last = LabelPrint.objects.filter(printer=printer).select_related("by", "job").order_by("-pk")[:20]
    context = {
        "printer": printer,
        "queue": services.queue_of(printer),
        "prints": last,
        "preview": svg(Label.from_json(last[0].label)) if last else "",
        "refused": refused,
    }
    return page(request, "records/printer.html", context, partial="queue", status=status)
