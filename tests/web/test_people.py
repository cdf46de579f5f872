"""Each person sees the pages in their language and by their site's clock, and only while they may."""

from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation

from plant.web import People
from tests.web.conftest import person


def seen_by(request):
    """The language and zone in which a view runs."""
    return HttpResponse(f"{translation.get_language()} {timezone.get_current_timezone_name()}")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_page_is_in_the_persons_language_and_the_sites_zone(site, ask, language):
    request = ask()
    request.user = person(site, "ana", "operator", language=language)

    response = People(seen_by)(request)

    assert response.content.decode() == f"{language} America/New_York"
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_disabled_person_is_out_at_once(screen, operator):
    assert screen.get("/").status_code == 200
    operator.is_active = False
    operator.save(update_fields=["is_active"])

    assert screen.get("/")["Location"] == "/login/?next=/"


def test_a_lost_session_sends_the_whole_window_to_the_login(site):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/lots/?q=foil"}

    response = Client().get("/find/?q=x", headers=headers)

    assert response.status_code == 401
    assert response["HX-Redirect"] == "/login/?next=%2Flots%2F%3Fq%3Dfoil"
    assert response.content == b""


def test_a_lost_session_leads_back_only_to_ourselves(site):
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"}

    assert Client().get("/find/?q=x", headers=headers)["HX-Redirect"] == "/login/?next=%2F"


def test_a_session_lost_over_a_form_leads_back_to_the_forms_page(site):
    page = "http://testserver/containers/L-2026-000001-01/"

    response = Client().post(f"{page}hold/", headers={"Referer": page})

    assert response["Location"] == f"/login/?{urlencode({'next': page})}"


def test_operators_have_large_targets_and_managers_small_ones(screen, manager):
    assert '<body class="touch"' in screen.get("/").content.decode()
    office = Client()
    office.force_login(manager)
    assert '<body class="desk"' in office.get("/").content.decode()


def test_the_bar_names_the_site_the_person_and_the_role(screen):
    page = screen.get("/").content.decode()

    assert "Winston-Salem" in page
    assert "Olga" in page
    assert "Operator" in page
    assert 'action="/logout/" method="post"' in page


def test_a_template_knows_what_a_person_may(ask, operator, manager):
    template = Template("{% may 'RUN_BATCH' as can %}{{ can }}")
    request = ask()

    assert template.render(Context({"request": request})) == "True"
    request.user = manager
    assert template.render(Context({"request": request})) == "False"


def test_the_theme_is_remembered_and_shown_by_the_server(screen):
    screen.post("/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in screen.get("/").content.decode()
    screen.post("/theme/", {"theme": ""})
    assert "data-theme=" not in screen.get("/").content.decode().replace("data-theme-switch", "")


def test_a_theme_that_is_none_is_not_shown(screen):
    screen.cookies["theme"] = '"><script>'

    assert '<script>"' not in screen.get("/").content.decode()
    assert "data-theme=" not in screen.get("/").content.decode()
