"""Months: which are signed off, and one month's statement with its versions."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from plant.access import Action, allowed, may
from plant.inventory import months
from plant.inventory.models import DailyFlow, Material, MonthStatement, Movement
from plant.inventory.months import Figures
from plant.models import Site
from plant.web import NotFound, StaffRequest, go, kept, now, page

Flow = DailyFlow.Flow
SHOWN = (Flow.RECEIVED, Flow.PROCESSED, Flow.REWORKED, Flow.PRODUCED, Flow.LOST, Flow.UNACCOUNTED, Flow.SHIPPED)


class SignForm(forms.Form):
    """Sign the version that was looked at, and no other."""

    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


@allowed(Action.SEE_DASHBOARD)
@require_safe
def statements(request: StaffRequest) -> HttpResponse:
    """Every month since the first entry, the newest first, and whether it is signed off."""
    site = request.user.site
    running = months.first_day(site.day(now()))
    kept_ = {row.month: row for row in MonthStatement.objects.filter(site=site).newest().select_related("by")}
    first = Movement.objects.filter(site=site).order_by("site_day").values_list("site_day", flat=True).first()
    rows, month = [], months.first_day(first or running)
    while month <= running:
        rows.append((month, kept_.get(month)))
        month = months.next_month(month)
    return page(request, "inventory/months.html", {"rows": rows[::-1], "running": running})


@allowed(Action.SEE_DASHBOARD)
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: StaffRequest, month: str) -> HttpResponse:
    """One month: what came in, was made and left, by material; its versions; a manager signs it off here."""
    site, first, status = request.user.site, _month(month), 200
    versions = list(MonthStatement.objects.filter(site=site, month=first).select_related("by").order_by("-version"))
    newest = versions[0] if versions else None
    form = SignForm(initial={"seen_version": newest.version if newest else 0})
    if request.method == "POST":
        if not may(request.user, Action.SIGN_MONTH):
            raise Http404
        form = SignForm(request.POST)
        if kept(request, form, lambda: _sign(request, first, form)):
            return go(
                request, reverse("inventory:month", args=[month]), _("%(month)s is signed off.") % {"month": month}
            )
        status = 422
    found = months.figures(site, first)
    is_over = first < months.first_day(site.day(now()))
    is_signed = newest is not None and newest.origin == newest.Origin.SIGNED
    is_restating = newest is not None and newest.figures != found.as_json()
    context = {
        "month": first,
        "name": month,
        "form": form,
        "versions": [(row, _changes(versions, row)) for row in versions],
        "newest": newest,
        "figures": found,
        "rows": _rows(site, found),
        "others_kg": _others_kg(found),
        "is_over": is_over,
        "is_restating": is_restating,
        "asks": is_over and (not is_signed or is_restating),
    }
    return page(request, "inventory/month.html", context, status=status)


def _month(typed: str) -> dt.date:
    try:
        return dt.datetime.strptime(typed, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise NotFound(_("“%(typed)s” is no month. Choose one of the list.") % {"typed": typed[:20]})


def _sign(request: StaffRequest, month: dt.date, form: SignForm) -> dict[str, Any]:
    seen = form.cleaned_data["seen_version"]
    signed = months.sign_off(site=request.user.site, month=month, seen_version=seen, by=request.user, now=now())
    return {"version": signed.version}


def _rows(site: Site, found: Figures) -> list[tuple[str, list[Decimal | None]]]:
    """A row of kg for each material that moved, in the order of `SHOWN`."""
    names = dict(Material.objects.filter(site=site).order_by("pk").values_list("code", "name"))
    codes = {code for rows in found.flows.values() for code in rows}
    return [
        (names.get(code, _("No material")), [found.flows.get(flow, {}).get(code) for flow in SHOWN])
        for code in [*names, ""]
        if code in codes
    ]


def _others_kg(found: Figures) -> Decimal:
    """Returned shipments and count corrections: what else changed the stock between the two ends of the month."""
    gone = sum(found.total_kg(flow) for flow in (Flow.LOST, Flow.UNACCOUNTED, Flow.SHIPPED))
    return found.closing_kg - found.opening_kg - found.total_kg(Flow.RECEIVED) + gone


def _changes(versions: list[MonthStatement], row: MonthStatement) -> list[tuple[str, Decimal, Decimal]]:
    """What a version says otherwise than the one before: words, old and new in kg."""
    before = next((other for other in versions if other.version == row.version - 1), None)
    if before is None:
        return []
    old, new = Figures.from_json(before.figures), Figures.from_json(row.figures)
    pairs = [(str(flow.label), old.total_kg(flow), new.total_kg(flow)) for flow in SHOWN]
    pairs.append((_("On hand at the end"), old.closing_kg, new.closing_kg))
    return [(words, was, is_) for words, was, is_ in pairs if was != is_]
