"""Stations: what each works with, and the tares of empty containers it has stored."""

from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plant import audit
from plant.access import Action, allowed
from plant.audit import Step
from plant.inventory import master_data
from plant.inventory.models import Location, StationTare
from plant.inventory.station_forms import NewStationForm, StationForm, TareForm
from plant.models import Station
from plant.records.models import Printer
from plant.web import Column, NotFound, StaffRequest, go, kept, listing, now, page

YES_NO = {True: gettext_lazy("Yes"), False: gettext_lazy("No")}
STATIONS = (
    Column("code", gettext_lazy("Station"), "reference", url="inventory:station"),
    Column("name", gettext_lazy("Name")),
    Column("unit", gettext_lazy("Unit")),
    Column("scale", gettext_lazy("Scale")),
    Column("line", gettext_lazy("Line")),
    Column("bay", gettext_lazy("Bay")),
    Column("printer", gettext_lazy("Label printer")),
    Column("is_active", gettext_lazy("In use"), choices=YES_NO),
)


@allowed(Action.SET_STATION)
@require_safe
def stations(request: StaffRequest) -> HttpResponse:
    """Every station and what it works with."""
    line, bay = (Q(locations__kind=kind) for kind in (Location.Kind.LINE, Location.Kind.BAY))
    rows = Station.objects.filter(site=request.user.site).annotate(
        scale=StringAgg("scales__name", ", ", distinct=True, filter=Q(scales__is_active=True)),
        line=StringAgg("locations__name", ", ", distinct=True, filter=line),
        bay=StringAgg("locations__name", ", ", distinct=True, filter=bay),
        printer=StringAgg("printers__name", ", ", distinct=True, filter=Q(printers__is_active=True)),
    )
    return listing(
        request,
        rows.order_by("-is_active", "code").values(*(column.key for column in STATIONS)),
        STATIONS,
        title=_("Stations"),
        template="inventory/stations.html",
        empty=_("No station is set up. Set one up for each place with a shared terminal."),
    )


@allowed(Action.SET_STATION)
@require_http_methods(["GET", "HEAD", "POST"])
def new_station(request: StaffRequest) -> HttpResponse:
    """Set up a place with a shared terminal."""
    form = NewStationForm(request.POST if request.method == "POST" else None, site=request.user.site)

    def create() -> dict[str, Any]:
        typed = {name: form.cleaned_data[name] for name in ("code", "name", "unit")}
        station = master_data.add_station(site=request.user.site, equipment=form.equipment, by=request.user, **typed)
        return {"code": station.code, "station": station.name}

    if answer := kept(request, form, create):
        said = _("%(station)s is set up. Open “Which station is this?” on its tablet and choose it.") % answer
        return go(request, reverse("inventory:station", args=[answer["code"]]), said)
    return page(request, "inventory/station_form.html", {"form": form}, status=422 if form.errors else 200)


@allowed(Action.SET_STATION)
@require_http_methods(["GET", "HEAD", "POST"])
def station(request: StaffRequest, code: str) -> HttpResponse:
    """One station: what it works with, its stored tares, and what became of them."""
    found = _station(request, code)
    if request.method != "POST":
        return _show(request, found)
    form = StationForm(request.POST, site=found.site, station=found)

    def change() -> dict[str, Any]:
        typed = {name: form.cleaned_data[name] for name in ("name", "unit", "is_active")}
        master_data.change_station(station=found, equipment=form.equipment, by=request.user, **typed)
        return {"station": found.name}

    if answer := kept(request, form, change):
        return go(request, reverse("inventory:station", args=[code]), _("%(station)s is changed.") % answer)
    found.refresh_from_db()
    return _show(request, found, form=form, status=422)


@allowed(Action.SET_STATION)
@require_POST
def tare(request: StaffRequest, code: str) -> HttpResponse:
    """Store what an empty container of a kind weighs here."""
    found, moment = _station(request, code), now()
    form = TareForm(request.POST, station=found)

    def store() -> dict[str, Any]:
        typed = dict(form.cleaned_data)
        at = typed.pop("at") or moment
        stored = master_data.store_tare(station=found, by=request.user, at=at, now=moment, **typed)
        return {"tare": str(stored)}

    if answer := kept(request, form, store):
        return go(request, reverse("inventory:station", args=[code]), _("Stored: %(tare)s.") % answer)
    return _show(request, found, tare=form, status=422)


def _station(request: StaffRequest, code: str) -> Station:
    found = Station.objects.filter(site=request.user.site, code=code).select_related("site").first()
    if found is None:
        raise NotFound(_("There is no station %(code)s here. Choose one from the list.") % {"code": code[:20]})
    return found


def _show(
    request: StaffRequest,
    station: Station,
    *,
    form: StationForm | None = None,
    tare: TareForm | None = None,
    status: int = 200,
) -> HttpResponse:
    has = master_data.equipment_of(station)
    start = {"name": station.name, "unit": station.unit, "is_active": station.is_active}
    start |= {"scale": has.scale, "line": has.line, "bay": has.bay}
    tares = list(StationTare.objects.filter(station=station).select_related("kind").order_by("kind__name"))
    context = {
        "where": station,
        "form": form or StationForm(site=station.site, station=station, initial=start),
        "tare": tare or TareForm(station=station),
        "tares": tares,
        "printers": Printer.objects.filter(station=station).order_by("code"),
        "as_of": now(),
        "history": _history(station, tares),
    }
    return page(request, "inventory/station.html", context, status=status)


WORDS = {"name": gettext_lazy("Name"), "unit": gettext_lazy("Unit"), "is_active": gettext_lazy("In use")}


def _history(station: Station, tares: list[StationTare]) -> list[Step]:
    """What became of the station and of each of its tares, the newest first."""
    told = audit.steps(station, WORDS, first=_("Set up"))
    for each in tares:
        kind = {"kind": each.kind}
        words = {"tare_read": _("Tare of a %(kind)s") % kind, "unit": _("Unit"), "weighed_at": _("Weighed")}
        told += audit.steps(each, words, first=_("Tare of a %(kind)s stored") % kind)
    return sorted(told, key=lambda step: step.at, reverse=True)
