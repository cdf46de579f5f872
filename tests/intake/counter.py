"""What an operator types at the scale, in a few words for tests."""

from typing import Any

from plant.demo.site import Plant
from tests import factories
from tests.pages import send

FOIL = {
    "material": "CATHODE_FOIL",
    "origin": "production_scrap",
    "chemistry": "NMC811",
    "owner": "GMBI",
    "condition": "intact",
    "kind": "GAYLORD",
    "unit": "kg",
    "bay": "A-01",
    "next": "1",
}
"""All that has to be chosen for cathode foil, without its weight."""


def receipt_page(plant: Plant, **kwargs: Any) -> str:
    """The address of a receipt of noon."""
    return f"/intake/{factories.receipt(plant, **kwargs).reference}/"


def log(client: Any, page: str, *, htmx: bool = False, **typed: Any) -> Any:
    """Log a container: cathode foil in kg unless it is said otherwise."""
    return send(client, page, FOIL | typed, htmx=htmx)
