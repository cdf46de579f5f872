"""The list of containers: what stands where, searched and filtered in the address, the file as the screen."""

import csv
import io

import pytest

from plant.inventory import services
from tests.factories import container, minutes
from tests.pages import text
from tests.processing import floor


@pytest.fixture
def yard(plant):
    """Foil in two bays, damaged cells, and a heap that was charged."""
    container(plant, 1000, bay="A-02", seal="S-77")
    held = container(plant, 600, bay="A-01")
    services.place_hold(container=held, kind="quality", reason="Wet", by=plant.users["operator"], at=minutes(1))
    container(
        plant,
        500,
        material="FORMED_CELL",
        chemistry="NCMA",
        kind="CRATE",
        condition="damaged",
        bay="D-01",
        owner="LGES",
    )
    gone = container(plant, 700)
    floor.charge(plant, floor.opened(plant), gone)


def found(client, **asked):
    response = client.get("/containers/", asked | {"format": "csv"})
    return [row["Container"][-4:] for row in csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))]


@pytest.mark.parametrize(
    ("asked", "containers"),
    [
        ({}, ["2-01", "1-01", "3-01"]),
        ({"q": "000003"}, ["3-01"]),
        ({"q": "s-77"}, ["1-01"]),
        ({"bay": "A-02"}, ["1-01"]),
        ({"material": "FORMED_CELL"}, ["3-01"]),
        ({"chemistry": "NMC811"}, ["2-01", "1-01"]),
        ({"condition": "damaged"}, ["3-01"]),
        ({"owner": "LGES"}, ["3-01"]),
        ({"hold": "held"}, ["2-01", "3-01"]),
        ({"hold": "free"}, ["1-01"]),
    ],
)
def test_it_is_searched_and_filtered(yard, operator, asked, containers):
    assert found(operator, **asked) == containers


def test_a_hold_is_named_by_its_kind(yard, operator):
    page = text(operator.get("/containers/"))

    assert "Damaged Hazard Crate" in page
    assert "Quality" in page


def test_runs_and_heels_are_no_containers_to_look_for(yard, operator):
    assert not [reference for reference in found(operator) if "RUN" in reference]


def test_the_list_asks_as_often_for_many_as_for_three(plant, yard, operator, django_assert_num_queries):
    queries = 7  # session, person with site, four filters, rows
    with django_assert_num_queries(queries):
        operator.get("/containers/")
    for _box in range(5):
        container(plant, 500)
    with django_assert_num_queries(queries):
        operator.get("/containers/")
