"""A session in which nothing was done for a while answers nothing until the same person unlocks it; then what was
typed is still there. Somebody else never sends what the first one typed."""

import re

from django.test import Client

from plant.inventory.models import Movement
from tests.factories import PASSWORD, container
from tests.floor.conftest import take_over, who_is_there
from tests.pages import HTMX, text

KEY = "0d9ab4cc-4de1-4e0c-9b33-000000000001"


def move(client, box, **more):
    return client.post(f"/containers/{box}/move/", {"bay": "A-02", "once": KEY}, **more)


def moves():
    return Movement.objects.filter(kind=Movement.Kind.MOVE).count()


def test_ten_idle_minutes_lock_a_station(tablet, clock):
    take_over(tablet)
    clock.tick(9.9)
    assert tablet.get("/lots/").status_code == 200
    clock.tick(10)

    page = tablet.get("/lots/")

    assert page.status_code == 401
    assert "Locked" in text(page)
    assert "Black mass" not in text(page)


def test_half_an_hour_locks_a_desk_and_a_password_opens_it(plant, clock):
    desk = Client()
    desk.post("/login/", {"username": "manager", "password": PASSWORD})
    clock.tick(29)
    assert desk.get("/lots/").status_code == 200
    clock.tick(30)
    assert desk.get("/lots/").status_code == 401

    assert desk.post("/unlock/", {"secret": "wrong"}).status_code == 422
    assert desk.post("/unlock/", {"secret": PASSWORD, "next": "/lots/"})["Location"] == "/lots/"
    assert desk.get("/lots/").status_code == 200


def test_after_a_shift_it_is_over_however_busy(plant, clock):
    desk = Client()
    desk.post("/login/", {"username": "operator", "password": PASSWORD})
    for _n in range(25):
        clock.tick(29)
        last = desk.get("/awake/")

    assert last["Location"].startswith("/login/?next=")
    assert who_is_there(desk) is None


def test_what_a_page_asks_by_itself_keeps_nothing_awake(tablet, clock):
    take_over(tablet)
    for _n in range(6):
        clock.tick(2)
        last = tablet.get("/lots/", headers={"X-Quiet": "1"})

    assert last.status_code == 401


def test_a_click_after_the_lock_does_nothing_and_leaves_the_page_as_it_is(tablet, plant, clock):
    box = container(plant, 100)
    take_over(tablet)
    clock.tick(11)

    answer = move(tablet, box, **HTMX)

    assert (answer.status_code, answer["X-Locked"], answer.content) == (401, "1", b"")
    assert moves() == 0
    assert tablet.post("/unlock/", {"secret": "1001"}, **HTMX).status_code == 204
    move(tablet, box, **HTMX)
    assert moves() == 1


def draft_on(page):
    return re.search(r'name="draft" value="([^"]+)"', page.content.decode())[1]


def test_a_form_sent_after_the_lock_is_shown_again_to_the_same_person(tablet, plant, clock):
    box = container(plant, 100)
    take_over(tablet)
    clock.tick(11)
    locked = move(tablet, box)
    assert "What you typed is kept" in text(locked)

    again = tablet.post("/unlock/", {"secret": "1001", "draft": draft_on(locked)})

    assert moves() == 0
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', again.content.decode()))
    assert f'action="/containers/{box}/move/"' in again.content.decode()
    tablet.post(f"/containers/{box}/move/", fields)
    assert Movement.objects.get(kind=Movement.Kind.MOVE).by.username == "operator"


def test_somebody_else_never_gets_what_the_first_one_typed(tablet, plant, clock):
    box = container(plant, 100)
    take_over(tablet)
    clock.tick(11)
    draft = draft_on(move(tablet, box))

    take_over(tablet, "operator2", "1002")

    again = tablet.post("/unlock/", {"secret": "1002", "draft": draft, "next": "/"})
    assert again["Location"] == "/"
    assert moves() == 0


def test_a_wrong_pin_keeps_the_draft(tablet, plant, clock):
    box = container(plant, 100)
    take_over(tablet)
    clock.tick(11)
    draft = draft_on(move(tablet, box))

    refused = tablet.post("/unlock/", {"secret": "0000", "draft": draft})

    assert "This is not the PIN." in text(refused)
    assert draft_on(refused) == draft


def test_a_page_left_open_by_the_last_person_sends_nothing_under_the_next_ones_name(plant):
    tablet = Client(enforce_csrf_checks=True)
    tablet.force_login(plant.users["supervisor"])
    box = container(plant, 100)

    def token(page):
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]

    tablet.post("/station/", {"station": "DOCK-1", "csrfmiddlewaretoken": token(tablet.get("/station/"))})
    old = token(tablet.get(f"/containers/{box}/"))
    take_over(tablet, csrfmiddlewaretoken=token(tablet.get("/switch/?who=operator")))
    assert who_is_there(tablet) == "operator"

    answer = tablet.post(f"/containers/{box}/move/", {"bay": "A-02", "once": KEY, "csrfmiddlewaretoken": old})

    assert answer.status_code == 403
    assert moves() == 0
