"""The limit: a bare WSGI application over psycopg that does the same work on the same rows, with no framework.

Nothing of the plant's code is used, no model, no form, no template, no middleware: one or a few statements and a few
lines of Python. It is not a rival (it checks nothing and records nothing), it is the floor that ours is divided by.
Run by gunicorn with as many processes and threads as the plant's own web server.
"""

import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from urllib.parse import parse_qs

import psycopg

Environ = dict[str, Any]
Answer = tuple[str, bytes]

_local = threading.local()


def connection() -> "psycopg.Connection[Any]":
    """One per thread, kept; each statement is its own transaction."""
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["BENCH_DATABASE_URL"], autocommit=True)
    kept: psycopg.Connection[Any] = _local.connection
    return kept


def application(environ: Environ, start_response: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    kind, body = ADDRESSES[environ["PATH_INFO"]](environ)
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def _asked(environ: Environ) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}


RECEIVE = """
    INSERT INTO bench_received (site, material, owner, seal, gross_kg, tare_kg, net_kg, bay, by, at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, now()) RETURNING id
"""


def receive(environ: Environ) -> Answer:
    """One insert, committed."""
    sent = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
    row = [sent[name][0] for name in ("site", "material", "owner", "seal", "gross", "tare", "net", "bay", "by")]
    [number] = connection().execute(RECEIVE, row).fetchone() or (0,)
    return "text/plain", str(number).encode()


CALLER = "SELECT digest, party_id FROM api_apikey WHERE prefix = %s AND revoked_at IS NULL"
MASSES = """
    SELECT line.shipment_id, lot.reference AS lot, lot.owner_id, json_agg(json_build_object(
        'reference', container.reference, 'gross_mass_kg', weighing.gross_kg::text,
        'tare_mass_kg', weighing.tare_kg::text, 'net_mass_kg', shipped.kg::text, 'weighed_at', weighing.weighed_at)
        ORDER BY container.reference) AS containers, sum(shipped.kg) AS net_kg
    FROM shipments_shipmentline line
    JOIN inventory_container container ON container.id = line.container_id
    JOIN inventory_lot lot ON lot.id = container.lot_id
    JOIN inventory_movement shipped ON shipped.id = line.movement_id
    LEFT JOIN inventory_weighing weighing
        ON weighing.container_id = line.container_id AND weighing.net_kg = shipped.kg
    WHERE line.shipment_id = shipment.id
    GROUP BY 1, 2, 3
"""
SHIPMENT = f"""
    SELECT json_build_object('reference', shipment.reference, 'version', shipment.version, 'state', shipment.state,
        'consignee', consignee.code, 'purchase_order_number', shipment.purchase_order_number,
        'bill_of_lading', shipment.bill_of_lading, 'carrier', shipment.carrier, 'seals', shipment.seals,
        'dispatched_at', shipment.dispatched_at, 'delivered_at', shipment.delivered_at, 'lots', content.lots)::text,
        shipment.dispatched_at, shipment.reference
    FROM ({{shipments}}) AS shipment
    JOIN plant_party consignee ON consignee.id = shipment.consignee_id
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object('reference', mass.lot, 'net_mass_kg', mass.net_kg::text,
            'containers', mass.containers)) AS lots
        FROM ({MASSES}) AS mass
    ) AS content
"""
ONE = SHIPMENT.format(shipments="SELECT * FROM shipments_shipment WHERE reference = %s AND consignee_id = %s")
SOME = SHIPMENT.format(
    shipments="""
    SELECT * FROM shipments_shipment WHERE consignee_id = %s AND dispatched_at IS NOT NULL
    AND (dispatched_at, reference) < (%s, %s) ORDER BY dispatched_at DESC, reference DESC LIMIT %s"""
)
ALL = SHIPMENT.format(
    shipments="""
    SELECT * FROM shipments_shipment WHERE consignee_id = {party} AND dispatched_at IS NOT NULL
    ORDER BY dispatched_at DESC, reference DESC LIMIT {limit}"""
)


def _caller(environ: Environ) -> int:
    """The party whose key it is: one look-up and one hash, as ours."""
    token = environ["HTTP_AUTHORIZATION"].partition(" ")[2]
    prefix = token.split("_")[1]
    digest, party = connection().execute(CALLER, [prefix]).fetchone() or ("", 0)
    made = hmac.new(os.environ["API_KEY_PEPPER"].encode(), token.encode(), hashlib.sha256).hexdigest()
    hmac.compare_digest(digest, made)
    return int(party)


def detail(environ: Environ) -> Answer:
    """One shipment with its lots and containers."""
    party = _caller(environ)
    row = connection().execute(ONE, [_asked(environ)["reference"], party]).fetchone()
    assert row is not None
    return "application/json", row[0].encode()


