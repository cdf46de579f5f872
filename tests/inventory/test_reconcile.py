"""`manage.py reconcile` finds everything that is not what the movements say, by name, and changes nothing itself."""

import re
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command

from plant import recompute
from plant.demo.site import set_limits
from plant.inventory.models import DailyFlow
from plant.management.commands.reconcile import reconcile
from tests.factories import container, minutes, world
from tests.processing import floor
from tests.shipments import dock


def story():
    """A batch closed with a heel, a shipment delivered and one returned, all figures computed."""
    plant = world()
    set_limits(plant, year=2026)
    batch = floor.charged(plant, 1000)
    bags = [floor.bag(plant, batch, kg) for kg in (400, 300)]
    floor.close(plant, batch)
    dock.deliver(plant, dock.dispatched(plant, bags[0]))
    dock.take_back(plant, dock.dispatched(plant, bags[1]))
    container(plant, 500)
    recompute.drain(minutes(60))
    return plant


def run():
    out, code = StringIO(), 0
    try:
        call_command("reconcile", stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


@pytest.mark.django_db
def test_after_a_days_work_there_is_no_difference():
    story()
    before = list(DailyFlow.objects.values_list())

    code, said = run()

    assert (code, said.splitlines()[:-1]) == (0, [])
    assert said.startswith("No difference (")
    assert "0 waiting for a worker" in said
    assert list(DailyFlow.objects.values_list()) == before


@pytest.mark.django_db
def test_what_waits_for_a_worker_is_not_a_difference():
    plant = story()
    container(plant, 700, at=minutes(70))

    differences, looked_at = reconcile(minutes(80))

    assert differences == []
    assert looked_at["waiting"] >= 1


@pytest.mark.django_db
def test_a_figure_whose_mark_was_lost_is_found():
    story()
    DailyFlow.objects.filter(flow="shipped").update(kg=1)

    code, said = run()

    assert code == 1
    assert "daily-flow GMBI:2026-06-10, shipped/" in said
    assert "stored 1.000, computed 700.000" in said


TAMPERED = {
    "a holding that was changed": (
        "UPDATE inventory_holding SET kg = kg + 5 WHERE kg = 500 AND NOT may_be_negative",
        "in Bay A-01: holding 505.000 kg, its movements say 500.000 kg",
    ),
    "a holding that was deleted": (
        "DELETE FROM inventory_holding WHERE kg = 500 AND NOT may_be_negative",
        "in Bay A-01: no holding, its movements say 500.000 kg",
    ),
    "a movement that was changed": (
        "UPDATE inventory_movement SET kg = 450 WHERE kind = 'receive' AND kg = 500",
        "in Bay A-01: holding 500.000 kg, its movements say 450.000 kg",
    ),
    "a movement that was deleted": (
        "DELETE FROM inventory_movement WHERE kind = 'receive' AND kg = 500",
        "in Bay A-01: holding 500.000 kg, its movements say 0.000 kg",
    ),
    "a box that may hold less than nothing": (
        "UPDATE inventory_holding SET may_be_negative = TRUE WHERE kg = 500 AND NOT may_be_negative",
        "in Bay A-01: may be negative, which is wrong here",
    ),
    "a run that was emptied by hand": (
        "UPDATE inventory_movement SET kg = kg - 100 WHERE kind = 'unaccounted'",
        "B-2026-0001 has ended and its run still holds 100.000 kg",
    ),
    "a shipment that hides a container": (
        "UPDATE shipments_shipmentline SET movement_id = NULL WHERE id = (SELECT min(id) FROM shipments_shipmentline)",
        "what the shipment says and what the ledger says of its leaving differ",
    ),
    "a day's flow that was changed": (
        "UPDATE inventory_dailyflow SET kg = kg + 1 WHERE flow = 'received'",
        "daily-flow GMBI:2026-06-10, received/",
    ),
    "a batch's yield that was changed": (
        "UPDATE processing_batchresult SET yield_ratio = 0.9",
        "batch-yield B-2026-0001, yield_ratio: stored 0.9",
    ),
}


@pytest.fixture
def superuser(committed_db, owner_url):
    """The server's superuser with every trigger and foreign key asleep: nothing holds him back."""
    with psycopg.connect(re.sub("//[^@]+@", "//postgres@", owner_url), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def test_whatever_is_changed_past_the_services_is_found_by_name(superuser):
    story()
    assert reconcile(minutes(61))[0] == []

    for what, (tampering, found) in TAMPERED.items():
        table = re.search(r"inventory_\w+|processing_\w+|shipments_\w+", tampering)[0]
        superuser.execute(f"CREATE TABLE saved AS TABLE {table}")
        assert superuser.execute(tampering).rowcount >= 1, what

        differences, _looked_at = reconcile(minutes(61))

        assert any(found in difference for difference in differences), (what, differences)
        superuser.execute(f"DELETE FROM {table}")
        superuser.execute(f"INSERT INTO {table} SELECT * FROM saved")
        superuser.execute("DROP TABLE saved")
    assert reconcile(minutes(61))[0] == []
