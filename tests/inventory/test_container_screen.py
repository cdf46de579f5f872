"""A container's page: how it stands, and only what its state and the person's role let them do with it."""

import pytest

from plant.inventory import services
from plant.inventory.ledger import held_kg
from plant.inventory.models import Hold, Movement
from plant.web import now as clock
from tests.factories import container, minutes
from tests.pages import choices, send, text
from tests.processing import floor
from tests.shipments import dock


@pytest.fixture
def box(plant):
    return container(plant, 1000)


def page(box):
    return f"/containers/{box.reference}/"


def offered(client, box):
    html = client.get(page(box)).content.decode()
    return {word for word in ("move", "hold", "release", "reverse") if f'action="{page(box)}{word}/"' in html}


@pytest.mark.parametrize(
    ("role", "doings"),
    [
        ("operator", {"move", "hold", "reverse"}),
        ("operator2", {"move", "hold"}),
        ("supervisor", {"move", "hold", "reverse"}),
        ("ehs", {"move", "hold"}),
        ("manager", {"hold"}),
        ("administrator", set()),
    ],
)
def test_a_role_is_offered_what_it_may_do(person, box, role, doings):
    assert offered(person(role), box) == doings


def test_what_is_empty_offers_nothing_but_the_way_back(plant, person, box):
    floor.charge(plant, floor.opened(plant), box)

    assert offered(person("operator"), box) == {"reverse"}
    assert "Charged" in text(person("operator").get(page(box)))


def test_it_is_carried_to_another_bay(plant, operator, box):
    response = send(operator, page(box) + "move/", {"bay": "B-02"})

    assert held_kg(box, plant.locations["B-02"]) == 1000
    assert f"{box} stands in Bay B-02 now." in text(operator.get(response["Location"]))


def test_the_bay_it_stands_in_is_not_offered(operator, box):
    assert "A-01" not in choices(operator.get(page(box)), "bay")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"bay": ""}, "Choose one of the list."),
        ({"bay": "A-01"}, "stands in Bay A-01 already."),
        ({"bay": "LINE-1"}, "This is not in the list any more."),
        ({"bay": "B-02", "at": "2026-06-10T13:00"}, "This time is still to come."),
        ({"bay": "B-02", "at": "2026-06-10T11:00"}, "has a later entry already."),
    ],
)
def test_a_wrong_move_is_answered_where_it_was_typed(operator, box, typed, sentence):
    response = send(operator, page(box) + "move/", typed)

    assert response.status_code == 422
    assert sentence in text(response)
    assert '<details id="move" class="card" name="doing" open>' in response.content.decode()
    assert Movement.objects.count() == 1


def test_a_damaged_one_moves_between_ddr_bays_only(plant, operator):
    box = container(plant, 500, condition="damaged", bay="D-01")

    assert choices(operator.get(page(box)), "bay") == ["D-02"]
    refused = send(operator, page(box) + "move/", {"bay": "B-02"})
    assert "stands in a DDR bay only" in text(refused)
    assert send(operator, page(box) + "move/", {"bay": "D-02"}).status_code == 303


def test_it_is_held_with_a_reason_and_can_still_be_moved(operator, box):
    assert "Type a reason." in text(send(operator, page(box) + "hold/", {"kind": "quality", "reason": " "}))

    send(operator, page(box) + "hold/", {"kind": "quality", "reason": "Wet"})

    shown = text(operator.get(page(box)))
    assert "On hold" in shown
    assert "Quality: Wet" in shown
    assert "move" in offered(operator, box)


def test_a_kind_of_hold_that_is_there_is_not_offered_again(operator, box):
    send(operator, page(box) + "hold/", {"kind": "quality", "reason": "Wet"})

    assert 'value="quality"' not in operator.get(page(box)).content.decode()
    again = send(operator, page(box) + "hold/", {"kind": "quality", "reason": "Wet"})
    assert "is on such a hold already." in text(again)


