"""What every partner's address has in common, and the two pages that explain them."""

from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.views import APIView

from plant.api.models import ApiKey, Scope
from plant.api.parameters import Parameters, read
from plant.models import Party

# Redoc makes its styles as it runs and searches in a worker; nothing but our own files is loaded.
DOCS_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src blob:; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class PartnerView(APIView):
    """One address for partners: it names the scope that opens it and the parameters it takes, and takes no others."""

    scope: ClassVar[Scope]
    parameters: ClassVar[type[Parameters]] = Parameters
    http_method_names = ["get", "head"]
    asked: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.asked = read(request, self.parameters)

    @property
    def party(self) -> Party:
        """Whose key it is: what may be seen is what this party may see."""
        key = self.request.auth
        assert isinstance(key, ApiKey)
        return key.party


@cache
def _document() -> bytes:
    return (settings.BASE_DIR / "docs" / "openapi.json").read_bytes()


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as it is committed and compared in CI: what a partner builds against does not move."""
    return HttpResponse(_document(), content_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The guide and the reference, without a line from another host."""
    page = render(request, "api/docs.html")
    page.headers["Content-Security-Policy"] = DOCS_CSP
    return page
