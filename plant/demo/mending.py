"""What is put right: a weight that was typed wrongly, a gaylord that is too full, a bay that is counted."""

from decimal import Decimal

from plant.demo.floor import PACKAGING
from plant.demo.teller import Box, Teller
from plant.inventory import corrections, count_posting, counts, repacking
from plant.inventory.models import Container, Movement

COUNTED = "P-03"


def correct_weight(teller: Teller) -> None:
    """A bag's last digits were swapped: its weight is corrected, and what its batch could not account for with it."""
    bags = [box for box in teller.yard.goods if box.material == "BLACK_MASS" and not box.is_held]
    if not bags:
        return
    box = bags[-1]
    weighed = Movement.objects.get(to_container=box.container, kind=Movement.Kind.OUTPUT)
    right_kg = box.kg - 9
    corrections.correct_weight(
        movement=weighed,
        reading=teller.bag_reading(right_kg, PACKAGING["BLACK_MASS"][0]),
        reason="Digits swapped when it was typed, weighed again",
        by=teller.person("supervisor"),
        now=teller.clock,
        confirmed=True,
    )
    box.kg = right_kg


def split_box(teller: Teller) -> None:
    """A gaylord of foil is too high for the tipper: a part of it goes into another one."""
    plant, boxes = teller.plant, teller.yard.scrap.get("FOIL", [])
    if not boxes:
        return
    whole = boxes[-1]
    part_kg = teller.about(whole.kg / 3)
    part = repacking.split(
        container=whole.container,
        kind=plant.kinds["GAYLORD"],
        reading=teller.bag_reading(part_kg, "GAYLORD"),
        bay=plant.locations["A-06"],
        **teller.entry,
    )
    whole.kg -= part_kg
    boxes.append(Box(part, part_kg, teller.clock, whole.feed))


def count_bay(teller: Teller) -> None:
    """A bay is counted blind: all is seen, one box is weighed again and holds a little less than the ledger says."""
    bay = teller.plant.locations[COUNTED]
    standing = Container.objects.in_stock().filter(holdings__location=bay, holdings__kg__gt=0).order_by("pk")
    known = {box.container.pk: box for box in teller.yard.goods}
    containers = [container for container in standing if container.pk in known]
    if not containers:
        return
    count = counts.start_count(location=bay, by=teller.operator, at=teller.clock)
    for container in containers:
        teller.after(1)
        box = known[container.pk]
        if container is containers[0]:
            box.kg -= Decimal("2.5")
        reading = teller.bag_reading(box.kg, "GAYLORD") if container is containers[0] else None
        counts.see(count=count, container=container, bay=bay, reading=reading, confirmed=True, **teller.entry)
    teller.after(5)
    count_posting.post_count(count=count, by=teller.person("supervisor"), at=teller.clock, now=teller.clock)
