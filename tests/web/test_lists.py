"""A list shows fifty rows at a time by one query, keeps its filters in its address, and answers htmx with its table."""

import pytest
from django import forms
from django.test.utils import CaptureQueriesContext

from plant.models import Party
from plant.web import Column, SearchField, listing

COLUMNS = (Column("code", "Code", "reference", url=lambda row: f"/party/{row['code']}/"), Column("name", "Name"))


class Filters(forms.Form):
    q = SearchField()
    supplier = forms.ChoiceField(label="Supplier", required=False, choices=[("", "Any"), ("yes", "Yes"), ("no", "No")])


def show(request, **more):
    filters = Filters(request.GET)
    rows = Party.objects.order_by("code").values("code", "name")
    if filters.is_valid():
        rows = rows.filter(name__icontains=filters.cleaned_data["q"])
    return listing(request, rows, COLUMNS, title="Parties", filters=filters, **more)


@pytest.fixture
def parties(site):
    from plant.services import create_party

    return [create_party(site=site, code=f"P{n:03d}", name=f"Party {n}") for n in range(120)]


def text(response):
    return response.content.decode()


def test_a_page_has_fifty_rows_and_a_next_one(ask, parties):
    first = text(show(ask()))

    assert "P000" in first
    assert "P049" in first
    assert "P050" not in first
    assert "?page=2" in first
    assert "Rows 1 to 50" in first


def test_the_last_page_has_no_next_one(ask, parties):
    last = text(show(ask(data={"page": "3"})))

    assert "P119" in last
    assert "?page=2" in last
    assert "?page=4" not in last


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "1e3", "²", "99999999999999999999"])
def test_a_page_number_that_is_none_is_the_first(ask, parties, number):
    assert "P000" in text(show(ask(data={"page": number})))


def test_a_page_of_rows_is_one_query(ask, parties):
    from django.db import connection

    request = ask(data={"q": "Party"})

    with CaptureQueriesContext(
        connection,
    ) as queries:
        show(request)

    about_rows = [query for query in queries if "plant_party" in query["sql"]]
    assert len(about_rows) == 1
    assert "count" not in about_rows[0]["sql"].lower()


def test_the_filter_is_in_the_address_of_every_link(ask, parties):
    shown = text(show(ask(data={"q": "Party"})))

    assert "?q=Party&amp;page=2" in shown
    assert "?q=Party&amp;format=csv" in shown


def test_htmx_gets_the_table_alone(ask, parties):
    response = show(ask(**{"HX-Request": "true"}))

    assert text(response).strip().startswith('<div id="table"')
    assert "HX-Request" in response["Vary"]


def test_going_back_in_the_history_gets_the_whole_page(ask, parties):
    shown = text(show(ask(**{"HX-Request": "true", "HX-History-Restore-Request": "true"})))

    assert shown.startswith("<!doctype html>")


def test_a_filter_that_cannot_be_read_shows_no_rows_and_says_why(ask, parties):
    response = show(ask(data={"supplier": "perhaps", "format": "csv"}, **{"HX-Request": "true"}))

    assert response.status_code == 422
    assert "P000" not in text(response)
    assert "Supplier: Select a valid choice." in text(response)


def test_nothing_found_says_so_and_shows_the_way_to_all(ask, parties):
    shown = text(show(ask(data={"q": "nobody"})))

    assert "Nothing fits what you asked for." in shown
    assert 'href="/list/">Show all' in shown


def test_what_people_typed_is_shown_as_text(ask, site):
    from plant.services import create_party

    create_party(site=site, code="X", name="<script>alert(1)</script>")

    assert "<script>alert" not in text(show(ask()))


def test_a_list_without_an_order_is_refused(ask, site):
    with pytest.raises(ValueError, match="order"):
        listing(ask(), Party.objects.values("code"), COLUMNS[:1], title="Parties")
