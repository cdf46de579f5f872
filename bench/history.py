"""Years of work for benchmarks, written past the services and clean for `reconcile`.

Each batch is like the next: a load of ten boxes in two lots, half of them moved once, all charged; six bags of black
mass and three by-products, an off-gas loss, what is unaccounted; two shipments to the partner and one of by-products,
of three containers each: 45 movements, ten batches a workday. Its days come by COPY, the rows are made inside
PostgreSQL with triggers at rest, so a million movements take half a minute. The audit trail of these years is empty,
and derived figures are not there: marking all facts stale has the workers compute them.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
from django.db import models
from psycopg import sql

from intake.models import Receipt, ReceiptLot
from plant.demo.site import Plant
from plant.inventory.models import Container, Holding, Location, Lot, Movement, Weighing
from processing.models import Batch
from shipments.models import Shipment, ShipmentLine

A_DAY = 10
"""Batches."""
MOVEMENTS = 45
"""Of one batch."""
IN_STOCK = 20
"""Of so many of the newest batches the products are still here."""

BOX_KG = "(490 + (({n} * 10 + {j}) * 7919 %% 101) * 0.1)::numeric(12, 3)"
BAG_KG = """(CASE WHEN {j} < 6 THEN 575 WHEN {j} = 6 THEN 620 WHEN {j} = 7 THEN 420 ELSE 240 END
    + (({n} * 9 + {j}) * 7919 %% 101) * 0.1)::numeric(12, 3)"""
LOSS_KG = Decimal(40)


@dataclass(frozen=True)
class History:
    """What was made: how much, and where to find it."""

    batches: int
    movements: int
    shipments: int
    first_day: dt.date
    last_day: dt.date


class Years:
    """So many years that end on the last workday before today, made in parts, the newest part first if one likes."""

    def __init__(self, plant: Plant, *, years: int, today: dt.date) -> None:
        self.plant = plant
        self.days = list(_workdays_before(today, max(years * 260, 22)))
        self.count = len(self.days) * A_DAY
        self.first = {model: _first_free(model) for model in MODELS}

    def make(self, owner: "psycopg.Connection[Any]", first: int, end: int) -> History:
        """The batches from number `first` (0 is the oldest) to before `end`. `owner` is a superuser's connection."""
        with owner.transaction(), owner.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger, no look-up of a foreign key
            cursor.execute("SET LOCAL work_mem = '256MB'")
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
            self._days(cursor, first, end)
            with _indexed_afterwards(cursor):
                for model, source, columns in self._rows():
                    _put(cursor, model, source, columns | {"id": f"{self.first[model]} + ({columns['id']})"})
                self._holdings(cursor, first, end)
            self._series(cursor)
        owner.autocommit = True
        owner.execute("VACUUM ANALYZE")
        owner.autocommit = False
        shipped = min(end, self.count - IN_STOCK) - first
        moved = (end - first) * MOVEMENTS - (end - first - shipped) * 9
        return History(end - first, moved, shipped * 3, self.days[first // A_DAY], self.days[(end - 1) // A_DAY])

    def _days(self, cursor: "psycopg.Cursor[Any]", first: int, end: int) -> None:
        cursor.execute(
            """
            CREATE TEMP TABLE bench_batch (n integer PRIMARY KEY, day date, line_id bigint, line_place bigint,
                                           opened_at timestamptz) ON COMMIT DROP
            """
        )
        lines = [self.plant.lines["LINE-1"], self.plant.lines["LINE-2"]]
        with cursor.copy("COPY bench_batch FROM STDIN") as copy:
            for n in range(first, end):
                day, line = self.days[n // A_DAY], lines[n % 2]
                opened_at = self.plant.site.start_of(day) + dt.timedelta(hours=7 + n % A_DAY // 2 * 2.5)
                copy.write_row((n, day, line.pk, line.location_id, opened_at))
        cursor.execute("ANALYZE bench_batch")

    def _rows(self) -> Iterator[tuple[type[models.Model], str, dict[str, str]]]:
        yield from self._papers()
        yield from self._lots_and_containers()
        yield from self._movements()
        yield from self._shipments()

    def _papers(self) -> Iterator[tuple[type[models.Model], str, dict[str, str]]]:
        plant, by = self.plant, str(self.plant.users["operator"].pk)
        came_at = "b.opened_at - interval '2 hours'"
        yield (
            Receipt,
            "bench_batch b",
            {
                "id": "n",
                "site_id": str(plant.site.pk),
                "reference": _reference("R", "n + 1"),
                "supplier_id": str(plant.parties["LGES"].pk),
                "facility_id": str(plant.facilities["LANSING"].pk),
                "bill_of_lading": "'BOL-' || n",
                "carrier": "'Contract carrier'",
                "received_at": came_at,
                "created_by_id": by,
                "created_at": came_at,
            },
        )
        ended_at = "b.opened_at + interval '2 hours'"
        yield (
            Batch,
            "bench_batch b",
            {
                "id": "n",
                "site_id": str(plant.site.pk),
                "reference": _reference("B", "n + 1", digits=4),
                "recipe_version_id": str(plant.recipes["ELECTRODE"].pk),
                "line_id": "line_id",
                "grade_id": str(plant.grades["NMC_BM"].pk),
                "chemistry_id": str(plant.chemistries["NMC811"].pk),
                "owner_id": str(plant.parties["GMBI"].pk),
                "run_id": f"{self.first[Container]} + n * 20 + 19",
                "state": "'closed'",
                "created_by_id": by,
                "created_at": "opened_at",
                "opened_at": "opened_at",
                "opened_by_id": by,
                "closed_at": ended_at,
                "closed_by_id": by,
            },
        )

    def _lots_and_containers(self) -> Iterator[tuple[type[models.Model], str, dict[str, str]]]:
        plant, by, site = self.plant, str(self.plant.users["operator"].pk), str(self.plant.site.pk)
        names = ("CATHODE_FOIL", "CATHODE_FOIL", "BLACK_MASS", "COPPER", "ALUMINIUM", "RESIDUE")
        chemistry, grade = plant.chemistries["NMC811"].pk, plant.grades["NMC_BM"].pk
        came_at = "b.opened_at - interval '2 hours'"
        yield (
            Lot,
            "bench_batch b, generate_series(0, 5) j",
            {
                "id": "n * 6 + j",
                "site_id": site,
                "reference": _reference("L", "n * 6 + j + 1"),
                "material_id": _nth(*(plant.materials[name].pk for name in names)),
                "grade_id": f"CASE WHEN j = 2 THEN {grade} END",
                "chemistry_id": f"CASE WHEN j < 3 THEN {chemistry} END",
                "origin": "CASE WHEN j < 2 THEN 'production_scrap' ELSE 'own_process' END",
                "owner_id": str(plant.parties["GMBI"].pk),
                "supplier_id": f"CASE WHEN j < 2 THEN {plant.parties['LGES'].pk} END",
                "facility_id": f"CASE WHEN j < 2 THEN {plant.facilities['LANSING'].pk} END",
                "received_at": f"CASE WHEN j < 2 THEN {came_at} END",
                "created_by_id": by,
                "created_at": came_at,
            },
        )
        yield (
            ReceiptLot,
            "bench_batch b, generate_series(0, 1) j",
            {
                "id": "n * 2 + j",
                "receipt_id": f"{self.first[Receipt]} + n",
                "lot_id": f"{self.first[Lot]} + n * 6 + j",
            },
        )
        lot = "n * 6 + CASE WHEN j < 10 THEN j / 5 WHEN j < 16 THEN 2 ELSE j - 13 END"
        kinds = [plant.kinds[code].pk for code in ("GAYLORD", "BIG_BAG", "DRUM")]
        within = "CASE WHEN j < 10 THEN j %% 5 WHEN j < 16 THEN j - 10 ELSE 0 END + 1"
        boxed = f"{_reference('L', f'{lot} + 1')} || '-' || lpad(({within})::text, 2, '0')"
        yield (
            Container,
            "bench_batch b, generate_series(0, 19) j",
            {
                "id": "n * 20 + j",
                "site_id": site,
                "reference": f"CASE WHEN j < 19 THEN {boxed} ELSE {_reference('B', 'n + 1', digits=4)} || '-RUN' END",
                "form": "CASE WHEN j < 19 THEN 'boxed' ELSE 'run' END",
                "lot_id": f"CASE WHEN j < 19 THEN {self.first[Lot]} + {lot} END",
                "kind_id": f"CASE WHEN j < 10 THEN {kinds[0]} WHEN j < 16 THEN {kinds[1]} WHEN j < 19 THEN {kinds[2]} "
                "END",
                "created_at": came_at,
            },
        )
        net_kg = f"CASE WHEN j < 10 THEN {BOX_KG} ELSE {BAG_KG.replace('{j}', '(j - 10)')} END".format(n="n", j="j")
        tare_kg = "CASE WHEN j < 10 THEN 45 ELSE 3 END"
        weighed_at = f"CASE WHEN j < 10 THEN {came_at} ELSE b.opened_at + interval '1 hour' END"
        yield (
            Weighing,
            "bench_batch b, generate_series(0, 18) j",
            {
                "id": "n * 19 + j",
                "site_id": site,
                "container_id": f"{self.first[Container]} + n * 20 + j",
                "scale_id": str(plant.scales["BAG"].pk),
                "unit": "'kg'",
                "gross_read": f"{net_kg} + {tare_kg}",
                "tare_read": tare_kg,
                "net_read": net_kg,
                "gross_kg": f"{net_kg} + {tare_kg}",
                "tare_kg": tare_kg,
                "net_kg": net_kg,
                "tare_origin": "'stored'",
                "weighed_at": weighed_at,
                "recorded_at": weighed_at,
                "by_id": by,
            },
        )

    def _movements(self) -> Iterator[tuple[type[models.Model], str, dict[str, str]]]:
        places = {code: str(place.pk) for code, place in self.plant.locations.items()}
        box, bag, run = (f"{self.first[Container]} + n * 20 + {j}" for j in ("j", "10 + j", "19"))
        box_kg, bag_kg = BOX_KG.format(n="n", j="j"), BAG_KG.format(n="n", j="j")
        stands = f"CASE WHEN j < 5 THEN {places['A-02']} ELSE {places['A-01']} END"
        unaccounted_kg = f"""(SELECT sum({BOX_KG.format(n="n", j="i")}) FROM generate_series(0, 9) i)
            - (SELECT sum({BAG_KG.format(n="n", j="i")}) FROM generate_series(0, 8) i) - {LOSS_KG}"""
        off_gas, lost = places["OFF_GAS"], places["UNACCOUNTED"]
        product = places["P-01"]
        shipped = f"n < {self.count - IN_STOCK}"
        # kind, how many, first number; from, at; to, at; kg; how known; weighing; minutes after the opening; which n
        for kind, many, start, source, at, target, to, kg, known, weighing, minutes, which in (
            ("receive", 10, 0, box, places["SUPPLIERS"], box, places["A-01"], box_kg, "weighed", "j", "-120", "true"),
            ("move", 5, 10, box, places["A-01"], box, places["A-02"], box_kg, "carried", None, "-60", "true"),
            ("charge", 10, 15, box, stands, run, "line_place", box_kg, "carried", None, "5 + j", "true"),
            ("output", 9, 25, run, "line_place", bag, product, bag_kg, "weighed", "j + 10", "60 + j", "true"),
            ("loss", 1, 34, run, "line_place", run, off_gas, str(LOSS_KG), "estimated", None, "110", "true"),
            ("unaccounted", 1, 35, run, "line_place", run, lost, unaccounted_kg, "calculated", None, "120", "true"),
            ("ship", 9, 36, bag, product, bag, places["CUSTOMERS"], bag_kg, "carried", None, "150", shipped),
        ):
            happened_at = f"b.opened_at + ({minutes}) * interval '1 minute'"
            yield (
                Movement,
                f"bench_batch b, generate_series(0, {many - 1}) j WHERE {which}",
                {
                    "id": f"n * {MOVEMENTS} + {start} + j",
                    "site_id": str(self.plant.site.pk),
                    "kind": f"'{kind}'",
                    "from_container_id": source,
                    "from_location_id": at,
                    "to_container_id": target,
                    "to_location_id": to,
                    "kg": kg,
                    "how_known": f"'{known}'",
                    "weighing_id": f"{self.first[Weighing]} + n * 19 + {weighing}" if weighing else "NULL",
                    "formula": "'F5'" if known == "calculated" else "''",
                    "occurred_at": happened_at,
                    "recorded_at": happened_at,
                    "site_day": "day",
                    "by_id": str(self.plant.users["operator"].pk),
                },
            )

    def _shipments(self) -> Iterator[tuple[type[models.Model], str, dict[str, str]]]:
        plant, by = self.plant, str(self.plant.users["operator"].pk)
        left_at, shipped = "b.opened_at + interval '150 minutes'", f"n < {self.count - IN_STOCK}"
        to = {code: plant.facilities[code].pk for code in ("POST1-PLANT", "GMI-METALS")}
        yield (
            Shipment,
            f"bench_batch b, generate_series(0, 2) j WHERE {shipped}",
            {
                "id": "n * 3 + j",
                "site_id": str(plant.site.pk),
                "reference": _reference("S", "n * 3 + j + 1"),
                "state": "'delivered'",
                "consignee_id": f"CASE WHEN j < 2 THEN {plant.parties['POST1'].pk} ELSE {plant.parties['GMI'].pk} END",
                "ship_to_id": f"CASE WHEN j < 2 THEN {to['POST1-PLANT']} ELSE {to['GMI-METALS']} END",
                "purchase_order_number": "'PO-' || n",
                "bill_of_lading": "'BOL-' || n || '-' || j",
                "carrier": "'Contract carrier'",
                "seals": "ARRAY['SL-' || n]",
                "created_by_id": by,
                "created_at": left_at,
                "updated_at": left_at,
                "dispatched_at": left_at,
                "dispatched_by_id": by,
                "delivered_at": f"{left_at} + interval '5 hours'",
                "delivered_by_id": by,
            },
        )
        yield (
            ShipmentLine,
            f"bench_batch b, generate_series(0, 8) j WHERE {shipped}",
            {
                "id": "n * 9 + j",
                "shipment_id": f"{self.first[Shipment]} + n * 3 + j / 3",
                "container_id": f"{self.first[Container]} + n * 20 + 10 + j",
                "movement_id": f"{self.first[Movement]} + n * {MOVEMENTS} + 36 + j",
                "added_by_id": by,
                "added_at": left_at,
            },
        )

    def _holdings(self, cursor: "psycopg.Cursor[Any]", first: int, end: int) -> None:
        """What each container holds at each place it has been in: the sum of its movements."""
        cursor.execute(
            """
            INSERT INTO inventory_holding (container_id, location_id, kg, may_be_negative)
            SELECT ends.container_id, ends.location_id, ends.kg, place.kind <> ALL(%(real)s) OR container.form = 'run'
            FROM (
                SELECT container_id, location_id, sum(kg) AS kg FROM (
                    SELECT to_container_id AS container_id, to_location_id AS location_id, kg
                    FROM inventory_movement WHERE id >= %(first)s AND id < %(end)s
                    UNION ALL
                    SELECT from_container_id, from_location_id, -kg
                    FROM inventory_movement WHERE id >= %(first)s AND id < %(end)s
                ) AS both_ends GROUP BY 1, 2
            ) AS ends
            JOIN inventory_location place ON place.id = ends.location_id
            JOIN inventory_container container ON container.id = ends.container_id
            """,
            {
                "real": [str(kind) for kind in Location.REAL],
                "first": self.first[Movement] + first * MOVEMENTS,
                "end": self.first[Movement] + end * MOVEMENTS,
            },
        )

    def _series(self, cursor: "psycopg.Cursor[Any]") -> None:
        """Ids and references go on after the last that these years take."""
        rows = dict(zip(MODELS, (1, 2, 6, 20, 19, MOVEMENTS, 1, 3, 9), strict=True))
        for model, many in rows.items():
            last = self.first[model] + self.count * many
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, last])
        site = self.plant.site.pk
        for letter, many in (("r", 1), ("l", 6), ("b", 1), ("s", 3)):
            cursor.execute("SELECT plant_next_number(%s, %s)", [site, letter])
            cursor.execute("SELECT setval(%s::regclass, %s)", [f"series_{letter}_{site}", self.count * many + 1])


MODELS: tuple[type[models.Model], ...] = (
    Receipt,
    ReceiptLot,
    Lot,
    Container,
    Weighing,
    Movement,
    Batch,
    Shipment,
    ShipmentLine,
)


def _workdays_before(today: dt.date, many: int) -> Iterator[dt.date]:
    back = (today - dt.timedelta(days=number) for number in count(1))
    workdays = (day for day in back if day.weekday() < 5)
    yield from sorted(day for day, _number in zip(workdays, range(many), strict=False))


def _first_free(model: type[models.Model]) -> int:
    last: int | None = model._default_manager.aggregate(models.Max("pk"))["pk__max"]
    return (last or 0) + 1


def _reference(letter: str, number: str, digits: int = 6) -> str:
    long_enough = f"greatest({digits}, length(({number})::text))"
    return f"'{letter}-' || extract(year FROM b.day) || '-' || lpad(({number})::text, {long_enough}, '0')"


def _nth(*values: int) -> str:
    return f"(ARRAY[{', '.join(map(str, values))}])[j + 1]"


INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@contextmanager
def _indexed_afterwards(cursor: "psycopg.Cursor[Any]") -> Iterator[None]:
    """To sort a million rows once is much faster than to find the place of each. Constraints keep their indexes."""
    tables = [model._meta.db_table for model in (*MODELS, Holding)]
    indexes = cursor.execute(INDEXES, [tables]).fetchall()
    for name, _definition in indexes:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    yield
    for _name, definition in indexes:
        cursor.execute(definition)


def _put(cursor: "psycopg.Cursor[Any]", model: type[models.Model], source: str, columns: dict[str, str]) -> None:
    """INSERT ... SELECT; columns that are not named take the model's default, which the database does not know."""
    rest: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.column not in columns and not field.has_db_default() and not field.null:
            rest[field.column] = field.get_default()
    names = [*columns, *rest]
    values = [*columns.values(), *(f"%({name})s" for name in rest)]
    statement = f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {source}"
    cursor.execute(statement, rest)  # names and expressions are ours, values are bound
