"""Several containers into one: of one lot into one of it, of different lots into a new lot with both as ancestors."""

from decimal import Decimal

import pytest

from plant.inventory import genealogy, repacking, services, together, trail
from plant.inventory.models import Container, Hold, Lot, Movement
from tests.factories import container, kilograms, minutes


def put(plant, boxes, *, by="operator", at=30, **kwargs):
    given = kwargs if "into" in kwargs else {"kind": plant.kinds["ROLL_OFF"], "bay": plant.locations["A-03"]} | kwargs
    return together.put_together(containers=boxes, by=plant.users[by], at=minutes(at), now=minutes(at), **given)


def part_of(plant, box, net_kg):
    return repacking.split(
        container=box,
        kind=plant.kinds["GAYLORD"],
        reading=kilograms(net_kg),
        bay=plant.locations["A-02"],
        by=plant.users["operator"],
        at=minutes(5),
        now=minutes(5),
    )


def test_containers_of_one_lot_go_into_one_of_them(plant):
    box = container(plant, 1000)
    part = part_of(plant, box, 300)

    into = put(plant, [box, part], into=part)

    assert into.pk == part.pk
    assert services.place_of(part).kg == 1000
    with pytest.raises(services.DomainError, match="empty"):
        services.place_of(box)
    assert Lot.objects.count() == 1


def test_different_lots_become_a_new_lot_that_knows_its_parts(plant):
    old = container(plant, 700, at=minutes(-60))
    young = container(plant, 500, bay="A-02", generated_on=minutes(0).date())

    into = put(plant, [young, old])
    lot = into.lot

    assert lot not in (old.lot, young.lot)
    assert services.place_of(into).kg == 1200
    assert services.place_of(into).location.code == "A-03"
    assert (lot.received_at, lot.owner, lot.supplier) == (old.lot.received_at, old.lot.owner, old.lot.supplier)
    assert lot.generated_on == young.lot.generated_on
    assert lot.regulatory_status == old.lot.regulatory_status
    assert {edge.from_id for edge in genealogy.back([into.pk])} == {old.pk, young.pk}
    came_from = {relative.reference: relative.kg for relative in trail.of([into]).came_from}
    assert came_from == {old.lot.reference: Decimal(700), young.lot.reference: Decimal(500)}


def test_a_status_that_differs_is_undecided_in_the_new_lot(plant):
    decided, proposed = container(plant, 700), container(plant, 500)
    services.decide_regulatory_status(
        lot=decided.lot,
        status=plant.statuses["HAZARDOUS_WASTE"],
        basis="40 CFR 261.3",
        by=plant.users["ehs"],
        at=minutes(1),
    )

    lot = put(plant, [decided, proposed]).lot

    assert (lot.regulatory_status, lot.regulatory_decided_at) == (None, None)
    assert "EHS decides" in lot.note


def test_what_was_decided_of_each_part_is_decided_of_the_whole(plant):
    boxes = [container(plant, 700), container(plant, 500)]
    for n, box in enumerate(boxes):
        services.decide_regulatory_status(
            lot=box.lot,
            status=plant.statuses["HAZARDOUS_WASTE"],
            basis="40 CFR 261.3",
            by=plant.users["ehs"],
            at=minutes(n),
        )

    lot = put(plant, boxes).lot

    assert (lot.regulatory_status.code, lot.regulatory_basis) == ("HAZARDOUS_WASTE", "40 CFR 261.3")
    assert lot.regulatory_decided_at == minutes(1)


def test_the_larger_part_names_the_chemistry_of_one_pool(plant):
    boxes = [container(plant, 300, chemistry="NMC622"), container(plant, 500)]

    lot = put(plant, boxes).lot

    assert lot.chemistry.code == "NMC811"
    assert "NMC622 is in it too" in lot.note


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"material": "ANODE_FOIL"}, "different materials"),
        ({"chemistry": "LFP"}, "never share a lot"),
        ({"owner": "LGES"}, "different owners"),
        ({"supplier": "TBMNC"}, "different suppliers"),
        ({"origin": Lot.Origin.END_OF_LIFE}, "different origin"),
        ({"condition": "damaged", "bay": "D-01"}, "hazard hold"),
        ({"held": True}, "quality hold"),
    ],
)
def test_what_may_not_be_mixed_is_refused_with_its_sentence(plant, other, sentence):
    from tests.factories import receipt

    is_held, supplier = other.pop("held", False), other.pop("supplier", None)
    if supplier:
        other["receipt"] = receipt(plant, supplier=supplier, facility="LIBERTY")
    boxes = [container(plant, 500), container(plant, 400, **other)]
    if is_held:
        services.place_hold(
            container=boxes[1], kind=Hold.Kind.QUALITY, reason="wet", by=plant.users["ehs"], at=minutes(1)
        )

    with pytest.raises(together.NotTogether, match=sentence):
        put(plant, boxes)

    assert not Movement.objects.filter(kind="merge").exists()
    assert Container.objects.packed().count() == 2


def test_damaged_never_comes_together_with_intact(plant):
    intact = container(plant, 300, bay="D-01", kind="DRUM")
    damaged = container(plant, 300, bay="D-01", kind="DRUM", condition="damaged")
    hold = Hold.objects.get(container=damaged)
    services.release_hold(hold=hold, reason="inspected", by=plant.users["ehs"], at=minutes(1))

    with pytest.raises(together.NotTogether, match="One is damaged"):
        put(plant, [intact, damaged])


def test_one_alone_one_that_is_gone_and_a_target_of_another_lot_are_refused(plant):
    box, other = container(plant, 1000), container(plant, 500)
    part = part_of(plant, box, 300)

    with pytest.raises(together.NotTogether, match="at least two"):
        put(plant, [box])
    with pytest.raises(together.NotTogether, match="Different lots go into a new container"):
        put(plant, [box, other], into=box)
    put(plant, [box, part], into=box)
    with pytest.raises(together.NotTogether, match="empty or has left"):
        put(plant, [part, other])


def test_it_is_undone_from_the_end(plant):
    boxes = [container(plant, 300), container(plant, 400)]
    into = put(plant, boxes)

    for movement in Movement.objects.filter(kind="merge").order_by("-pk"):
        services.reverse_entry(movement=movement, reason="wrong", by=plant.users["supervisor"], now=minutes(40))

    assert [services.place_of(box).kg for box in boxes] == [300, 400]
    assert not Container.objects.in_stock().filter(pk=into.pk).exists()
