"""A yard with bags of black mass to ship, made by the services; times are passed in."""

import datetime as dt
from decimal import Decimal
from typing import Any

from plant import access, services
from plant.inventory import master_data
from plant.inventory import services as inventory
from plant.inventory.models import Container, Location, Lot, Pool
from plant.inventory.weighing import Reading
from plant.models import Party, Role, Site
from shipments import services as shipments
from shipments.models import Shipment

NOON = dt.datetime(2026, 6, 10, 16, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
Kind = Location.Kind


class Yard:
    """`bag` makes a weighed bag, `ship` drafts, packs and dispatches a shipment of bags."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.operator = access.create_user(
            username="operator", name="Operator", role=Role.OPERATOR, password="correct horse", site=site
        )
        self.owner = services.create_party(site=site, code="OWNER", name="Own Company", is_owner=True)
        black_mass = master_data.MaterialType("BLACK_MASS", "Black mass", is_output=True)
        self.material = master_data.define_material(site=site, type=black_mass)
        self.chemistry = master_data.define_chemistry(site=site, code="NMC811", pool=Pool.NICKEL)
        self.grade = master_data.define_grade(
            site=site, code="NMC_BM", name="Nickel black mass", material=self.material, pool=Pool.NICKEL
        )
        self.kind = master_data.define_container_kind(
            site=site, code="BIG_BAG", name="Big bag", plausible_min_kg=Decimal(1), plausible_max_kg=Decimal(2000)
        )
        self.bay, *_virtual = [
            master_data.define_location(site=site, code=kind.upper(), name=kind.label, kind=kind)
            for kind in (Kind.BAY, Kind.SUPPLIER, Kind.CUSTOMER)
        ]

    def lot(self, *, at: dt.datetime = NOON, owner: Party | None = None, **kwargs: Any) -> Lot:
        """A lot of our own black mass; `grade=None, chemistry=None` for a by-product."""
        own = {"grade": self.grade, "chemistry": self.chemistry, "origin": Lot.Origin.OWN_PROCESS}
        return inventory.create_lot(
            site=self.site, material=self.material, owner=owner or self.owner, by=self.operator, at=at, **own | kwargs
        )

    def bag(
        self,
        gross: str = "503",
        tare: str = "3",
        *,
        net: str = "",
        unit: str = "kg",
        lot: Lot | None = None,
        at: dt.datetime = NOON,
    ) -> Container:
        """A bag, weighed gross and tare, or `net` alone."""
        reading = (
            Reading(unit=unit, net=Decimal(net))
            if net
            else Reading(unit=unit, gross=Decimal(gross), tare=Decimal(tare))
        )
        return inventory.receive_container(
            lot=lot or self.lot(at=at), kind=self.kind, reading=reading, bay=self.bay, by=self.operator, at=at, now=at
        )

    def draft(self, consignee: Party, *bags: Container, at: dt.datetime = NOON + HOUR, **papers: Any) -> Shipment:
        facility = consignee.facilities.first() or services.create_facility(
            party=consignee,
            code=f"{consignee.code}-PLANT",
            name=f"{consignee.name}, refinery",
            address="1 Refinery Road",
        )
        usual = {
            "purchase_order_number": "PO-1",
            "bill_of_lading": "BOL-1",
            "carrier": "Carrier",
            "seals": ["A1", "A2"],
        }
        shipment = shipments.draft_shipment(
            site=self.site, consignee=consignee, ship_to=facility, by=self.operator, at=at, **usual | papers
        )
        shipments.add_containers(shipment=shipment, containers=bags or [self.bag(at=at)], by=self.operator, at=at)
        return shipment

    def dispatch(self, shipment: Shipment, *, at: dt.datetime = NOON + 2 * HOUR) -> Shipment:
        return shipments.dispatch(shipment=shipment, by=self.operator, at=at, now=at)

    def ship(self, consignee: Party, *bags: Container, at: dt.datetime = NOON + 2 * HOUR, **papers: Any) -> Shipment:
        return self.dispatch(self.draft(consignee, *bags, at=at - HOUR, **papers), at=at)

    def deliver(self, shipment: Shipment, *, at: dt.datetime = NOON + 3 * HOUR) -> Shipment:
        return shipments.deliver(shipment=shipment, by=self.operator, at=at, now=at)

    def take_back(self, shipment: Shipment, *, at: dt.datetime = NOON + 4 * HOUR) -> Shipment:
        return shipments.return_shipment(
            shipment=shipment, bay=self.bay, reason="Wrong grade", by=self.operator, at=at, now=at
        )
