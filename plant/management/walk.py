"""The main job, walked over HTTP as people do it: an operator receives, runs a batch and ships; the workers compute;
the manager looks; the partner pulls. Each step is said with its time; the first that fails ends the walk."""

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from plant.management.browsing import Form, Page, Person, Unexpected
from plant.management.children import CannotStart

Say = Callable[[str], None]
LONGEST_WAIT_SECONDS = 60

RECEIVED_KG = ("512.5", "487.5")
OUTPUTS = (
    # material, packaging, bay, net kg
    ("BLACK_MASS", "BIG_BAG", "P-01", "466.5"),
    ("BLACK_MASS", "BIG_BAG", "P-01", "311"),
    ("ALUMINIUM", "GAYLORD", "P-04", "157"),
    ("RESIDUE", "DRUM", "P-06", "60.5"),
)
YIELD, CLOSURE, UNACCOUNTED_KG = "77.75", "99.50", "5.0"


def walk(
    address: str,
    logins: Sequence[Mapping[str, str]],
    partner_key: str,
    env: Mapping[str, str],
    say: Say,
    meet: Callable[[str], Person] = Person,
) -> None:
    """Walk the main job against a running plant with the demo. Raises `CannotStart` naming the step that failed.

    `meet` gives a person at an address a browser.
    """
    _Walk(address, {login["role"]: login for login in logins}, partner_key, say, meet).main_job()


def book_receipt(operator: Person, bill_of_lading: str) -> Page:
    """A load with its papers; the page of the receipt."""
    page = operator.get("/intake/new/")
    form = page.form(having="supplier")
    form.choose("supplier", "LG Energy")
    page = operator.send(page, form, press="show")
    form = page.form(having="supplier")
    form.choose("facility", "Lansing")
    papers = {"bill_of_lading": bill_of_lading, "carrier": "Contract carrier", "seal": "SL-1"}
    return operator.send(page, form.filled(**papers))


def arrival_form(operator: Person, page: Page) -> Form:
    """The form of the next container on a receipt's page, filled but for its weight."""
    form = page.form_to(page.url.split("?")[0].removeprefix(operator.address))
    if "net" not in form.fields:
        form.choose("material", "Cathode foil")
        page = operator.send(page, form, press="show")
        form = page.form(having="net")
        form.choose("origin", "Production scrap")
        form.choose("chemistry", "NMC811")
        form.choose("owner", "Green Metals Battery Innovations")
        form.choose("kind", "Gaylord")
        form.choose("bay", "A-01")
    return form


