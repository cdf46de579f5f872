"""Who may. One table of actions and roles; views, services and templates all ask it."""

import datetime as dt
import re
from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import pghistory
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from plant import audit
from plant.audit import security
from plant.errors import DomainError
from plant.models import Party, Role, Site, User

P = ParamSpec("P")

OPERATORS = {Role.OPERATOR, Role.SUPERVISOR}
STAFF = {Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER, Role.EHS, Role.ADMINISTRATOR}


class Action(Enum):
    """What a person can do here; the value is the words a refusal uses."""

    SEE_PLANT = "see the plant's lots, batches and shipments"
    RECEIVE = "receive scrap"
    MOVE = "move containers"
    REPACK = "split containers or put them together"
    COUNT = "count what stands in a bay"
    POST_COUNT = "post a count that is far off"
    HOLD = "put a container on hold"
    RELEASE = "release a hold"
    RELEASE_HAZARD = "release a hazard hold"
    SET_REGULATORY = "decide a regulatory status"
    RUN_BATCH = "run batches"
    APPROVE_BLEND = "approve a blend"
    DIVIDE = "divide a batch among its owners"
    REVERSE_OWN = "reverse an own entry"
    REVERSE_ANY = "reverse another person's entry"
    CORRECT_OWN = "correct an own weight"
    CORRECT_ANY = "correct another person's weight, or one of an earlier shift"
    BACKDATE = "enter something before a container's latest movement"
    SHIP = "ship"
    PRINT = "print labels"
    SET_PRINTERS = "set up printers"
    SEE_DASHBOARD = "see the dashboard"
    ENTER_CLOSED_MONTH = "enter something into a month that is signed off"
    SIGN_MONTH = "sign off a month"
    SET_LIMIT = "set a limit"
    SET_STATION = "say which station a terminal is"
    SET_PINS = "give operators their badge and PIN"
    SEE_STATUS = "see the status of the plant's machinery"
    ADMINISTER = "make users and keys"


MAY: dict[Action, set[Role]] = {
    Action.SEE_PLANT: STAFF,
    Action.RECEIVE: OPERATORS,
    Action.MOVE: OPERATORS | {Role.EHS},
    Action.REPACK: OPERATORS,
    Action.COUNT: OPERATORS | {Role.EHS},
    Action.POST_COUNT: {Role.SUPERVISOR, Role.MANAGER},
    Action.HOLD: OPERATORS | {Role.EHS, Role.MANAGER},
    Action.RELEASE: {Role.SUPERVISOR, Role.EHS},
    Action.RELEASE_HAZARD: {Role.EHS},
    Action.SET_REGULATORY: {Role.EHS},
    Action.RUN_BATCH: OPERATORS,
    Action.APPROVE_BLEND: {Role.SUPERVISOR},
    Action.DIVIDE: {Role.SUPERVISOR, Role.MANAGER},
    Action.REVERSE_OWN: OPERATORS,
    Action.REVERSE_ANY: {Role.SUPERVISOR},
    Action.CORRECT_OWN: OPERATORS,
    Action.CORRECT_ANY: {Role.SUPERVISOR},
    Action.BACKDATE: {Role.SUPERVISOR},
    Action.SHIP: OPERATORS,
    Action.PRINT: OPERATORS | {Role.EHS, Role.MANAGER, Role.ADMINISTRATOR},
    Action.SET_PRINTERS: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Action.SEE_DASHBOARD: STAFF,
    Action.ENTER_CLOSED_MONTH: {Role.SUPERVISOR},
    Action.SIGN_MONTH: {Role.MANAGER},
    Action.SET_LIMIT: {Role.MANAGER, Role.ADMINISTRATOR},
    Action.SET_STATION: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Action.SET_PINS: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Action.SEE_STATUS: {Role.MANAGER, Role.ADMINISTRATOR},
    Action.ADMINISTER: {Role.ADMINISTRATOR},
}


class NotAllowed(DomainError):
    code = "not_allowed"


class BadPin(DomainError):
    code = "bad_pin"


class BadPassword(DomainError):
    code = "bad_password"


class OwnAccount(DomainError):
    code = "own_account"


