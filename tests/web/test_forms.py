"""A form is carried out once; a refusal stands at its field, and the corrected form goes through."""

import re

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import IntegrityError, OperationalError, connection
from django.template import Context, Template

from plant.errors import DomainError
from plant.once import new_key
from plant.web import go, kept, now, page
from tests.web.conftest import person


class Charge(forms.Form):
    mass = forms.DecimalField(label="Mass")


def posted(ask, mass="120.5", once=None, **headers):
    request = ask("/charge/", data={"mass": mass, "once": once or new_key()}, post=True, **headers)
    form = Charge(request.POST)
    assert form.is_valid()
    return request, form


def refuse(error):
    def action():
        raise error

    return action


def test_what_was_done_is_answered(ask):
    request, form = posted(ask)

    assert kept(request, form, lambda: {"url": "/x/"}) == {"url": "/x/"}
    assert not form.errors


def test_a_refusal_stands_at_its_field(ask):
    request, form = posted(ask)

    answer = kept(request, form, refuse(DomainError("L-1 holds 100 kg.", field="mass")))

    assert answer is None
    assert form.errors == {"mass": ["L-1 holds 100 kg."]}


@pytest.mark.parametrize("field", [None, "a_field_of_another_form"])
def test_a_refusal_without_a_field_stands_above_the_form(ask, field):
    request, form = posted(ask)

    kept(request, form, refuse(DomainError("The batch is closed.", field=field)))

    assert form.non_field_errors() == ["The batch is closed."]


def test_a_known_constraint_is_a_refusal(ask, site):
    from plant.services import create_party

    def twice():
        for _n in range(2):
            create_party(site=site, code="GMI", name="Green Metals")
        return {}

    request, form = posted(ask)

    assert kept(request, form, twice) is None
    assert form.non_field_errors() == ["A party with this code is there already. Choose another code."]


def test_an_unknown_constraint_is_a_bug_and_loud(ask):
    request, form = posted(ask)

    with pytest.raises(IntegrityError):
        kept(request, form, refuse(IntegrityError("no constraint of ours")))


def test_a_lost_database_is_loud(ask):
    request, form = posted(ask)

    with pytest.raises(OperationalError):
        kept(request, form, refuse(OperationalError("server closed the connection")))


def test_a_lock_that_does_not_come_free_is_a_sentence(committed_db, owner):
    from django.test import RequestFactory

    from plant.services import create_site

    site = create_site(code="WS", name="Winston-Salem", timezone="America/New_York")
    request = RequestFactory().post("/charge/", {"mass": "1", "once": new_key()})
    request.user = person(site, "olga", "operator")
    form = Charge(request.POST)

    def wait():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            cursor.execute("SELECT FROM plant_site FOR UPDATE")
        return {}

    with owner.transaction():
        owner.execute("SELECT FROM plant_site FOR UPDATE")
        assert form.is_valid()
        assert kept(request, form, wait) is None

    assert "Someone else is working on this just now." in form.non_field_errors()[0]


def test_the_same_key_again_gives_the_first_answer(ask):
    key, done = new_key(), []

    def action():
        done.append(1)
        return {"url": f"/done/{len(done)}/"}

    answers = [kept(*posted(ask, once=key), action) for _n in range(3)]

    assert answers == [{"url": "/done/1/"}] * 3
    assert done == [1]


def test_the_same_key_with_another_body_is_refused(ask):
    key = new_key()
    kept(*posted(ask, once=key), lambda: {"url": "/"})
    request, form = posted(ask, "400", once=key)

    assert kept(request, form, lambda: {"url": "/again/"}) is None
    assert "sent before with other content" in form.non_field_errors()[0]


ONCE = Template("{% once form %}")


def key_in(html):
    return re.search(r'name="once" value="([^"]+)"', html)[1]


def test_a_new_form_has_a_new_key_and_one_with_errors_keeps_its_own(ask):
    request, form = posted(ask, once="11111111-1111-1111-1111-111111111111")

    assert key_in(ONCE.render(Context({"request": request, "form": form}))) == "11111111-1111-1111-1111-111111111111"
    others = {key_in(ONCE.render(Context({"request": request, "form": Charge()}))) for _n in range(2)}
    assert len(others | {"11111111-1111-1111-1111-111111111111"}) == 3


def test_a_page_that_comes_back_keeps_the_key_and_a_page_that_is_fresh_does_not(ask):
    request, _form = posted(ask, once="11111111-1111-1111-1111-111111111111")
    template = Template("{% once %}")

    assert "11111111" in template.render(Context({"request": request, "is_again": True}))
    assert "11111111" not in template.render(Context({"request": request, "is_again": False}))


def test_a_key_that_was_tampered_with_is_shown_as_text(ask):
    request, form = posted(ask, once='"><script>')

    assert "<script>" not in ONCE.render(Context({"request": request, "form": form}))


def test_after_a_post_the_browser_is_sent_on_and_told_why(ask):
    request, _form = posted(ask)
    request.session = {}
    request._messages = FallbackStorage(request)

    response = go(request, "/lots/", "It is booked.")

    assert (response.status_code, response["Location"]) == (303, "/lots/")
    assert [str(message) for message in request._messages] == ["It is booked."]


def test_htmx_is_sent_on_as_a_whole_window(ask):
    request, _form = posted(ask, **{"HX-Request": "true"})

    response = go(request, "/lots/")

    assert (response.status_code, response["HX-Redirect"]) == (204, "/lots/")


@pytest.mark.parametrize(
    ("headers", "is_whole"),
    [
        ({}, True),
        ({"HX-Request": "true"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, True),
    ],
)
def test_the_server_names_the_fragment(ask, headers, is_whole):
    context = {"table": {"title": "Charges", "filters": Charge(), "as_of": now()}}

    response = page(ask(**headers), "_table.html", context, partial="table")

    assert ('class="filters"' in response.content.decode()) is is_whole
    assert 'id="table"' in response.content.decode()
    assert "HX-Request" in response["Vary"]
