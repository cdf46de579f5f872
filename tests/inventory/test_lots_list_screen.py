"""The list of lots: what of each is on the site, searched and filtered in the address, the file as the screen."""

import csv
import io

import pytest

from plant.inventory import services
from tests.factories import container, minutes
from tests.processing import floor


@pytest.fixture
def yard(plant):
    """Foil on the site, cells on hold, and a heap that was charged."""
    container(plant, 1000)
    cells = container(plant, 500, material="FORMED_CELL", chemistry="NCMA", owner="LGES", kind="CRATE", bay="B-01")
    operator = plant.users["operator"]
    services.place_hold(container=cells, kind="quality", reason="Wet", by=operator, at=minutes(1))
    gone = container(plant, 700)
    floor.charge(plant, floor.opened(plant), gone)


def rows(client, **asked):
    response = client.get("/lots/", asked | {"format": "csv"})
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_each_lot_says_what_of_it_is_here(yard, operator):
    found = {row["Lot"]: row for row in rows(operator)}

    assert [found[f"L-2026-00000{n}"]["On the site (kg)"] for n in (1, 2, 3)] == ["1000.000", "500.000", "0.000"]
    assert [found[f"L-2026-00000{n}"]["Containers"] for n in (1, 2, 3)] == ["1", "1", "0"]
    assert [found[f"L-2026-00000{n}"]["On hold"] for n in (1, 2, 3)] == ["0", "1", "0"]


@pytest.mark.parametrize(
    ("asked", "lots"),
    [
        ({}, [3, 2, 1]),
        ({"q": "l-2026-000002"}, [2]),
        ({"q": "lansing"}, [3, 2, 1]),
        ({"material": "FORMED_CELL"}, [2]),
        ({"chemistry": "NMC811"}, [3, 1]),
        ({"owner": "LGES"}, [2]),
        ({"supplier": "TBMNC"}, []),
        ({"stock": "here"}, [2, 1]),
        ({"stock": "gone"}, [3]),
        ({"hold": "held"}, [2]),
        ({"hold": "free", "stock": "here"}, [1]),
    ],
)
def test_it_is_searched_and_filtered(yard, operator, asked, lots):
    assert [row["Lot"] for row in rows(operator, **asked)] == [f"L-2026-{n:06d}" for n in lots]


def test_htmx_gets_the_table_alone(yard, operator):
    page = operator.get("/lots/", HTTP_HX_REQUEST="true").content.decode()

    assert "L-2026-000001" in page
    assert "<html" not in page


def test_a_partner_has_no_such_page(yard, person):
    assert person("partner").get("/lots/").status_code == 404


def test_the_list_asks_as_often_for_many_as_for_three(plant, yard, operator, django_assert_num_queries):
    queries = 7  # session, person with site, four filters, rows
    with django_assert_num_queries(queries):
        operator.get("/lots/")
    for _lot in range(5):
        container(plant, 500)
    with django_assert_num_queries(queries):
        operator.get("/lots/")
