"""What people do at the dock, in a few words for tests; times are minutes after noon."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connections

from plant.demo.site import Plant
from plant.errors import DomainError
from plant.inventory.models import Container, Holding, Location
from processing.models import Batch
from shipments import services
from shipments.models import Shipment
from tests.factories import minutes
from tests.processing import floor

PAPERS = {"purchase_order_number": "PO-1", "bill_of_lading": "BOL-1", "carrier": "Southern Freight"}


def bags(plant: Plant, *masses: Any, **kwargs: Any) -> list[Container]:
    """Bags of black mass of these net kg, of one lot, out of the batch on the line."""
    batch = Batch.objects.on_the_line().first() or floor.charged(plant, 20_000)
    return [floor.bag(plant, batch, mass, **kwargs) for mass in masses or (800,)]


def draft(plant: Plant, *boxes: Container, minute: float = 10, to: str = "POST1", **papers: Any) -> Shipment:
    """A draft with complete papers and these containers in it."""
    shipment = services.draft_shipment(
        site=plant.site,
        consignee=plant.parties[to],
        ship_to=plant.facilities[f"{to}-PLANT"],
        by=plant.users["operator"],
        at=minutes(minute),
        **PAPERS | papers,
    )
    if boxes:
        add(plant, shipment, *boxes, minute=minute)
    return shipment


def add(plant: Plant, shipment: Shipment, *boxes: Container, minute: float = 10, by: str = "operator") -> None:
    services.add_containers(shipment=shipment, containers=boxes, by=plant.users[by], at=minutes(minute))


def dispatch(plant: Plant, shipment: Shipment, *, minute: float = 20, by: str = "operator", **kwargs: Any) -> Shipment:
    now = minutes(kwargs.pop("now", minute))
    return services.dispatch(shipment=shipment, by=plant.users[by], at=minutes(minute), now=now, **kwargs)


def dispatched(plant: Plant, *boxes: Container, minute: float = 20, **papers: Any) -> Shipment:
    """A shipment on its way, of these containers or of one bag."""
    boxes = boxes or tuple(bags(plant))
    return dispatch(plant, draft(plant, *boxes, minute=minute, **papers), minute=minute)


def deliver(plant: Plant, shipment: Shipment, *, minute: float = 30, now: float = 30) -> Shipment:
    return services.deliver(shipment=shipment, by=plant.users["operator"], at=minutes(minute), now=minutes(now))


def cancel(plant: Plant, shipment: Shipment, *, minute: float = 15) -> Shipment:
    return services.cancel(shipment=shipment, by=plant.users["operator"], at=minutes(minute))


def take_back(plant: Plant, shipment: Shipment, *, minute: float = 40, now: float = 40, **kwargs: Any) -> Shipment:
    return services.return_shipment(
        shipment=shipment,
        bay=plant.locations[kwargs.pop("bay", "P-02")],
        reason=kwargs.pop("reason", "refused at the gate"),
        by=plant.users["operator"],
        at=minutes(minute),
        now=minutes(now),
        **kwargs,
    )


def standing(box: Container) -> dict[str, Decimal]:
    """Where some of it is, and how many kg: by the code of the place."""
    rows = Holding.objects.filter(container=box).exclude(kg=0).exclude(location__kind=Location.Kind.SUPPLIER)
    return dict(rows.values_list("location__code", "kg"))


def at_once(*actions: Callable[[], object]) -> list[object]:
    """What each action gave or raised, all started on one signal, each on a connection of its own."""
    gate, answers = threading.Barrier(len(actions)), [None] * len(actions)

    def run(number: int, action: Callable[[], object]) -> None:
        gate.wait()
        try:
            answers[number] = action()
        except DomainError as refusal:
            answers[number] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
