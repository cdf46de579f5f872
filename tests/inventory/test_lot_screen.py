"""A lot's page: what it is, its containers, its nearest relatives, and everything that ever happened to it."""

from decimal import Decimal

import pytest

from intake import services as intake
from plant.inventory import services
from plant.inventory.models import Movement
from plant.inventory.weighing import Reading
from tests.factories import container, kilograms, minutes
from tests.pages import text
from tests.processing import floor


@pytest.fixture
def lot(plant):
    """Two gaylords of cathode foil, one moved twice and one of these moves reversed."""
    first = container(plant, 500, kind="GAYLORD", receipt=None)
    intake.receive_another(
        lot=first.lot,
        kind=plant.kinds["GAYLORD"],
        reading=Reading(unit="lb", gross=Decimal(1200), tare=Decimal(100)),
        bay=plant.locations["A-02"],
        by=plant.users["operator2"],
        now=minutes(1),
    )
    operator = plant.users["operator"]
    services.move_container(container=first, bay=plant.locations["B-01"], by=operator, at=minutes(5), now=minutes(5))
    wrong = services.move_container(
        container=first, bay=plant.locations["B-02"], by=operator, at=minutes(6), now=minutes(6)
    )
    services.reverse_entry(movement=wrong, reason="Wrong bay", by=operator, now=minutes(7))
    return first.lot


def test_it_says_what_the_lot_is(operator, lot):
    shown = text(operator.get(f"/lots/{lot}/"))

    for words in ("Cathode foil", "NMC811", "Production scrap", "LG Energy Solution", "998.952 kg on the site"):
        assert words in shown
    assert "Not a solid waste, reclaimed Proposed, not decided" in shown


def test_its_history_is_whole(operator, lot):
    response = operator.get(f"/lots/{lot}/")
    shown = text(response)

    assert "1,200 lb gross − 100 lb tare = 1,100 lb" in shown
    assert "Operator, second shift" in shown
    assert "2026-06-10 12:05 EDT" in shown  # when it happened
    assert "keyed in" in shown
    assert "Moved, reversed Wrong bay" in shown
    assert response.content.decode().count('<tr class="struck">') == 2


def test_its_containers_lead_to_what_can_be_done(operator, lot):
    page = operator.get(f"/lots/{lot}/").content.decode()

    assert f'href="/containers/{lot}-01/?do=move#move"' in page
    assert f'action="/containers/{lot}-01/move/"' not in page


def test_a_lot_in_one_container_is_handled_right_here(plant, operator):
    box = container(plant, 500)

    assert f'action="/containers/{box}/move/"' in operator.get(f"/lots/{box.lot}/").content.decode()


def test_scrap_says_what_it_went_into(plant, operator):
    box = container(plant, 1000)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box, 400)
    black_mass = floor.bag(plant, batch, 300).lot

    shown = text(operator.get(f"/lots/{box.lot}/"))

    assert f"Went into {batch} batch 400.000 kg {black_mass} Black mass" in shown


def test_black_mass_says_what_it_came_from(plant, operator):
    box, other = container(plant, 1000), container(plant, 800)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box)
    floor.charge(plant, batch, other)
    black_mass = floor.bag(plant, batch, 300).lot

    shown = text(operator.get(f"/lots/{black_mass}/"))

    assert f"Came from {batch} batch 300.000 kg {box.lot} Cathode foil {other.lot} Cathode foil Went into" in shown


def test_a_reversed_charge_is_no_relation(plant, operator):
    box = container(plant, 1000)
    batch = floor.opened(plant)
    charge = floor.charge(plant, batch, box)
    services.reverse_entry(movement=charge, reason="Wrong box", by=plant.users["operator"], now=minutes(9))

    assert "Went into nothing yet" in text(operator.get(f"/lots/{box.lot}/"))


def test_an_unknown_one_is_answered_with_a_way_on(operator):
    response = operator.get("/lots/L-2026-999999/")

    assert response.status_code == 404
    assert "There is no lot L-2026-999999 here." in text(response)


def test_a_partner_does_not_find_it(person, lot):
    assert person("partner").get(f"/lots/{lot}/").status_code == 404


def test_the_page_asks_as_often_for_many_containers_as_for_two(plant, operator, lot, django_assert_max_num_queries):
    with django_assert_max_num_queries(17) as few:
        operator.get(f"/lots/{lot}/")
    for _box in range(8):
        intake.receive_another(
            lot=lot,
            kind=plant.kinds["GAYLORD"],
            reading=kilograms(500),
            bay=plant.locations["A-02"],
            by=plant.users["operator"],
            now=minutes(9),
        )
    with django_assert_max_num_queries(len(few)):
        operator.get(f"/lots/{lot}/")
    assert Movement.objects.filter(to_container__lot=lot, kind="receive").count() == 10
