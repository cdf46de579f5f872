"""No page loads, runs or is framed by what is not ours."""

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from plant import panels
from plant.web import SecurityHeaders

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGES = {"/": 200, "/login/": 302, "/nowhere/": 404, "/find/?q=x": 404, "/healthz": 200}


@pytest.mark.parametrize(("address", "status"), PAGES.items())
def test_every_answer_has_the_strict_policy(screen, address, status):
    response = screen.get(address)

    assert response.status_code == status
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


def test_a_broken_page_has_it_too(screen, monkeypatch):
    monkeypatch.setattr(panels.home, "render", lambda *_args: 1 / 0)

    response = screen.get("/")

    assert response.status_code == 500
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_view_may_set_its_own_policy():
    own = SecurityHeaders(lambda _request: HttpResponse(headers={"Content-Security-Policy": "default-src 'self'"}))

    assert own(RequestFactory().get("/"))["Content-Security-Policy"] == "default-src 'self'"


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_holds_what_the_policy_would_block(path):
    text = path.read_text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|hx-vals=.js:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=\"{% static )", text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)