@pytest.mark.parametrize(
    ("kind", "lifts"), [("quality", {"supervisor", "ehs"}), ("hazard", {"ehs"}), ("regulatory", {"supervisor", "ehs"})]
)
def test_a_hold_is_lifted_by_whom_it_concerns(plant, person, box, kind, lifts):
    services.place_hold(container=box, kind=kind, reason="Look", by=plant.users["operator"], at=minutes(1))

    for role in ("operator", "supervisor", "manager", "ehs"):
        assert ("release" in offered(person(role), box)) == (role in lifts)


def test_lifting_says_who_and_why(plant, person, box):
    services.place_hold(container=box, kind="hazard", reason="Smell", by=plant.users["operator"], at=minutes(1))
    ehs = person("ehs")

    send(ehs, page(box) + "release/", {"kind": "hazard", "reason": "Aired"})

    hold = Hold.objects.get()
    assert (hold.released_by, hold.release_reason) == (plant.users["ehs"], "Aired")
    shown = text(ehs.get(page(box)))
    assert "Hazard hold lifted Aired" in shown
    twice = send(ehs, page(box) + "release/", {"kind": "hazard", "reason": "Aired"})
    assert "This hold is lifted already." in text(twice)


def test_a_supervisor_does_not_lift_a_hazard_hold_by_hand(plant, person, box):
    services.place_hold(container=box, kind="hazard", reason="Smell", by=plant.users["operator"], at=minutes(1))

    response = send(person("supervisor"), page(box) + "release/", {"kind": "hazard", "reason": "Aired"})

    assert response.status_code == 422
    assert "You cannot release a hazard hold with your role. Ask: ehs." in text(response)


def test_ones_own_last_entry_is_reversed_and_stays_struck(operator, box):
    send(operator, page(box) + "move/", {"bay": "B-02"})

    send(operator, page(box) + "reverse/", {"entry": "2", "reason": "Wrong bay"})

    shown = operator.get(page(box))
    assert "Bay A-01" in text(shown)
    assert shown.content.decode().count('<tr class="struck">') == 2
    assert "Moved, reversed Wrong bay" in text(shown)


def test_an_entry_that_is_not_the_last_any_more_stays(operator, box):
    send(operator, page(box) + "move/", {"bay": "B-02"})

    response = send(operator, page(box) + "reverse/", {"entry": "1", "reason": "Wrong load"})

    assert response.status_code == 422
    assert f"{box} was moved after that. Reverse the later entry first, or correct the weight." in text(response)


def test_a_reversed_receipt_leaves_nothing(operator, box):
    send(operator, page(box) + "reverse/", {"entry": "1", "reason": "Wrong load"})

    assert "Reversed" in text(operator.get(page(box)))
    assert offered(operator, box) == set()


def test_after_twelve_hours_a_supervisor_does_it(operator, person, box, monkeypatch):
    monkeypatch.setattr("plant.inventory.views.now", lambda: clock() + (minutes(13 * 60) - minutes(0)))

    assert "reverse" not in offered(operator, box)
    assert "reverse" in offered(person("supervisor"), box)


def test_what_was_shipped_is_not_reversed_here(plant, operator):
    [bag] = dock.bags(plant)
    dock.dispatched(plant, bag)

    assert "Shipped" in text(operator.get(page(bag)))
    assert offered(operator, bag) == set()
    response = send(operator, page(bag) + "reverse/", {"entry": "2", "reason": "Wrong bag"})
    assert "Open its shipment and take it back there." in text(response)


def test_an_unknown_one_is_answered_with_a_way_on(operator):
    response = operator.get("/containers/L-2026-999999-01/")

    assert response.status_code == 404
    assert "There is no container L-2026-999999-01 here." in text(response)


def test_the_page_asks_as_often_however_long_its_history(operator, box, django_assert_max_num_queries):
    queries = 9  # session, person, site, container, holds, movements, the bays of two selects
    with django_assert_max_num_queries(queries):
        operator.get(page(box))
    for bay in ("B-02", "B-03", "B-04"):
        send(operator, page(box) + "move/", {"bay": bay})
    operator.get(page(box))  # shows the message
    with django_assert_max_num_queries(queries):
        operator.get(page(box))
