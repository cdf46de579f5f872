"""A receipt's page: its papers, what came so far, and for those who receive the form of the next container."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plant.inventory import services as inventory
from plant.inventory.models import Movement
from tests import factories
from tests.factories import minutes, world
from tests.intake.counter import FOIL, log, receipt_page
from tests.pages import browser, send, text


def test_count_and_sum_grow_with_each_container(plant, operator):
    page = receipt_page(plant)
    log(operator, page, net="500.5")
    log(operator, page, net="250.25")

    assert "750.750 kg 2 containers" in text(operator.get(page))


def test_a_reversed_container_is_struck_and_no_longer_counted(plant, operator):
    page = receipt_page(plant)
    log(operator, page, net="500")
    log(operator, page, net="250")
    wrong = Movement.objects.latest("pk")
    inventory.reverse_entry(movement=wrong, reason="Twice", by=plant.users["operator"], now=minutes(31))

    shown = operator.get(page)
    assert "500.000 kg 1 container" in text(shown)
    assert 'class="struck"' in shown.content.decode()


@pytest.mark.parametrize("role", ["manager", "ehs", "administrator"])
def test_others_see_it_without_the_form(plant, role):
    page, other = receipt_page(plant), browser(plant.users[role])

    assert 'id="log"' not in other.get(page).content.decode()
    assert send(other, page, FOIL | {"net": "500"}).status_code == 404
    assert not Movement.objects.exists()


def test_a_partner_does_not_find_it(plant):
    assert browser(plant.users["partner"]).get(receipt_page(plant)).status_code == 404


def test_another_site_does_not_find_it(plant, operator):
    other = world(code="TWO", mark="B")

    assert operator.get(receipt_page(other)).status_code == 404


def test_an_unknown_one_is_answered_with_a_way_on(plant, operator):
    response = operator.get("/intake/R-2026-999999/")

    assert response.status_code == 404
    assert "There is no receipt R-2026-999999 here." in text(response)
    assert "Find" in text(response)


def test_the_lot_page_names_its_receipt(plant, operator):
    lot = factories.container(plant).lot

    assert "Came with R-2026-000001" in text(operator.get(f"/lots/{lot.reference}/"))


def queries(client, page):
    with CaptureQueriesContext(connection) as caught:
        client.get(page)
    return len(caught)


def test_the_page_asks_as_often_for_six_containers_as_for_one(plant, operator):
    page = receipt_page(plant)
    log(operator, page, net="500")
    few = queries(operator, page + "?saved=L-2026-000001-01&next=1")
    assert few <= 15
    for kg in range(501, 506):
        log(operator, page, net=str(kg))

    assert queries(operator, page + "?saved=L-2026-000001-01&next=1") == few
