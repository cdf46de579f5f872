"""Whose a batch is: each owner's share of what came out, and the division that frees its bags."""

from itertools import groupby

from django.forms import Form
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plant.access import Action, allowed, may
from plant.web import StaffRequest, now
from processing import services, shares
from processing.models import BatchState
from processing.views.frame import OWNERS, batch_of, carry_out, show


@allowed(Action.SEE_PLANT)
@require_http_methods(["GET", "POST"])
def owners(request: StaffRequest, reference: str) -> HttpResponse:
    """What each owner charged, his share of each material, what is in his bags, and what he is owed."""
    batch = batch_of(request, reference)
    may_divide = may(request.user, Action.DIVIDE)
    if request.method == "POST" and not may_divide:
        raise Http404
    form = Form(request.POST if request.method == "POST" else None)

    def act() -> None:
        services.divide_batch(batch=batch, by=request.user, at=now())

    said = _("%(batch)s is divided. Its bags are free.") % {"batch": batch}
    done = carry_out(request, form, act, request.path, said) if form.is_bound else None
    divisions = list(batch.divisions.select_related("divided_by").order_by("-number"))
    found = services.shares_of(batch)
    context = {
        "streams": [
            {"name": found_of[0].grade or found_of[0].material, "shares": found_of}
            for _key, rows in groupby(found, key=lambda share: (share.material.pk, share.grade and share.grade.pk))
            if (found_of := list(rows))
        ],
        "is_commingled": services.is_commingled(batch),
        "divisions": divisions,
        "rule": shares.RULE,
        "is_closed": batch.state == BatchState.CLOSED,
        "can_divide": may_divide and batch.state == BatchState.CLOSED and services.wants_division(batch),
    }
    return done or show(request, "processing/owners.html", batch, OWNERS, form, **context)
