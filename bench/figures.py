"""The figures: what is measured, against what, and what it may cost at most (docs/performance.md)."""

import time
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.floor import PASSWORD, Floor
from bench.limit import CAME, INTO, SUPPLIERS
from bench.measuring import Budget, Client, Figure, paired
from intake import services as intake
from plant.api import cursors
from plant.inventory import genealogy
from plant.inventory.models import Container, Lot
from plant.inventory.weighing import Reading
from plant.management.drilling.load import Browser, Dock
from plant.web import now
from shipments.models import Shipment, ShipmentLine

PULLED, A_PAGE, LARGEST_PAGE = 5_000, 100, 1_000
PARTIAL = {"HX-Request": "true"}
SERVICE_STATEMENTS, REQUEST_STATEMENTS, PAGE_STATEMENTS = 10, 20, 4
Measure = Callable[[Floor], Iterator[Figure]]


def receive(floor: Floor) -> Iterator[Figure]:
    """One container logged: the whole request against one bare insert, and the service alone."""
    browser = Browser(floor.plant.address)
    browser.log_in("operator", PASSWORD)
    dock, bare = Dock(browser), Client(floor.bare)
    row = {"site": 1, "material": "CATHODE_FOIL", "owner": "GMBI", "gross": "545", "tare": "45", "net": "500"}

    def ours() -> None:
        if dock.is_full:
            dock.book()
        answer = dock.log(str(uuid.uuid4()), "500")
        assert answer.status == 303, answer.sentence

    def limit() -> None:
        bare.post("/receive", {**row, "seal": str(uuid.uuid4()), "bay": "A-01", "by": 1})

    statements = _statements_of_a_post(dock)
    figure = paired("receive", "the request that logs a container", ours, limit, Budget(24), statements=statements)
    yield figure.also(statements <= REQUEST_STATEMENTS, f"{REQUEST_STATEMENTS} statements")
    yield _receive_service(floor)


def _statements_of_a_post(dock: Dock) -> int:
    """How many statements one such request makes, seen from inside."""
    dock.book()
    inside = _inside("operator")
    fields = {**dock.fields, "net": ["500"], "seal": [""]}
    for _warm in range(2):
        with CaptureQueriesContext(connection) as asked:
            answer = inside.post(dock.path, {**fields, "once": [str(uuid.uuid4())]})
        assert answer.status_code == 303, answer.content.decode()
    return len(asked)


def _inside(username: str) -> InProcess:
    from plant.models import User

    client = InProcess(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=username))
    return client


def _receive_service(floor: Floor) -> Figure:
    built, at = floor.built, now()
    load = intake.book_receipt(
        site=built.site,
        supplier=built.parties["LGES"],
        facility=built.facilities["LANSING"],
        bill_of_lading="BENCH",
        carrier="Contract carrier",
        received_at=at,
        by=built.users["operator"],
        now=at,
    )
    arrival: dict[str, Any] = {
        "kind": built.kinds["GAYLORD"],
        "reading": Reading(
            unit="kg", gross=Decimal(545), tare=Decimal(45), tare_is_stored=True, scale=built.scales["BAG"]
        ),
        "bay": built.locations["A-01"],
        "by": built.users["operator"],
        "now": at,
    }
    first = intake.receive_lot(
        receipt=load,
        material=built.materials["CATHODE_FOIL"],
        origin=Lot.Origin.PRODUCTION_SCRAP,
        chemistry=built.chemistries["NMC811"],
        owner=built.parties["GMBI"],
        **arrival,
    )
    assert first.lot is not None
    lot = first.lot
    with CaptureQueriesContext(connection) as asked:
        intake.receive_another(lot=lot, **arrival)
    insert = "INSERT INTO bench_received (site, seal, net_kg, at) VALUES (1, 'service', 500, now())"
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as bare:
        figure = paired(
            "receive_service",
            "the service alone, in one process",
            lambda: intake.receive_another(lot=lot, **arrival),
            lambda: bare.execute(insert),
            Budget(seconds=0.003),
            statements=len(asked),
        )
    return figure.also(len(asked) <= SERVICE_STATEMENTS, f"{SERVICE_STATEMENTS} statements")


def detail(floor: Floor) -> Iterator[Figure]:
    """One shipment by its reference, for its partner."""
    reference = _shipments(floor)[1000].reference
    ours, bare = floor.partner(), floor.partner(floor.bare)
    yield paired(
        "detail",
        "one shipment, for its partner",
        lambda: ours.get(f"/api/v1/shipments/{reference}/"),
        lambda: bare.get(f"/detail?reference={reference}"),
        Budget(4),
    )


def list_(floor: Floor) -> Iterator[Figure]:
    """A page of a list as htmx asks for it: the newest of all lots that there ever were."""
    ours, bare, address = floor.person("operator"), Client(floor.bare), reverse("inventory:lots")
    rows = ours.get(address, PARTIAL).count(b"<tr") - 1
    yield paired(
        "list",
        f"{rows} of {Lot.objects.count():,} lots as a fragment",
        lambda: ours.get(address, PARTIAL),
        lambda: bare.get(f"/list?site={floor.built.site.pk}"),
        Budget(seconds=0.015),
        rows=rows,
    )


