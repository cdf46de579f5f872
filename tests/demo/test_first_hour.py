"""The first hour: things to do for each role with what stands in this plant, done when they were really done."""

import pytest
from django.urls import reverse

from plant.demo import first_hour, services, site, story
from plant.demo.models import DemoPlant
from plant.inventory.models import Container, Hold
from plant.inventory.services import place_hold
from plant.web import now
from tests.factories import world
from tests.pages import browser, text

ROLES = ("operator", "supervisor", "manager", "ehs", "partner", "administrator")


@pytest.fixture(scope="module")
def plant(module_db: None):
    told, at = world(), now()
    site.set_limits(told, year=told.site.day(at).year)
    story.tell(told, now=at, days=6)
    services.mark(site=told.site, days=6, seed=2026, at=now())
    return told


def first_page(plant, name):
    return browser(plant.users[name]).get("/")


@pytest.mark.parametrize("name", ROLES)
def test_each_role_has_something_to_do_where_it_can_be_done(plant, name):
    client = browser(plant.users[name])
    demo = DemoPlant.objects.select_related("site").get()
    hour = first_hour.of(plant.users[name], demo, today=plant.site.day(now()))
    assert hour.tasks
    assert not hour.done
    for step in hour.steps:
        assert client.get(step.url).status_code == 200, step


def test_it_names_things_of_this_plant(plant):
    words = text(first_page(plant, "operator"))
    running = plant.lines["LINE-1"].batches.get(state="running")
    assert "Your first hour" in words
    assert f"Bag black mass out of {running}" in words
    assert "is packed and its truck is here" in words


def test_a_step_is_done_when_its_person_did_it(plant):
    operator, other = plant.users["operator"], plant.users["operator2"]
    box = Container.objects.in_stock().filter(lot__material__is_scrap=True).free().order_by("-pk").first()
    place_hold(container=box, kind=Hold.Kind.QUALITY, reason="Smells of solvent", by=operator, at=now())
    assert "1 of 6 done" in text(first_page(plant, "operator"))
    assert "0 of 6 done" in text(browser(other).get("/"))


def test_it_can_be_put_away_and_taken_out_again(plant):
    client = browser(plant.users["manager"])
    assert "Your first hour" in text(client.get("/"))
    assert client.post(reverse("demo:first_hour"), {"put": "away"}).status_code == 303
    assert "Your first hour" not in text(client.get("/"))
    client.post(reverse("demo:first_hour"), {"put": "back"})
    assert "Your first hour" in text(client.get("/"))


def test_a_plant_of_ones_own_has_none(db):
    own = world()
    assert not DemoPlant.objects.exists()
    assert "first hour" not in text(first_page(own, "operator")).lower()
