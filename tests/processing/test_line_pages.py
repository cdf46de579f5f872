"""Lines, clean-outs, discharge checks, and what the room hangs into other pages."""

import pytest

from plant.inventory.models import Movement
from plant.web import now
from tests.factories import container
from tests.processing import floor
from tests.processing.screens import BAG, plan, send, text

pytestmark = pytest.mark.django_db


def test_lines_are_cleaned_out_and_shown(plant, operator):
    batch = plan(operator)
    assert f"{batch}" in text(operator.get("/batches/lines/"))
    assert f"{batch} is on Line 1, shredding. Close it before" in text(operator.get("/batches/lines/LINE-1/clean-out/"))
    said = {"left": "so_much", "heel": "30", "unit": "kg", "heel_how_known": "declared", "explanation": "trial"}
    send(operator, f"/batches/{batch}/close/", close="1", **said)

    incomplete = send(operator, "/batches/lines/LINE-1/clean-out/", net="20", unit="kg")
    assert incomplete.status_code == 422
    assert "Choose what was swept out." in text(incomplete)
    swept = {"net": "20", "unit": "kg", "material": "RESIDUE", "kind": "DRUM", "bay": "P-06", "note": "vacuumed"}
    assert send(operator, "/batches/lines/LINE-1/clean-out/", **swept).status_code == 303

    assert floor.heel_of(plant) == 0
    assert "Left in it (heel) 0.0 kg" in text(operator.get("/batches/lines/"))


def test_a_discharge_check_is_recorded_and_shown_at_the_lot(plant, operator):
    box = container(plant, 400, material="MODULE", kind="CRATE", bay="B-01", piece_count=20, at=now())
    url = f"/containers/{box}/discharge/"

    assert send(operator, url, passed="yes", voltage_v="0.4", at="2099-01-01T10:00").status_code == 422
    assert send(operator, url, passed="yes", voltage_v="0.4").status_code == 303

    lot = text(operator.get(f"/lots/{box.lot}/"))
    assert "Discharge checks" in lot
    assert "Passed" in lot
    foil = container(plant, 100, at=now())
    assert operator.get(f"/containers/{foil}/discharge/").status_code == 404


def test_a_lot_says_which_batch_took_it_and_which_made_it(plant, operator):
    box = container(plant, 600, at=now())
    batch = plan(operator)
    send(operator, f"/batches/{batch}/charge/", charge="1", container=[str(box)])
    send(operator, f"/batches/{batch}/bag/", **BAG, net="500")
    made = Movement.objects.get(kind="output").to_container.lot

    assert f"Charged to {batch}" in text(operator.get(f"/lots/{box.lot}/"))
    assert f"Made by {batch}" in text(operator.get(f"/lots/{made}/"))


def test_the_first_page_shows_the_lines_to_who_runs_them(plant, operator, client):
    batch = plan(operator)
    assert f"{batch}" in text(operator.get("/"))

    client.force_login(plant.users["manager"])
    assert "In the run now" not in text(client.get("/"))
