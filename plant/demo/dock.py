"""At the dock: loads are booked, their containers weighed into bays, and what is not right is set aside."""

import datetime as dt
from decimal import Decimal
from typing import Any

from intake import services as intake
from intake.models import Receipt
from plant.demo.feeds import FEEDS, Feed
from plant.demo.teller import Box, Teller
from plant.inventory import services as inventory
from plant.inventory.models import Container, Lot, Movement

MOST_IN_A_LOT = 14
CARRIERS = ("Piedmont Freight", "Blue Ridge Carriers", "Old North Transport")
WRITTEN_DOWN = "Network was down in the evening, written on paper"
TYPED_TWICE = "Logged twice, the gaylord came once"


def receive_load(teller: Teller, feed: Feed, *, load_kg: int, late: bool = False) -> list[Box]:
    """A truck of one feed: one lot, or two where it was made on two days. Late ones are keyed in the next day."""
    late_by = dt.timedelta(hours=25) if late else dt.timedelta()
    boxes: list[Box] = []
    receipt = book(teller, feed, late_by)
    count = max(1, round(load_kg / feed.about_kg))
    while count > 0:
        in_lot = count if count <= MOST_IN_A_LOT + 4 else MOST_IN_A_LOT
        boxes += receive_lot(teller, feed, receipt, in_lot, late_by)
        count -= in_lot
    teller.yard.scrap.setdefault(feed.code, []).extend(boxes)
    return boxes


def book(teller: Teller, feed: Feed, late_by: dt.timedelta = dt.timedelta(), note: str = "") -> Receipt:
    plant = teller.plant
    return intake.book_receipt(
        site=plant.site,
        supplier=plant.parties[feed.supplier],
        facility=plant.facilities[feed.facility],
        bill_of_lading=teller.number("BOL"),
        carrier=teller.chance.choice(CARRIERS),
        trailer=teller.digits("TR", 3),
        seal=teller.digits("SL", 5),
        received_at=teller.clock,
        note=note,
        by=teller.operator,
        now=teller.clock + late_by,
        reason=WRITTEN_DOWN if late_by else "",
    )


def receive_lot(
    teller: Teller, feed: Feed, receipt: Receipt, count: int, late_by: dt.timedelta = dt.timedelta()
) -> list[Box]:
    """Log so many containers of one lot, every few minutes one."""
    plant = teller.plant
    bays = [f"{feed.zone}-{teller.chance.randrange(1, 7):02d}" for _each in range(2)]
    boxes: list[Box] = []
    for number in range(count):
        at = teller.after(3)
        arrival = _arrival(teller, feed, bays[number * 2 // count], late_by)
        if boxes:
            lot = boxes[0].container.lot
            assert lot is not None
            container = intake.receive_another(lot=lot, **arrival)
        else:
            container = intake.receive_lot(
                receipt=receipt,
                material=plant.materials[feed.material],
                origin=Lot.Origin.END_OF_LIFE if feed.is_end_of_life else Lot.Origin.PRODUCTION_SCRAP,
                chemistry=plant.chemistries[feed.chemistry],
                owner=plant.parties[feed.owner],
                generated_on=plant.site.day(at) - dt.timedelta(days=teller.chance.randrange(3, 20)),
                **arrival,
            )
        if boxes and not late_by and teller.happens(0.008):
            _take_back(teller, container)
        else:
            boxes.append(Box(container, arrival["reading"].net_kg, at, feed))
    return boxes


def _take_back(teller: Teller, container: Container) -> None:
    """It was logged twice; a minute later the supervisor reverses the second entry."""
    [received] = Movement.objects.filter(to_container=container)
    teller.after(1)
    supervisor = teller.person("supervisor")
    inventory.reverse_entry(movement=received, reason=TYPED_TWICE, by=supervisor, now=teller.clock)


def _arrival(teller: Teller, feed: Feed, bay: str, late_by: dt.timedelta) -> dict[str, Any]:
    plant, at = teller.plant, teller.clock
    arrival: dict[str, Any] = {
        "kind": plant.kinds[feed.packaging],
        "reading": teller.dock_reading(feed.about_kg, feed.packaging),
        "bay": plant.locations[bay],
        "by": teller.operator,
        "at": at,
        "now": at + late_by,
    }
    if plant.materials[feed.material].holds_charge:
        arrival |= _charge_of(teller, feed)
    return arrival


PIECES_KG = {"WET_CELL": Decimal("0.744"), "FORMED_CELL": Decimal("0.744"), "MODULE": Decimal(34), "PACK": Decimal(489)}
"""kg each: EverBatt's NMC811 cell of 0.25 kWh and pack of 100 kWh."""
KWH_PER_KG = Decimal("0.336")


def _charge_of(teller: Teller, feed: Feed) -> dict[str, Any]:
    """Pieces, and for what was charged its energy and state of charge as the supplier measured it that morning."""
    told: dict[str, Any] = {"piece_count": max(1, int(feed.about_kg / PIECES_KG[feed.material]))}
    if teller.plant.materials[feed.material].needs_discharge:
        told["nominal_energy_kwh"] = (feed.about_kg * KWH_PER_KG).quantize(Decimal("0.1"))
        told["state_of_charge_ratio"] = Decimal(teller.chance.randrange(18, 31)) / 100
        told["charge_measured_at"] = teller.clock - dt.timedelta(hours=2)
    return told


DAMAGES = (
    (Container.Condition.DAMAGED, 240, "Crate dropped at loading, two cells dented"),
    (Container.Condition.DEFECTIVE, 310, "Returned by the formation line: insulation failed"),
    (Container.Condition.DAMAGED, 185, "Forklift tine through the crate, no cell pierced"),
    (Container.Condition.RECALLED, 420, "Lot recalled by the cell plant, notice with the papers"),
)


def receive_damaged(teller: Teller) -> None:
    """A crate that came damaged: it stands in the DDR zone, on a hazard hold by itself (RULE-6)."""
    plant = teller.plant
    condition, kg, note = DAMAGES[teller.yard.damaged % len(DAMAGES)]
    teller.yard.damaged += 1
    feed = next(feed for feed in FEEDS if feed.code == "CELL")
    receipt = book(teller, feed)
    at = teller.after(12)
    intake.receive_lot(
        receipt=receipt,
        material=plant.materials["FORMED_CELL"],
        origin=Lot.Origin.PRODUCTION_SCRAP,
        chemistry=plant.chemistries[feed.chemistry],
        owner=plant.parties[feed.owner],
        kind=plant.kinds["CRATE"],
        reading=teller.dock_reading(kg, "CRATE"),
        bay=plant.locations[f"D-{1 + teller.yard.damaged % 2:02d}"],
        condition=condition,
        piece_count=int(kg / PIECES_KG["FORMED_CELL"]),
        state_of_charge_ratio=Decimal("0.28"),
        charge_measured_at=at,
        note=note,
        by=teller.operator,
        at=at,
        now=at,
    )
