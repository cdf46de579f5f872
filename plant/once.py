"""Idempotency at the edge: a form carries a key, and the same key again gives the first answer.

The key is written in the transaction of what it guards, first of all locks: a second press waits for the first and
then sees its answer; a refused attempt leaves no key, so that the corrected form goes through.
"""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from plant.errors import DomainError
from plant.models import OnceKey, User

FIELD = "once"
_IGNORED = {FIELD, "csrfmiddlewaretoken"}


class KeyReused(DomainError):
    code = "key_reused"


class KeyMissing(DomainError):
    code = "key_missing"


def new_key() -> str:
    return str(uuid.uuid4())


def fingerprint(request: HttpRequest) -> str:
    """What was typed and where it was sent; not the clock, not the key itself.

    Keyed, since a PIN may be in it: who has only the database cannot try all of them.
    """
    typed: Iterable[tuple[str, list[str]]] = sorted(
        (name, values) for name, values in request.POST.lists() if name not in _IGNORED
    )
    return salted_hmac("plant.once", repr((request.path, list(typed))), algorithm="sha256").hexdigest()


def carry_out(request: HttpRequest, action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run `action` once per form key; its small JSON answer (where to go, what to say) is kept and given again.

    Raises `KeyReused` where the key comes back with other words in the form, `KeyMissing` where there is none,
    and whatever refusal `action` raises (then nothing is kept).
    """
    user, key, print_ = _user(request), _key(request), fingerprint(request)
    with transaction.atomic():
        with connection.cursor() as cursor:  # waits here while the same key is being carried out
            cursor.execute(
                "INSERT INTO plant_oncekey (key, user_id, fingerprint) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [key, user.pk, print_],
            )
            is_first = cursor.rowcount == 1
        if is_first:
            answer = action()
            OnceKey.objects.filter(key=key).update(answer=answer)
            return answer
    return _same(OnceKey.objects.get(key=key), user, print_)


def answered(request: HttpRequest) -> dict[str, Any] | None:
    """The answer of a form that was carried out before, whatever has changed since; None for a new one.

    Asked about a form that is refused: perhaps by what it has done itself (the seal is taken, the container charged).
    Raises `KeyReused`.
    """
    try:
        first = OnceKey.objects.filter(key=_key(request)).first()
    except KeyMissing:  # said by `carry_out`, once nothing else is wrong
        return None
    return None if first is None else _same(first, _user(request), fingerprint(request))


def _same(first: OnceKey, user: User, print_: str) -> dict[str, Any]:
    if first.user_id != user.pk or first.fingerprint != print_:
        raise KeyReused(_("This form was sent before with other content. Load the page again to enter more."))
    return first.answer or {}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        raise KeyMissing(_("This form is incomplete. Load the page again and send it once more."))
