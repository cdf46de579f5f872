"""What does not go by the book: holds and what lifts them, a bag found later, decisions of EHS, a signed month."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from plant.demo.floor import PACKAGING, Run
from plant.demo.teller import Box, Teller
from plant.inventory import months
from plant.inventory import services as inventory
from plant.inventory.models import Hold, Lot
from plant.units import ZERO_KG
from processing import services as processing

QUALITY = (
    ("Copper visible in the bag, sample taken", "Copper 1.4 %, within the contract"),
    ("Bag damp to the touch, moisture sample taken", "Moisture 3.1 %, within the contract"),
    ("Foil pieces on top, sieve checked", "Sieve was whole, aluminium 0.9 %"),
)
FOUND_LATER = "Big bag found behind bay P-02 with the tag of this batch, not entered by the shift"


def hold_bag(teller: Teller, bags: Sequence[Box]) -> None:
    """A bag that does not look right waits for its sample."""
    box = teller.chance.choice([box for box in bags if box.material == "BLACK_MASS"])
    reason, lifted = teller.chance.choice(QUALITY)
    hold = inventory.place_hold(
        container=box.container, kind=Hold.Kind.QUALITY, reason=reason, by=teller.operator, at=teller.clock
    )
    box.is_held = True
    teller.yard.holds.append((hold, box, teller.day + dt.timedelta(days=teller.chance.randrange(2, 6)), lifted))


def lift_holds(teller: Teller) -> None:
    """The results are there: the supervisor lifts what was waiting for them."""
    for hold, box, day, reason in list(teller.yard.holds):
        if day <= teller.day:
            teller.after(3)
            inventory.release_hold(hold=hold, reason=reason, by=teller.person("supervisor"), at=teller.clock)
            box.is_held = False
            teller.yard.holds.remove((hold, box, day, reason))


def decide_status(teller: Teller, boxes: Sequence[Box]) -> None:
    """EHS confirms what a lot of cells is, by the rule that was proposed; the newest lots still wait for that."""
    lots = {box.container.lot_id: box.container.lot for box in boxes}
    for lot in lots.values():
        if isinstance(lot, Lot) and lot.regulatory_status is not None and teller.happens(0.8):
            teller.after(5)
            inventory.decide_regulatory_status(
                lot=lot,
                status=lot.regulatory_status,
                basis=lot.regulatory_basis,
                by=teller.person("ehs"),
                at=teller.clock,
            )


def find_bag(teller: Teller, run: Run) -> None:
    """A bag of a closed batch turns up and is entered by the supervisor: the closure is now above 103 %, and nobody has
    found out yet whose black mass it is."""
    plant, (packaging, _full, _bays) = teller.plant, PACKAGING["BLACK_MASS"]
    mass = (run.mass_kg * Decimal("0.047") * 2).quantize(Decimal(1)) / 2
    container = processing.add_output(
        batch=run.batch,
        material=plant.materials["BLACK_MASS"],
        kind=plant.kinds[packaging],
        reading=teller.bag_reading(mass, packaging),
        bay=plant.locations["P-02"],
        by=teller.person("supervisor"),
        at=max(run.opened_at, teller.clock - dt.timedelta(minutes=10)),
        now=teller.clock,
        confirmed=True,
        reason=FOUND_LATER,
    )
    inventory.place_hold(
        container=container,
        kind=Hold.Kind.QUALITY,
        reason="Its batch closes at more than 103 %: whose is it?",
        by=teller.person("supervisor"),
        at=teller.clock,
    )


def sign_month(teller: Teller, month: dt.date) -> None:
    """The manager signs the month that is over."""
    teller.after(5)
    manager = teller.person("manager")
    months.sign_off(site=teller.plant.site, month=month, seen_version=0, by=manager, now=teller.clock)


def discharge(teller: Teller, boxes: Sequence[Box], *, begun: dt.datetime) -> None:
    """Discharge and check what is about to be shredded (RULE-2); one that fails is checked again an hour later."""
    starts, teller.clock = teller.clock, begun
    for box in boxes:
        teller.after(4)
        check: dict[str, Any] = {"container": box.container, "by": teller.operator}
        if teller.happens(0.03):
            processing.record_discharge(
                passed=False, voltage_v=Decimal("2.9"), note="Not yet below 0.5 V", at=teller.clock, **check
            )
            teller.after(60)
        volts = Decimal(teller.chance.randrange(5, 48)) / 100
        processing.record_discharge(passed=True, voltage_v=volts, at=teller.clock, **check)
    teller.clock = max(starts, teller.clock)


def clean_out(teller: Teller, line: str, note: str) -> None:
    """A line is swept before another pool follows (RULE-5); what the broom brings is weighed as residue."""
    plant, heel_kg = teller.plant, teller.yard.heels_kg.get(line, ZERO_KG)
    swept = None
    if heel_kg:
        swept = processing.Sweepings(
            material=plant.materials["RESIDUE"],
            kind=plant.kinds["DRUM"],
            reading=teller.bag_reading(teller.about(heel_kg, 0.1), "DRUM"),
            bay=plant.locations["P-06"],
            confirmed=True,
        )
    processing.clean_out(line=plant.lines[line], note=note, swept=swept, **teller.entry)
    teller.yard.heels_kg[line] = ZERO_KG
