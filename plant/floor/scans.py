"""Scan anything: what it is and what can be done with it next. An unknown code is never a dead end."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from plant import codes, finding
from plant.access import OPERATORS, Action, may
from plant.finding import Asker, Step, Thing
from plant.models import Role, Site, Station, User
from plant.web import StaffRequest, now, page


@login_required
@require_GET
def find(request: StaffRequest) -> HttpResponse:
    """Typed or scanned: on the floor what it is and what is next, at a desk its page; `scan.js` asks for the words."""
    if not may(request.user, Action.SEE_PLANT):
        raise Http404
    scanned = request.GET.get("q", "").strip()[: codes.LONGEST]
    asker = Asker(user=request.user, station=request.station, now=now())
    read = codes.candidates(scanned)
    thing = finding.find(read, asker)
    told = _told(read[-1], thing, request.user.site)
    if request.headers.get("X-Scan"):
        return JsonResponse(told)
    if thing is None:
        context: dict[str, Any] = {"told": told, "steps": _ways_on(read[-1], asker)}
        return page(request, "floor/unknown.html", context, status=404)
    if thing.is_badge or request.user.role not in OPERATORS:
        return HttpResponseRedirect(thing.url)
    context = {"thing": thing, "told": told, "steps": finding.steps(thing, asker)}
    return page(request, "floor/found.html", context)


def _told(scanned: str, thing: Thing | None, site: Site) -> dict[str, Any]:
    if thing is None:
        return {"code": scanned, "known": False, "words": _unknown(scanned, site), "url": ""}
    words = " · ".join([f"{thing.kind} {thing.code}", *thing.told[:2]])
    url = thing.url if thing.is_badge else f"{reverse('find')}?{urlencode({'q': thing.code})}"
    told = {"code": thing.code, "known": not thing.warning, "words": thing.warning or words, "url": url}
    return {**told, "leaves": thing.is_badge}


def _unknown(scanned: str, site: Site) -> str:
    """What an unknown code could be, and what to do with it."""
    mark = codes.mark_of(scanned)
    if mark is not None and mark != site.mark:
        other = Site.objects.filter(mark=mark).first()
        name = other.name if other else mark
        return _(
            "%(scanned)s is a label of another site: %(name)s. It is not in our books. "
            "Set it apart and call a supervisor."
        ) % {"scanned": scanned, "name": name}
    if mark is not None:
        return _("%(scanned)s looks like one of our references, but there is none such. Scan it again.") % {
            "scanned": scanned
        }
    if not scanned:
        return _("Nothing was scanned. Scan it again, or type what stands on the label.")
    return _("“%(scanned)s” is none of our codes. It may be a label of the supplier.") % {"scanned": scanned}


def _ways_on(scanned: str, asker: Asker) -> list[Step]:
    """Where one can go with a code that nobody knows."""
    query = urlencode({"q": scanned})
    found = [Step(_("Search the containers"), f"{reverse('inventory:containers')}?{query}", "search", is_main=True)]
    if may(asker.user, Action.RECEIVE):
        found.append(Step(_("Receive it as new"), reverse("intake:receive"), "inbound"))
    return [*found, Step(_("Scan again"), reverse("home"), "left")]


def find_person(code: str, asker: Asker) -> Thing | None:
    """The badge of somebody of this site: at a station it hands the terminal over."""
    person = User.objects.filter(site=asker.user.site, badge=code, is_active=True).exclude(badge="").first()
    if person is None:
        return None
    url = f"{reverse('switch')}?{urlencode({'badge': code})}" if asker.station else reverse("home")
    told = (str(Role(person.role).label),)
    return Thing(kind=_("Badge"), code=person.name, url=url, icon="person", subject=person, told=told, is_badge=True)


def find_station(code: str, asker: Asker) -> Thing | None:
    station = Station.objects.filter(site=asker.user.site, code=code, is_active=True).first()
    if station is None:
        return None
    steps = [Step(_("Make this terminal %(station)s") % {"station": station}, reverse("station"), "system")]
    return Thing(
        kind=_("Station"),
        code=station.name,
        url=reverse("home"),
        icon="system",
        subject=station,
        steps=tuple(steps) if may(asker.user, Action.SET_STATION) else (),
    )
