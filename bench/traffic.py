"""A plant's day in random order, done through the services by one person; several at once are several processes."""

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, OperationalError

from bench.batches import Works
from plant.errors import DomainError, explain
from plant.inventory import services as inventory
from plant.inventory.models import Container, Hold, Movement
from plant.web import now
from plant.web.page import is_busy
from processing import services as processing
from processing.models import Batch
from shipments import services as shipments

BAYS = ("A-01", "A-02", "A-03", "P-01", "P-02")
OUTPUTS = ("BLACK_MASS", "COPPER", "RESIDUE")


class Day:
    """What one person does; each entry is legal or refused, whatever the others have done meanwhile."""

    def __init__(self, works: Works, number: int) -> None:
        self.works, self.plant = works, works.plant
        self.line = ("LINE-1", "LINE-2")[number % 2]
        self.chance = random.Random(number)
        self.by = self.plant.users["supervisor"]
        self.entries: dict[Callable[[], object], int] = {
            self.receive: 4,
            self.move: 4,
            self.charge: 4,
            self.charge_part: 3,
            self.bag: 5,
            self.lose: 2,
            self.hold: 1,
            self.release: 1,
            self.ship: 2,
            self.reverse: 3,
            self.close: 1,
        }

    def work(self, count: int) -> Counter[str]:
        """So many entries; how many of each were made, how many refused. Anything else that is raised is a fault."""
        done: Counter[str] = Counter()
        for entry in self.chance.choices(list(self.entries), list(self.entries.values()), k=count):
            try:
                entry()
            except DomainError:
                done["refused"] += 1
            except IntegrityError as error:
                done["refused" if explain(error) else f"failed: {error}"] += 1
            except OperationalError as error:
                done["refused" if is_busy(error) and "deadlock" not in str(error) else f"failed: {error}"] += 1
            else:
                done["made"] += 1
        return done

    def _kg(self, most: int) -> Decimal:
        return Decimal(self.chance.randrange(1, most * 1000)) / 1000

    def _any(self, found: Any) -> Any:
        count = found.count()
        if not count:
            raise DomainError("There is none.")
        return found.order_by("pk")[self.chance.randrange(count)]

    def _when(self) -> dict[str, Any]:
        at = now()
        return {"by": self.by, "at": at, "now": at}

    def _box(self) -> Container:
        found: Container = self._any(Container.objects.on_site(self.plant.site).packed().in_stock())
        return found

    def _batch(self) -> Batch:
        return self.works.running(self.line)

    def receive(self) -> None:
        self.works.boxes(1, self._kg(900) + 20)

    def move(self) -> None:
        bay = self.plant.locations[self.chance.choice(BAYS)]
        inventory.move_container(container=self._box(), bay=bay, **self._when())

    def charge(self) -> None:
        processing.charge(batch=self._batch(), container=self._box(), **self._when())

    def charge_part(self) -> None:
        reading = self.works.weighed("GAYLORD", self._kg(300))
        processing.charge(batch=self._batch(), container=self._box(), whole=False, reading=reading, **self._when())

    def bag(self) -> None:
        processing.add_output(
            batch=self._batch(),
            material=self.plant.materials[self.chance.choice(OUTPUTS)],
            kind=self.plant.kinds["BIG_BAG"],
            reading=self.works.weighed("BIG_BAG", self._kg(900)),
            bay=self.plant.locations["P-01"],
            confirmed=True,
            **self._when(),
        )

    def lose(self) -> None:
        processing.add_loss(
            batch=self._batch(),
            loss=self.plant.locations["DUST"],
            kg=self._kg(20),
            how_known=Movement.HowKnown.ESTIMATED,
            **self._when(),
        )

    def hold(self) -> None:
        inventory.place_hold(container=self._box(), kind=Hold.Kind.QUALITY, reason="drill", by=self.by, at=now())

    def release(self) -> None:
        inventory.release_hold(hold=self._any(Hold.objects.open()), reason="drill", by=self.by, at=now())

    def ship(self) -> None:
        at = now()
        shipment = shipments.draft_shipment(
            site=self.plant.site,
            consignee=self.plant.parties["POST1"],
            ship_to=self.plant.facilities["POST1-PLANT"],
            purchase_order_number="PO-DRILL",
            bill_of_lading="BOL-DRILL",
            carrier="Contract carrier",
            by=self.by,
            at=at,
        )
        shipments.add_containers(shipment=shipment, containers=[self._box()], by=self.by, at=at)
        shipments.dispatch(shipment=shipment, **self._when())

    def reverse(self) -> None:
        movement = self._any(
            Movement.objects.standing().filter(kind__in=("receive", "charge", "output", "loss", "move"))
        )
        inventory.reverse_entry(movement=movement, reason="drill", by=self.by, now=now())

    def close(self) -> None:
        processing.close_batch(
            batch=self._batch(), heel=self.chance.choice(("empty", "as_before")), explanation="drill", **self._when()
        )
