"""The page at /api/docs/: the guide and the reference, with nothing from another host."""

import re


def test_everyone_can_read_it(client, db):
    page = client.get("/api/docs/")

    assert page.status_code == 200
    assert 'spec-url="/api/v1/openapi.json"' in page.content.decode()


def test_it_names_no_other_host(client, db):
    page = client.get("/api/docs/")

    assert "//" not in re.sub(r"<!--.*?-->", "", page.content.decode())
    assert "http" not in page["Content-Security-Policy"]


def test_its_policy_is_looser_than_the_houses_for_styles_and_the_search_only(client, db):
    policy = dict(part.strip().split(" ", 1) for part in client.get("/api/docs/")["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["worker-src"] == "blob:"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe-inline" not in client.get("/login/")["Content-Security-Policy"]


def test_it_holds_no_inline_script_or_handler(client, db):
    html = client.get("/api/docs/").content.decode()

    assert not re.findall(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|<style", html)


def test_without_a_script_it_leads_to_the_document(client, db):
    assert '<a href="/api/v1/openapi.json">' in client.get("/api/docs/").content.decode()


def test_the_guides_calls_work_as_they_stand(client, caller, yard, post1):
    yard.ship(post1)
    guide = client.get("/api/v1/openapi.json").json()["info"]["description"]
    addresses = re.findall(r'\$PLANT(/[^"]*)"', guide)

    assert len(addresses) == 4
    for address in addresses:
        assert caller.get(address).status_code == (404 if "S-2026" in address else 200)
