"""A list's CSV and XLSX: what is filtered, units in the headers, numbers as numbers, and no text that runs."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from django.db.models import DateTimeField, DecimalField, F, Value
from django.utils import timezone

from plant.models import Party
from plant.web import Column, listing
from plant.web.exports import harmless

AT = dt.datetime(2026, 6, 10, 16, tzinfo=dt.UTC)
COLUMNS = (
    Column("code", "Code", "reference"),
    Column("name", "Name"),
    Column("net_kg", "Net", "kg"),
    Column("yield_ratio", "Yield", "ratio"),
    Column("at", "Received", "instant"),
    Column("state", "State", "state", choices={"held": "On hold"}),
    Column("note", "Note"),
)
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", ";=1", "＝1", "  =1", "＠x"]


def decimal(value):
    return Value(Decimal(value), output_field=DecimalField(max_digits=12, decimal_places=3))


def download(ask, form, **data):
    rows = (
        Party.objects.order_by("code")
        .annotate(
            net_kg=decimal("1234.500"),
            yield_ratio=decimal("0.427"),
            at=Value(AT, output_field=DateTimeField()),
            state=Value("held"),
            note=F("code"),
        )
        .values(*(column.key for column in COLUMNS))
    )
    with timezone.override("America/New_York"):
        return listing(ask(data={"format": form, **data}), rows, COLUMNS, title="All parties")


def read_csv(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def parties(site):
    from plant.services import create_party

    for n, name in enumerate(DANGEROUS):
        create_party(site=site, code=f"P{n}", name=name)


def test_a_csv_has_units_in_its_headers_and_plain_numbers(ask, parties):
    response = download(ask, "csv")

    header, first, *_rest = read_csv(response)
    zone = "Received (America/New_York)"
    assert header == ["Code", "Name", "Net (kg)", "Yield (%)", zone, "State", "Note"]
    assert first == ["P0", "'=1+1", "1234.500", "42.700", "2026-06-10 12:00:00-04:00", "On hold", "P0"]
    assert ",1234.500,42.700," in response.content.decode("utf-8-sig")
    assert response["Content-Disposition"].startswith('attachment; filename="all-parties-')


def test_no_text_of_a_csv_is_run_by_a_spreadsheet(ask, parties):
    _header, *rows = read_csv(download(ask, "csv"))

    assert [row[1] for row in rows] == [f"'{name}" for name in DANGEROUS]


@pytest.mark.parametrize("text", ["L-2026-000042", "1-2", "a=b", "", "cell; foil"])
def test_ordinary_text_stays_as_it_is(text):
    assert harmless(text) == text


def test_an_xlsx_has_numbers_as_numbers_and_text_as_text(ask, parties):
    with zipfile.ZipFile(io.BytesIO(download(ask, "xlsx").content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert "<f>" not in sheet
    assert '<c r="B2" t="inlineStr"><is><t>=1+1</t></is></c>' in sheet
    assert "<v>1234.500</v>" in sheet
    assert "<v>42.700</v>" in sheet


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_that_was_cut_says_so(ask, parties, monkeypatch, form):
    monkeypatch.setattr("plant.web.exports.MOST_ROWS", 3)

    response = download(ask, form)

    sentence = "Only the first 3 rows are here. Filter the list to get the others."
    if form == "csv":
        rows = read_csv(response)
        assert len(rows) == 1 + 3 + 1
        assert rows[-1] == [sentence]
    else:
        with zipfile.ZipFile(io.BytesIO(response.content)) as book:
            assert sentence in book.read("xl/worksheets/sheet1.xml").decode()


def test_an_unknown_format_is_the_page(ask, parties):
    assert download(ask, "exe")["Content-Type"].startswith("text/html")
