"""Work for drills, done through the services; and what figures must then be, reckoned apart from the plant."""

from decimal import Decimal
from functools import cache
from typing import Any

from intake import services as intake
from plant.demo import site
from plant.inventory.models import Container, Lot
from plant.inventory.weighing import Reading
from plant.web import now
from processing import services as processing
from processing.models import Batch, BatchResult

CHARGE_KG = Decimal(500)


class Works:
    """A plant with its people and places, and no stock yet."""

    PASSWORD = "password of a drill"  # of everybody

    def __init__(self) -> None:
        self.plant = site.build(passwords={name: self.PASSWORD for name, *_ in site.PEOPLE})

    def boxes(self, count: int, net_kg: Decimal) -> list[Container]:
        """So many boxes of cathode foil in bay A-01, of one lot."""
        at, plant = now(), self.plant
        receipt = intake.book_receipt(
            site=plant.site,
            supplier=plant.parties["LGES"],
            facility=plant.facilities["LANSING"],
            bill_of_lading="DRILL",
            carrier="Contract carrier",
            received_at=at,
            by=plant.users["operator"],
            now=at,
        )
        first = intake.receive_lot(
            receipt=receipt,
            material=plant.materials["CATHODE_FOIL"],
            origin=Lot.Origin.PRODUCTION_SCRAP,
            chemistry=plant.chemistries["NMC811"],
            owner=plant.parties["GMBI"],
            kind=plant.kinds["GAYLORD"],
            reading=self.weighed("GAYLORD", net_kg),
            bay=plant.locations["A-01"],
            by=plant.users["operator"],
            now=at,
        )
        assert first.lot is not None
        others = (
            intake.receive_another(
                lot=first.lot,
                kind=plant.kinds["GAYLORD"],
                reading=self.weighed("GAYLORD", net_kg),
                bay=plant.locations["A-01"],
                by=plant.users["operator"],
                now=at,
            )
            for _number in range(count - 1)
        )
        return [first, *others]

    def opened(self, line: str = "LINE-1") -> Batch:
        """A batch that runs on a line."""
        plant, operator, at = self.plant, self.plant.users["operator"], now()
        batch = processing.draft_batch(
            recipe_version=plant.recipes["ELECTRODE"],
            line=plant.lines[line],
            grade=plant.grades["NMC_BM"],
            chemistry=plant.chemistries["NMC811"],
            owner=plant.parties["GMBI"],
            by=operator,
            at=at,
        )
        return processing.open_batch(batch=batch, by=operator, at=at, now=at)

    def running(self, line: str) -> Batch:
        """The batch on a line; where there is none, one is opened."""
        return Batch.objects.on_the_line().filter(line=self.plant.lines[line]).first() or self.opened(line)

    def weighed(self, kind: str, net_kg: Decimal) -> Reading:
        tare_kg = self.plant.kinds[kind].tare_kg
        assert tare_kg is not None
        scale = self.plant.scales["BAG"]
        return Reading(unit="kg", gross=net_kg + tare_kg, tare=tare_kg, tare_is_stored=True, scale=scale)


@cache
def works() -> Works:
    """The one of this process, which has one plant."""
    return Works()


class Batches(Works):
    """Closed batches of 500 kg each on one line, to which bags are still added."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.batches = [self._run(box) for box in self.boxes(count, CHARGE_KG)]
        self.product_kg = dict.fromkeys((batch.reference for batch in self.batches), Decimal(0))

    def __len__(self) -> int:
        return len(self.batches)

    def add_bags(self, net_kg: Decimal) -> None:
        """One more bag of black mass for each: weighed after the close, entered by the supervisor."""
        for batch in self.batches:
            at = now()
            processing.add_output(
                batch=batch,
                material=self.plant.materials["BLACK_MASS"],
                kind=self.plant.kinds["BIG_BAG"],
                reading=self.weighed("BIG_BAG", net_kg),
                bay=self.plant.locations["P-01"],
                reason="a bag of the drill",
                confirmed=True,
                by=self.plant.users["supervisor"],
                at=at,
                now=at,
            )
            self.product_kg[batch.reference] += net_kg

    def wrong(self) -> list[str]:
        """The batches whose stored yield is not what was bagged over what was charged, each as a sentence."""
        results = BatchResult.objects.values_list("batch__reference", "charged_kg", "product_kg", "yield_ratio")
        stored = {reference: figures for reference, *figures in results}
        expected = {
            reference: [CHARGE_KG, product_kg, product_kg / CHARGE_KG]
            for reference, product_kg in self.product_kg.items()
        }
        return [
            f"{reference}: stored {_shown(stored.get(reference))}, expected {_shown(figures)}"
            for reference, figures in expected.items()
            if stored.get(reference) != figures
        ]

    def _run(self, box: Container) -> Batch:
        batch, operator, at = self.opened(), self.plant.users["operator"], now()
        processing.charge(batch=batch, container=box, by=operator, at=at, now=at)
        return processing.close_batch(
            batch=batch, heel="empty", explanation="its bags follow in the drill", by=operator, at=at, now=at
        )


def _shown(figures: list[Any] | None) -> str:
    if figures is None:
        return "nothing"
    charged_kg, product_kg, yield_ratio = figures
    shown = "none" if yield_ratio is None else f"{yield_ratio:.4f}"
    return f"{product_kg:.0f} of {charged_kg:.0f} kg, yield {shown}"
