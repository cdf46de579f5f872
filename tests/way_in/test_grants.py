"""The application's role reads and adds to the ledger and the audit trail, and can do nothing else to them."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from plant.management import grants

LEDGER = grants.append_only_tables()

pytestmark = pytest.mark.django_db


def _refused(statement: str) -> None:
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_the_ledger_and_the_audit_trail_are_found() -> None:
    assert {"inventory_movement", "inventory_weighing", "plant_userevent"} <= set(LEDGER)


@pytest.mark.parametrize("table", LEDGER)
def test_a_posted_row_cannot_be_changed(table: str) -> None:
    with connection.cursor() as cursor:
        column = connection.introspection.get_primary_key_column(cursor, table)
    _refused(f'UPDATE "{table}" SET "{column}" = "{column}"')


@pytest.mark.parametrize("table", LEDGER)
def test_a_posted_row_cannot_be_deleted(table: str) -> None:
    _refused(f'DELETE FROM "{table}"')


@pytest.mark.parametrize("table", LEDGER)
def test_the_ledger_cannot_be_emptied(table: str) -> None:
    _refused(f'TRUNCATE "{table}"')


@pytest.mark.parametrize("table", LEDGER)
def test_the_ledger_can_be_read(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT FROM "{table}" LIMIT 1')


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE inventory_movement DISABLE TRIGGER ALL",
        "ALTER TABLE plant_site ADD COLUMN mine int",
        "DROP TABLE plant_site CASCADE",
        "TRUNCATE plant_site CASCADE",
        "UPDATE django_migrations SET name = name",
        "SET ROLE plant_owner",
        "SET session_replication_role = replica",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_neither_tables_nor_triggers_nor_the_role_can_be_changed(statement: str) -> None:
    _refused(statement)


def test_every_other_table_can_be_written() -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - set(LEDGER) - {"django_migrations"}
        for table in tables:
            cursor.execute("SELECT has_table_privilege(%s, %s)", [f'"{table}"', "INSERT, UPDATE"])
            assert cursor.fetchone() == (True,), table
            cursor.execute("SELECT has_table_privilege(%s, 'TRUNCATE')", [f'"{table}"'])
            assert cursor.fetchone() == (False,), table


def test_granting_twice_changes_nothing_and_takes_back_what_was_too_much(owner: psycopg.Connection) -> None:
    def rights() -> list[tuple[str, ...]]:
        return owner.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = 'plant_app' ORDER BY 1, 2"
        ).fetchall()

    before = rights()
    owner.execute("GRANT DELETE ON inventory_movement TO plant_app")
    tables = sorted({str(table) for table, _right in before})
    for statement in grants.statements("plant_app", owner.info.dbname, {t: grants.rights_on(t) for t in tables}):
        owner.execute(statement)
    assert rights() == before
