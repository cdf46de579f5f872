"""What goes around each request: strict headers, and who is there (language, site's clock, session)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django_htmx.middleware import HtmxDetails

from plant import audit
from plant.models import Role, User
from plant.web import terminal
from plant.web.navigation import BAR, reachable

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
Answer = Callable[[HttpRequest], HttpResponseBase]


class SecurityHeaders:
    """No page loads, runs or is framed by anything that is not ours. A view that needs more sets its own header."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


CHUNK_BYTES, HEARD_OUT_BYTES = 65_536, 20_000_000


class Readable:
    """Turns away, before anything is looked up, what no page of ours sends: more than any form holds, and the NUL,
    which no text in the database can hold."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            while length < HEARD_OUT_BYTES and request.read(CHUNK_BYTES):
                pass  # a browser shows the answer only when it has sent everything
            raise RequestDataTooBig("larger than any form")
        texts = [request.path_info]
        try:
            for sent in (request.GET, request.POST):
                texts += [text for name, values in sent.lists() for text in (name, *values)]
        except UnreadablePostError:
            raise BadRequest("the browser went away")
        if any("\0" in text for text in texts):
            raise SuspiciousOperation("a NUL in the address or in a form")
        return self.get_response(request)


class People:
    """Shows each person the pages in their language and their site's zone, names them in every log line, and says at
    which station they are.

    A person who was disabled has no session from the next request on (Django's backend no longer finds them); after a
    shift it is over, and after some idle minutes nothing is answered or done until the same person unlocks it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.terminal = terminal.terminal_of(request) if terminal.COOKIE in request.COOKIES else None
        request.station = None
        user = request.user
        if isinstance(user, User) and terminal.is_over(request):
            logout(request)
            user = request.user
        if not isinstance(user, User):
            return self._to_login(request, self.get_response(request))
        if request.terminal and request.terminal.station.site_id == user.site_id:
            request.station = request.terminal.station
        structlog.contextvars.bind_contextvars(username=user.username)
        with (
            translation.override(user.language),
            timezone.override(user.site.zone),
            audit.at_station(request.station),
        ):
            request.LANGUAGE_CODE = user.language
            response = self._answer(request)
            response.headers.setdefault("Content-Language", user.language)
        return response

    def _answer(self, request: Any) -> HttpResponseBase:
        if terminal.is_locked(request):
            if not _is_open_when_locked(request.path_info):
                return import_string(settings.LOCKED_VIEW)(request)  # type: ignore[no-any-return]
        else:
            terminal.see(request)
        return self.get_response(request)

    def _to_login(self, request: Any, response: HttpResponseBase) -> HttpResponseBase:
        """A lost session sends the whole window to the login, never a login page into a table's cell; and then back
        to the page where the person was, not to the address of a form, which may be no page. At a station the way in
        is by badge or name and PIN."""
        login = resolve_url("login")
        if urlsplit(response.headers.get("Location", "")).path != login:
            return response
        entrance = resolve_url("switch") if request.terminal else login
        if htmx := HtmxDetails(request):
            query = urlencode({"next": htmx.current_url_abs_path or "/"})
            return HttpResponse(status=401, headers={"HX-Redirect": f"{entrance}?{query}"})
        if request.method == "POST":
            query = urlencode({"next": request.headers.get("Referer", "/")})  # the login looks whether it is ours
            response.headers["Location"] = f"{entrance}?{query}"
        elif entrance != login:
            response.headers["Location"] = response.headers["Location"].replace(login, entrance, 1)
        return response


def _is_open_when_locked(path: str) -> bool:
    """The ways to unlock, to hand over and to leave; and what needs nobody."""
    open_ways = ("unlock", "switch", "login", "logout", "theme", "healthz", "readyz")
    return path in {resolve_url(name) for name in open_ways} or path.startswith("/api/")


def frame(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame shows: the site, where one can go, how dense and in which light."""
    user = getattr(request, "user", None)
    person = user if isinstance(user, User) else None
    theme = request.COOKIES.get("theme", "")
    return {
        "person": person,
        "site": person.site if person else None,
        "theme": theme if theme in ("light", "dark") else "",
        "languages": settings.LANGUAGES,
        "station": getattr(request, "station", None),
        "is_terminal": getattr(request, "terminal", None) is not None,
        "unlocks_by_pin": person is not None and terminal.unlocks_by_pin(request),
        "idle_seconds": int(terminal.idle_limit(request).total_seconds()) if person else 0,
        "density": "touch" if person and person.has_role(Role.OPERATOR, Role.SUPERVISOR) else "desk",
        "navigation": SimpleLazyObject(lambda: list(reachable(BAR, person, request.path))),
    }
