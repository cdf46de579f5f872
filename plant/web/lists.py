"""A list: one tuple of columns that makes the table on the screen, its CSV and its XLSX, so that they cannot differ.

Rows are `.values()` with an order. Search and filters are a GET form, so that a list's address is what it shows. Pages
are found without counting, with at most one query for the rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from plant.web import exports
from plant.web.columns import Column
from plant.web.page import now, page, wants_partial

PAGE = 50
DEEPEST = 2_000


def listing(
    request: HttpRequest,
    rows: QuerySet[Any, Any],
    columns: Sequence[Column],
    *,
    title: str | Promise,
    template: str = "_list.html",
    filters: forms.Form | None = None,
    empty: str | Promise = "",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The list as a page, as the table alone for htmx, or as a file (`?format=csv` or `xlsx`).

    `rows` come as `.values()` in an order and already filtered by the view; a filter that is wrong shows no rows and
    says why at its field.
    """
    if not rows.ordered:
        raise ValueError("a list needs an order, else its pages overlap")
    is_wrong = filters is not None and filters.is_bound and not filters.is_valid()
    if is_wrong:
        rows = rows.none()
    elif (format_ := request.GET.get("format")) in ("csv", "xlsx"):
        return exports.file(request, rows, columns, title=str(title), format_=str(format_))
    number = _page_number(request)
    start = (number - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    shown = found[:PAGE]
    table = {
        "title": title,
        "columns": columns,
        "rows": [mark_safe("".join(column.cell(row) for column in columns)) for row in shown],
        "first": start + 1,
        "last": start + len(shown),
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if len(found) > PAGE and number < DEEPEST else None,
        "filters": filters,
        "is_filtered": bool(filters is not None and filters.is_bound and any(_chosen(filters))),
        "chosen": _chosen(filters) if filters is not None else [],
        "wrong": _wrong(filters) if filters is not None and is_wrong else [],
        "empty": empty or _("Nothing here yet."),
        "status": _status(start, len(shown)),
        "as_of": now(),
    }
    name = "_table.html#table" if wants_partial(request) else template
    return page(request, name, {"title": title, **(context or {}), "table": table}, status=422 if is_wrong else 200)


def _page_number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "1")
    return min(max(int(typed), 1), DEEPEST) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _status(start: int, count: int) -> str:
    if not count:
        return _("No rows")
    return _("Rows %(first)s to %(last)s") % {"first": start + 1, "last": start + count}


def _wrong(filters: forms.Form) -> list[tuple[str, str]]:
    """Which filters cannot be read, and why; said in the table too, since htmx brings nothing else."""
    named = {name: str(field.label or name) for name, field in filters.fields.items()}
    return [(named.get(name, ""), " ".join(map(str, errors))) for name, errors in filters.errors.items()]


def _chosen(filters: forms.Form) -> list[tuple[str, str]]:
    """Which filters are set, in words: for the printed page."""
    if not filters.is_bound or not filters.is_valid():
        return []
    chosen = []
    for name, value in filters.cleaned_data.items():
        if not value:
            continue
        field = filters.fields[name]
        words = {} if isinstance(field, forms.ModelChoiceField) else dict(getattr(field, "choices", ()))
        chosen.append((str(field.label or name), str(words.get(value, value))))
    return chosen
