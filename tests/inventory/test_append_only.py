"""What is posted stays: neither the application nor the owner of the tables can change or delete it."""

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from plant.errors import constraint_of
from tests.factories import container, world

LEDGER = ("inventory_movement", "inventory_weighing")
TRIES = ("UPDATE {table} SET by_id = by_id", "DELETE FROM {table}", "TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize("statement", TRIES)
@pytest.mark.django_db
def test_the_application_has_no_right_to(table, statement):
    container(world())

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement.format(table=table))


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize("statement", TRIES)
def test_the_owner_is_refused_by_the_table(table, statement, committed_db, owner):
    container(world())

    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner.execute(statement.format(table=table))

    assert refused.value.diag.constraint_name == f"{table}_append_only"


@pytest.mark.django_db
def test_a_locations_kind_never_changes():
    plant = world()

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        connection.cursor().execute(
            "UPDATE inventory_location SET kind = 'customer' WHERE id = %s", [plant.locations["A-01"].pk]
        )

    assert constraint_of(refused.value) == "inventory_location_kind_frozen"
