"""The front door: login, the first page, what is said when something is not there."""

import sys

import structlog
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plant import access, panels
from plant.audit import security
from plant.models import Role
from plant.web import NotFound, StaffRequest, now, page, terminal
from plant.web.navigation import reachable, tiles
from plant.web.page import is_busy, where_next


class LoginForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Name and password. A wrong name and a wrong password get the same answer; five tries in five minutes."""
    onward = where_next(request)
    if request.method == "GET" and request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    form = LoginForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (status := _try(request, form)) == 303:
            return HttpResponseRedirect(onward)
    return page(request, "login.html", {"form": form, "next": onward}, status=status)


def _try(request: HttpRequest, form: LoginForm) -> int:
    """Count the try first, so that parallel guesses are counted too; then look at the password."""
    username, password = form.cleaned_data["username"], form.cleaned_data["password"]
    subject = access.login_subject(username, request.META["REMOTE_ADDR"])
    try:
        access.count_attempt(subject=subject, now=now())
    except access.TooManyAttempts as refusal:
        form.add_error(None, refusal.message)
        return 429
    user = authenticate(request, username=username, password=password)
    if user is None:
        security.warning("login_failed")
        form.add_error(None, _("Name and password do not belong together. Check both, then try again."))
        return 422
    access.forget_attempts(subject=subject)
    terminal.enter(request, user)
    return 303


@login_required
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """The first page: where one can go, and what the rooms hang in here."""
    context = {
        "tiles": list(reachable(tiles(request.user), request.user, request.path)),
        "welcome": panels.welcome.render(request, request.user),
        "panels": panels.home.render(request, request.user),
        "scans_first": request.user.role in access.OPERATORS,
        "is_partner": request.user.has_role(Role.PARTNER),
    }
    return page(request, "home.html", context)


@login_required
@require_POST
def language(request: StaffRequest) -> HttpResponse:
    """English or Spanish, for this person on every screen."""
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        access.set_language(user=request.user, language=chosen, by=request.user)
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page of ours from which this was pressed."""
    back = request.META.get("HTTP_REFERER", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else reverse("home")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the machine is set; remembered in a cookie, so that no page flashes."""
    response = HttpResponseRedirect(_back(request))
    chosen = request.POST.get("theme", "")
    if chosen in ("light", "dark"):
        response.set_cookie("theme", chosen, max_age=365 * 24 * 3600, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _trouble(413, _("That is more than any page here takes. Shorten the texts, then send it again."))
    return _trouble(400, _("The browser sent something this page does not understand. Load it again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _trouble(403, _("You may not do this. Ask a supervisor."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _trouble(
        403, _("This page was open too long or in two windows. Go back, load it again, and send it once more.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is not here, or not for this person to see, and a way on."""
    if request.resolver_match and request.user.is_authenticated:
        security.info("not_found", path=request.path)  # not there, or another's
    sentence = exception.sentence if isinstance(exception, NotFound) else ""
    return page(request, "404.html", {"sentence": sentence}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug, or an outage of the database: says which, what to do, and the id under which it is in the log."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError) and is_busy(error):
        return _trouble(503, _("Someone else is working on this just now. Wait a moment, then try again."))
    if isinstance(error, OperationalError):
        return _trouble(503, _("The database does not answer. Wait a minute, then try again; call IT if it stays."))
    return _trouble(500, _("Something is broken here. It is in the log; tell IT the number below."))


def _trouble(status: int, sentence: str) -> HttpResponse:
    """A page that needs neither database nor session."""
    context = {
        "status": status,
        "sentence": sentence,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    return HttpResponse(render_to_string("trouble.html", context), status=status)
