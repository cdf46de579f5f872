"""A key opens the API for its party, and whatever is wrong with one gets the same 401."""

import datetime as dt

import pytest
from django.db import connection

from plant.api import services, tokens
from plant.api.models import ApiKey
from plant.errors import DomainError
from plant.models import Party

LIST = "/api/v1/shipments/"
DAY = dt.timedelta(days=1)


def test_a_good_key_is_let_in(caller):
    answer = caller.get(LIST)

    assert answer.status_code == 200
    assert answer.json() == {"results": [], "next": None}


def test_the_scheme_is_read_in_any_case(client, caller):
    assert client.get(LIST, headers={"Authorization": f"bearer {caller.token}"}).status_code == 200


def wrong_headers(token: str) -> dict[str, str | None]:
    return {
        "missing": None,
        "empty": "",
        "scheme only": "Bearer",
        "another scheme": f"Token {token}",
        "no secret": f"Bearer {token[:13]}",
        "unknown prefix": f"Bearer bm_{'a' * 10}_{'A' * 43}",
        "wrong secret": f"Bearer {token[:-1]}{'a' if token[-1] != 'a' else 'b'}",
        "its hash": f"Bearer {tokens.digest(token)}",
        "twice": f"Bearer {token}, Bearer {token}",
        "another script": f"Bearer {token[:-1]}é",
        "a null": f"Bearer {token}\0",
        "a megabyte": f"Bearer {'x' * 1_000_000}",
    }


@pytest.mark.parametrize("what", wrong_headers("bm_0123456789_" + "x" * 43))
def test_a_wrong_key_is_refused_with_one_text(client, caller, what):
    header = wrong_headers(caller.token)[what]

    answer = client.get(LIST, headers={"Authorization": header} if header is not None else {})

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="partners"'
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.content == client.get(LIST).content


def test_an_expired_key_is_refused_as_if_unknown(client, caller_of, post1, now):
    old = caller_of(post1, at=now - 10 * DAY, days=9)

    assert old.get(LIST).status_code == 401
    assert old.get(LIST).content == client.get(LIST).content


def test_a_revoked_key_is_refused_from_the_next_call_on(client, caller, now):
    assert caller.get(LIST).status_code == 200
    services.revoke_key(key=caller.key, by=None, at=now)

    assert caller.get(LIST).status_code == 401
    assert caller.get(LIST).content == client.get(LIST).content


def test_revoking_twice_keeps_the_first_instant(caller, now):
    services.revoke_key(key=caller.key, by=None, at=now)

    assert services.revoke_key(key=caller.key, by=None, at=now + DAY).revoked_at == now


def test_a_key_of_a_party_that_is_not_active_is_refused(client, caller, post1):
    Party.objects.filter(pk=post1.pk).update(is_active=False)

    assert caller.get(LIST).content == client.get(LIST).content


def test_a_key_in_the_address_opens_nothing(client, caller):
    assert client.get(f"{LIST}?key={caller.token}").status_code == 401


def test_a_session_is_not_a_key(client, site):
    from plant.access import create_user
    from plant.models import Role

    client.force_login(create_user(username="m", name="M", role=Role.MANAGER, password="a" * 12, site=site))

    assert client.get(LIST).status_code == 401


def test_a_key_without_the_scope_is_forbidden(caller, monkeypatch):
    from shipments.api import ShipmentList

    monkeypatch.setattr(ShipmentList, "scope", "lots:read")

    assert caller.get(LIST).status_code == 403


def test_a_view_that_names_no_scope_opens_for_nobody(caller, monkeypatch):
    from shipments.api import ShipmentList

    monkeypatch.delattr(ShipmentList, "scope")

    assert caller.get(LIST).status_code == 403


def test_two_keys_of_a_party_overlap(caller, caller_of, post1):
    assert {caller.get(LIST).status_code, caller_of(post1).get(LIST).status_code} == {200}


def test_the_last_use_is_kept_to_the_minute(caller, now):
    services.note_use(key=caller.key, at=now)
    caller.key.refresh_from_db()
    services.note_use(key=caller.key, at=now + dt.timedelta(seconds=59))
    caller.key.refresh_from_db()
    assert caller.key.last_used_at == now

    services.note_use(key=caller.key, at=now + dt.timedelta(seconds=60))

    caller.key.refresh_from_db()
    assert caller.key.last_used_at == now + dt.timedelta(seconds=60)


def test_no_column_of_the_database_holds_a_key(caller_of, post1):
    issued = [caller_of(post1).token for _ in range(20)]
    for table in ("api_apikey", "api_apikeyevent", "pghistory_context"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            (stored,) = cursor.fetchone()
        assert not [token for token in issued if token in stored or token[14:] in stored]


def test_another_pepper_makes_all_keys_worthless(caller, settings):
    settings.API_KEY_PEPPER = "another pepper"

    assert caller.get(LIST).status_code == 401


@pytest.mark.parametrize("how", [{"days": 0}, {"days": 366}, {"name": "  "}])
def test_a_key_that_lives_too_long_or_has_no_name_is_refused(caller_of, post1, how):
    with pytest.raises(DomainError) as refusal:
        caller_of(post1, **how)

    assert refusal.value.field == next(iter(how))
    assert not ApiKey.objects.exists()


def test_a_party_that_is_not_active_gets_no_key(caller_of, post1):
    post1.is_active = False

    with pytest.raises(DomainError):
        caller_of(post1)
