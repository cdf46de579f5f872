"""The pages of limits: all of them, one with its year, and the forms that set and change one."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from plant.access import Action, allowed
from plant.limits import course, freshness, services
from plant.limits.forms import ChangeForm, LimitForm
from plant.limits.models import Limit, LimitQuerySet, Utilization
from plant.models import Site
from plant.web import NotFound, StaffRequest, go, kept, now, page


@allowed(Action.SEE_DASHBOARD)
@require_safe
def limits(request: StaffRequest) -> HttpResponse:
    """Every limit and how much of this year's is used."""
    at = now()
    site = request.user.site
    figures = {row.limit.code: row for row in course.current(site, site.day(at))}
    newest = Limit.objects.on_site(site).filter(valid_to=None).order_by("code")
    context = {
        "rows": [(limit, figures.get(limit.code)) for limit in newest],
        "fresh": _freshness(site, list(figures.values()), at),
        "now": at,
    }
    return page(request, "limits/limits.html", context)


@allowed(Action.SEE_DASHBOARD)
@require_safe
def limit(request: StaffRequest, code: str) -> HttpResponse:
    """One limit: its year in figures, month by month, how they were computed, its source and its versions."""
    at = now()
    site = request.user.site
    versions = list(_versions(site, code).select_related("created_by").order_by("-valid_from"))
    years = list(_figures(site, code).values_list("year", flat=True))
    year = _asked_year(request, years)
    row = _figures(site, code).filter(year=year or 0).select_related("limit").first()
    context = {
        "newest": versions[0],
        "versions": versions,
        "years": years,
        "year": course.year_of(site, row) if row else None,
        "factor": course.pack_factor(site, site.day(row.as_of)) if row else None,
        "fresh": _freshness(site, [row], at) if row else None,
        "now": at,
    }
    return page(request, "limits/limit.html", context)


@allowed(Action.SET_LIMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_limit(request: StaffRequest) -> HttpResponse:
    """A manager sets a new annual limit."""
    form = LimitForm(request.POST if request.method == "POST" else None)
    if form.is_valid():

        def create() -> dict[str, Any]:
            limit = services.create_limit(site=request.user.site, by=request.user, **form.cleaned_data)
            return {"code": limit.code, "name": limit.name}

        if answer := kept(request, form, create):
            said = _("%(name)s is set. Its figures are being computed.") % {"name": answer["name"]}
            return go(request, reverse("limits:limit", args=[answer["code"]]), said)
    return page(request, "limits/limit_form.html", {"form": form}, status=422 if form.errors else 200)


@allowed(Action.SET_LIMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_limit(request: StaffRequest, code: str) -> HttpResponse:
    """A manager changes a limit from a day on."""
    former = _versions(request.user.site, code).get(valid_to=None)
    form = ChangeForm(former, request.POST if request.method == "POST" else None)
    if form.is_valid():

        def change() -> dict[str, Any]:
            limit = services.change_limit(limit=former, by=request.user, **form.cleaned_data)
            return {"code": limit.code, "name": limit.name, "from": limit.valid_from.isoformat()}

        if answer := kept(request, form, change):
            said = _("%(name)s is changed from %(from)s on.") % answer
            return go(request, reverse("limits:limit", args=[answer["code"]]), said)
    context = {"form": form, "former": former}
    return page(request, "limits/limit_form.html", context, status=422 if form.errors else 200)


def _versions(site: Site, code: str) -> LimitQuerySet:
    """A limit's versions, or the 404 page with a sentence."""
    versions = Limit.objects.on_site(site).filter(code=code)
    if not versions.exists():
        raise NotFound(_("There is no limit %(code)s here. Choose one from the list of limits.") % {"code": code[:30]})
    return versions


def _figures(site: Site, code: str) -> "QuerySet[Utilization]":
    return Utilization.objects.filter(limit__site=site, limit__code=code).order_by("-year")


def _asked_year(request: StaffRequest, years: list[int]) -> int | None:
    """The year asked for by `?year=`, else the newest with figures."""
    typed = request.GET.get("year", "")
    if not typed:
        return years[0] if years else None
    if typed not in map(str, years):
        raise NotFound(_("There are no figures for the year %(year)s.") % {"year": typed[:10]})
    return int(typed)


def _freshness(site: Site, rows: list[Utilization], at: dt.datetime) -> freshness.Freshness:
    as_of = min((row.as_of for row in rows), default=at)
    is_behind = course.is_behind(site, rows, at)
    return freshness.of(freshness.look("daily-flow", "utilization"), now=at, as_of=as_of, is_behind=is_behind)
