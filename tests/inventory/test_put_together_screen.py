"""Putting together on the screen: scan one after the other, list and sum stay in sight, one press."""

import uuid

import pytest

from plant.inventory import repacking
from plant.inventory.models import Container, Movement
from tests.factories import container, kilograms, minutes
from tests.pages import controls, form, send, text

URL = "/containers/together/"


@pytest.fixture
def floor(person, monkeypatch):
    monkeypatch.setattr("plant.inventory.repacking_views.now", lambda: minutes(30))
    return person("operator")


def scan(client, *boxes):
    """The page after these were scanned one after the other."""
    page = client.get(URL)
    listed = []
    for box in boxes:
        page = send(client, URL, {"container": listed, "scan": str(box).lower()})
        listed.append(str(box))
    return page


def test_list_and_sum_grow_with_each_scan(plant, floor):
    boxes = [container(plant, 300), container(plant, 400)]

    page = scan(floor, *boxes)

    assert page.status_code == 200
    assert "2 containers, 700.000 kg" in text(page)
    assert "become a new lot" in text(page)
    assert "into" not in controls(page, "panel")


def test_two_lots_go_into_one_new_container_once(plant, floor):
    boxes = [container(plant, 300), container(plant, 400)]
    told = form(scan(floor, *boxes), "panel") | {
        "container": [str(box) for box in boxes],
        "put": "1",
        "once": str(uuid.uuid4()),
    }

    answers = [send(floor, URL, told) for _ in range(2)]

    made = Container.objects.order_by("pk").last()
    assert {answer["Location"] for answer in answers} == {f"/containers/{made}/"}
    assert Movement.objects.filter(kind="merge").count() == 2
    shown = text(floor.get(f"/lots/{made.lot}/"))
    assert all(str(box.lot) in shown for box in boxes)


def test_containers_of_one_lot_go_into_the_first_one_scanned(plant, floor):
    box = container(plant, 1000, kind="GAYLORD")
    part = repacking.split(
        container=box,
        kind=plant.kinds["GAYLORD"],
        reading=kilograms(300),
        bay=plant.locations["A-02"],
        by=plant.users["operator"],
        at=minutes(5),
        now=minutes(5),
    )
    told = form(scan(floor, part, box), "panel")
    assert told["into"] == str(part)

    answer = send(floor, URL, told | {"container": [str(part), str(box)], "put": "1"})

    assert answer["Location"] == f"/containers/{part}/"


def test_what_does_not_fit_is_said_before_anything_is_pressed(plant, floor):
    page = scan(floor, container(plant, 300), container(plant, 400, owner="LGES"))

    assert "They belong to different owners. Keep them apart" in text(page)
    assert "put" not in controls(page, "panel")


def test_an_unknown_scan_keeps_the_list(plant, floor):
    box = container(plant, 300)

    page = send(floor, URL, {"container": [str(box)], "scan": "L-2026-999999-01"}, htmx=True)

    assert page.status_code == 422
    assert "no container L-2026-999999-01 here" in text(page)
    assert f'name="container" value="{box}"' in page.content.decode()


def test_one_is_taken_off_again(plant, floor):
    boxes = [container(plant, 300), container(plant, 400)]

    page = send(floor, URL, {"container": [str(box) for box in boxes], "remove": str(boxes[0])})

    assert "1 container, 400.000 kg" in text(page)
