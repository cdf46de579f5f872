"""Where one can go: one table of places. A place of a room that is not there, or that a person may not open, is left
out. Places are named by their URL's name, so the shell knows no room."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plant.access import OPERATORS, Action, may
from plant.models import Role, User


@dataclass(frozen=True)
class Place:
    """A page one starts from: its name, its URL's name, who may, its icon, and what one does there (on the tile)."""

    label: str | Promise
    url_name: str
    action: Action
    icon: str
    about: str | Promise


DASHBOARD = Place(
    _("Dashboard"), "dashboard:dashboard", Action.SEE_DASHBOARD, "gauge", _("Utilization, tonnes, yields, holds")
)
RECEIVE = Place(_("Receive scrap"), "intake:receive", Action.RECEIVE, "inbound", _("A load, container by container"))
RECEIPTS = Place(_("Receipts"), "intake:receipts", Action.SEE_PLANT, "receipt", _("Every load that came in"))
LOTS = Place(_("Lots"), "inventory:lots", Action.SEE_PLANT, "lot", _("Each lot with its whole history"))
CONTAINERS = Place(
    _("Containers"), "inventory:containers", Action.SEE_PLANT, "container", _("What stands where, and how much")
)
BATCHES = Place(_("Batches"), "processing:batches", Action.SEE_PLANT, "batch", _("Open, charge, bag, close"))
SHIPMENTS = Place(_("Shipments"), "shipments:shipments", Action.SEE_PLANT, "truck", _("Pack, dispatch, deliver"))
LIMITS = Place(_("Limits"), "limits:limits", Action.SEE_DASHBOARD, "limit", _("Annual limits and what is left"))
COUNT = Place(_("Count a bay"), "inventory:start_count", Action.COUNT, "check", _("What stands there, and how much"))
TOGETHER = Place(
    _("Put together"), "inventory:together", Action.REPACK, "merge", _("Several containers into one, by scans")
)
STATUS = Place(_("Status"), "status", Action.SEE_STATUS, "info", _("Programs, backups, clocks and disk"))
MONTHS = Place(_("Months"), "inventory:months", Action.SEE_DASHBOARD, "receipt", _("Statements, signed off by month"))
PRINTERS = Place(
    _("Label printers"), "records:printers", Action.SET_PRINTERS, "print", _("Set up, test, and what waits for them")
)
PEOPLE = Place(_("People"), "people:people", Action.SET_PINS, "person", _("Logins, roles, badges and PINs"))
STATIONS = Place(
    _("Stations"), "inventory:stations", Action.SET_STATION, "scale", _("Their scale, unit, place and stored tares")
)

BAR = (DASHBOARD, RECEIPTS, LOTS, CONTAINERS, BATCHES, SHIPMENTS, LIMITS, MONTHS, STATUS)
"""The bar on top of every page; also the tiles of the office."""
FLOOR = (RECEIVE, BATCHES, CONTAINERS, SHIPMENTS, LOTS, RECEIPTS, COUNT, TOGETHER)
"""The tiles of operators: what they do most comes first."""


def reachable(places: tuple[Place, ...], person: User | None, path: str) -> Iterator[dict[str, object]]:
    """The places this person may open, with their addresses, and which of them `path` is in."""
    for place in places:
        if person is None or not may(person, place.action):
            continue
        try:
            url = reverse(place.url_name)
        except NoReverseMatch:
            continue
        yield {"place": place, "url": url, "is_here": path.startswith(url)}


def tiles(person: User) -> tuple[Place, ...]:
    return (*(FLOOR if Role(person.role) in OPERATORS else BAR), PEOPLE, STATIONS, PRINTERS)
