"""A small believable plant: two weeks of a ramp-up with receipts, batches, a hold, a damaged crate and two shipments.

Everything is entered through the services, as people would, and is the same for the same seed and clock. What a batch
gives follows the published pre-processing model (Argonne EverBatt 2023, sheet "Preproc. Par.") with seeded scatter.
"""

import datetime as dt
import itertools
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from intake import services as intake
from plant.demo.site import Plant
from plant.inventory import services as inventory
from plant.inventory.models import Container, Hold, Lot, Movement
from plant.inventory.weighing import Reading
from plant.units import kg
from processing import services as processing
from processing.models import Batch
from shipments import services as shipments

SPLITS: dict[str, dict[str, str]] = {
    "ELECTRODE_MIX": {"BLACK_MASS": "0.71844", "COPPER": "0.131209", "ALUMINIUM": "0.08671", "RESIDUE": "0.0536"},
    "CATHODE_FOIL": {"BLACK_MASS": "0.777963", "ALUMINIUM": "0.15718", "RESIDUE": "0.0549"},
    "WET_CELL": {
        "BLACK_MASS": "0.699633",
        "COPPER": "0.070162",
        "ALUMINIUM": "0.046367",
        "PLASTICS": "0.01249",
        "RESIDUE": "0.0481",
        "OFF_GAS": "0.1143",
    },
}
"""Share of the charge that goes to each output (EverBatt 2023, NMC811); a little less residue than its balance."""

PACKAGING = {
    "BLACK_MASS": ("BIG_BAG", "800", "P-01"),
    "COPPER": ("GAYLORD", "700", "P-03"),
    "ALUMINIUM": ("GAYLORD", "600", "P-04"),
    "PLASTICS": ("GAYLORD", "300", "P-05"),
    "RESIDUE": ("DRUM", "300", "P-06"),
}
"""What an output is packed in, how full in kg, and where it stands."""

FEEDS = (
    # scrap type, supplier, facility, packaging, about kg each, zone
    ("CATHODE_FOIL", "LGES", "LANSING", "GAYLORD", 520, "A"),
    ("ELECTRODE_MIX", "TBMNC", "LIBERTY", "GAYLORD", 460, "A"),
    ("WET_CELL", "LGES", "LANSING", "CRATE", 880, "B"),
)
LOADS_A_DAY = 2
CONTAINERS_A_LOAD = 6


@dataclass
class Teller:
    """Enters the story; `clock` is the instant of the entry, in the past of the demo's `now`."""

    plant: Plant
    chance: random.Random
    clock: dt.datetime
    numbers: "itertools.count[int]"

    def after(self, minutes: int) -> dt.datetime:
        self.clock += dt.timedelta(minutes=minutes)
        return self.clock

    def about(self, mass: int | Decimal, spread: float = 0.04) -> Decimal:
        """A mass near the given one, as a scale reads: to half a kilogram."""
        factor = Decimal(str(round(self.chance.gauss(1, spread), 4)))
        return max(kg((Decimal(mass) * factor * 2).quantize(Decimal(1)) / 2), Decimal("0.5"))

    @property
    def operator(self) -> Any:
        return self.plant.users["operator" if self.clock.astimezone(self.plant.site.zone).hour < 15 else "operator2"]


