"""Who calls: a partner's program shows its key, and the key opens what its scopes say.

`request.auth` is the key, `request.user` is None: a program is nobody's login.
"""

from typing import TYPE_CHECKING, Any

import structlog
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from plant.api import services, tokens
from plant.api.models import ApiKey
from plant.web import now

if TYPE_CHECKING:  # DRF imports this module while it makes its views
    from rest_framework.views import APIView

_UNKNOWN = "0" * 64


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer bm_<prefix>_<secret>`. Whatever is wrong with a key, the answer is the same 401."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey]:
        at = now()
        scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        prefix = tokens.prefix_of(token) if scheme.lower() == "bearer" else None
        if prefix is None:
            raise AuthenticationFailed
        key = ApiKey.objects.usable(at).select_related("party__site").filter(prefix=prefix).first()
        # The hash is computed for an unknown prefix too: how long we take says nothing about which prefixes exist.
        if not tokens.matches(token, key.digest if key else _UNKNOWN) or key is None:
            raise AuthenticationFailed
        services.note_use(key=key, at=at)
        structlog.contextvars.bind_contextvars(api_key=key.prefix, party=key.party.code)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="partners"'


class HasKey(BasePermission):
    """The key opens this view: a view that names no scope opens for nobody."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        key: Any = request.auth
        return isinstance(key, ApiKey) and getattr(view, "scope", None) in key.scopes
