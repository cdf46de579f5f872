"""What is in a shipment: lots, containers and masses, as the ledger and the scales say."""

import json
from decimal import Decimal

import pytest

from plant.inventory.weighing import Reading
from processing import services as processing
from processing.models import Batch
from shipments import api, trail
from shipments.models import Shipment
from tests.factories import container, minutes
from tests.processing import floor
from tests.shipments import dock

MASSES = ("gross", "tare", "net")


def weighed_bag(plant, reading, *, minute=3):
    batch = floor.charged(plant, 20_000)
    return processing.add_output(
        batch=batch,
        material=plant.materials["BLACK_MASS"],
        kind=plant.kinds["BIG_BAG"],
        reading=reading,
        bay=plant.locations["P-01"],
        by=plant.users["operator"],
        at=minutes(minute),
        now=minutes(minute),
        confirmed=True,
    )


def only(shipment):
    [lot] = trail.contents_of(shipment.pk).lots
    [box] = lot.containers
    return box


def test_gross_and_tare_are_those_of_the_weighing_that_the_net_comes_from(plant):
    bag = weighed_bag(plant, Reading(unit="kg", gross=Decimal("803.5"), tare=Decimal("3.5")))

    box = only(dock.dispatched(plant, bag))

    assert (box.gross_kg, box.tare_kg, box.net_kg) == (Decimal("803.5"), Decimal("3.5"), 800)
    assert box.weighed_at == minutes(3)


def test_pounds_are_told_in_kilograms_as_the_ledger_holds_them(plant):
    bag = weighed_bag(plant, Reading(unit="lb", gross=Decimal(1771), tare=Decimal(7)))

    box = only(dock.dispatched(plant, bag))

    assert box.net_kg == Decimal("800.137")  # 1,764 lb of 0.45359237 kg
    assert box.gross_kg == Decimal("803.312")


def test_a_net_weight_has_no_gross_and_no_tare(plant):
    box = only(dock.dispatched(plant))

    assert (box.gross_kg, box.tare_kg, box.net_kg) == (None, None, 800)


def test_after_a_part_was_taken_out_the_old_weighing_says_nothing(plant):
    scrap = container(plant, 1000)
    floor.charge(plant, floor.opened(plant), scrap, 300)

    box = only(dock.dispatched(plant, scrap))

    assert (box.gross_kg, box.weighed_at, box.net_kg) == (None, None, 700)


def test_a_draft_tells_what_is_there_now_and_where(plant):
    scrap = container(plant, 1000)
    shipment = dock.draft(plant, scrap)
    floor.charge(plant, floor.opened(plant), scrap, 300, minute=11)

    box = only(shipment)

    assert (box.net_kg, box.place) == (700, "Bay A-01")


def test_a_returned_shipment_tells_what_it_took(plant):
    shipment = dock.take_back(plant, dock.dispatched(plant))

    assert only(shipment).net_kg == 800


def test_a_cancelled_shipment_took_nothing(plant):
    shipment = dock.cancel(plant, dock.draft(plant, *dock.bags(plant)))

    assert only(shipment).net_kg is None
    assert trail.contents_of(shipment.pk).net_kg == 0


def test_what_is_shipped_twice_is_told_in_each_with_its_own_mass(plant):
    scrap = container(plant, 1000)
    first = dock.take_back(plant, dock.dispatched(plant, scrap, minute=20), minute=20, now=20)
    floor.charge(plant, floor.opened(plant), scrap, 300, minute=20)
    second = dock.dispatched(plant, scrap, minute=20)

    assert (only(first).net_kg, only(second).net_kg) == (1000, 700)


def test_the_list_tells_the_same_totals_as_the_page(plant):
    shipments = [
        dock.dispatched(plant, *dock.bags(plant, 800, "650.5")),
        dock.draft(plant, *dock.bags(plant, 300)),
        dock.draft(plant),
        dock.cancel(plant, dock.draft(plant, *dock.bags(plant, 200))),
    ]

    rows = Shipment.objects.with_totals().order_by("pk").values_list("pk", "container_count", "net_kg")

    contents = trail.contents(shipment.pk for shipment in shipments)
    assert [(pk, count, kg or 0) for pk, count, kg in rows] == [
        (pk, inside.container_count, inside.net_kg) for pk, inside in contents.items()
    ]


@pytest.mark.parametrize("count", [1, 5])
def test_one_statement_reads_them_all(plant, count, django_assert_num_queries):
    shipments = [dock.dispatched(plant) for _number in range(count)]

    with django_assert_num_queries(1):
        found = trail.contents(shipment.pk for shipment in shipments)

    assert sum(inside.net_kg for inside in found.values()) == 800 * count


def test_our_page_and_the_partner_are_told_the_same(plant):
    bag = weighed_bag(plant, Reading(unit="lb", gross=Decimal(1771), tare=Decimal(7)))
    scrap = container(plant, 1000)
    floor.charge(plant, Batch.objects.get(), scrap, 300)
    shipment = dock.dispatched(plant, bag, scrap)

    [seen] = api.read(Shipment.objects.filter(pk=shipment.pk))

    told = {
        box["reference"]: [box[f"{mass}_mass_kg"] and Decimal(box[f"{mass}_mass_kg"]) for mass in MASSES]
        for lot in json.loads(seen.json)["lots"]
        for box in lot["containers"]
    }
    shown = trail.contents_of(shipment.pk)
    assert told == {
        box.reference: [getattr(box, f"{mass}_kg") for mass in MASSES] for lot in shown.lots for box in lot.containers
    }
    assert json.loads(seen.json)["totals"]["net_mass_kg"] == str(shown.net_kg)
