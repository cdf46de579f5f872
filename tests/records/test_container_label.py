"""What stands on the label of a container, and that every container's codes are read back."""

from decimal import Decimal

from django.utils import translation

from intake import services as intake
from plant.inventory import labels
from plant.inventory import services as inventory
from plant.inventory.models import Container
from plant.inventory.weighing import Reading
from plant.models import Site
from plant.records.drawing import svg
from tests.factories import NOON, container
from tests.pages import send
from tests.records.reading import codes_in


def label_of(box: Container):
    [label] = labels.of_containers(box.site, [box.reference], NOON)
    return label


def test_it_says_what_is_in_it_how_it_was_weighed_and_whose_it_is(plant):
    box = container(plant, kind="GAYLORD", net_kg=500)

    label = label_of(box)

    assert (label.title, label.detail, label.figure) == (box.reference, "NMC811", "500.000 kg")
    assert label.name == plant.materials["CATHODE_FOIL"].name
    lines = dict(label.lines)
    assert (lines["Kind"], lines["Owner"], lines["Received"]) == ("Gaylord", "GMBI", "2026-06-10 12:00 EDT")
    assert lines["Weighed 2026-06-10 12:00 EDT"] == "500 kg net"
    assert label.warnings == ()


def test_gross_and_tare_stand_there_in_the_unit_they_were_read(plant):
    box = container(plant, kind="GAYLORD", net_kg=500)
    reading = Reading(unit="lb", gross=Decimal("1203.5"), tare=Decimal(100))
    other = intake.receive_another(
        lot=box.lot, kind=plant.kinds["GAYLORD"], reading=reading, bay=plant.locations["A-01"],
        by=plant.users["operator"], at=NOON, now=NOON, confirmed=True,
    )  # fmt: skip

    assert "1,203.5 lb gross − 100 lb tare = 1,103.5 lb" in dict(label_of(other).lines).values()


def test_universal_waste_has_its_words_and_the_day_its_accumulation_began(plant):
    """40 CFR 273.34, 273.35."""
    box = container(plant, material="WET_CELL", kind="DRUM", net_kg=100, bay="B-01")

    label = label_of(box)

    assert "Universal Waste - Battery(ies)" in label.warnings
    assert dict(label.lines)["Accumulation began"] == "2026-06-10"


def test_a_damaged_one_says_so_and_that_it_is_on_hold(plant):
    box = container(
        plant, material="WET_CELL", kind="DRUM", net_kg=100, bay="D-01", condition=Container.Condition.DAMAGED
    )

    assert label_of(box).warnings == ("DAMAGED - DDR", "Universal Waste - Battery(ies)", "ON HOLD: Hazard")


def test_it_is_in_english_whoever_prints_it(plant):
    box = container(plant, kind="GAYLORD", net_kg=500)
    with translation.override("es"):
        assert dict(label_of(box).lines)["Owner"] == "GMBI"


def test_every_code_of_every_container_is_read_back(plant):
    boxes = [container(plant, kind=kind, net_kg=100) for kind in ("GAYLORD", "DRUM", "BIG_BAG", "HEAP")]
    boxes.append(inventory.create_container(lot=boxes[0].lot, kind=plant.kinds["TOTE"]))
    for box in boxes:
        read = [code.text for code in codes_in(svg(label_of(box)))]
        assert read == [box.reference] + ([f"(00){box.sscc}"] if box.sscc else [])


def test_each_box_has_its_own_sscc_and_a_heap_has_none(plant):
    boxes = [container(plant, kind="DRUM", net_kg=100) for _ in range(3)]

    assert len({box.sscc for box in boxes}) == 3
    assert all(box.sscc.startswith("00614141") for box in boxes)
    assert container(plant, kind="HEAP").sscc is None


def test_a_box_made_before_the_site_had_a_prefix_gets_its_number_with_its_first_label(plant, person):
    Site.objects.filter(pk=plant.site.pk).update(gs1_prefix="")
    plant.site.refresh_from_db()
    box = container(plant, kind="DRUM", net_kg=100)
    assert box.sscc is None
    Site.objects.filter(pk=plant.site.pk).update(gs1_prefix="0614141")

    send(person("operator"), f"/labels/?container={box.reference}", {"copies": "1", "printer": "paper"})

    box.refresh_from_db()
    assert box.sscc


def test_a_bay_has_a_sign(plant):
    [sign, ddr] = labels.of_bays(plant.site, ["A-01", "D-01"], NOON)

    assert (sign.code, sign.title, sign.name) == ("A-01", "A-01", "Bay A-01")
    assert ddr.warnings
    assert [code.text for code in codes_in(svg(sign))] == ["A-01"]
