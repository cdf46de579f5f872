"""On the floor: a batch is planned, opened, charged, bagged and closed, as the composition of its charge says.

The scatter is seeded: black mass to about 1.2 % of its share (made up for by the residue, so it moves the yield and not
the closure), what comes out to 0.7 %, so that closures lie about 99.6 % and mostly within 98 to 102 %.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from plant.demo.compositions import gives
from plant.demo.feeds import FEEDS, MODULES, Feed
from plant.demo.teller import Box, Teller
from plant.inventory import services as inventory
from plant.inventory.models import Movement
from plant.inventory.weighing import Reading
from plant.units import ZERO_KG, kg
from processing import services as processing
from processing.models import Batch
from processing.rules import EXPLAIN_CLOSURE

ANODE = next(feed for feed in FEEDS if feed.code == "ANODE")
PACKAGING = {
    "BLACK_MASS": ("BIG_BAG", 1040, ("P-01", "P-02")),
    "COPPER": ("GAYLORD", 850, ("P-03",)),
    "ALUMINIUM": ("GAYLORD", 800, ("P-04",)),
    "STEEL": ("GAYLORD", 900, ("P-04",)),
    "PLASTICS": ("GAYLORD", 400, ("P-05",)),
    "CONDENSATE": ("TOTE", 1000, ("P-05",)),
    "RESIDUE": ("DRUM", 380, ("P-06",)),
    "MODULE": ("CRATE", 700, ("B-05", "B-06")),
}
"""What an output is packed in, how full in kg, and where it stands."""
LOT_KG = 18_000
"""A lot of black mass is about a truck."""
KG_PER_HOUR, BENCH_KG_PER_HOUR = 2110, 700
"""Of a line: 13,500 t over 6,400 h (EverBatt's 320 days of 20 hours); of the bench: a pack in forty minutes."""
DUST_RATIO, NOT_WEIGHED_RATIO = Decimal("0.0025"), Decimal("0.004")
"""Of the charge: to the filters, as estimated; and what settles in ducts and nobody weighs."""
Step = tuple[dt.datetime, Callable[[], None]]


@dataclass
class Run:
    """A batch on its line with the containers meant for it, and what comes out of them, in kg by output."""

    batch: Batch
    feed: Feed
    boxes: list[Box]
    opened_at: dt.datetime
    heel_kg: Decimal
    """What will be left in the line."""
    out_kg: dict[str, Decimal] = field(default_factory=dict)
    bags: list[Box] = field(default_factory=list)
    lost_kg: Decimal = ZERO_KG

    @property
    def mass_kg(self) -> Decimal:
        return sum((box.kg for box in self.boxes), ZERO_KG)

    @property
    def hours(self) -> float:
        rate = BENCH_KG_PER_HOUR if self.feed.line == "DISMANTLING" else KG_PER_HOUR
        return float(self.mass_kg) / rate


def work(teller: Teller, feed: Feed, boxes: list[Box]) -> Run:
    """A whole batch, from its plan to its close."""
    run = open_batch(teller, feed, boxes)
    carry_on(teller, run, until=None)
    teller.clock = run.opened_at + dt.timedelta(hours=run.hours)
    _losses(teller, run)
    teller.after(12)
    _close(teller, run)
    _put_away(teller, run)
    teller.after(20)
    return run


def carry_on(teller: Teller, run: Run, *, until: dt.datetime | None) -> None:
    """Charge and bag in the order of the clock, to the end or until an instant."""
    for at, step in sorted([*_charges(teller, run), *_outputs(teller, run)], key=lambda each: each[0]):
        if until is None or at <= until:
            teller.clock = at
            step()


def _put_away(teller: Teller, run: Run) -> None:
    """What came out is goods to be shipped; modules go to the line."""
    modules = [replace(box, feed=MODULES) for box in run.bags if box.material == "MODULE"]
    teller.yard.scrap.setdefault(MODULES.code, []).extend(modules)
    teller.yard.goods += [box for box in run.bags if box.material != "MODULE"]


def plan(teller: Teller, feed: Feed, note: str = "") -> Batch:
    plant = teller.plant
    return processing.draft_batch(
        recipe_version=plant.recipes[feed.recipe],
        line=plant.lines[feed.line],
        grade=plant.grades[feed.grade],
        chemistry=plant.chemistries[feed.chemistry],
        owner=plant.parties[feed.owner],
        note=note,
        by=teller.operator,
        at=teller.clock,
    )


def open_batch(teller: Teller, feed: Feed, boxes: list[Box]) -> Run:
    """Plan a batch for these boxes and put it on its line; a supervisor approves anode foil in it (RULE-4)."""
    batch = plan(teller, feed)
    teller.after(6)
    run = Run(batch, feed, boxes, teller.clock, _heel_after(teller, feed))
    run.out_kg = _comes_out(teller, run)
    anode = sum((box.kg for box in boxes if box.feed is ANODE), ZERO_KG)
    if anode:
        processing.approve_blend(
            batch=batch,
            reason="Anode trim of the same cell design; carbon stays within the contract",
            largest_share_ratio=(anode / run.mass_kg).quantize(Decimal("0.01")) + Decimal("0.03"),
            by=teller.person("supervisor"),
            at=teller.clock,
        )
    processing.open_batch(batch=batch, **teller.entry)
    return run


def _heel_after(teller: Teller, feed: Feed) -> Decimal:
    """Nothing on the bench; in a line as much as before, or what a look inside says."""
    before = teller.yard.heels_kg.get(feed.line, ZERO_KG)
    if feed.line == "DISMANTLING" or (before and teller.happens(0.6)):
        return before
    return kg(40 + teller.chance.randrange(0, 35))


def _comes_out(teller: Teller, run: Run) -> dict[str, Decimal]:
    """What the composition of the charge gives, less the heel it leaves; the richer in black mass, the less residue."""
    out: dict[str, Decimal] = {}
    for box in run.boxes:
        assert box.feed is not None
        for output, share in gives(box.feed.material, box.feed.chemistry).items():
            out[output] = out.get(output, ZERO_KG) + box.kg * share
    main = "MODULE" if "MODULE" in out else "BLACK_MASS"
    richer = out["RESIDUE"] * Decimal(str(round(teller.chance.gauss(0, 0.15), 5)))
    out[main] += richer
    out["RESIDUE"] -= richer + run.mass_kg * (DUST_RATIO + NOT_WEIGHED_RATIO)
    out[main] -= run.heel_kg - teller.yard.heels_kg.get(run.feed.line, ZERO_KG)
    out["RESIDUE"] = max(out["RESIDUE"], run.mass_kg / 100)
    return out


def _charges(teller: Teller, run: Run) -> Iterator[Step]:
    """Two to four containers at a time, over the first three quarters of the run."""
    left, groups = list(run.boxes), []
    while left:
        size = teller.chance.randrange(2, 5)
        groups.append(left[:size])
        left = left[size:]
    for number, group in enumerate(groups):
        at = run.opened_at + dt.timedelta(minutes=round(4 + 45 * run.hours * number / len(groups)))
        yield at, lambda group=group: _charge(teller, run, group)  # type: ignore[misc]


def _charge(teller: Teller, run: Run, group: list[Box]) -> None:
    """Charge whole containers; now and then a label was scanned too early, and its entry is reversed."""
    containers = [box.container for box in group]
    movements = processing.charge_several(batch=run.batch, containers=containers, **teller.entry)
    if teller.happens(0.02):
        teller.after(2)
        reason, supervisor = "Scanned the label of the container beside it", teller.person("supervisor")
        inventory.reverse_entry(movement=movements[-1], reason=reason, by=supervisor, now=teller.clock)
        teller.after(3)
        processing.charge(batch=run.batch, container=movements[-1].from_container, **teller.entry)


def _outputs(teller: Teller, run: Run) -> Iterator[Step]:
    """Bag after bag, from a third of the run on."""
    bags = [
        (output, each)
        for output, mass in run.out_kg.items()
        if output in PACKAGING
        for each in _filled(teller, output, mass)
    ]
    if run.hours > 2 and teller.happens(0.015):
        bags = [bag for bag in bags if bag[0] != "RESIDUE"]
    teller.chance.shuffle(bags)
    for number, (output, mass) in enumerate(bags):
        at = run.opened_at + dt.timedelta(minutes=round(60 * run.hours * (0.3 + 0.68 * number / len(bags))))
        yield at, lambda output=output, mass=mass: bag(teller, run, output, mass)  # type: ignore[misc]


def _filled(teller: Teller, output: str, mass: Decimal) -> list[Decimal]:
    """The mass as the scale shows it, in as many containers as it takes, none fuller than they usually are."""
    full = PACKAGING[output][1]
    mass = teller.about(mass, 0.007)
    count = int(mass // full) + 1
    each = [teller.about(mass / count, 0.02) for _bag in range(count - 1)]
    return [*each, mass - sum(each, ZERO_KG)]


def bag(teller: Teller, run: Run, output: str, mass_kg: Decimal) -> Box:
    """Weigh one out, into the lot that is being filled, else into a new one."""
    plant, lots = teller.plant, teller.yard.lots
    packaging, _full, bays = PACKAGING[output]
    key = (output, run.feed.owner, run.feed.chemistry)
    lot, in_lot_kg = lots.get(key, (None, ZERO_KG))
    container = processing.add_output(
        batch=run.batch,
        material=plant.materials[output],
        kind=plant.kinds[packaging],
        reading=teller.bag_reading(mass_kg, packaging),
        bay=plant.locations[teller.chance.choice(bays)],
        lot=lot,
        confirmed=True,
        **teller.entry,
    )
    assert container.lot is not None
    lots[key] = (container.lot, in_lot_kg + mass_kg)
    if lots[key][1] > (2_500 if plant.materials[output].is_waste else LOT_KG):
        del lots[key]
    pool = plant.chemistries[run.feed.chemistry].pool
    box = Box(container, mass_kg, teller.clock, None, output, run.feed.owner, pool)
    run.bags.append(box)
    return box


def _losses(teller: Teller, run: Run) -> None:
    """Dust as estimated, a sample as weighed, off-gas as calculated from the cell design."""
    if run.feed.line == "DISMANTLING":
        return
    places, known = teller.plant.locations, Movement.HowKnown
    loss = {"batch": run.batch, **teller.entry}
    dust = (run.mass_kg * DUST_RATIO).quantize(Decimal("0.1"))
    processing.add_loss(loss=places["DUST"], kg=dust, how_known=known.ESTIMATED, **loss)
    sample = Reading(unit="kg", net=teller.about(Decimal("1.5"), 0.2), scale=teller.plant.scales["BAG"])
    processing.add_loss(loss=places["SAMPLE"], reading=sample, **loss)
    run.lost_kg = dust + sample.net_kg
    if "OFF_GAS" in run.out_kg:
        gas = run.out_kg["OFF_GAS"].quantize(Decimal("0.1"))
        formula = "Charged mass times the electrolyte of the cell design, less the condensate"
        processing.add_loss(loss=places["OFF_GAS"], kg=gas, how_known=known.CALCULATED, formula=formula, **loss)
        run.lost_kg += gas


def _close(teller: Teller, run: Run) -> None:
    """Close with the heel as it is; what lies outside 97 to 103 % is explained."""
    before = teller.yard.heels_kg.get(run.feed.line, ZERO_KG)
    found = sum((box.kg for box in run.bags), run.lost_kg + run.heel_kg - before)
    low, high = EXPLAIN_CLOSURE
    is_explained = low <= found / run.mass_kg <= high
    run.batch = processing.close_batch(
        batch=run.batch,
        heel="as_before" if run.heel_kg == before else run.heel_kg,
        heel_how_known=Movement.HowKnown.ESTIMATED,
        explanation="" if is_explained else "A drum of residue went to the laboratory before it was weighed",
        **teller.entry,
    )
    teller.yard.heels_kg[run.feed.line] = run.heel_kg
