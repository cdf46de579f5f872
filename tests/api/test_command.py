"""`manage.py create_api_key PARTY` prints a key once, or says which partners there are."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from plant.api.models import ApiKey
from plant.services import create_party, create_site


def test_the_printed_key_works(client, post1):
    out = StringIO()
    call_command("create_api_key", "POST1", name="Their ERP", days=90, stdout=out)

    token = next(word for word in out.getvalue().split() if word.startswith("bm_"))
    assert client.get("/api/v1/shipments/", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert f"curl -H 'Authorization: Bearer {token}' http" in out.getvalue()
    key = ApiKey.objects.get()
    assert (key.name, key.party, (key.expires_at - key.created_at).days) == ("Their ERP", post1, 90)


def test_an_unknown_partner_is_answered_with_the_codes_there_are(post1, post2):
    with pytest.raises(CommandError, match=r"No partner has the code POST9.* There are: POST1, POST2"):
        call_command("create_api_key", "POST9")


def test_where_two_sites_know_a_code_the_site_is_asked_for(post1):
    create_party(site=create_site(code="KY", name="Kentucky", timezone="UTC", mark="K"), code="POST1", name="Other")

    with pytest.raises(CommandError, match="add --site with GMBI or KY"):
        call_command("create_api_key", "POST1")
    call_command("create_api_key", "POST1", site="KY", stdout=StringIO())

    assert ApiKey.objects.get().party.name == "Other"


def test_a_key_that_would_live_too_long_is_refused_with_the_sentence(post1):
    with pytest.raises(CommandError, match="1 to 365 days"):
        call_command("create_api_key", "POST1", days=1000)
