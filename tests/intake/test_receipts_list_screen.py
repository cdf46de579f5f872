"""The list of receipts: what is asked for stands in the address, and the file is what the screen shows."""

import csv
import io

import pytest

from tests import factories
from tests.factories import minutes
from tests.pages import browser, text


@pytest.fixture
def loads(plant):
    """Two loads of two suppliers on two days."""
    old = factories.receipt(plant, at=minutes(-24 * 60), bill_of_lading="BOL-1", carrier="Blue Ridge Freight")
    new = factories.receipt(plant, supplier="TBMNC", facility="LIBERTY", bill_of_lading="BOL-2")
    factories.container(plant, 1000, receipt=new)
    factories.container(plant, 500, receipt=new)
    return old, new


def rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def found(client, **asked):
    return [row["Receipt"] for row in rows(client.get("/intake/", asked | {"format": "csv"}))]


def test_the_newest_comes_first_with_what_it_brought(operator, loads):
    first, second = rows(operator.get("/intake/", {"format": "csv"}))

    assert (first["Receipt"], second["Receipt"]) == ("R-2026-000002", "R-2026-000001")
    assert (first["Net (kg)"], first["Containers"], first["Lots"]) == ("1500.000", "2", "2")
    assert (float(second["Net (kg)"]), second["Containers"]) == (0, "0")


@pytest.mark.parametrize(
    ("asked", "references"),
    [
        ({"q": "bol-1"}, ["R-2026-000001"]),
        ({"q": "blue ridge"}, ["R-2026-000001"]),
        ({"q": "000002"}, ["R-2026-000002"]),
        ({"q": "nothing of that"}, []),
        ({"supplier": "TBMNC"}, ["R-2026-000002"]),
        ({"since": "2026-06-10"}, ["R-2026-000002"]),
        ({"until": "2026-06-09"}, ["R-2026-000001"]),
        ({"since": "2026-06-09", "until": "2026-06-10"}, ["R-2026-000002", "R-2026-000001"]),
    ],
)
def test_it_is_searched_and_filtered(operator, loads, asked, references):
    assert found(operator, **asked) == references


def test_a_wrong_filter_says_so(operator, loads):
    response = operator.get("/intake/", {"since": "yesterday"})

    assert response.status_code == 422
    assert "R-2026-000001" not in text(response)


def test_a_spreadsheet_comes_too(operator, loads):
    assert operator.get("/intake/", {"format": "xlsx"}).content[:2] == b"PK"


def test_those_who_receive_have_the_button(plant, operator):
    assert "Book a receipt" in text(operator.get("/intake/"))
    assert "Book a receipt" not in text(browser(plant.users["manager"]).get("/intake/"))


def test_the_list_asks_as_often_for_many_as_for_two(plant, operator, loads, django_assert_num_queries):
    with django_assert_num_queries(4):  # session, person with site, suppliers, rows
        operator.get("/intake/")
    for n in range(5):
        factories.container(plant, 500 + n)
    with django_assert_num_queries(4):
        operator.get("/intake/")
