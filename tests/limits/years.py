"""A plant's year for tests: scrap received and charged through the services, at moments of the site's clock."""

import datetime as dt

from plant.demo import site as demo
from plant.demo.site import Plant
from plant.inventory.models import Movement
from plant.limits.facts import mark_current_years
from plant.limits.models import Utilization
from plant.recompute import drain
from processing import services as processing
from processing.models import Batch
from tests import factories


def plant_with_limit(year: int = 2027) -> Plant:
    """The plant with its nameplate limit of 13,500 t from 1 January of the year."""
    plant = factories.world()
    demo.set_limits(plant, year=year)
    return plant


def moment(plant: Plant, day: str | dt.date, clock: str = "12:00", *, fold: int = 0) -> dt.datetime:
    """An instant by the site's clock."""
    local = dt.datetime.fromisoformat(f"{day} {clock}")
    return local.replace(tzinfo=plant.site.zone, fold=fold).astimezone(dt.UTC)


def running_batch(plant: Plant, *, at: dt.datetime) -> Batch:
    batch = processing.draft_batch(
        recipe_version=plant.recipes["ELECTRODE"],
        line=plant.lines["LINE-1"],
        grade=plant.grades["NMC_BM"],
        chemistry=plant.chemistries["NMC811"],
        owner=plant.parties["GMBI"],
        by=plant.users["operator"],
        at=at,
    )
    return processing.open_batch(batch=batch, by=plant.users["operator"], at=at, now=at)


def charge(
    plant: Plant, batch: Batch, kg: str | int, *, at: dt.datetime, keyed_at: dt.datetime | None = None
) -> Movement:
    """A container is received and charged at the same minute; `keyed_at`: when the charge is entered late."""
    return processing.charge(
        batch=batch,
        container=factories.container(plant, kg, at=at),
        by=plant.users["operator"],
        at=at,
        now=keyed_at or at,
        reason="found on a paper ticket" if keyed_at else "",
    )


def figures(plant: Plant, now: dt.datetime, *, year: int | None = None, code: str = "NAMEPLATE") -> Utilization:
    """What the workers say once all that waits is computed."""
    mark_current_years(now)
    drain(now)
    return Utilization.objects.get(limit__site=plant.site, limit__code=code, year=year or plant.site.day(now).year)