class TooManyAttempts(DomainError):
    code = "too_many_attempts"


def may(user: User, action: Action) -> bool:
    """Whether this person's role includes the action."""
    return user.is_active and user.role in MAY[action]


def check(user: User, action: Action) -> None:
    """Raises `NotAllowed` with a sentence that says who could."""
    if not may(user, action):
        roles = _(" or ").join(sorted(str(role.label).lower() for role in MAY[action]))
        raise NotAllowed(
            _("You cannot %(action)s with your role. Ask: %(roles)s.") % {"action": action.value, "roles": roles}
        )


View = Callable[Concatenate[Any, P], HttpResponse]


def allowed(action: Action) -> Callable[[View[P]], View[P]]:
    """Decorates a view: login first, then the role. What a role may not see is not found (404)."""

    def decorate(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not isinstance(request.user, User) or not may(request.user, action):
                security.warning("not_allowed", action=action.name, path=request.path)
                raise Http404
            return view(request, *args, **kwargs)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded

    return decorate


def may_identify(by: User, person: User) -> bool:
    """Whether `by` may set this person's badge and PIN: a supervisor those of operators, an administrator all."""
    if by.site_id != person.site_id:
        return False
    return may(by, Action.ADMINISTER) or (may(by, Action.SET_PINS) and person.role == Role.OPERATOR)


def _lock(user: User) -> None:
    """Lock the person and read them anew, in place."""
    user.refresh_from_db(from_queryset=User.objects.select_for_update(of=("self",), no_key=True))


def _lock_for(by: User, user: User) -> None:
    """Lock both, in the order of their keys: whoever was an administrator until just now changes nobody any more."""
    people = User.objects.filter(site=user.site).select_for_update(of=("self",), no_key=True).order_by("pk")
    locked = {person.pk: person for person in people.filter(pk__in=(user.pk, by.pk))}
    check(locked.get(by.pk, by), Action.ADMINISTER)
    user.refresh_from_db()


def _check_not_own(user: User, by: User) -> None:
    """Only another administrator takes the role or the access of one; so there is always one left."""
    if user.pk == by.pk:
        raise OwnAccount(
            _("This is your own account. Only another administrator can take away its role or its access.")
        )


def _check_may_identify(by: User | None, user: User) -> None:
    if by is not None and not may_identify(by, user):
        raise NotAllowed(_("You set the badge and PIN of operators only. Ask an administrator."))


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadPassword(" ".join(error.messages), field="password")


@transaction.atomic
def create_user(
    *,
    username: str,
    name: str,
    role: Role,
    password: str,
    site: Site,
    party: Party | None = None,
    language: str = "en",
    badge: str = "",
    by: User | None = None,
) -> User:
    """Make a login. Operators may work the floor at once; a partner's login names its party. Raises `BadPassword`."""
    if by is not None:
        check(by, Action.ADMINISTER)
    user = User(username=username, name=name, role=role, site=site, party=party, language=language, badge=badge)
    _check_password(password, user)
    user.set_password(password)
    with audit.acting(by):
        user.save(force_insert=True)
    security.info("user_created", username=user.username, role=user.role, **_told(by))
    return user


def _told(by: User | None) -> dict[str, str]:
    return {"by": by.username} if by else {}


@transaction.atomic
def change_user(*, user: User, name: str, role: Role, language: str, party: Party | None = None, by: User) -> None:
    """What a person is called, does here and reads; a partner's login names its party. Raises `OwnAccount`."""
    _lock_for(by, user)
    was = user.role
    if role != was:
        _check_not_own(user, by)
    user.name, user.role, user.language, user.party = name, role, language, party
    with audit.acting(by):
        user.save(update_fields=["name", "role", "language", "party"])
    if role != was:
        security.warning("role_changed", username=user.username, was=was, role=role, **_told(by))


@transaction.atomic
def set_password(*, user: User, password: str, by: User) -> None:
    """Give a person a new password; every session they have ends. Raises `BadPassword`."""
    _lock_for(by, user)
    _check_password(password, user)
    user.set_password(password)
    with audit.acting(by):
        user.save(update_fields=["password"])
        pghistory.create_event(user, label="password_set")
    security.warning("password_set", username=user.username, **_told(by))


@transaction.atomic
def disable_user(*, user: User, by: User) -> None:
    """Take away a person's access: their next request is nobody's. What they did keeps their name."""
    _lock_for(by, user)
    _check_not_own(user, by)
    _set_active(user, False, by)
    security.warning("user_disabled", username=user.username, **_told(by))


@transaction.atomic
def enable_user(*, user: User, by: User) -> None:
    """Give it back, with the same badge, PIN and password."""
    _lock_for(by, user)
    _set_active(user, True, by)
    security.warning("user_enabled", username=user.username, **_told(by))


def _set_active(user: User, is_active: bool, by: User) -> None:
    user.is_active = is_active
    with audit.acting(by):
        user.save(update_fields=["is_active"])


PIN = re.compile(r"\A[0-9]{4,6}\Z", re.ASCII)


@transaction.atomic
def set_pin(*, user: User, pin: str, by: User | None) -> None:
    """Give a person a PIN of 4 to 6 digits, with which to take over a station's terminal. Raises `BadPin`."""
    _lock(user)
    _check_may_identify(by, user)
    if not PIN.fullmatch(pin):
        raise BadPin(_("A PIN has 4 to 6 digits. Type only digits."), field="pin")
    user.pin = make_password(pin)
    with audit.acting(by):
        user.save(update_fields=["pin"])
        pghistory.create_event(user, label="pin_set")
    security.info("pin_set", username=user.username, **_told(by))


@transaction.atomic
def set_language(*, user: User, language: str, by: User) -> None:
    """The language in which the person reads every page; one of `settings.LANGUAGES`."""
    with audit.acting(by):
        user.language = language
        user.save(update_fields=["language"])


@transaction.atomic
def set_badge(*, user: User, badge: str, by: User | None) -> None:
    """Give a person the badge whose bar code holds `badge`; the empty text takes it away."""
    _lock(user)
    _check_may_identify(by, user)
    user.badge = badge.strip().upper()
    with audit.acting(by):
        user.save(update_fields=["badge"])
    security.info("badge_set", username=user.username, **_told(by))


ATTEMPTS = 5
WINDOW = dt.timedelta(minutes=5)


def count_attempt(*, subject: str, now: dt.datetime) -> None:
    """Count one login try of a name at an address, before the password is looked at.

    One atomic upsert: of 200 parallel guesses at most `ATTEMPTS` pass in a window. Raises `TooManyAttempts`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO plant_attempt AS a (subject, count, window_ends_at) VALUES (%(subject)s, 1, %(ends)s)
            ON CONFLICT (subject) DO UPDATE SET
                count = CASE WHEN a.window_ends_at <= %(now)s THEN 1 ELSE least(a.count, 1000000) + 1 END,
                window_ends_at = CASE WHEN a.window_ends_at <= %(now)s THEN %(ends)s ELSE a.window_ends_at END
            RETURNING count
            """,
            {"subject": subject[:200], "now": now, "ends": now + WINDOW},
        )
        row = cursor.fetchone()
    if row is None or row[0] > ATTEMPTS:
        # never the name: people type their password into its field
        security.warning("locked_out", of="pin" if subject.startswith("pin|") else "password")
        raise TooManyAttempts(_("Too many tries. Wait five minutes, then try again or ask a supervisor."))


def forget_attempts(*, subject: str) -> None:
    """A right password clears the count."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM plant_attempt WHERE subject = %s", [subject[:200]])


def login_subject(username: str, address: str) -> str:
    """Under which tries at a password are counted: the name at the address."""
    return f"{username.casefold()}|{address}"


def prove_pin(*, user: User, pin: str, terminal: str, now: dt.datetime) -> None:
    """Whether this is the person's PIN. Tries are counted for the person at this terminal, so that guessing at one
    tablet keeps nobody from working at another. Raises `TooManyAttempts`, `BadPin`."""
    subject = f"pin|{user.pk}|{terminal}"
    count_attempt(subject=subject, now=now)
    if not user.is_active or not check_password(pin, user.pin):
        security.warning("pin_failed", username=user.username)
        raise BadPin(_("This is not the PIN. Try again."))
    forget_attempts(subject=subject)
