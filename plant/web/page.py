"""How a view answers: a page or its fragment, a way onward, and a form that comes back with its sentence."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from plant import once
from plant.errors import DomainError, explain
from plant.models import Station, User

BUSY = {"55P03", "40P01", "57014"}
"""PostgreSQL's lock_not_available, deadlock_detected and query_canceled: nothing was written, try again."""


class StaffRequest(HttpRequest):
    """A request behind `plant.access.allowed`: somebody is logged in."""

    user: User
    htmx: HtmxDetails
    station: Station | None


class NotFound(Http404):
    """What was asked for is not here, with a sentence that the 404 page shows."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def now() -> dt.datetime:
    """The clock, read here at the edge and passed in from here on; aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment. Going back in the history and boosted links take the whole page."""
    htmx = HtmxDetails(request)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or its fragment `partial` where htmx asks for one: the server names it, never the client.

    422 is the form again, with its errors, what was typed, and the same form key.
    """
    name = f"{template}#{partial}" if partial and wants_partial(request) else template
    response = render(request, name, {"is_again": status == 422, **(context or {})}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def where_next(request: HttpRequest, asked: str = "") -> str:
    """Where to go after a login: to `asked`, or what `next` says, but only ever to ourselves."""
    asked = asked or request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else reverse("home")


def go(request: HttpRequest, url: str, message: str = "") -> HttpResponse:
    """After a POST that did its work: says so on the next page and sends the browser there."""
    if message:
        messages.success(request, message)
    if HtmxDetails(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def kept(request: HttpRequest, form: BaseForm, action: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """Run `action` once per form key and give its answer, or None where the form is wrong or after putting the
    refusal into it. A form that is wrong only since it was carried out before gets the first answer.

    A refusal stands at its field. A violated constraint with a known sentence and a lock that did not come free are
    refusals too; anything else is a bug or an outage and stays loud.
    """
    if not form.is_bound:
        return None
    try:
        return once.carry_out(request, action) if form.is_valid() else once.answered(request)
    except DomainError as error:
        refusal = error
    except IntegrityError as error:
        known = explain(error)
        if known is None:
            raise
        refusal = known
    except OperationalError as error:
        if not is_busy(error):
            raise
        refusal = DomainError(
            _("Someone else is working on this just now. Nothing was saved. Wait a moment, then press again.")
        )
    complaint = ValidationError(refusal.message, code=refusal.code)
    form.add_error(refusal.field if refusal.field in form.fields else None, complaint)
    return None


def is_busy(error: OperationalError) -> bool:
    """Whether the database gave up waiting for another person's lock (and not: is away)."""
    return getattr(error.__cause__, "sqlstate", None) in BUSY
