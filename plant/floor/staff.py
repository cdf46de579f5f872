"""The people of the site: who has a login, what they do here, their badge, PIN and password, and their history."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plant import access, audit
from plant.access import Action, allowed, may
from plant.audit import Change, Step
from plant.floor.staff_forms import BadgeForm, NewPersonForm, PasswordForm, PeopleFilters, PersonForm
from plant.models import Role, User
from plant.web import Column, NotFound, StaffRequest, go, kept, listing, page

YES_NO = {True: gettext_lazy("Yes"), False: gettext_lazy("No")}
PEOPLE = (
    Column("name", gettext_lazy("Name"), url=("people:person", "username")),
    Column("username", gettext_lazy("Login")),
    Column("role", gettext_lazy("Role"), choices=Role),
    Column("party__name", gettext_lazy("Partner")),
    Column("badge", gettext_lazy("Badge")),
    Column("has_pin", gettext_lazy("PIN"), choices=YES_NO),
    Column("language", gettext_lazy("Language"), choices=dict(settings.LANGUAGES)),
    Column("is_active", gettext_lazy("Access"), choices=YES_NO),
)


@allowed(Action.SET_PINS)
@require_safe
def people(request: StaffRequest) -> HttpResponse:
    """Everybody of the site who has a login."""
    filters = PeopleFilters(request.GET or None)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    found = User.objects.filter(site=request.user.site)
    if text := chosen.get("q"):
        found = found.filter(Q(name__icontains=text) | Q(username__icontains=text) | Q(badge__icontains=text))
    if role := chosen.get("role"):
        found = found.filter(role=role)
    if chosen.get("access"):
        found = found.filter(is_active=chosen["access"] == "yes")
    rows = found.annotate(has_pin=ExpressionWrapper(~Q(pin=""), output_field=BooleanField()))
    return listing(
        request,
        rows.order_by("-is_active", "name", "pk").values(*(column.key for column in PEOPLE)),
        PEOPLE,
        title=_("People"),
        template="floor/people.html",
        filters=filters,
    )


@sensitive_post_parameters("password", "pin")
@never_cache
@allowed(Action.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: StaffRequest) -> HttpResponse:
    """An administrator makes a login."""
    start = {"role": Role.OPERATOR, "language": settings.LANGUAGE_CODE}
    form = NewPersonForm(request.POST if request.method == "POST" else None, site=request.user.site, initial=start)

    def create() -> dict[str, Any]:
        typed = dict(form.cleaned_data)
        pin, badge = typed.pop("pin"), typed.pop("badge")
        person = access.create_user(site=request.user.site, by=request.user, **typed)
        if badge:
            access.set_badge(user=person, badge=badge, by=request.user)
        if pin:
            access.set_pin(user=person, pin=pin, by=request.user)
        return {"username": person.username, "name": person.name}

    if answer := kept(request, form, create):
        said = _("%(name)s can log in now.") % answer
        return go(request, reverse("people:person", args=[answer["username"]]), said)
    return page(request, "floor/person_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@allowed(Action.SET_PINS)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest, username: str) -> HttpResponse:
    """One person: who they are and what they do here, how they come in, and what became of that."""
    found = _person(request, username)
    if request.method != "POST":
        return _show(request, found)
    if not may(request.user, Action.ADMINISTER):
        raise NotFound(_("Only an administrator changes who a person is. You set badges and PINs of operators."))
    form = PersonForm(request.POST, site=found.site)

    def change() -> str:
        access.change_user(user=found, by=request.user, **form.cleaned_data)
        return _("%(name)s is changed.") % {"name": found.name}

    return _carry_out(request, found, "person", form, change)


@sensitive_post_parameters("pin")
@never_cache
@allowed(Action.SET_PINS)
@require_POST
def badge(request: StaffRequest, username: str) -> HttpResponse:
    """A new badge, a new PIN, or both; an empty PIN keeps the one there is."""
    found = _person(request, username)
    form = BadgeForm(request.POST, person=found)

    def change() -> str:
        typed = form.cleaned_data
        if typed["badge"].upper() != found.badge:
            access.set_badge(user=found, badge=typed["badge"], by=request.user)
        if typed["pin"]:
            access.set_pin(user=found, pin=typed["pin"], by=request.user)
            return _("The new PIN of %(name)s holds from now on.") % {"name": found.name}
        return _("The badge of %(name)s is saved.") % {"name": found.name}

    return _carry_out(request, found, "badge", form, change)


@sensitive_post_parameters("password")
@never_cache
@allowed(Action.ADMINISTER)
@require_POST
def password(request: StaffRequest, username: str) -> HttpResponse:
    """A new password: wherever the person is logged in, they log in again with it."""
    found = _person(request, username)
    form = PasswordForm(request.POST)

    def change() -> str:
        access.set_password(user=found, password=form.cleaned_data["password"], by=request.user)
        if found.pk == request.user.pk:
            update_session_auth_hash(request, found)
        return _("%(name)s logs in with the new password from now on.") % {"name": found.name}

    return _carry_out(request, found, "password", form, change)


@allowed(Action.ADMINISTER)
@require_POST
def access_(request: StaffRequest, username: str) -> HttpResponse:
    """Take away a person's access, or give it back."""
    found, form = _person(request, username), Form(request.POST)

    def change() -> str:
        if request.POST.get("access") == "yes":
            access.enable_user(user=found, by=request.user)
            return _("%(name)s can log in again.") % {"name": found.name}
        access.disable_user(user=found, by=request.user)
        return _("%(name)s has no access any more.") % {"name": found.name}

    return _carry_out(request, found, "access", form, change)


