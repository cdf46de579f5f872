"""`{% print_label "container" container.reference %}`: the button that prints a label, wherever a thing is shown."""

import datetime as dt
from typing import Any

from django import template
from django.template.context import Context

from plant import audit
from plant.access import Action, may
from plant.models import User
from plant.records import services
from plant.records.models import LabelPrint
from plant.web import now

register = template.Library()

JUST_NOW = dt.timedelta(minutes=2)


@register.inclusion_tag("records/_print.html", takes_context=True)
def print_label(context: Context, kind: str, code: str, label: str = "") -> dict[str, Any]:
    """One touch prints at the station's printer what has no label yet; what has one, or where there is no printer, goes
    to the page that asks. What was printed a moment ago says how far it is."""
    request = context["request"]
    if not isinstance(request.user, User) or not may(request.user, Action.PRINT):
        return {}
    prints = LabelPrint.objects.filter(site=request.user.site, kind=kind, subject=code)
    last = prints.select_related("printer", "job").order_by("-pk").first()
    printer = services.at_station(audit.station())
    return {
        "request": request,
        "kind": kind,
        "code": code,
        "label": label,
        "printer": printer,
        "is_printed": last is not None,
        "fresh": last if last and last.printer and now() - last.at < JUST_NOW else None,
        "is_one_touch": printer is not None and last is None and kind == "container",
        "may_print": True,
    }
