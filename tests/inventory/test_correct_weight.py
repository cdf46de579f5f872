"""A wrong weight is corrected: the difference follows what was carried on, up to the next weighing."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from plant import recompute
from plant.access import NotAllowed
from plant.errors import constraint_of
from plant.inventory import corrections, flows, genealogy, months, repacking, services, trail
from plant.inventory.ledger import NeedsReason, held_kg
from plant.inventory.models import DailyFlow, Movement
from plant.inventory.weighing import Implausible
from plant.management.commands.reconcile import reconcile
from processing import services as processing
from shipments import services as shipments
from shipments import trail as shipped
from tests.factories import NOON, container, kilograms, minutes, world
from tests.processing import floor
from tests.shipments import dock

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant():
    return world()


def weighed(box):
    return Movement.objects.standing().filter(to_container=box, weighing__isnull=False).order_by("pk").last()


def correct(plant, entry, net, *, by="supervisor", reason="tare was wrong", now=None, **kwargs):
    return corrections.correct_weight(
        movement=entry if isinstance(entry, Movement) else weighed(entry),
        reading=kilograms(net),
        reason=reason,
        by=plant.users[by],
        now=now or minutes(120),
        confirmed=kwargs.pop("confirmed", True),
        **kwargs,
    )


def move(plant, box, bay, *, minute):
    services.move_container(
        container=box, bay=plant.locations[bay], by=plant.users["operator"], at=minutes(minute), now=minutes(minute)
    )


def flow(plant, name):
    return sum(row.kg for row in flows.of_day(plant.site, plant.site.day(NOON)) if row.flow == name)


def unreconciled():
    recompute.drain(minutes(500))
    return reconcile(minutes(500))[0]


@pytest.mark.parametrize("net", ["990", "1010.5"])
def test_the_difference_follows_where_the_container_went(plant, net):
    box = container(plant, 1000)
    move(plant, box, "A-02", minute=1)
    move(plant, box, "A-03", minute=2)

    rows = correct(plant, box, net)

    assert held_kg(box, plant.locations["A-03"]) == Decimal(net)
    assert held_kg(box, plant.locations["A-01"]) == held_kg(box, plant.locations["A-02"]) == 0
    assert [row.kind for row in rows] == ["receive", "move", "move"]
    assert {row.occurred_at for row in rows} == {NOON, minutes(1), minutes(2)}
    assert [row.weighing is not None for row in rows] == [True, False, False]
    assert flow(plant, "received") == Decimal(net)
    assert unreconciled() == []


def test_what_was_charged_changes_a_closed_batch(plant):
    box = container(plant, 1000)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box)
    floor.bag(plant, batch, 900)
    floor.close(plant, batch)

    correct(plant, box, 950)

    batch.refresh_from_db()
    made = processing.figures_of(batch)
    assert (made.charged_kg, made.unaccounted_kg, made.in_run_kg) == (950, 50, 0)
    assert flow(plant, "processed") == 950
    assert flow(plant, "unaccounted") == 50
    assert unreconciled() == []
    assert batch.result.unaccounted_kg == 50
    [edge] = genealogy.forward([box.pk])[:1]
    assert edge.kg == 950
    assert [relative.kg for relative in trail.of([box]).went_into if relative.kg] == [950]


def test_a_shipped_bag_makes_a_new_version_of_its_shipment(plant):
    [bag] = dock.bags(plant, 800)
    shipment = dock.dispatched(plant, bag)
    seen = shipment.updated_at

    correct(plant, bag, "795.5")

    shipment.refresh_from_db()
    [lot] = shipped.contents_of(shipment.pk).lots
    assert (shipment.version, shipment.updated_at > seen) == (2, True)
    assert (lot.net_kg, lot.containers[0].weighed_at) == (Decimal("795.5"), weighed(bag).weighing.weighed_at)
    assert shipments.Shipment.objects.with_totals().get(pk=shipment.pk).net_kg == Decimal("795.5")
    assert shipments.Shipment.objects.of_lot(bag.lot).get().lot_kg == Decimal("795.5")
    assert flow(plant, "shipped") == flow(plant, "produced") == Decimal("795.5")
    assert unreconciled() == []


def test_it_can_be_corrected_again_and_back(plant):
    [bag] = dock.bags(plant, 800)
    dock.dispatched(plant, bag)
    before = list(flows.of_day(plant.site, plant.site.day(NOON)))

    correct(plant, bag, 700)
    correct(plant, bag, 900)
    correct(plant, bag, 800)

    assert list(flows.of_day(plant.site, plant.site.day(NOON))) == before
    assert weighed(bag).kg == 800
    assert unreconciled() == []


def test_a_part_that_was_weighed_keeps_its_weight_and_the_rest_takes_the_difference(plant):
    box = container(plant, 1000)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box, 300)
    rest, part = corrections.ways(corrections._loaded(Movement.objects.filter(pk=weighed(box).pk)).get(), Decimal(-50))

    with pytest.raises(corrections.Divided):
        correct(plant, box, 950)
    correct(plant, box, 950, way=rest.key)

    assert held_kg(box, plant.locations["A-01"]) == 650
    assert floor.in_run(batch) == 300
    assert part.parted.kind == Movement.Kind.CHARGE
    assert unreconciled() == []


def test_a_person_can_say_that_the_part_was_wrong(plant):
    box = container(plant, 1000)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box, 300)
    _rest, part = corrections.ways(corrections._loaded(Movement.objects.filter(pk=weighed(box).pk)).get(), Decimal(-50))

    correct(plant, box, 950, way=part.key)

    assert held_kg(box, plant.locations["A-01"]) == 700
    assert floor.in_run(batch) == 250
    assert unreconciled() == []


def test_a_charged_part_that_was_heavier_leaves_less_in_the_container_and_in_what_it_went_to(plant):
    box = container(plant, 1000)
    batch = floor.opened(plant)
    part = floor.charge(plant, batch, box, 300)
    move(plant, box, "A-02", minute=5)

    correct(plant, part, 320)

    assert held_kg(box, plant.locations["A-02"]) == 680
    assert floor.in_run(batch) == 320
    assert unreconciled() == []


def test_less_than_was_taken_out_is_refused_naming_it(plant):
    box = container(plant, 1000)
    batch = floor.opened(plant)
    floor.charge(plant, batch, box, 300)
    posted = Movement.objects.count()

    with pytest.raises(corrections.TooLittle, match=rf"300.000 kg were taken out .* into {batch.reference}"):
        correct(plant, box, 200)
    assert Movement.objects.count() == posted


def test_the_weight_it_has_already_is_refused(plant):
    with pytest.raises(corrections.SameWeight, match=r"1,000\.000 kg already"):
        correct(plant, container(plant, 1000), 1000)


def test_an_unusual_one_is_asked_about_once(plant):
    with pytest.raises(Implausible):
        correct(plant, container(plant, 1000, kind="GAYLORD"), 2, confirmed=False)


def test_it_says_why(plant):
    with pytest.raises(NeedsReason):
        correct(plant, container(plant, 1000), 990, reason=" ")


def test_an_own_one_of_the_shift_needs_no_supervisor_and_another_does(plant):
    entry = weighed(container(plant, 1000))

    correct(plant, entry, 990, by="operator", now=entry.recorded_at)
    with pytest.raises(NotAllowed, match="supervisor"):
        correct(plant, entry, 980, by="operator2", now=entry.recorded_at)
    with pytest.raises(NotAllowed, match="earlier shift"):
        correct(plant, entry, 980, by="operator", now=entry.recorded_at + services.SHIFT)


def test_a_corrected_entry_is_reversed_whole(plant):
    box = container(plant, 1000)
    move(plant, box, "A-02", minute=1)
    correct(plant, box, 990)
    moved = Movement.objects.standing().get(kind="move")

    for entry in (moved, weighed(box)):
        services.reverse_entry(movement=entry, reason="wrong", by=plant.users["supervisor"], now=minutes(130))

    assert not box.holdings.exclude(kg=0).exists()
    assert flow(plant, "received") == 0
    assert unreconciled() == []


def test_what_was_swept_out_leaves_the_heel_empty(plant):
    batch = floor.charged(plant, 1000)
    floor.bag(plant, batch, 900)
    floor.close(plant, batch, heel=Decimal(80))
    swept = processing.Sweepings(
        material=plant.materials["RESIDUE"],
        kind=plant.kinds["BIG_BAG"],
        reading=kilograms(70),
        bay=plant.locations["P-01"],
        confirmed=True,
    )
    line = plant.lines["LINE-1"]
    processing.clean_out(line=line, swept=swept, by=plant.users["operator"], at=minutes(9), now=minutes(9), note="")

    correct(plant, Movement.objects.filter(kind="output").last(), 75)

    assert floor.heel_of(plant) == 0
    assert flow(plant, "unaccounted") == 25
    assert unreconciled() == []


def test_the_database_takes_a_difference_between_the_ends_of_what_stands_only(plant):
    box = container(plant, 1000)
    entry = weighed(box)
    correct(plant, box, 990)
    difference = Movement.objects.get(corrects=entry)
    for target, change in ((difference, ""), (entry, "site_day = site_day + 1"), (entry, "to_location_id = 1")):
        copy = {field.attname: getattr(difference, field.attname) for field in Movement._meta.concrete_fields}
        copy |= {"corrects_id": target.pk}
        del copy["id"], copy["recorded_at"]
        if change:
            name = change.split(" ")[0]
            copy[name] = minutes(9999).date() if name == "site_day" else plant.locations["A-05"].pk
        names, values = ", ".join(copy), ", ".join(["%s"] * len(copy))
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            connection.cursor().execute(f"INSERT INTO inventory_movement ({names}) VALUES ({values})", [*copy.values()])
        assert constraint_of(refused.value) == "inventory_movement_corrects_an_entry"


def test_the_preview_says_what_saving_does_and_writes_nothing(plant):
    [bag] = dock.bags(plant, 800)
    shipment = dock.dispatched(plant, bag)
    posted = Movement.objects.count()

    seen = corrections.preview(
        movement=weighed(bag),
        reading=kilograms(790),
        reason="wrong",
        by=plant.users["supervisor"],
        now=minutes(90),
        way="",
        confirmed=True,
    )

    told = {(c.subject, c.what): (c.before, c.after) for c in seen.changes}
    assert told[shipment.reference, "Net"] == (800, 790)
    assert told[shipment.reference, "Version"] == (1, 2)
    assert Movement.objects.count() == posted
    assert DailyFlow.objects.count() == 0


def test_in_a_closed_month_it_takes_a_supervisor_and_restates_it(plant):
    box = container(plant, 1000)
    july = minutes(60 * 24 * 25)
    months.sign_off(
        site=plant.site, month=NOON.date().replace(day=1), seen_version=0, by=plant.users["manager"], now=july
    )
    entry = weighed(box)

    with pytest.raises(NotAllowed):
        correct(plant, entry, 990, by="operator", now=july)
    correct(plant, entry, 990, now=july)

    recompute.drain(july)
    restated = months.latest(plant.site, NOON.date().replace(day=1))
    assert (restated.version, restated.why) == (2, "tare was wrong (Shift supervisor)")


def test_a_split_off_part_takes_its_own_correction_from_the_rest(plant):
    box = container(plant, 1000)
    part = repacking.split(
        container=box,
        kind=plant.kinds["GAYLORD"],
        reading=kilograms(300),
        bay=plant.locations["A-02"],
        by=plant.users["supervisor"],
        at=minutes(1),
        now=minutes(1),
    )
    move(plant, part, "A-03", minute=2)

    correct(plant, part, 310)

    assert (held_kg(part, plant.locations["A-03"]), held_kg(box, plant.locations["A-01"])) == (310, 690)
    assert unreconciled() == []
