"""The published mass balances hold through services and workers; figures and sources are in `mass_balance.json`."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from plant import recompute
from plant.management import cases
from plant.management.cases import BadCase, Desk
from tests.factories import NOON, world

FILE = Path(__file__).with_name("mass_balance.json")
CASES = {case.id: case for case in cases.read(FILE)}

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk(world(), now=lambda: NOON, wait=lambda: recompute.drain(NOON))


@pytest.mark.parametrize("name", CASES)
def test_yield_closure_and_the_control_hold(name, desk):
    verdict = desk.judge(CASES[name])

    assert [line.figure for line in verdict.lines] == [
        "overall_black_mass_yield_pct",
        "closure_pct",
        "control (a) closure",
        "control (a) unaccounted",
    ]
    assert [str(line) for line in verdict.lines if not line.is_right] == []


def write(folder, **changes):
    case = json.loads(FILE.read_text())["cases"][0] | changes
    path = folder / "cases.json"
    path.write_text(json.dumps({"cases": [case], "vectors": [{"id": "not for this"}]}))
    return path


def test_a_wrong_figure_is_told(desk, tmp_path):
    [case] = cases.read(write(tmp_path, overall_black_mass_yield_pct=71.9))

    verdict = desk.judge(case)

    assert not verdict.is_right
    assert [line.figure for line in verdict.lines if not line.is_right] == ["overall_black_mass_yield_pct"]


def test_a_case_of_another_chemistry_of_90_tonnes_and_of_several_scrap_types_runs(desk, tmp_path):
    path = write(
        tmp_path,
        chemistry="NCM523",
        inputs_by_type_kg={"CATHODE_FOIL": 60_000, "ANODE_FOIL": 30_000.5},
        outputs_kg={"black_mass": 63_000.35, "something_new": 20},
        overall_black_mass_yield_pct=70.0,
        closure_pct=70.022,
    )
    [case] = cases.read(path)

    verdict = desk.judge(case)

    assert case.input_kg == Decimal("90000.500")
    assert [str(line) for line in verdict.lines if not line.is_right] == []
    assert "output something_new is not known: entered as residue" in verdict.remarks


@pytest.mark.parametrize(
    "content", ["not json", "[]", '{"cases": 5}', '{"cases": [{"id": "A"}]}', '{"cases": [{"outputs_kg": 7}]}']
)
def test_a_file_of_another_shape_is_told(content, tmp_path):
    path = tmp_path / "cases.json"
    path.write_text(content)

    with pytest.raises(BadCase, match=r"cases\.json"):
        cases.read(path)
