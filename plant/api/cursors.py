"""Pages without a count: a cursor is a signed place in an order that does not shift, so page 10,000 costs what page 1
costs, and nothing is skipped or shown twice while rows come in."""

from collections.abc import Sequence

from django.core import signing
from django.utils.translation import gettext as _
from rest_framework.request import Request

from plant.api.problems import BadParameters


def _signer(of: str) -> signing.Signer:
    return signing.Signer(salt=f"plant.api.cursors:{of}", sep=".")


def seal(place: Sequence[str], *, of: str) -> str:
    """A cursor that continues after `place`. `of` names the list and its reader: the cursor fits no other."""
    return _signer(of).sign_object(list(place))


def unseal(cursor: str, *, of: str) -> list[str]:
    """The place again. Raises a 400 for a cursor that is forged, broken or another reader's."""
    try:
        place: list[str] = _signer(of).unsign_object(cursor)
    except signing.BadSignature:
        raise BadParameters({"cursor": _("This cursor is not one we gave you. Start again without a cursor.")})
    return place


def next_url(request: Request, cursor: str) -> str:
    """The address of the next page: what was asked, with the new cursor."""
    query = request.GET.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
