"""People take turns at a terminal: by badge or name, and PIN. The terminal says where, never who."""

import pytest
from django.test import Client

from plant import access, audit
from plant.inventory.models import Movement
from tests.factories import container
from tests.floor.conftest import tablet_at, take_over, who_is_there
from tests.pages import text


def test_a_terminal_without_a_person_shows_names_and_nothing_else(tablet):
    page = tablet.get("/switch/")

    assert "Dock 1" in text(page)
    assert "Operator, first shift" in text(page)
    assert "Plant manager" not in text(page)  # has no PIN
    for path in ("/", "/lots/", "/containers/", "/find/?q=A-01"):
        assert tablet.get(path)["Location"].startswith("/switch/?next=")


def test_a_badge_names_a_person_and_opens_nothing(tablet):
    page = tablet.get("/switch/?badge=op-1002")

    assert "Operator, second shift" in text(page)
    assert 'name="secret"' in page.content.decode()
    assert who_is_there(tablet) is None


def test_a_badge_that_is_nobodys_is_said(tablet):
    page = tablet.get("/switch/?badge=OP-9999")

    assert page.status_code == 404
    assert "No badge here holds OP-9999. Choose your name." in text(page)


def test_the_pin_hands_the_terminal_over_and_nothing_of_the_last_person_stays(tablet):
    take_over(tablet)
    session = tablet.session
    session["scans"] = ["L-1"]
    session.save()
    before = session.session_key

    take_over(tablet, "operator2", "1002")

    assert who_is_there(tablet) == "operator2"
    assert tablet.session.session_key != before
    assert "scans" not in tablet.session


def test_whoever_takes_over_goes_on_where_the_link_led_if_it_is_ours(tablet):
    assert take_over(tablet, next="/lots/")["Location"] == "/lots/"
    assert take_over(tablet, next="https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize("pin", ["1002", "", "100", "१००१"])
def test_a_wrong_pin_is_refused_and_not_shown(tablet, pin):
    page = take_over(tablet, pin=pin)

    assert page.status_code == 422
    assert who_is_there(tablet) is None


def test_away_from_a_station_a_pin_opens_nothing(plant):
    desk = Client()

    assert take_over(desk)["Location"].startswith("/login/")
    assert who_is_there(desk) is None


def test_a_cookie_of_ones_own_making_is_no_station(plant):
    desk = Client()
    desk.cookies["station"] = '{"station": 1, "mark": "x"}'

    assert desk.get("/switch/")["Location"] == "/login/"


def test_somebody_of_another_site_or_without_a_pin_cannot_take_over(tablet, plant):
    access.set_pin(user=plant.users["partner"], pin="4444", by=None)

    for username in ("manager", "partner", "nobody"):
        take_over(tablet, username, "4444")
        assert who_is_there(tablet) is None


def test_who_was_disabled_is_out_at_the_next_request_and_not_let_in_again(tablet, plant):
    take_over(tablet)
    person = plant.users["operator"]
    person.is_active = False
    person.save(update_fields=["is_active"])

    assert tablet.get("/lots/")["Location"].startswith("/switch/?next=")
    assert "Operator, first shift" not in text(tablet.get("/switch/"))
    take_over(tablet)
    assert who_is_there(tablet) is None


def test_switching_asks_for_the_next_person(tablet):
    take_over(tablet)

    assert tablet.post("/logout/")["Location"] == "/switch/"


def test_only_a_supervisor_says_which_station_a_terminal_is(tablet):
    take_over(tablet)
    assert tablet.get("/station/").status_code == 404
    assert tablet.post("/station/", {"station": "LINE-1"}).status_code == 404

    take_over(tablet, "supervisor", "2001")
    tablet.post("/station/", {"station": "LINE-1"})

    assert '<span class="station">' in tablet.get("/").content.decode()
    assert "Line 1" in text(tablet.get("/"))


def test_a_station_that_is_no_longer_used_is_a_desk(tablet, plant):
    plant.stations["DOCK-1"].is_active = False
    plant.stations["DOCK-1"].save(update_fields=["is_active"])

    assert tablet.get("/lots/")["Location"].startswith("/login/?next=")


def test_what_is_entered_at_a_station_says_so(plant):
    with audit.at_station(plant.stations["DOCK-1"]):
        at_dock = container(plant, 100)
    at_desk = container(plant, 100)

    stations = dict(Movement.objects.values_list("to_container", "station__code"))
    assert stations == {at_dock.pk: "DOCK-1", at_desk.pk: None}
    assert audit.station() is None


def test_a_page_posts_at_the_terminals_station(tablet, plant):
    box = container(plant, 100)
    take_over(tablet)
    key = "0d9ab4cc-4de1-4e0c-9b33-000000000001"

    tablet.post(f"/containers/{box}/move/", {"bay": "A-02", "once": key})

    moved = Movement.objects.get(kind=Movement.Kind.MOVE)
    assert (moved.by.username, moved.station.code) == ("operator", "DOCK-1")


@pytest.mark.parametrize("pin", ["123", "1234567", "12a4", "", "１２３４"])
def test_what_is_no_pin_cannot_be_one(plant, pin):
    with pytest.raises(access.BadPin):
        access.set_pin(user=plant.users["operator"], pin=pin, by=None)


def test_two_tablets_of_a_station_are_two(plant):
    marks = {tablet_at(plant).cookies["station"].value for _n in range(2)}

    assert len(marks) == 2
