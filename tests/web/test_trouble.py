"""When something is not there or does not work, the page says so in words and shows a way on."""

from django.db import OperationalError
from django.test import Client

from plant import panels


def text(response):
    return response.content.decode()


def test_what_is_not_here_gets_a_page_with_a_way_on(screen):
    response = screen.get("/nowhere/")

    assert response.status_code == 404
    assert "This is not here" in text(response)
    assert 'action="/find/"' in text(response)
    assert 'href="/"' in text(response)


def test_who_is_not_logged_in_is_shown_the_way_in(site):
    response = Client().get("/nowhere/")

    assert response.status_code == 404
    assert 'href="/login/"' in text(response)


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
    monkeypatch.setattr("plant.operation.views._ask_database", breaking(OperationalError("gone")))

    assert client.get("/readyz").status_code == 503
