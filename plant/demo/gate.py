"""At the gate: what is ready leaves by the truck, arrives, and once in a while comes back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from plant.demo.teller import Box, Teller
from plant.inventory import services as inventory
from plant.inventory.models import Hold
from plant.units import ZERO_KG
from shipments import services as shipments
from shipments.models import Shipment

TRUCK_KG = 19_500


@dataclass(frozen=True)
class Trade:
    """What goes to whom: a material, of one owner and pool or of any, under which papers, and a full truck of it."""

    materials: tuple[str, ...]
    consignee: str
    ship_to: str
    contract: str
    owner: str = ""
    pool: str = ""
    truck_kg: int = TRUCK_KG

    def takes(self, box: Box) -> bool:
        return (
            box.material in self.materials
            and (not self.owner or box.owner == self.owner)
            and (not self.pool or box.pool == self.pool)
        )


TRADES = (
    Trade(("BLACK_MASS",), "POST1", "POST1-PLANT", "BM-2026-01", "GMBI", "nickel"),
    Trade(("BLACK_MASS",), "POST1", "POST1-PLANT", "TOLL-2026-01", "TBMNC", "nickel"),
    Trade(("BLACK_MASS",), "POST2", "POST2-PLANT", "BM-2026-02", "GMBI", "lfp", 14_000),
    Trade(("COPPER",), "GMI", "GMI-METALS", "CU-2026-01", truck_kg=15_000),
    Trade(("ALUMINIUM", "STEEL"), "GMI", "GMI-METALS", "AL-2026-01", truck_kg=15_000),
    Trade(("PLASTICS", "CONDENSATE", "RESIDUE"), "WASTE", "WASTE-SITE", "MSA-2026-07", truck_kg=12_000),
)
CARRIERS = ("Piedmont Freight", "Old North Transport")


def ship(teller: Teller, *, fullness: float = 1) -> None:
    """Every trade of which a full truck stands ready, or so full a one."""
    for trade in TRADES:
        load = ready(teller, trade)
        if sum((box.kg for box in load), ZERO_KG) >= trade.truck_kg * Decimal(fullness):
            send(teller, trade, load)


def ready(teller: Teller, trade: Trade) -> list[Box]:
    """The oldest containers of a trade under no hold, as many as a truck takes."""
    load: list[Box] = []
    mass = ZERO_KG
    for box in teller.yard.goods:
        if trade.takes(box) and not box.is_held and box.since < teller.clock and mass < trade.truck_kg:
            load.append(box)
            mass += box.kg
    return load


def draft(teller: Teller, trade: Trade, load: Sequence[Box], note: str = "") -> Shipment:
    """Papers, and the containers of the load."""
    plant = teller.plant
    shipment = shipments.draft_shipment(
        site=plant.site,
        consignee=plant.parties[trade.consignee],
        ship_to=plant.facilities[trade.ship_to],
        purchase_order_number=teller.number("PO"),
        contract_number=trade.contract,
        bill_of_lading=teller.number("BOL"),
        carrier=teller.chance.choice(CARRIERS),
        trailer=teller.digits("TR", 3),
        seals=[teller.digits("SL", 5)],
        note=note,
        by=teller.operator,
        at=teller.clock,
    )
    teller.after(35)
    containers = [box.container for box in load]
    shipments.add_containers(shipment=shipment, containers=containers, by=teller.operator, at=teller.clock)
    return shipment


def send(teller: Teller, trade: Trade, load: Sequence[Box]) -> Shipment:
    """A truck is packed and leaves."""
    shipment = draft(teller, trade, load)
    teller.after(25)
    shipment = shipments.dispatch(shipment=shipment, **teller.entry)
    yard = teller.yard
    gone = {box.container.pk for box in load}
    lots = {box.container.lot_id for box in load}
    yard.goods = [box for box in yard.goods if box.container.pk not in gone]
    yard.lots = {key: kept for key, kept in yard.lots.items() if kept[0].pk not in lots}
    yard.under_way.append(shipment)
    yard.loads[shipment.pk] = list(load)
    teller.after(10)
    return shipment


def arrive(teller: Teller) -> None:
    """What left two days ago or earlier has arrived; the consignee's papers say when."""
    for shipment in list(teller.yard.under_way):
        left = shipment.dispatched_at
        assert left is not None
        if teller.clock - left < dt.timedelta(hours=40):
            continue
        at = left + dt.timedelta(hours=teller.chance.randrange(18, 36))
        delivered = shipments.deliver(shipment=shipment, by=teller.operator, at=at, now=teller.clock)
        teller.yard.under_way.remove(shipment)
        teller.yard.delivered.append(delivered)
        teller.after(4)


def come_back(teller: Teller) -> None:
    """The consignee sends the last black mass back: too moist; it waits on hold for another result."""
    yard, plant = teller.yard, teller.plant
    shipment = next((each for each in reversed(yard.delivered) if each.consignee_id == plant.parties["POST1"].pk), None)
    if shipment is None:
        return
    reason = "Refused at the gate: moisture 6.1 %, the contract allows 5 %"
    shipments.return_shipment(shipment=shipment, bay=plant.locations["P-02"], reason=reason, **teller.entry)
    yard.delivered.remove(shipment)
    for box in yard.loads[shipment.pk]:
        teller.after(1)
        hold = inventory.place_hold(
            container=box.container,
            kind=Hold.Kind.QUALITY,
            reason="Came back with 6.1 % moisture, to be dried and sampled again",
            by=teller.operator,
            at=teller.clock,
        )
        yard.holds.append((hold, box, teller.day + dt.timedelta(days=6), "Dried, moisture 2.8 %"))
        box.is_held = True
        box.since = teller.clock
    yard.goods += yard.loads[shipment.pk]


def correct_papers(teller: Teller) -> None:
    """A seal was read wrongly: the papers of a truck on the road get a new version."""
    if not teller.yard.under_way:
        return
    shipment = teller.yard.under_way[-1]
    seals = [*shipment.seals, teller.digits("SL", 5)]
    teller.yard.under_way[-1] = shipments.change_shipment(
        shipment=shipment, by=teller.person("supervisor"), reason="A second seal was set at the gate", seals=seals
    )


def give_up(teller: Teller) -> None:
    """A truck that did not come: its draft is cancelled."""
    load = ready(teller, TRADES[3])
    if not load:
        return
    shipment = draft(teller, TRADES[3], load[:4])
    teller.after(90)
    shipments.cancel(
        shipment=shipment, by=teller.operator, at=teller.clock, reason="The truck broke down, a new one comes next week"
    )
