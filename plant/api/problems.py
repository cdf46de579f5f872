"""Every error under /api/ is a problem (RFC 9457): `application/problem+json`, a sentence, and no more than that."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ValidationError

from plant.api.renderers import to_json
from plant.audit import security
from plant.errors import DomainError

MEDIA_TYPE = "application/problem+json"
KEPT_HEADERS = ("Allow", "Retry-After")
SENTENCES = {
    400: gettext_lazy("The request is not right. Check its address, its headers and its length."),
    401: gettext_lazy(
        "Send a valid key: `Authorization: Bearer bm_...`. Keys expire and can be revoked; ask us for a new one."
    ),
    403: gettext_lazy("Your key does not open this. Ask us for a key with the scope it needs."),
    404: gettext_lazy("There is nothing here that you may see. Check the address and the reference."),
    405: gettext_lazy("This address does not take this method; `Allow` says which it takes."),
    406: gettext_lazy("The answer is application/json. Accept that, or */*."),
    429: gettext_lazy("Too many calls in this minute. Wait for the seconds in `Retry-After`."),
    500: gettext_lazy("Something went wrong on our side. Try again; if it stays, tell us the request id."),
    503: gettext_lazy("We are busy or being serviced. Try again in a moment."),
}
"""What is said with a status. It tells nothing about our side, nor whether another's thing exists."""


class BadParameters(APIException):
    """Query parameters that this address does not take, or not so: name to sentence."""

    status_code = HTTPStatus.BAD_REQUEST

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(_("The query parameters are not right; `errors` says which."))
        self.errors = [{"parameter": name, "detail": detail} for name, detail in errors.items()]


def problem(status: int, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: object) -> HttpResponse:
    """The answer itself. `type` is `about:blank`: the status says what kind of problem it is, `code` which refusal."""
    said = detail or str(SENTENCES.get(status, HTTPStatus(status).description))
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": said, **more}
    return HttpResponse(to_json(body), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def problem_details(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: bad calls and refusals become problems, anything else is a bug and stays loud."""
    match error:
        case DomainError(message=message, code=code, field=field):
            at_field: dict[str, Any] = {"errors": [{"pointer": f"#/{field}", "detail": message}]} if field else {}
            return problem(409, message, code=code, **at_field)
        case ValidationError():
            return problem(
                400, _("The body is not right; `errors` says where."), errors=list(_pointers(error.detail, "#"))
            )
        case BadParameters():
            return problem(400, str(error.detail), errors=error.errors)
        case APIException(status_code=status):
            if status in (401, 403, 429):
                security.warning("key_refused", status=status)
            detail = "" if status in SENTENCES and status != HTTPStatus.BAD_REQUEST else str(error.detail)
            return problem(status, detail, headers=_headers(error))
        case Http404():
            security.warning("not_found")  # not there, or another's; the line has the key's prefix
            return problem(404)
        case PermissionDenied():
            return problem(403)
    return None


def request_id() -> str:
    """The id under which this request stands in our log."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def _headers(error: APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(wait)
    return headers


def _pointers(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    """One entry per wrong value, with its JSON pointer (RFC 6901) in the body."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            escaped = str(name).replace("~", "~0").replace("/", "~1")
            yield from _pointers(inner, pointer if name == "non_field_errors" else f"{pointer}/{escaped}")
    elif isinstance(detail, list) and any(isinstance(inner, Mapping) for inner in detail):
        for index, inner in enumerate(detail):
            yield from _pointers(inner, f"{pointer}/{index}")
    else:
        for sentence in detail if isinstance(detail, list) else [detail]:
            yield {"pointer": pointer, "detail": str(sentence)}


class Problems:
    """Middleware: under /api/ also what arises outside a view is a problem (an unknown address, a bad host, a bug),
    and every answer carries its request id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith("/api/"):
            return response
        if response.status_code >= HTTPStatus.BAD_REQUEST and response.headers.get("Content-Type") != MEDIA_TYPE:
            kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            more = {"request_id": request_id()} if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else {}
            response = problem(response.status_code, headers=kept, **more)
        response.headers["X-Request-ID"] = request_id()
        return response
