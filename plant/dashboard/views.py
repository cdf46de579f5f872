"""The managers' page."""

import hashlib

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from plant.access import Action, allowed
from plant.dashboard import tiles
from plant.web import StaffRequest, now, page, wants_partial


@allowed(Action.SEE_DASHBOARD)
@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
    """Utilization, weeks, batches, holds and stock; asked again every few seconds, and 304 while nothing changed."""
    at = now()
    context = {"board": tiles.board(request.user.site, at), "now": at}
    response = page(request, "dashboard/dashboard.html", context, partial="tiles")
    return _or_not_modified(request, response) if wants_partial(request) else response


def _or_not_modified(request: StaffRequest, response: HttpResponse) -> HttpResponse:
    """The tiles, or 304 where the browser has just these already."""
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response.headers["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)
    return answer
