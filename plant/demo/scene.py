"""Today: what one finds on coming in. A batch on line 1, a truck half unloaded, a shipment packed, a bag on hold."""

import datetime as dt
from decimal import Decimal

from plant.demo import dock, floor, gate, incidents
from plant.demo.feeds import FEEDS, Feed
from plant.demo.teller import Box, Teller
from plant.units import ZERO_KG

BEFORE = dt.timedelta(hours=5)
"""How long before `now` the day of the scene begins."""
RUNNING_KG = 6_200
FOIL = FEEDS[0]
WET = next(feed for feed in FEEDS if feed.code == "WET")
LOGGED = 9


def today(teller: Teller, *, now: dt.datetime) -> None:
    """Told in the order of the clock, from five hours ago; nothing of it lies ahead of `now`."""
    incidents.lift_holds(teller)
    gate.arrive(teller)
    incidents.clean_out(teller, "LINE-2", "End of the campaign")
    _hold(teller)
    teller.clock = now - dt.timedelta(minutes=215)
    _pack(teller)
    teller.clock = now - dt.timedelta(minutes=130)
    _run(teller, until=now - dt.timedelta(minutes=6))
    teller.clock = now - dt.timedelta(minutes=45)
    floor.plan(teller, WET, note="Cells of this week's loads, after the change of the screen")
    _unload(teller)


def _hold(teller: Teller) -> None:
    bags = [box for box in teller.yard.goods if box.material == "BLACK_MASS" and not box.is_held]
    if bags:
        teller.after(20)
        incidents.hold_bag(teller, bags[-1:])


def _pack(teller: Teller) -> None:
    """The fullest trade in black mass is packed and waits for its truck."""
    loads = [(trade, gate.ready(teller, trade)) for trade in gate.TRADES if trade.materials == ("BLACK_MASS",)]
    trade, load = max(loads, key=lambda each: sum((box.kg for box in each[1]), ZERO_KG))
    if load:
        gate.draft(teller, trade, load, note="Truck booked for the late shift")


def _run(teller: Teller, *, until: dt.datetime) -> None:
    """The batch on line 1: most of it charged, the first bags weighed."""
    feed, boxes = _feed(teller)
    if boxes:
        floor.carry_on(teller, floor.open_batch(teller, feed, boxes), until=until)


def _feed(teller: Teller) -> tuple[Feed, list[Box]]:
    """What line 1 has most of, up to a batch."""
    line_1 = [
        feed for feed in FEEDS if feed.line == "LINE-1" and feed.recipe == "ELECTRODE" and feed is not floor.ANODE
    ]
    feed = max(line_1, key=teller.yard.scrap_kg)
    boxes: list[Box] = []
    for box in teller.yard.scrap.get(feed.code, ()):
        if box.since < teller.clock and sum((each.kg for each in boxes), Decimal(0)) < RUNNING_KG:
            boxes.append(box)
    return feed, boxes


def _unload(teller: Teller) -> None:
    """The truck at the dock: its papers are in, not all of its containers."""
    teller.after(4)
    receipt = dock.book(teller, FOIL, note="24 gaylords by the bill of lading")
    dock.receive_lot(teller, FOIL, receipt, LOGGED)
