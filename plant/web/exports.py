"""A list as a file: all filtered rows, the same columns, units in the headers, and no text that a spreadsheet runs."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from plant.web.columns import Column, Row
from plant.web.page import now

MOST_ROWS = 50_000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", ";", "＝", "＋", "－", "＠")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file(
    request: HttpRequest, rows: QuerySet[Any, Any], columns: Sequence[Column], *, title: str, format_: str
) -> HttpResponse:
    """The rows as CSV or XLSX, up to 50,000; where more were found, the last line says so."""
    found = islice(rows[: MOST_ROWS + 1].iterator(chunk_size=2_000), MOST_ROWS + 1)
    write = _csv if format_ == "csv" else _xlsx
    content = write(found, columns, title)
    day = timezone.localtime(now()).date().isoformat()
    name = f"{slugify(title) or 'list'}-{day}.{format_}"
    return HttpResponse(
        content, content_type=TYPES[format_], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def headers(columns: Sequence[Column]) -> list[str]:
    """The screen's headers; an instant also names the zone it is written in."""
    zone = timezone.get_current_timezone_name()
    return [f"{column.label} ({zone})" if column.kind == "instant" else column.header for column in columns]


def cut_sentence() -> str:
    return _("Only the first %(count)s rows are here. Filter the list to get the others.") % {"count": f"{MOST_ROWS:,}"}


def harmless(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def _csv(rows: Iterator[Row], columns: Sequence[Column], title: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([harmless(header) for header in headers(columns)])
    for count, row in enumerate(rows):
        if count == MOST_ROWS:
            writer.writerow([cut_sentence()])
            break
        writer.writerow([_plain(column, row) for column in columns])
    return out.getvalue().encode("utf-8-sig")  # the mark lets Excel read it as UTF-8


def _plain(column: Column, row: Row) -> Any:
    """A CSV's value: numbers as they are, an instant by the site's clock with its offset."""
    value = column.value(row)
    if value is None:
        return ""
    if column.is_number:
        return _Figure(value)
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="seconds")
    return harmless(str(value))


class _Figure(Decimal):
    """A number that the CSV writer leaves without quotes and without exponent."""

    def __str__(self) -> str:
        return f"{self:f}"


def _xlsx(rows: Iterator[Row], columns: Sequence[Column], title: str) -> bytes:
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(title[:31].translate(dict.fromkeys(map(ord, "[]:*?/\\'"), " ")) or None)
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = {
            kind: book.add_format({"num_format": shape})
            for kind, shape in {
                "kg": "#,##0.000",
                "ratio": "0.00",
                "count": "#,##0",
                "instant": "yyyy-mm-dd hh:mm:ss",
                "day": "yyyy-mm-dd",
            }.items()
        }
        for place, header in enumerate(headers(columns)):
            sheet.set_column(place, place, max(12, min(40, len(header) + 4)))
            sheet.write_string(0, place, header, bold)
        for count, row in enumerate(rows, start=1):
            if count > MOST_ROWS:
                sheet.write_string(count, 0, cut_sentence())
                break
            for place, column in enumerate(columns):
                _write_cell(sheet, count, place, column, column.value(row), formats.get(column.kind))
    return out.getvalue()


def _write_cell(sheet: Any, line: int, place: int, column: Column, value: Any, shape: Any) -> None:
    """Numbers and days as such, everything else as a string, whatever it looks like."""
    if value is None:
        return
    if column.is_number:
        sheet.write_number(line, place, value, shape)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(line, place, timezone.localtime(value).replace(tzinfo=None), shape)
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, place, value, shape)
    else:
        sheet.write_string(line, place, str(value))
