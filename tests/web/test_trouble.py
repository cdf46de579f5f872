"""When something is not there or does not work, the page says so in words and shows a way on."""

import pytest
from django.db import OperationalError
from django.test import Client

from plant import panels, views


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("address", ["/nowhere/", "/find/?q=what+is+this", "/find/?q=X-2026-000001", "/find/"])
def test_what_is_not_here_gets_a_page_with_a_way_on(screen, address):
    response = screen.get(address)

    assert response.status_code == 404
    assert "This is not here" in text(response)
    assert 'action="/find/"' in text(response)
    assert 'href="/"' in text(response)


def test_a_reference_that_is_none_is_named(screen):
    assert "“FOIL &lt;B&gt;” is no reference." in text(screen.get("/find/?q=foil <b>"))


def test_who_is_not_logged_in_is_shown_the_way_in(site):
    response = Client().get("/nowhere/")

    assert response.status_code == 404
    assert 'href="/login/"' in text(response)


@pytest.mark.parametrize(
    ("reference", "name", "wanted"),
    [
        ("L-2026-000042", "inventory:lot", "L-2026-000042"),
        ("lg-2026-000042", "inventory:lot", "LG-2026-000042"),
        ("L-2026-000042-01", "inventory:container", "L-2026-000042-01"),
        (" B-2026-0412 ", "processing:batch", "B-2026-0412"),
        ("S-2026-0001", "shipments:shipment", "S-2026-0001"),
        ("R-2026-000007", "intake:receipt", "R-2026-000007"),
    ],
)
def test_a_reference_leads_to_its_page(screen, monkeypatch, reference, name, wanted):
    monkeypatch.setattr(views, "reverse", lambda asked, args=(): f"/{asked}/{'/'.join(args)}/")

    assert screen.get("/find/", {"q": reference})["Location"] == f"/{name}/{wanted}/"


def test_a_container_leads_to_its_lot_where_it_has_no_page_of_its_own(screen, monkeypatch):
    def only_lots(asked, args=()):
        if asked != "inventory:lot":
            raise views.NoReverseMatch
        return f"/lots/{args[0]}/"

    monkeypatch.setattr(views, "reverse", only_lots)

    assert screen.get("/find/", {"q": "L-2026-000042-01"})["Location"] == "/lots/L-2026-000042/"


def breaking(error):
    def render(*_args):
        raise error

    return render


def test_a_bug_tells_the_number_under_which_it_is_in_the_log(screen, monkeypatch, caplog):
    monkeypatch.setattr(panels.home, "render", breaking(ZeroDivisionError("secret detail")))

    response = screen.get("/")

    assert response.status_code == 500
    [request_id] = {line.msg["request_id"] for line in caplog.records if "request_id" in line.msg}
    assert request_id in text(response)
    assert "secret detail" not in text(response)
    assert "Traceback" not in text(response)


def test_a_database_that_is_away_is_no_bug(screen, monkeypatch):
    monkeypatch.setattr(panels.home, "render", breaking(OperationalError("connection refused")))

    response = screen.get("/")

    assert response.status_code == 503
    assert "The database does not answer." in text(response)


def test_the_process_is_alive_without_the_database(client):
    assert client.get("/healthz").content == b"ok"


def test_it_is_ready_when_the_database_answers(committed_db, client):
    assert client.get("/readyz").status_code == 200


def test_it_is_not_ready_when_the_database_does_not_answer(client, monkeypatch):
    monkeypatch.setattr(views, "_ask_database", breaking(OperationalError("gone")))

    assert client.get("/readyz").status_code == 503
