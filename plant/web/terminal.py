"""A shared terminal and the session on it: which station it is, and when a session is locked or over.

The station is a signed cookie of the terminal and says where, never who (docs/adr/0009). A session is locked after
some minutes in which nothing was done, and over after a shift (ASVS 7.3.1, 7.3.2); the instants are kept in it.
"""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from plant.audit import security
from plant.models import Station, User
from plant.web.page import now

COOKIE = "__Host-station" if settings.HTTPS else "station"
KEPT_FOR = dt.timedelta(days=400)
"""As long as a browser keeps any cookie."""
IDLE_AT_A_STATION = dt.timedelta(minutes=10)
IDLE_AT_A_DESK = dt.timedelta(minutes=30)
OVER = dt.timedelta(hours=12)
SEEN_EVERY = dt.timedelta(seconds=30)
"""How often a busy session writes down that it is."""


@dataclass(frozen=True)
class Terminal:
    """A tablet that a supervisor gave a station; `mark` is its own, so that tries are counted per tablet."""

    station: Station
    mark: str


def terminal_of(request: HttpRequest) -> Terminal | None:
    """The terminal this request comes from; None at a desk and where the station is no longer used."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=KEPT_FOR)
        station, mark = int(told["station"]), str(told["mark"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
    found = Station.objects.select_related("site").filter(pk=station, is_active=True).first()
    return Terminal(found, mark) if found else None


def place(response: HttpResponseBase, station: Station | None) -> None:
    """Make the browser that gets this answer a terminal of the station; None makes it an ordinary one."""
    if station is None:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    told = signing.dumps({"station": station.pk, "mark": secrets.token_hex(8)}, salt=COOKIE)
    response.set_cookie(COOKIE, told, max_age=KEPT_FOR, httponly=True, samesite="Lax", secure=settings.HTTPS)


def enter(request: HttpRequest, person: User) -> None:
    """Begin this person's session, with a new key and nothing of the last person's."""
    request.session.flush()
    login(request, person)
    instant = now().timestamp()
    request.session["since"] = request.session["seen"] = instant
    security.info("logged_in", username=person.username)


def _ago(request: HttpRequest, mark: str) -> dt.timedelta:
    """A session without the mark has just begun; it is `SESSION_COOKIE_AGE` that ends it."""
    instant = now().timestamp()
    return dt.timedelta(seconds=instant - request.session.get(mark, instant))


def idle_limit(request: HttpRequest) -> dt.timedelta:
    return IDLE_AT_A_STATION if getattr(request, "terminal", None) else IDLE_AT_A_DESK


def unlocks_by_pin(request: HttpRequest) -> bool:
    """The PIN at a terminal; the password at a desk and for who has no PIN."""
    return bool(getattr(request, "terminal", None)) and isinstance(request.user, User) and bool(request.user.pin)


def is_over(request: HttpRequest) -> bool:
    return _ago(request, "since") >= OVER


def is_locked(request: HttpRequest) -> bool:
    """Whether nothing was done for too long. Once locked it stays so until it is unlocked, whatever the clock says."""
    return _ago(request, "seen") >= idle_limit(request)


def see(request: HttpRequest) -> None:
    """Something was done just now. Written at most twice a minute; what a page asks by itself does not count."""
    is_quiet = request.headers.get("X-Quiet") == "1"
    if not is_quiet and "seen" in request.session and _ago(request, "seen") >= SEEN_EVERY:
        request.session["seen"] = now().timestamp()


def unlock(request: HttpRequest) -> None:
    request.session["seen"] = now().timestamp()
