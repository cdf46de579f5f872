"""What the database itself refuses of a key and of a count, by the name of the constraint."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from plant.api.models import ApiKey, CallCount
from plant.errors import constraint_of, explain

DAY = dt.timedelta(days=1)
CASES = {
    "api_apikey_has_name": lambda now: {"name": ""},
    "api_apikey_stored_as_hash": lambda now: {"digest": "bm_0123456789_secret"},
    "api_apikey_scopes_known": lambda now: {"scopes": ["everything"]},
    "api_apikey_lives_a_year_at_most": lambda now: {"expires_at": now + 366 * DAY},
    "api_apikey_revoked_after_made": lambda now: {"revoked_at": now - DAY},
    "api_apikey_prefix_key": lambda now: {"prefix": "0123456789"},
}


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name, caller, post1, now):
    ApiKey.objects.filter(pk=caller.key.pk).update(prefix="0123456789")
    row = {
        "party": post1,
        "name": "ERP",
        "prefix": "abcdefghij",
        "digest": "0" * 64,
        "scopes": ["shipments:read"],
        "created_at": now,
        "expires_at": now + DAY,
    }

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ApiKey.objects.create(**row | CASES[name](now))

    assert constraint_of(error.value) == name


def test_a_key_opens_at_least_one_thing(caller):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ApiKey.objects.filter(pk=caller.key.pk).update(scopes=[])

    assert explain(error.value).message.startswith("A key opens at least one thing")


def test_a_count_of_calls_starts_at_one(caller, now):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        CallCount.objects.create(key=caller.key, minute=now, count=0)

    assert constraint_of(error.value) == "api_callcount_is_positive"