def shipments_page(floor: Floor) -> Iterator[Figure]:
    """A page of 100 shipments with three containers each; and one far back against the first."""
    ours, bare, found = floor.partner(), floor.partner(floor.bare), _shipments(floor)
    first = f"/api/v1/shipments/?limit={A_PAGE}"
    statements = _statements_of_a_page(first, floor.token)
    figure = paired(
        "shipments_page",
        f"{A_PAGE} shipments with 3 containers each",
        lambda: ours.get(first),
        lambda: bare.get(f"/shipments?limit={A_PAGE}"),
        Budget(3),
        statements=statements,
    )
    yield figure.also(statements <= PAGE_STATEMENTS, f"{PAGE_STATEMENTS} statements")
    row = min(49_000, found.count() - A_PAGE - 1)
    last = found[row]
    assert last.dispatched_at is not None
    place = (last.dispatched_at.isoformat(), last.reference)
    deep = f"{first}&cursor={cursors.seal(place, of=f'shipments:{last.consignee_id}')}"
    yield paired(
        "shipments_deep",
        f"the page after row {row:,} against the first",
        lambda: ours.get(deep),
        lambda: ours.get(first),
        Budget(1.1),
    )


def _statements_of_a_page(address: str, token: str) -> int:
    inside = InProcess(headers={"host": "localhost", "authorization": f"Bearer {token}"})
    inside.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert inside.get(address).status_code == 200
    return len(asked)


def shipments_pull(floor: Floor) -> Iterator[Figure]:
    """5,000 shipments with 15,000 containers, page by page, against one COPY."""
    ours, bare = floor.partner(), floor.partner(floor.bare)
    count = min(PULLED, _shipments(floor).count())

    def pull() -> None:
        address, left = f"/api/v1/shipments/?limit={LARGEST_PAGE}", count
        while left > 0:
            page = ours.get(address)
            left -= LARGEST_PAGE
            address = page.rpartition(b'"next":"')[2].rstrip(b'"}').decode().removeprefix(floor.plant.address)

    what = f"{count:,} shipments with {count * 3:,} containers, in pages of {LARGEST_PAGE:,}"
    yield paired("shipments_pull", what, pull, lambda: bare.get(f"/pull?limit={count}"), Budget(4.5), times=1)


def dashboard(floor: Floor) -> Iterator[Figure]:
    """The managers' page with all its figures; and whether it grows with the years."""
    ours, bare, address = floor.person("manager"), Client(floor.bare), reverse("dashboard:dashboard")
    yield paired(
        "dashboard",
        "the whole page",
        lambda: ours.get(address),
        lambda: bare.get(f"/dashboard?site={floor.built.site.pk}"),
        Budget(seconds=0.008),
    )
    if floor.dashboard_of_a_month:
        after = dashboard_over_nothing(floor)
        ratio = after / floor.dashboard_of_a_month
        budget = Budget(1.2)
        what = f"with {floor.years} years against one month, both over a request that asks nothing"
        yield Figure(
            "dashboard_flat", what, after, floor.dashboard_of_a_month, ratio, str(budget), ratio <= 1.2, unit="x"
        )


def dashboard_over_nothing(floor: Floor) -> float:
    """How many requests without work the dashboard costs: what another program does to the machine, it does to both."""
    ours, address = floor.person("manager"), reverse("dashboard:dashboard")
    figure = paired("", "", lambda: ours.get(address), lambda: ours.get("/healthz"), Budget())
    assert figure.ratio is not None
    return figure.ratio


def trace(floor: Floor) -> Iterator[Figure]:
    """From a shipment to its suppliers, in one process (its address comes with the partners' window)."""
    shipment = _shipments(floor)[1000]

    def ours() -> None:
        boxes = ShipmentLine.objects.filter(shipment=shipment).values_list("container", flat=True)
        edges = genealogy.back(boxes)
        ids = {edge.from_id for edge in edges}
        lots = Container.objects.filter(pk__in=ids, lot__supplier__isnull=False).order_by()
        assert list(lots.values_list("lot__reference", "lot__supplier__name").distinct())

    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as bare:

        def limit() -> None:
            boxes = [box for (box,) in bare.execute(INTO, [shipment.pk]).fetchall()]
            lots = bare.execute(CAME, [boxes]).fetchall()
            assert bare.execute(SUPPLIERS, [sorted({lot[2] for lot in lots})]).fetchall()

        yield paired("trace", "a shipment's lots and suppliers, 3 statements", ours, limit, Budget(3))


BY_DAY = """
    CREATE TEMP TABLE by_day AS SELECT site_day, kind, from_location_id, to_location_id, sum(kg) AS kg
    FROM inventory_movement GROUP BY 1, 2, 3, 4
"""
BY_BATCH = """
    CREATE TEMP TABLE by_batch AS SELECT batch.id, movement.kind, sum(movement.kg) AS kg
    FROM processing_batch batch JOIN inventory_movement movement
        ON batch.run_id IN (movement.from_container_id, movement.to_container_id) GROUP BY 1, 2
"""


def recompute_all(floor: Floor) -> Iterator[Figure]:
    """Every derived row thrown away and computed again by the workers, against the same sums in two statements."""
    movements = floor.movements()
    took = floor.recompute()
    with psycopg.connect(settings.DATABASE_URL) as bare:
        bare.execute("SET statement_timeout = 0")
        began = time.perf_counter()
        for statement in (BY_DAY, BY_BATCH):
            bare.execute(statement)
        limit = time.perf_counter() - began
    budget = Budget(seconds=max(60 * movements / 1_000_000, 10))
    what = f"all figures of {movements:,} movements, by the plant's workers"
    yield Figure(
        "recompute_all", what, took, limit, took / limit, str(budget), budget.holds(took, None), {"rows": movements}
    )


def _shipments(floor: Floor) -> Any:
    return Shipment.objects.visible_to(floor.built.parties["POST1"]).order_by("-dispatched_at", "-reference")


FIGURES: dict[str, Measure] = {
    "receive": receive,
    "detail": detail,
    "list": list_,
    "shipments_page": shipments_page,
    "shipments_pull": shipments_pull,
    "dashboard": dashboard,
    "trace": trace,
    "recompute_all": recompute_all,
}