class _Walk:
    def __init__(
        self,
        address: str,
        logins: Mapping[str, Mapping[str, str]],
        partner_key: str,
        say: Say,
        meet: Callable[[str], Person],
    ) -> None:
        self.address = address
        self.meet = meet
        self.logins = logins
        self.partner_key = partner_key
        self.say = say
        self.operator = meet(address)
        self.batch = ""
        self.shipment = ""

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except (Unexpected, OSError, ValueError) as problem:
            raise CannotStart(f"FAILED: {what}\n  {problem}") from problem
        self.say(f"  {time.monotonic() - began:6.2f} s  {what}")

    def main_job(self) -> None:
        began = time.monotonic()
        with self.step("the operator logs in"):
            self.log_in(self.operator, "operator")
        with self.step("books a receipt and receives two containers through the form"):
            boxes = self.receive()
        with self.step("opens a batch"):
            self.open_batch()
        with self.step("charges both containers"):
            self.charge(boxes)
        with self.step("bags black mass and by-products"):
            self.bags = [self.bag(*output) for output in OUTPUTS]
        with self.step("closes the batch with an empty line"):
            self.close()
        with self.step(f"yield {YIELD} %, closure {CLOSURE} % and unaccounted {UNACCOUNTED_KG} kg appear"):
            self.wait_for_figures()
        with self.step("drafts a shipment, packs the black mass and dispatches it"):
            self.ship()
        with self.step("the manager sees the batch and the share of the annual limit on the dashboard"):
            self.look()
        with self.step("the partner pulls the shipment with its key"):
            self.pull()
        self.say(f"The whole main job took {time.monotonic() - began:.1f} s.")

    def log_in(self, person: Person, role: str) -> Page:
        login = self.logins[role]
        page = person.get("/login/")
        form = page.form(having="username").filled(username=login["username"], password=login["password"])
        page = person.send(page, form)
        if "/login" in page.url:
            raise Unexpected(f"the {role} stays at the login page. {page.complaint()}")
        return page

    def receive(self) -> list[str]:
        page, boxes = book_receipt(self.operator, "BOL-CHECK"), []
        for net_kg in RECEIVED_KG:
            form = arrival_form(self.operator, page)
            page = self.operator.send(page, form.filled(net=net_kg, unit="kg"), press="next")
            boxes = sorted(set(re.findall(r"L-\d{4}-\d{6}-\d{2}", page.text())))
        if len(boxes) != len(RECEIVED_KG):
            raise Unexpected(f"{page.url} shows {boxes}, not two containers. {page.complaint()}")
        return boxes

    def open_batch(self) -> None:
        operator = self.operator
        page = operator.get("/batches/new/")
        for name, label in (
            ("line", "Line 2"),
            ("recipe_version", "Electrode"),
            ("grade", "Nickel black mass"),
            ("chemistry", "NMC811"),
        ):
            form = page.form(having="line")
            if name not in form.offers:
                page = operator.send(page, form, press="show")
                form = page.form(having="line")
            form.choose(name, label)
            page = operator.send(page, form, press="show")
        form = page.form(having="line")
        form.choose("owner", "Green Metals Battery Innovations")
        page = operator.send(page, form, press="plan")
        self.batch = page.find(r"B-\d{4}-\d{4}")
        page = operator.get(f"/batches/{self.batch}/open/")
        page = operator.send(page, page.form_to("/open/"))
        page.find("Running")

    def charge(self, boxes: list[str]) -> None:
        page = self.operator.get(f"/batches/{self.batch}/charge/")
        page = self.operator.send(page, page.form(having="container").filled(container=boxes), press="charge")
        self.operator.get(f"/batches/{self.batch}/").find(r"1,000\.0")

    def bag(self, material: str, kind: str, bay: str, net_kg: str) -> str:
        page = self.operator.get(f"/batches/{self.batch}/bag/")
        form = page.form(having="material").filled(material=material, kind=kind, bay=bay, net=net_kg, unit="kg", lot="")
        before = set(re.findall(r"L-\d{4}-\d{6}-\d{2}", page.text()))
        page = self.operator.send(page, form)
        new = set(re.findall(r"L-\d{4}-\d{6}-\d{2}", page.text())) - before
        if not new:
            raise Unexpected(f"{net_kg} kg of {material} left no container on {page.url}. {page.complaint()}")
        return str(max(new))

    def close(self) -> None:
        page = self.operator.get(f"/batches/{self.batch}/close/")
        page = self.operator.send(page, page.form(having="left").filled(left="empty"), press="close")
        page.find("Closed")

    def wait_for_figures(self) -> None:
        """Raises `Unexpected` unless the worker's figures show in time."""
        ends = time.monotonic() + LONGEST_WAIT_SECONDS
        while True:
            page = self.operator.get(f"/batches/{self.batch}/")
            words = page.text()
            if all(figure in words for figure in (YIELD, CLOSURE, UNACCOUNTED_KG)) and "being computed" not in words:
                return
            if time.monotonic() > ends:
                raise Unexpected(f"{page.url} still says: {words[:400]}")
            time.sleep(0.2)

    def ship(self) -> None:
        operator = self.operator
        black_mass = [
            bag for bag, (material, *_rest) in zip(self.bags, OUTPUTS, strict=True) if material == "BLACK_MASS"
        ]
        page = operator.get("/shipments/new/")
        form = page.form(having="ship_to")
        form.choose("ship_to", "Post-processor 1")
        papers = {"purchase_order_number": "PO-CHECK", "bill_of_lading": "BOL-OUT", "carrier": "Contract carrier"}
        page = operator.send(page, form.filled(**papers))
        self.shipment = page.find(r"S-\d{4}-\d{6}")
        page = operator.get(f"/shipments/{self.shipment}/")
        page = operator.send(page, page.form(having="chosen").filled(chosen=black_mass))
        page = operator.get(f"/shipments/{self.shipment}/dispatch/")
        page = operator.send(page, page.form(having="expected_kg"))
        operator.get(f"/shipments/{self.shipment}/").find("Dispatched")

    def look(self) -> None:
        manager = self.meet(self.address)
        self.log_in(manager, "manager")
        ends = time.monotonic() + LONGEST_WAIT_SECONDS
        while True:
            page = manager.get("/dashboard/")
            words = page.text()
            if self.batch in words and YIELD in words and re.search(r"\d\.\d\d % used", words):
                return
            if time.monotonic() > ends:
                raise Unexpected(f"the dashboard still says: {words[:400]}")
            time.sleep(0.2)

    def pull(self) -> None:
        found = self.ask(f"/api/v1/shipments/{self.shipment}/")
        listed = [row["reference"] for row in self.ask("/api/v1/shipments/?state=dispatched")["results"]]
        masses = [container["net_mass_kg"] for lot in found["lots"] for container in lot["containers"]]
        expected = [mass for material, _kind, _bay, mass in OUTPUTS if material == "BLACK_MASS"]
        if sorted(map(Decimal, masses)) != sorted(map(Decimal, expected)) or self.shipment not in listed:
            raise Unexpected(f"the partner got {json.dumps(found)[:600]}")

    def ask(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.partner_key}"}
        with urllib.request.urlopen(urllib.request.Request(self.address + path, headers=headers), timeout=20) as answer:
            return json.load(answer)
