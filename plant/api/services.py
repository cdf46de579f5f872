"""Make and revoke partners' keys."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from plant import audit
from plant.api import tokens
from plant.api.models import LONGEST_LIFE, ApiKey, Scope
from plant.errors import DomainError
from plant.models import Party, User

USED_EVERY = dt.timedelta(minutes=1)


class KeyRefused(DomainError):
    code = "key_refused"


@transaction.atomic
def create_key(
    *,
    party: Party,
    name: str,
    by: User | None,
    at: dt.datetime,
    days: int = LONGEST_LIFE.days,
    scopes: Sequence[Scope] = (Scope.SHIPMENTS_READ,),
) -> tuple[ApiKey, str]:
    """Give a partner a key. Returns the row and the key itself, which is nowhere else: show it once."""
    if not party.is_active:
        raise KeyRefused(_("%(party)s is not active. Make it active first.") % {"party": party.name}, field="party")
    if not name.strip():
        raise KeyRefused(_("Name the key for the system that will use it."), field="name")
    if not 1 <= days <= LONGEST_LIFE.days:
        raise KeyRefused(_("A key lives 1 to %(days)d days.") % {"days": LONGEST_LIFE.days}, field="days")
    token = tokens.new_token()
    with audit.acting(by, "key made"):
        key = ApiKey.objects.create(
            party=party,
            name=name.strip(),
            prefix=tokens.prefix_of(token) or "",
            digest=tokens.digest(token),
            scopes=list(scopes),
            created_at=at,
            created_by=by,
            expires_at=at + dt.timedelta(days=days),
        )
    return key, token


@transaction.atomic
def revoke_key(*, key: ApiKey, by: User | None, at: dt.datetime, reason: str = "key revoked") -> ApiKey:
    """Close a key for good, from the next call on. Revoking it again changes nothing."""
    key = ApiKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at = at
        with audit.acting(by, reason):
            key.save(update_fields=["revoked_at"])
    return key


def note_use(*, key: ApiKey, at: dt.datetime) -> None:
    """Remember when a key was last used, at most once a minute."""
    if key.last_used_at is None or key.last_used_at <= at - USED_EVERY:
        unseen = Q(last_used_at=None) | Q(last_used_at__lte=at - USED_EVERY)
        ApiKey.objects.filter(unseen, pk=key.pk).update(last_used_at=at)
