"""Every state against every other: the table says what is possible, in the services and in the database."""

import itertools

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from plant.errors import constraint_of
from plant.states import InvalidTransition
from shipments.models import SHIPMENT_TRANSITIONS, Shipment, ShipmentState
from shipments.withdrawing import withdraw
from tests.factories import minutes, world
from tests.shipments import dock

S = ShipmentState


def cancel(plant, shipment):
    """A draft is given up; a dispatch confirmed in error is taken back."""
    if shipment.state != S.DISPATCHED:
        return dock.cancel(plant, shipment)
    return withdraw(shipment=shipment, reason="the other truck", by=plant.users["supervisor"], now=minutes(30))


STEPS = {S.DISPATCHED: dock.dispatch, S.DELIVERED: dock.deliver, S.CANCELLED: cancel, S.RETURNED: dock.take_back}


def in_state(plant, state):
    """A shipment that was brought there by the services."""
    if state == S.DRAFT:
        return dock.draft(plant, *dock.bags(plant))
    if state == S.CANCELLED:
        return dock.cancel(plant, dock.draft(plant))
    shipment = dock.dispatched(plant)
    return shipment if state == S.DISPATCHED else STEPS[state](plant, shipment)


@pytest.mark.parametrize("state", S)
def test_the_services_do_what_the_table_allows_and_nothing_else(plant, state):
    for to, step in STEPS.items():
        shipment = in_state(plant, state)
        assert shipment.state == state

        if SHIPMENT_TRANSITIONS.allows(state, to):
            assert step(plant, shipment).state == to
        else:
            with pytest.raises(InvalidTransition):
                step(plant, shipment)
            shipment.refresh_from_db()
            assert shipment.state == state


def test_raw_sql_is_held_to_the_table_too(committed_db, owner):
    plant = world()
    shipments = {state: in_state(plant, state) for state in S}
    for constraint in Shipment._meta.constraints:  # so that nothing but the trigger can refuse
        owner.execute(f"ALTER TABLE shipments_shipment DROP CONSTRAINT {constraint.name}")

    for state, to in itertools.product(S, S):
        if state == to:
            continue
        change = ("UPDATE shipments_shipment SET state = %s WHERE id = %s", [to.value, shipments[state].pk])
        with owner.transaction(force_rollback=True):
            if SHIPMENT_TRANSITIONS.allows(state, to):
                owner.execute(*change)
                continue
            with pytest.raises(psycopg.errors.CheckViolation) as refusal, owner.transaction():
                owner.execute(*change)
            assert refusal.value.diag.constraint_name == "shipments_shipment_state_transition"


def test_no_shipment_begins_on_the_road(plant):
    shipment = dock.dispatched(plant)
    columns = ", ".join(field.column for field in Shipment._meta.fields if field.name not in ("id", "reference"))
    copy = f"INSERT INTO shipments_shipment (reference, {columns}) SELECT 'S-X', {columns} FROM shipments_shipment"

    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{copy} WHERE id = %s", [shipment.pk])

    assert constraint_of(refusal.value) == "shipments_shipment_state_transition"
