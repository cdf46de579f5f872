"""Packing on the screen: what is scanned, typed or ticked goes in, in a browser without scripts and by htmx."""

import uuid

import pytest

from shipments.models import ShipmentLine
from tests.factories import container
from tests.shipments import dock
from tests.shipments.pages import send, url, words
from tests.shipments.test_pack import hold


def test_what_is_scanned_goes_in(plant, screen):
    boxes, shipment = dock.bags(plant, 800, 700), dock.draft(plant)

    answer = send(screen, url("add", shipment), container=f"{boxes[0]} {boxes[1]}".lower())

    assert answer.status_code == 303
    assert "2 containers are added." in words(screen.get(answer.url))
    assert "1,500.000" in words(screen.get(answer.url))


def test_a_lot_stands_for_its_free_containers(plant, screen):
    boxes, shipment = dock.bags(plant, 800, 700, 600), dock.draft(plant)
    hold(plant, boxes[1])

    send(screen, url("add", shipment), container=boxes[0].lot.reference)

    assert set(ShipmentLine.objects.values_list("container", flat=True)) == {boxes[0].pk, boxes[2].pk}


def test_what_is_ticked_goes_in_and_the_button_of_a_lot_adds_that_lot_only(plant, screen):
    first, second = dock.bags(plant, 800, 700)
    [copper] = dock.bags(plant, 300, material="COPPER")
    shipment = dock.draft(plant)

    send(screen, url("add", shipment), chosen=[str(first)])
    assert [line.container for line in shipment.lines.all()] == [first]

    send(screen, url("add", shipment), chosen=[str(second)], lot=copper.lot.reference)
    assert {line.container for line in shipment.lines.all()} == {first, copper}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("L-2026-999999-01", "There is no container or lot L-2026-999999-01 here."),
        ("<b>", "There is no container or lot &lt;B&gt; here."),
        ("", "Scan or type a container, or choose some below."),
    ],
)
def test_what_is_not_here_comes_back_with_a_sentence(plant, screen, typed, says):
    answer = send(screen, url("add", dock.draft(plant)), container=typed, htmx=True)

    assert answer.status_code == 422
    assert says in words(answer)
    assert "<html" not in words(answer)


def test_a_held_container_is_refused_at_the_field(plant, screen):
    [bag], shipment = dock.bags(plant), dock.draft(plant)
    hold(plant, bag)

    answer = send(screen, url("add", shipment), container=str(bag))

    assert answer.status_code == 422
    assert f"{bag} is on a quality hold (copper in it)." in words(answer)
    assert f'value="{bag}"' in words(answer)


def test_htmx_gets_the_packing_place_with_an_empty_field(plant, screen):
    [bag], shipment = dock.bags(plant), dock.draft(plant)

    answer = send(screen, url("add", shipment), container=str(bag), htmx=True)

    assert answer.status_code == 200
    assert words(answer).lstrip().startswith('<div id="work">')
    assert f"{bag} is added." in words(answer)
    assert f'value="{bag}"' in words(answer)  # in the button that takes it out
    assert words(answer).count('name="once"') >= 2


def test_the_same_press_twice_adds_once(plant, screen):
    [bag], shipment, key = dock.bags(plant), dock.draft(plant), str(uuid.uuid4())

    answers = [screen.post(url("add", shipment), {"once": key, "container": str(bag)}) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert ShipmentLine.objects.count() == 1


def test_one_is_taken_out(plant, screen):
    boxes = dock.bags(plant, 800, 700)
    shipment = dock.draft(plant, *boxes)

    answer = send(screen, url("remove", shipment), container=str(boxes[0]), htmx=True)

    assert f"{boxes[0]} is taken out." in words(answer)
    assert [line.container for line in shipment.lines.all()] == [boxes[1]]
    again = send(screen, url("remove", shipment), container=str(boxes[0]), htmx=True)
    assert again.status_code == 422
    assert "is not in S-2026-000001 any more" in words(again)


def test_what_is_ticked_is_summed_before_it_is_added(plant, screen):
    boxes, shipment = dock.bags(plant, 800, "650.5"), dock.draft(plant)

    none = screen.get(url("selection", shipment))
    both = screen.get(url("selection", shipment), {"chosen": [str(box) for box in boxes]})

    assert "None chosen" in words(none)
    assert "2 containers chosen, 1,450.5\xa0kg" in words(both)


def test_the_stock_offers_our_own_free_outputs_only(plant, screen):
    free, held, packed = dock.bags(plant, 800, 700, 600)
    scrap, shipment = container(plant, 500), dock.draft(plant, packed)
    hold(plant, held)

    shown = words(screen.get(url("shipment", shipment)))

    assert f'name="chosen" value="{free}"' in shown
    for box in (held, packed, scrap):
        assert f'name="chosen" value="{box}"' not in shown
    assert "Nothing free fits" in words(screen.get(url("shipment", shipment), {"stock": "copper"}))


def test_a_shipments_page_costs_as_many_queries_with_many_containers(plant, screen, django_assert_max_num_queries):
    shipment = dock.draft(plant, *dock.bags(plant, *[100] * 12))
    dock.bags(plant, *[100] * 12)

    with django_assert_max_num_queries(22):
        screen.get(url("shipment", shipment))
