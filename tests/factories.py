"""Rows for tests, made by the services: the plant once, then lots, batches and shipments as an operator would.

`world()` sets the plant up; every function after it takes the plant and keywords with plain defaults. Times are passed
in; `NOON` is an ordinary working day.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from intake import services as intake
from plant.demo import site as demo_site
from plant.demo.site import Plant
from plant.inventory.models import Container, Lot
from plant.inventory.services import Reading

NOON = dt.datetime(2026, 6, 10, 16, 0, tzinfo=dt.UTC)  # Wednesday noon in Winston-Salem
PASSWORD = "correct horse battery"


def world(**kwargs: Any) -> Plant:
    """The plant of `plant/demo/site.py`, without stock, with one login per role."""
    return demo_site.build(passwords={name: PASSWORD for name, *_rest in demo_site.PEOPLE}, **kwargs)


def minutes(n: float) -> dt.datetime:
    """So many minutes after noon."""
    return NOON + dt.timedelta(minutes=n)


def kilograms(net: str | int | Decimal) -> Reading:
    """A net weight in kg read off the bag scale's display."""
    return Reading(unit="kg", net=Decimal(net))


def receipt(plant: Plant, *, at: dt.datetime = NOON, supplier: str = "LGES", facility: str = "LANSING", **kwargs: Any):
    return intake.book_receipt(
        site=plant.site,
        supplier=plant.parties[supplier],
        facility=plant.facilities[facility],
        bill_of_lading=kwargs.pop("bill_of_lading", "BOL-5521"),
        carrier=kwargs.pop("carrier", "Contract carrier"),
        trailer=kwargs.pop("trailer", "TR-77"),
        seal=kwargs.pop("seal", "S-100"),
        received_at=at,
        note="",
        by=kwargs.pop("by", plant.users["operator"]),
        now=kwargs.pop("now", at),
    )


def container(
    plant: Plant,
    net_kg: str | int | Decimal = 1000,
    *,
    material: str = "CATHODE_FOIL",
    chemistry: str = "NMC811",
    owner: str = "GMBI",
    kind: str = "HEAP",
    bay: str = "A-01",
    at: dt.datetime = NOON,
    **kwargs: Any,
) -> Container:
    """A new lot in one container, received at `at`."""
    return intake.receive_lot(
        receipt=kwargs.pop("receipt", None) or receipt(plant, at=at),
        material=plant.materials[material],
        origin=kwargs.pop("origin", Lot.Origin.PRODUCTION_SCRAP),
        chemistry=plant.chemistries[chemistry],
        owner=plant.parties[owner],
        kind=plant.kinds[kind],
        reading=kilograms(net_kg),
        bay=plant.locations[bay],
        by=kwargs.pop("by", plant.users["operator"]),
        now=kwargs.pop("now", at),
        confirmed=True,
        **kwargs,
    )
