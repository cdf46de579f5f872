"""What no page of ours sends is turned away before anything is looked up, with a sentence and without a trace."""

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from plant.models import OnceKey
from tests.web.conftest import PASSWORD


@pytest.mark.parametrize(
    "address", ["/lots/%00/", "/lots/?q=a%00b", "/batches/?%00=1", "/find/?q=%00", "/limits/A%00B/", "/%00"]
)
def test_a_nul_in_the_address_is_refused(screen, address):
    response = screen.get(address)

    assert response.status_code == 400
    assert "The browser sent something this page does not understand." in response.content.decode()


@pytest.mark.parametrize("typed", [{"username": "ol\0ga"}, {"na\0me": "x"}, {"once": "\0"}])
def test_a_nul_in_a_form_is_refused(screen, typed):
    assert screen.post("/login/", {"username": "olga", "password": PASSWORD} | typed).status_code == 400
    assert not OnceKey.objects.exists()


def test_a_partners_call_with_a_nul_is_a_problem(client):
    response = client.get("/api/v1/shipments/%00/")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/json"])
def test_more_than_any_form_holds_is_refused_unread(screen, kind):
    response = screen.post("/login/", b"note=" + b"x" * 10_000_000, content_type=kind)

    assert response.status_code == 413
    assert "Shorten the texts, then send it again." in response.content.decode()


def test_no_page_takes_a_file(screen, monkeypatch):
    def keep(*_args):
        raise AssertionError("a file was written")

    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", keep)
    body = b'--x\r\nContent-Disposition: form-data; name="username"; filename="../a.exe"\r\n\r\nolga\r\n--x--\r\n'

    response = screen.post("/login/", body, content_type="multipart/form-data; boundary=x")

    assert response.status_code == 422


def test_a_broken_form_of_parts_is_no_bug(screen):
    assert screen.post("/login/", b"--x\r\nbroken", content_type="multipart/form-data; boundary=").status_code == 400


def test_as_many_fields_as_no_form_has_are_refused(screen):
    assert screen.post("/login/", {f"f{n}": "1" for n in range(1_000)}).status_code == 400