def _person(request: StaffRequest, username: str) -> User:
    found = User.objects.filter(site=request.user.site, username=username).select_related("site", "party").first()
    if found is None:
        raise NotFound(_("Nobody here has the login %(username)s. Look in the list.") % {"username": username[:60]})
    return found


def _carry_out(request: StaffRequest, person: User, which: str, form: Form, change: Callable[[], str]) -> HttpResponse:
    """One of the forms on a person's page: done once and said there, or back with its sentence."""
    if answer := kept(request, form, lambda: {"said": change()}):
        return go(request, reverse("people:person", args=[person.username]), answer["said"])
    person.refresh_from_db()  # a refused change leaves nothing of it on the page
    return _show(request, person, again=(which, form), status=422)


def _show(
    request: StaffRequest, person: User, *, again: tuple[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"who": person, "is_own": person.pk == request.user.pk, "history": _history(person)}
    context["forms"] = _forms(request.user, person) | (dict([again]) if again else {})
    return page(request, "floor/person.html", context, status=status)


def _forms(user: User, person: User) -> dict[str, Form]:
    """What this user may change about the person."""
    forms: dict[str, Form] = {}
    if may(user, Action.ADMINISTER):
        start = {"name": person.name, "role": person.role, "language": person.language}
        start["party"] = person.party.code if person.party else ""
        forms["person"] = PersonForm(site=person.site, initial=start)
        forms["password"] = PasswordForm()
        forms["access"] = Form()
    if access.may_identify(user, person) and person.role != Role.PARTNER:
        forms["badge"] = BadgeForm(person=person)
    return forms


WORDS = {
    "name": gettext_lazy("Name"),
    "role": gettext_lazy("Role"),
    "party": gettext_lazy("Partner"),
    "language": gettext_lazy("Language"),
    "badge": gettext_lazy("Badge"),
}
SET = {"pin_set": gettext_lazy("New PIN"), "password_set": gettext_lazy("New password")}


def _history(person: User) -> list[Step]:
    """What became of the login, the newest first. Of a PIN and a password only that there was a new one."""
    told = (audit.step(event, tuple(_changes(before, event))) for before, event in audit.events(person, "party"))
    return [step for step in told if step.changes][::-1]


def _changes(before: Any, event: Any) -> Iterator[Change]:
    if before is None:
        yield Change(_("Login made"))
        return
    if event.pgh_label in SET:
        yield Change(str(SET[event.pgh_label]))
    if before.is_active != event.is_active:
        yield Change(_("Access given back") if event.is_active else _("Access taken away"))
    yield from audit.changes(before, event, WORDS)
