"""The page that corrects a weight: what changes is seen before it is saved; four clicks from a shipped container."""

from decimal import Decimal

import pytest

from plant.inventory.ledger import held_kg
from plant.inventory.models import Movement
from shipments.models import Shipment
from tests.factories import container, minutes
from tests.pages import browser, form, send, text
from tests.processing import floor
from tests.shipments import dock

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(person, monkeypatch):
    monkeypatch.setattr("plant.inventory.correction_views.now", lambda: minutes(120))
    return person("supervisor")


def address(box):
    return f"/containers/{box.reference}/correct/"


def typed(response, **changes):
    return form(response, "correct") | {"reason": "tare was wrong"} | changes


def test_a_shipped_bag_is_corrected_in_four_clicks(plant, supervisor):
    [bag] = dock.bags(plant, 800)
    shipment = dock.dispatched(plant, bag)

    assert address(bag) in supervisor.get(f"/containers/{bag.reference}/").content.decode()  # 1: Correct the weight
    start = supervisor.get(address(bag))
    seen = send(supervisor, address(bag), typed(start, net="790", look="1"))  # 2: Look what changes
    assert f"{shipment.reference} Net 800.000 kg 790.000 kg" in text(seen).replace("\xa0", " ")
    assert f"{shipment.reference} Version 1 2" in text(seen)
    done = send(supervisor, address(bag), form(seen, "correct") | {"correct": "1"})  # 3: Correct it

    assert done.status_code == 303
    shipment = Shipment.objects.with_totals().get()
    assert (shipment.version, shipment.net_kg) == (2, 790)
    shown = text(supervisor.get(f"/containers/{bag.reference}/"))
    assert "Output: weight corrected" in shown
    assert "tare was wrong" in shown


def test_nothing_is_saved_before_it_was_looked_at(plant, supervisor):
    box = container(plant, 1000)

    looked = send(supervisor, address(box), typed(supervisor.get(address(box)), net="990", correct="1"))

    assert "What changes by it" in text(looked)
    assert not Movement.objects.filter(corrects__isnull=False).exists()


def test_a_number_changed_after_the_look_is_looked_at_again(plant, supervisor):
    box = container(plant, 1000)
    looked = send(supervisor, address(box), typed(supervisor.get(address(box)), net="990", look="1"))

    again = send(supervisor, address(box), form(looked, "correct") | {"net": "980", "correct": "1"})

    assert "980.000" in text(again)
    assert not Movement.objects.filter(corrects__isnull=False).exists()


def test_it_asks_where_the_difference_goes_when_a_part_was_taken_out(plant, supervisor):
    box = container(plant, 1000)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box, 300)
    looked = send(supervisor, address(box), typed(supervisor.get(address(box)), net="950", look="1"))
    assert "It stays in what was left" in text(looked)
    keys = [part.split('"')[0] for part in looked.content.decode().split('name="way" value="')[1:]]

    other = send(supervisor, address(box), form(looked, "correct") | {"way": keys[1], "correct": "1"})
    done = send(supervisor, address(box), form(other, "correct") | {"correct": "1"})

    assert done.status_code == 303
    assert held_kg(box, plant.locations["A-01"]) == 700
    assert floor.in_run(batch) == Decimal(250)


def test_less_than_was_taken_out_stands_at_the_weight(plant, supervisor):
    box = container(plant, 1000)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box, 300)

    refused = send(supervisor, address(box), typed(supervisor.get(address(box)), net="200", look="1"))

    assert refused.status_code == 422
    assert f"300.000 kg were taken out of {box.reference} since" in text(refused)


def test_an_unusual_weight_is_asked_about_once(plant, supervisor):
    box = container(plant, 1000, kind="GAYLORD")

    asked = send(supervisor, address(box), typed(supervisor.get(address(box)), net="2", look="1"))
    assert asked.status_code == 422
    looked = send(supervisor, address(box), form(asked, "correct") | {"confirmed": "2.000", "look": "1"})
    done = send(supervisor, address(box), form(looked, "correct") | {"confirmed": "2.000", "correct": "1"})

    assert done.status_code == 303


def test_the_unit_is_the_one_that_was_used(plant, supervisor):
    box = container(plant, 1000)
    looked = send(
        supervisor, address(box), typed(supervisor.get(address(box)), net="2200", unit="lb", scale="", look="1")
    )
    send(supervisor, address(box), form(looked, "correct") | {"correct": "1"})

    again = form(supervisor.get(address(box)), "correct")
    assert (again["net"], again["unit"]) == ("2200", "lb")


def test_who_may_not_correct_it_is_offered_no_button(plant, supervisor):
    box = container(plant, 1000)

    shown = browser(plant.users["ehs"]).get(f"/containers/{box.reference}/")

    assert address(box) not in shown.content.decode()
