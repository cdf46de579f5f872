"""What an operator does at the line, in a few words for tests; times are minutes after noon."""

from decimal import Decimal
from typing import Any

from plant.demo.site import Plant
from plant.inventory import ledger
from plant.inventory.models import Container, Movement
from processing import services
from processing.models import Batch
from tests.factories import container, kilograms, minutes


def draft(plant: Plant, *, line: str = "LINE-1", recipe: str = "ELECTRODE", **kwargs: Any) -> Batch:
    return services.draft_batch(
        recipe_version=plant.recipes[recipe],
        line=plant.lines[line],
        grade=plant.grades[kwargs.pop("grade", "NMC_BM")],
        chemistry=plant.chemistries[kwargs.pop("chemistry", "NMC811")],
        owner=plant.parties[kwargs.pop("owner", "GMBI")],
        note="",
        by=plant.users["operator"],
        at=minutes(kwargs.pop("minute", 1)),
    )


def opened(plant: Plant, *, minute: float = 1, **kwargs: Any) -> Batch:
    batch = draft(plant, minute=minute, **kwargs)
    return open_(plant, batch, minute=minute)


def open_(plant: Plant, batch: Batch, *, minute: float = 1, by: str = "operator") -> Batch:
    return services.open_batch(batch=batch, by=plant.users[by], at=minutes(minute), now=minutes(minute))


def charge(plant: Plant, batch: Batch, box: Container, part: Any = None, *, minute: float = 2, **kw: Any) -> Movement:
    return services.charge(
        batch=batch,
        container=box,
        whole=part is None,
        reading=None if part is None else kilograms(part),
        by=plant.users[kw.pop("by", "operator")],
        at=minutes(minute),
        now=minutes(kw.pop("now", minute)),
        **kw,
    )


def charged(plant: Plant, net_kg: Any = 1000, *, minute: float = 1, **kwargs: Any) -> Batch:
    """A running batch into which a container of this mass was charged whole."""
    box = container(plant, net_kg)
    batch = opened(plant, minute=minute, **kwargs)
    charge(plant, batch, box, minute=minute)
    return batch


def bag(
    plant: Plant, batch: Batch, net_kg: Any, material: str = "BLACK_MASS", *, minute: float = 3, **kw: Any
) -> Container:
    return services.add_output(
        batch=batch,
        material=plant.materials[material],
        kind=plant.kinds[kw.pop("kind", "BIG_BAG")],
        reading=kilograms(net_kg),
        bay=plant.locations[kw.pop("bay", "P-01")],
        by=plant.users[kw.pop("by", "operator")],
        at=minutes(minute),
        now=minutes(kw.pop("now", minute)),
        confirmed=kw.pop("confirmed", True),
        **kw,
    )


def lose(plant: Plant, batch: Batch, kg: Any, loss: str = "DUST", *, minute: float = 4, **kwargs: Any) -> Movement:
    return services.add_loss(
        batch=batch,
        loss=plant.locations[loss],
        kg=None if kg is None else Decimal(kg),
        by=plant.users["operator"],
        at=minutes(minute),
        now=minutes(minute),
        **kwargs,
    )


def close(plant: Plant, batch: Batch, heel: Any = "empty", *, minute: float = 5, **kwargs: Any) -> Batch:
    return services.close_batch(
        batch=batch,
        heel=heel,
        by=plant.users[kwargs.pop("by", "operator")],
        at=minutes(minute),
        now=minutes(kwargs.pop("now", minute)),
        explanation=kwargs.pop("explanation", "the test says so"),
        **kwargs,
    )


def in_run(batch: Batch) -> Decimal:
    return ledger.held_kg(batch.run, batch.line.location)


def left(box: Container) -> Decimal:
    """What is left of a container anywhere on the site."""
    return sum((holding.kg for holding in box.holdings.all() if holding.location.is_real), Decimal(0))


def heel_of(plant: Plant, line: str = "LINE-1") -> Decimal:
    return ledger.held_kg(plant.lines[line].heel, plant.lines[line].location)
