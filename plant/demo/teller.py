"""Who tells the story: the clock of the entry, the chance, who is on shift, and what stands in the yard."""

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from plant.demo.feeds import Feed
from plant.demo.site import Plant
from plant.inventory.models import Container, Hold, Lot
from plant.inventory.weighing import Reading
from plant.models import User
from plant.units import ZERO_KG
from shipments.models import Shipment

LB = Decimal("0.45359237")
HALF = Decimal("0.5")


@dataclass
class Box:
    """A container in the yard as the teller remembers it, so that nothing has to be asked back."""

    container: Container
    kg: Decimal
    since: dt.datetime
    feed: Feed | None = None
    material: str = ""
    owner: str = ""
    pool: str = ""
    is_held: bool = False


@dataclass
class Yard:
    """What stands on the site and what is under way."""

    scrap: dict[str, list[Box]] = field(default_factory=dict)
    """By feed, the oldest first."""
    goods: list[Box] = field(default_factory=list)
    lots: dict[tuple[str, str, str], tuple[Lot, Decimal]] = field(default_factory=dict)
    """The lot that takes the next bag, and what is in it: by material, owner and chemistry."""
    under_way: list[Shipment] = field(default_factory=list)
    delivered: list[Shipment] = field(default_factory=list)
    loads: dict[int, list[Box]] = field(default_factory=dict)
    """What is in a shipment that has left, by its key."""
    holds: list[tuple[Hold, Box, dt.date, str]] = field(default_factory=list)
    """Open holds with the day on which they will be lifted and why."""
    heels_kg: dict[str, Decimal] = field(default_factory=dict)
    damaged: int = 0
    """Crates that came damaged."""

    def scrap_kg(self, feed: Feed) -> Decimal:
        return sum((box.kg for box in self.scrap.get(feed.code, ())), ZERO_KG)


@dataclass
class Teller:
    """Enters the story as the people on shift would; `clock` is the instant of the entry."""

    plant: Plant
    chance: random.Random
    clock: dt.datetime
    yard: Yard = field(default_factory=Yard)
    numbers: "count[int]" = field(default_factory=lambda: count(5501))

    def at(self, day: dt.date, hour: float) -> dt.datetime:
        """Put the clock to an hour of a site day, to the minute."""
        self.clock = (self.plant.site.start_of(day) + dt.timedelta(minutes=round(hour * 60))).astimezone(dt.UTC)
        return self.clock

    def after(self, minutes: float) -> dt.datetime:
        """Let some minutes pass, and a few seconds more."""
        self.clock += dt.timedelta(seconds=round(minutes * 60) + self.chance.randrange(20))
        return self.clock

    @property
    def day(self) -> dt.date:
        return self.plant.site.day(self.clock)

    @property
    def operator(self) -> User:
        """The operator of the shift: the first ends at two in the afternoon."""
        return self.plant.users["operator" if self.clock.astimezone(self.plant.site.zone).hour < 14 else "operator2"]

    @property
    def entry(self) -> dict[str, Any]:
        """Who enters it, when it happened and what the clock says: just now."""
        return {"by": self.operator, "at": self.clock, "now": self.clock}

    def person(self, name: str) -> User:
        return self.plant.users[name]

    def about(self, mass: int | Decimal, spread: float = 0.04) -> Decimal:
        """A mass near the given one, as a scale shows it: to half a kilogram."""
        factor = Decimal(str(round(self.chance.gauss(1, spread), 5)))
        return max((Decimal(mass) * factor * 2).quantize(Decimal(1)) * HALF, HALF)

    def happens(self, probability: float) -> bool:
        return self.chance.random() < probability

    def number(self, prefix: str) -> str:
        return f"{prefix}-{next(self.numbers)}"

    def digits(self, prefix: str, count: int) -> str:
        return f"{prefix}-{self.chance.randrange(10 ** (count - 1), 10**count)}"

    def dock_reading(self, net_kg: int | Decimal, packaging: str, *, spread: float = 0.05) -> Reading:
        """Gross and stored tare in lb off the dock's platform scale; now and then the net, typed by hand."""
        tare = ((self.plant.kinds[packaging].tare_kg or ZERO_KG) / LB).quantize(HALF)
        net = (self.about(net_kg, spread) / LB).quantize(Decimal(1))
        if self.happens(0.01):
            return Reading(unit="lb", net=net, hand_reason="Scale display dark, read at the truck scale")
        return Reading(unit="lb", gross=net + tare, tare=tare, tare_is_stored=True, scale=self.plant.scales["DOCK"])

    def bag_reading(self, net_kg: Decimal, packaging: str) -> Reading:
        """Gross and stored tare in kg off the bag scale."""
        tare = self.plant.kinds[packaging].tare_kg or ZERO_KG
        return Reading(unit="kg", gross=net_kg + tare, tare=tare, tare_is_stored=True, scale=self.plant.scales["BAG"])