def shipments_page(environ: Environ) -> Answer:
    """A page of shipments after a place."""
    party, asked = _caller(environ), _asked(environ)
    place = [asked.get("at", "infinity"), asked.get("reference", "")]
    rows = connection().execute(SOME, [party, *place, int(asked["limit"])]).fetchall()
    return "application/json", b"[%s]" % b",".join(row[0].encode() for row in rows)


def shipments_pull(environ: Environ) -> Answer:
    """Many shipments as lines of JSON, by COPY."""
    party, limit = _caller(environ), int(_asked(environ)["limit"])
    statement = f"COPY (SELECT json_build_object FROM ({ALL.format(party=party, limit=limit)}) AS s) TO STDOUT"
    with connection().cursor().copy(statement) as copy:
        return "application/x-ndjson", b"".join(copy)


CONTAINERS = """
    SELECT container.reference, material.name, lot.reference, location.name, holding.kg::text, container.condition,
           container.created_at::text
    FROM inventory_container container
    JOIN inventory_lot lot ON lot.id = container.lot_id
    JOIN inventory_material material ON material.id = lot.material_id
    LEFT JOIN inventory_holding holding ON holding.container_id = container.id AND NOT holding.may_be_negative
        AND holding.kg > 0
    LEFT JOIN inventory_location location ON location.id = holding.location_id
    WHERE container.site_id = %s AND container.form IN ('boxed', 'heap')
    ORDER BY container.id DESC LIMIT 51
"""


def list_(environ: Environ) -> Answer:
    """A table of rows."""
    rows = connection().execute(CONTAINERS, [_asked(environ)["site"]]).fetchall()
    cells = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return "text/html", f"<table>{cells}</table>".encode()


FLOWS = """
    SELECT day, flow, sum(kg) FROM inventory_dailyflow
    WHERE site_id = %(site)s AND day > current_date - 84 GROUP BY 1, 2
"""
USED = "SELECT year, processed_kg, used_ratio FROM limits_utilization ORDER BY year DESC LIMIT 2"
LATEST = """
    SELECT batch.reference, batch.state, result.yield_ratio, result.closure_ratio FROM processing_batch batch
    LEFT JOIN processing_batchresult result ON result.batch_id = batch.id
    WHERE batch.site_id = %(site)s ORDER BY batch.id DESC LIMIT 8
"""
STOCK = """
    SELECT material.name, sum(holding.kg), count(*) FROM inventory_holding holding
    JOIN inventory_container container ON container.id = holding.container_id
    JOIN inventory_lot lot ON lot.id = container.lot_id
    JOIN inventory_material material ON material.id = lot.material_id
    WHERE NOT holding.may_be_negative AND holding.kg > 0 GROUP BY 1
"""


def dashboard(environ: Environ) -> Answer:
    """The figures of the dashboard as text: daily flows, utilization, last batches, stock."""
    site = {"site": _asked(environ)["site"]}
    found = [connection().execute(statement, site).fetchall() for statement in (FLOWS, USED, LATEST, STOCK)]
    return "text/plain", repr(found).encode()


INTO = """
    SELECT DISTINCT fed.from_container_id FROM shipments_shipmentline line
    JOIN inventory_movement made ON made.to_container_id = line.container_id AND made.kind = 'output'
    JOIN inventory_movement fed ON fed.to_container_id = made.from_container_id AND fed.kind = 'charge'
    WHERE line.shipment_id = %s
"""
CAME = """
    SELECT DISTINCT lot.id, lot.reference, lot.supplier_id FROM inventory_container container
    JOIN inventory_lot lot ON lot.id = container.lot_id WHERE container.id = ANY(%s)
"""
SUPPLIERS = "SELECT id, code, name FROM plant_party WHERE id = ANY(%s)"


def trace(environ: Environ) -> Answer:
    """From a shipment to its suppliers: boxes charged, their lots, who sent them."""
    boxes = connection().execute(INTO, [_asked(environ)["shipment"]]).fetchall()
    lots = connection().execute(CAME, [[box for (box,) in boxes]]).fetchall()
    found = connection().execute(SUPPLIERS, [sorted({lot[2] for lot in lots})]).fetchall()
    return "text/plain", repr([lots, found]).encode()


def nothing(_environ: Environ) -> Answer:
    """It answers."""
    return "text/plain", b""


ADDRESSES: dict[str, Callable[[Environ], Answer]] = {
    "/": nothing,
    "/receive": receive,
    "/detail": detail,
    "/shipments": shipments_page,
    "/pull": shipments_pull,
    "/list": list_,
    "/dashboard": dashboard,
    "/trace": trace,
}
