"""Who works at a terminal: which station it is, taking it over by badge or name and PIN, the idle lock."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.middleware import HtmxDetails

from plant import access
from plant.access import Action, allowed
from plant.errors import DomainError
from plant.models import Role, Station, User
from plant.web import StaffRequest, go, now, page, terminal
from plant.web.page import where_next
from plant.web.terminal import Terminal

DRAFT = "locked draft"
LONGEST_DRAFT = 200_000


class SecretForm(forms.Form):
    """The PIN on the number pad; at a desk, and for who has none, the password."""

    secret = forms.CharField(max_length=200, strip=False)


@allowed(Action.SET_STATION)
@require_http_methods(["GET", "POST"])
def station(request: StaffRequest) -> HttpResponse:
    """Which station is this? Chosen once for each tablet and kept in its browser."""
    stations = Station.objects.filter(site=request.user.site, is_active=True).order_by("code")
    if request.method == "GET":
        return page(request, "floor/station.html", {"stations": stations})
    chosen = stations.filter(code=request.POST.get("station", "")).first()
    said = _("This terminal is %(station)s now.") % {"station": chosen} if chosen else _("This is a desk now.")
    response = go(request, reverse("home"), said)
    terminal.place(response, chosen)
    return response


def _people(where: Terminal) -> list[User]:
    """Who can take over a terminal: the site's staff that have a PIN; who works on the floor comes first."""
    found = User.objects.filter(site=where.station.site, is_active=True).exclude(pin="").exclude(role=Role.PARTNER)
    return sorted(found, key=lambda person: (person.role not in access.OPERATORS, person.name, person.pk))


@sensitive_post_parameters("secret")
@never_cache
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """Who works here now? By badge or by name, and PIN; whoever was here before is gone."""
    where: Terminal | None = getattr(request, "terminal", None)
    if where is None:
        return HttpResponseRedirect(reverse("login"))
    people, asked = _people(where), request.POST if request.method == "POST" else request.GET
    badge, name = asked.get("badge", "").strip().upper(), asked.get("who", "")
    person = next((p for p in people if p.username == name or (badge and p.badge == badge)), None)
    context: dict[str, Any] = {"people": people, "who": person, "terminal_station": where.station}
    context["next"] = where_next(request)
    if person is None:
        unknown = _("No badge here holds %(badge)s. Choose your name.") % {"badge": badge} if badge else ""
        return page(request, "floor/switch.html", {**context, "unknown": unknown}, status=404 if badge else 200)
    form = SecretForm(request.POST) if "secret" in request.POST else None
    if form is not None and form.is_valid() and _proves(form, lambda: _prove_pin(person, form, where)):
        terminal.enter(request, person)
        return HttpResponseRedirect(context["next"])
    context["errors"] = form.errors.get("secret") if form else ""
    return page(request, "floor/switch.html", context, status=422 if form else 200)


def _proves(form: SecretForm, prove: Callable[[], None]) -> bool:
    try:
        prove()
    except DomainError as refusal:
        form.add_error("secret", refusal.message)
        return False
    return True


def _prove_pin(person: User, form: SecretForm, where: Terminal) -> None:
    access.prove_pin(user=person, pin=form.cleaned_data["secret"], terminal=where.mark, now=now())


def _prove(request: HttpRequest, person: User, form: SecretForm) -> None:
    """The PIN at a terminal, the password elsewhere; tries at a password count as those of the login do."""
    where: Terminal | None = getattr(request, "terminal", None)
    if where is not None and terminal.unlocks_by_pin(request):
        _prove_pin(person, form, where)
        return
    subject = access.login_subject(person.username, request.META["REMOTE_ADDR"])
    access.count_attempt(subject=subject, now=now())
    if authenticate(request, username=person.username, password=form.cleaned_data["secret"]) is None:
        raise DomainError(_("This is not the password. Try again."))
    access.forget_attempts(subject=subject)


def locked(request: HttpRequest) -> HttpResponse:
    """What a locked session answers, whatever was asked: nothing is shown and nothing done. The page that htmx asks
    from keeps what was typed; a form that came as a page is kept, sealed, for the same person to send again."""
    if HtmxDetails(request) or request.headers.get("X-Scan"):
        return HttpResponse(status=401, headers={"X-Locked": "1"})
    draft = ""
    if request.method == "POST":
        assert isinstance(request.user, User)
        fields = [item for item in request.POST.lists() if item[0] != "csrfmiddlewaretoken"]
        told = {"user": request.user.pk, "path": request.get_full_path(), "fields": fields}
        draft = signing.dumps(told, salt=DRAFT, compress=True)
    back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "")
    context = {
        "next": where_next(request, asked=back),
        "draft": draft if len(draft) < LONGEST_DRAFT else "",
    }
    return page(request, "floor/locked.html", context, status=401)


@sensitive_post_parameters("secret")
@never_cache
@login_required
@require_POST
def unlock(request: StaffRequest) -> HttpResponse:
    """The same person is back: the page goes on as it was, and a form that came too late is shown to be sent again."""
    person, form = request.user, SecretForm(request.POST)
    if not (form.is_valid() and _proves(form, lambda: _prove(request, person, form))):
        draft = request.POST.get("draft", "")
        context = {"errors": form.errors.get("secret"), "next": where_next(request), "draft": draft}
        return page(request, "floor/locked.html", context, partial="pin", status=422)
    terminal.unlock(request)
    if HtmxDetails(request):
        return HttpResponse(status=204)
    typed = _draft(request, person)
    if typed is None:
        return HttpResponseRedirect(where_next(request))
    return page(request, "floor/draft.html", {"draft": typed, "next": where_next(request)})


def _draft(request: HttpRequest, person: User) -> dict[str, Any] | None:
    """The form that came while the session was locked, if it was this person's."""
    try:
        told = signing.loads(request.POST.get("draft", ""), salt=DRAFT, max_age=terminal.OVER)
    except signing.BadSignature:
        return None
    return told if told["user"] == person.pk else None


@login_required
@require_GET
def awake(request: HttpRequest) -> HttpResponse:
    """Somebody types at a page: the middleware has seen it."""
    return HttpResponse(status=204)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Leave; at a station the next person is asked for."""
    logout(request)
    return HttpResponseRedirect(reverse("switch" if getattr(request, "terminal", None) else "login"))
