"""What a database holds, told so exactly that a restored copy can be compared with it.

All of it is read in one snapshot, which the dump reads too.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]

PATIENT = " ".join(
    (  # as for pg_dump itself: nobody waits for this, and what is told must not depend on the server's settings
        "-c statement_timeout=0",
        "-c idle_in_transaction_session_timeout=0",
        "-c lock_timeout=30s",
        "-c timezone=UTC",
        "-c datestyle=ISO",
        "-c intervalstyle=postgres",
        "-c bytea_output=hex",
        "-c extra_float_digits=1",
    )
)
TABLES = """
    SELECT tables.relname, array_agg(columns.attname::text ORDER BY place.ordinality)
               FILTER (WHERE columns.attname IS NOT NULL),
           bool_and(columns.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype))
    FROM pg_class tables
    LEFT JOIN pg_index keys ON keys.indrelid = tables.oid AND keys.indisprimary
    LEFT JOIN LATERAL unnest(keys.indkey) WITH ORDINALITY AS place(attnum, ordinality) ON TRUE
    LEFT JOIN pg_attribute columns ON columns.attrelid = tables.oid AND columns.attnum = place.attnum
    WHERE tables.relkind = 'r' AND tables.relnamespace = 'public'::regnamespace
    GROUP BY tables.relname ORDER BY tables.relname COLLATE "C"
"""
TRIGGERS = """
    SELECT tables.relname || '.' || triggers.tgname
    FROM pg_trigger triggers JOIN pg_class tables ON tables.oid = triggers.tgrelid
    WHERE NOT triggers.tgisinternal AND triggers.tgenabled = 'O' AND tables.relnamespace = 'public'::regnamespace
    ORDER BY 1
"""
MIGRATIONS = 'SELECT app, max(name COLLATE "C") FROM django_migrations GROUP BY app ORDER BY app'


SEQUENCES = """
    SELECT sequencename::text, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1
"""


@dataclass(frozen=True)
class Table:
    rows: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """Every table with its rows and their hash; triggers that are at work; the newest migration of each room; how far
    each series has counted, at least (no snapshot holds a sequence still)."""

    tables: dict[str, Table]
    triggers: list[str]
    migrations: dict[str, str]
    sequences: dict[str, int]

    @property
    def sha256(self) -> str:
        """One hash for all rows of all tables."""
        told = "".join(f"{name} {table.rows} {table.sha256}\n" for name, table in sorted(self.tables.items()))
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "rows": self.rows, "sha256": self.sha256}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Contents":
        tables = {str(name): Table(int(table["rows"]), str(table["sha256"])) for name, table in told["tables"].items()}
        return cls(tables, list(told["triggers"]), dict(told["migrations"]), dict(told["sequences"]))

    def differences(self, other: "Contents") -> list[str]:
        """What `other`, a restored copy, holds otherwise; each as a sentence's part."""
        found = []
        for name in sorted(self.tables.keys() | other.tables.keys()):
            ours, theirs = self.tables.get(name), other.tables.get(name)
            if theirs is None or ours is None:
                found.append(f"{name} is {'missing' if theirs is None else 'too much'}")
            elif ours != theirs:
                found.append(f"{name} has {theirs.rows:,} rows with another content, not the {ours.rows:,} backed up")
        behind = (name for name, last in self.sequences.items() if other.sequences.get(name, -1) < last)
        found += [f"series {name} would give numbers again that are taken" for name in behind]
        found += [f"trigger {name} is missing" for name in self.triggers if name not in other.triggers]
        return found


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """A connection that sees the database as it is now for as long as it lasts, and changes nothing."""
    with psycopg.connect(url, connect_timeout=5, options=PATIENT) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def triggers(connection: Connection) -> list[str]:
    """The triggers that are at work, as table.trigger."""
    return [name for (name,) in connection.execute(TRIGGERS).fetchall()]


def sequences(connection: Connection) -> dict[str, int]:
    return dict(connection.execute(SEQUENCES).fetchall())


def read(connection: Connection, counted: dict[str, int] | None = None) -> Contents:
    """`counted`: how far the series had counted before the dump began."""
    tables = {
        name: _table(connection, name, key, is_number) for name, key, is_number in connection.execute(TABLES).fetchall()
    }
    is_plant = "django_migrations" in tables
    migrations: dict[str, str] = dict(connection.execute(MIGRATIONS).fetchall()) if is_plant else {}
    return Contents(tables, triggers(connection), migrations, sequences(connection) if counted is None else counted)


def _table(connection: Connection, name: str, key: list[str] | None, is_number: bool) -> Table:
    """Rows in the order of the primary key, as PostgreSQL writes them out. Texts are ordered by their bytes: servers
    differ in how they order words."""
    order: sql.Composable
    if key and is_number:
        order = sql.SQL(", ").join(map(sql.Identifier, key))
    elif key:
        order = sql.SQL(", ").join(sql.SQL('{}::text COLLATE "C"').format(sql.Identifier(column)) for column in key)
    else:
        order = sql.SQL('content::text COLLATE "C"')
    statement = sql.SQL("COPY (SELECT * FROM {} AS content ORDER BY {}) TO STDOUT").format(sql.Identifier(name), order)
    seen, rows = hashlib.sha256(), 0
    with connection.cursor() as cursor, cursor.copy(statement) as lines:
        for line in lines:
            seen.update(line)
            rows += 1
    return Table(rows, seen.hexdigest())
