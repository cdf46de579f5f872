"""Stations are set up on a page: what each works with, and the tares of empty containers it has stored."""

import datetime as dt
from decimal import Decimal

import pytest

from plant.inventory import master_data
from plant.inventory.expected import stored_tare
from plant.models import Station
from tests.pages import browser, form, send, text


@pytest.fixture
def supervisor(plant):
    return browser(plant.users["supervisor"])


def works_with(station):
    has = master_data.equipment_of(station)
    return tuple(str(each.code) if each else None for each in (has.scale, has.line, has.bay))


def test_a_station_is_set_up_with_its_scale_and_bay(supervisor):
    assert "Set up a station" in text(supervisor.get("/stations/"))
    typed = {"code": "dock-9", "name": "Dock 9", "unit": "lb", "scale": "BAG-SCALE", "bay": "A-02", "line": ""}
    scale = form(supervisor.get("/stations/BAGGING/"), "station")["scale"]

    answer = send(supervisor, "/stations/new/", {**typed, "scale": scale})

    assert (answer.status_code, answer["Location"]) == (303, "/stations/DOCK-9/")
    made = Station.objects.get(code="DOCK-9")
    assert (made.name, made.unit) == ("Dock 9", "lb")
    assert works_with(made) == (scale or None, None, "A-02")
    assert "DOCK-9 Dock 9 lb" in text(supervisor.get("/stations/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": "DOCK-1"}, "A station with this code is there already. Choose another code."),
        ({"code": "DOCK 9"}, "Only letters, digits and hyphens."),
        ({"unit": "st"}, "The unit “st” is not known. Choose kg or lb."),
        ({"bay": "NOWHERE"}, "This is not in the list any more. Choose another one."),
    ],
)
def test_a_station_that_cannot_be_is_refused(supervisor, typed, sentence):
    answer = send(supervisor, "/stations/new/", {"code": "DOCK-9", "name": "Dock 9", "unit": "lb", **typed})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Station.objects.filter(code="DOCK-9").exists()


def test_a_station_takes_another_bay_and_goes_out_of_use(supervisor, plant):
    dock = plant.stations["DOCK-1"]
    shown = form(supervisor.get("/stations/DOCK-1/"), "station")
    assert (shown["bay"], shown["unit"]) == ("A-01", "lb")

    typed = {**shown, "once": None, "bay": "A-02", "unit": "kg", "name": "East dock"}
    assert send(supervisor, "/stations/DOCK-1/", typed).status_code == 303
    dock.refresh_from_db()
    assert (dock.unit, dock.name, works_with(dock)[2]) == ("kg", "East dock", "A-02")
    page = text(supervisor.get("/stations/DOCK-1/"))
    assert "Shift supervisor Name: Dock 1 East dock Unit: lb kg" in page

    send(supervisor, "/stations/DOCK-1/", {**typed, "is_active": None})
    dock.refresh_from_db()
    assert not dock.is_active


def test_a_stored_tare_is_taken_off_and_shows_its_age(supervisor, plant):
    kind, dock = plant.kinds["GAYLORD"], plant.stations["DOCK-1"]
    answer = send(supervisor, "/stations/DOCK-1/tare/", {"kind": "GAYLORD", "tare_read": "41.5", "unit": "lb"})
    assert answer.status_code == 303
    assert stored_tare(kind, dock).read == Decimal("41.5")
    page = text(supervisor.get("/stations/DOCK-1/"))
    assert "41.500 lb" in page
    assert "0 min" in page.replace("\xa0", " ")

    send(supervisor, "/stations/DOCK-1/tare/", {"kind": "GAYLORD", "tare_read": "43", "unit": "lb"})
    page = text(supervisor.get("/stations/DOCK-1/"))
    assert "41.500 43.000" in page


def test_a_tare_of_the_future_or_without_a_kind_is_refused(supervisor):
    tomorrow = (dt.datetime.now() + dt.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    typed = {"kind": "GAYLORD", "tare_read": "41.5", "unit": "lb"}

    late = send(supervisor, "/stations/DOCK-1/tare/", {**typed, "at": tomorrow})
    assert (late.status_code, "This time has not come yet." in text(late)) == (422, True)
    kindless = send(supervisor, "/stations/DOCK-1/tare/", {**typed, "kind": ""})
    assert (kindless.status_code, "Choose one of the list." in text(kindless)) == (422, True)
    assert supervisor.get("/stations/NOWHERE/").status_code == 404