def tell(plant: Plant, *, now: dt.datetime, days: int = 14, seed: int = 2026) -> None:
    """Two weeks that end at `now`: yesterday is complete, today a batch is on the line. 0 days: nothing happened."""
    if not days:
        return
    teller = Teller(plant, random.Random(seed), now, itertools.count(5501))
    stock: list[Container] = []
    today = plant.site.day(now)
    workdays = [day for back in range(days, 0, -1) if (day := today - dt.timedelta(days=back)).weekday() < 5]
    for number, day in enumerate(workdays):
        teller.clock = plant.site.start_of(day) + dt.timedelta(hours=7)
        feed = FEEDS[number % len(FEEDS)]
        stock = _receive_loads(teller, feed)
        if number == 1:
            _receive_damaged(teller)
        batch = _open(teller, feed[0])
        _run(teller, batch, feed[0], stock)
        if number in (len(workdays) // 2, len(workdays) - 1):
            _ship(teller, delivered=number < len(workdays) - 1)
    teller.clock = now - dt.timedelta(hours=3)
    _today(teller)


def _receive_loads(teller: Teller, feed: tuple[str, str, str, str, int, str]) -> list[Container]:
    return [box for _load in range(LOADS_A_DAY) for box in _receive_load(teller, feed, CONTAINERS_A_LOAD)]


def _receive_load(teller: Teller, feed: tuple[str, str, str, str, int, str], count: int) -> list[Container]:
    material, supplier, facility, packaging, about_kg, zone = feed
    plant = teller.plant
    receipt = intake.book_receipt(
        site=plant.site,
        supplier=plant.parties[supplier],
        facility=plant.facilities[facility],
        bill_of_lading=f"BOL-{next(teller.numbers)}",
        carrier="Contract carrier",
        trailer=f"TR-{teller.chance.randrange(100, 999)}",
        seal=f"SL-{teller.chance.randrange(10_000, 99_999)}",
        received_at=teller.clock,
        by=teller.operator,
        now=teller.clock,
    )
    boxes: list[Container] = []
    for _number in range(count):
        at = teller.after(4)
        arrival: dict[str, Any] = {
            "kind": plant.kinds[packaging],
            "reading": _gross(teller, about_kg, packaging),
            "bay": plant.locations[f"{zone}-{teller.chance.randrange(1, 7):02d}"],
            "by": teller.operator,
            "at": at,
            "now": at,
        }
        if plant.materials[material].holds_charge:
            arrival["piece_count"] = teller.chance.randrange(600, 1200)
        if boxes:
            lot = boxes[0].lot
            assert lot is not None
            boxes.append(intake.receive_another(lot=lot, **arrival))
        else:
            boxes.append(
                intake.receive_lot(
                    receipt=receipt,
                    material=plant.materials[material],
                    origin=Lot.Origin.PRODUCTION_SCRAP,
                    chemistry=plant.chemistries["NMC811"],
                    owner=plant.parties["GMBI"],
                    generated_on=plant.site.day(at) - dt.timedelta(days=teller.chance.randrange(3, 20)),
                    **arrival,
                )
            )
    return boxes


def _gross(teller: Teller, about_kg: int, packaging: str) -> Reading:
    """Gross and stored tare in lb, as the dock scale reads."""
    plant = teller.plant
    tare_kg = plant.kinds[packaging].tare_kg or Decimal(0)
    tare = (tare_kg / Decimal("0.45359237")).quantize(Decimal("0.5"))
    gross = tare + (teller.about(about_kg) / Decimal("0.45359237")).quantize(Decimal(1))
    return Reading(unit="lb", gross=gross, tare=tare, tare_is_stored=True, scale=plant.scales["DOCK"])


def _receive_damaged(teller: Teller) -> None:
    """A crate of formed cells that was dropped: it stands in the DDR zone on a hazard hold."""
    plant = teller.plant
    receipt = intake.book_receipt(
        site=plant.site,
        supplier=plant.parties["LGES"],
        facility=plant.facilities["LANSING"],
        bill_of_lading=f"BOL-{next(teller.numbers)}",
        carrier="Contract carrier",
        received_at=teller.clock,
        by=teller.operator,
        now=teller.clock,
    )
    intake.receive_lot(
        receipt=receipt,
        material=plant.materials["FORMED_CELL"],
        origin=Lot.Origin.PRODUCTION_SCRAP,
        chemistry=plant.chemistries["NCMA"],
        owner=plant.parties["LGES"],
        kind=plant.kinds["CRATE"],
        reading=_gross(teller, 240, "CRATE"),
        bay=plant.locations["D-01"],
        condition=Container.Condition.DAMAGED,
        piece_count=310,
        state_of_charge_ratio=Decimal("0.28"),
        charge_measured_at=teller.clock,
        note="Crate dropped at loading, two cells dented",
        by=teller.operator,
        now=teller.clock,
    )


def _open(teller: Teller, material: str) -> Batch:
    plant = teller.plant
    recipe = "CELLS" if material == "WET_CELL" else "ELECTRODE"
    batch = processing.draft_batch(
        recipe_version=plant.recipes[recipe],
        line=plant.lines["LINE-1"],
        grade=plant.grades["NMC_BM"],
        chemistry=plant.chemistries["NMC811"],
        owner=plant.parties["GMBI"],
        note="",
        by=teller.operator,
        at=teller.after(10),
    )
    processing.open_batch(batch=batch, by=teller.operator, at=teller.clock, now=teller.clock)
    return batch


def _charge(teller: Teller, batch: Batch, boxes: list[Container]) -> Decimal:
    charged = Decimal(0)
    for box in boxes:
        at = teller.after(6)
        movement = processing.charge(batch=batch, container=box, by=teller.operator, at=at, now=at)
        charged += movement.kg
    return charged


def _bag(teller: Teller, batch: Batch, material: str, mass_kg: Decimal) -> Container:
    plant = teller.plant
    packaging, _full, bay = PACKAGING[material]
    tare = plant.kinds[packaging].tare_kg or Decimal(0)
    at = teller.after(5)
    return processing.add_output(
        batch=batch,
        material=plant.materials[material],
        kind=plant.kinds[packaging],
        reading=Reading(unit="kg", gross=mass_kg + tare, tare=tare, tare_is_stored=True, scale=plant.scales["BAG"]),
        bay=plant.locations[bay],
        confirmed=True,
        by=teller.operator,
        at=at,
        now=at,
    )


def _run(teller: Teller, batch: Batch, material: str, boxes: list[Container]) -> None:
    """Charge all, bag what the model gives, note the off-gas, leave a heel, close."""
    charged = _charge(teller, batch, boxes)
    bags: list[Container] = []
    for output, share in SPLITS[material].items():
        mass = teller.about(charged * Decimal(share), 0.012)
        if output == "OFF_GAS":
            _off_gas(teller, batch, mass)
            continue
        full = Decimal(PACKAGING[output][1])
        while mass > 0:
            bags.append(_bag(teller, batch, output, min(mass, full)))
            mass -= min(mass, full)
    if teller.chance.random() < 0.25:
        inventory.place_hold(
            container=bags[0],
            kind=Hold.Kind.QUALITY,
            reason="Copper visible in the bag, sample taken",
            by=teller.operator,
            at=teller.clock,
        )
    at = teller.after(15)
    processing.close_batch(
        batch=batch,
        heel=kg(40 + teller.chance.randrange(0, 20)),
        heel_how_known=Movement.HowKnown.ESTIMATED,
        explanation="Residue weighed short: one drum went to the laboratory",
        by=teller.operator,
        at=at,
        now=at,
    )


def _off_gas(teller: Teller, batch: Batch, mass_kg: Decimal) -> None:
    at = teller.after(2)
    processing.add_loss(
        batch=batch,
        loss=teller.plant.locations["OFF_GAS"],
        kg=mass_kg,
        how_known=Movement.HowKnown.CALCULATED,
        formula="F22: charged mass times the electrolyte fraction of the cell design",
        by=teller.operator,
        at=at,
        now=at,
    )


def _ship(teller: Teller, *, delivered: bool) -> None:
    """All free black mass to the first post-processor."""
    plant = teller.plant
    bags = list(
        Container.objects.on_site(plant.site)
        .packed()
        .in_stock()
        .free()
        .filter(lot__material__code="BLACK_MASS")
        .order_by("pk")
    )
    shipment = shipments.draft_shipment(
        site=plant.site,
        consignee=plant.parties["POST1"],
        ship_to=plant.facilities["POST1-PLANT"],
        purchase_order_number=f"PO-{next(teller.numbers)}",
        contract_number="",
        bill_of_lading=f"BOL-{next(teller.numbers)}",
        carrier="Contract carrier",
        trailer=f"TR-{teller.chance.randrange(100, 999)}",
        seals=[f"SL-{teller.chance.randrange(10_000, 99_999)}"],
        note="",
        by=teller.operator,
        at=teller.after(20),
    )
    shipments.add_containers(shipment=shipment, containers=bags, by=teller.operator, at=teller.after(20))
    at = teller.after(15)
    shipments.dispatch(shipment=shipment, by=teller.operator, at=at, now=at)
    if delivered:
        at = teller.after(60 * 30)
        shipments.deliver(shipment=shipment, by=teller.operator, at=at, now=at)


def _today(teller: Teller) -> None:
    """A load came in this morning, a batch is on the line, its first bag is filled."""
    boxes = _receive_load(teller, FEEDS[0], CONTAINERS_A_LOAD)
    batch = _open(teller, FEEDS[0][0])
    charged = _charge(teller, batch, boxes[:4])
    _bag(teller, batch, "BLACK_MASS", teller.about(charged * Decimal("0.35")))
