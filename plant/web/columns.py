"""What one column of a list is: on the screen, in a CSV and in an XLSX."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from plant.web import figures
from plant.web.looks import badge

Row = Mapping[str, Any]
Kind = Literal["text", "kg", "ratio", "instant", "day", "reference", "state", "count"]
NUMBERS = {"kg", "ratio", "count"}
LONG = 36  # characters; longer texts take several lines


@dataclass(frozen=True)
class Column:
    """One column of a list: where its value is in the row, what it is called, what it is, and where it leads.

    `url` is a reverse name that takes the value itself, a pair (reverse name, key of another value), or a function of
    the row. `choices` gives a stored value its words: a `TextChoices` or a dictionary.
    """

    key: str
    label: str | Promise
    kind: Kind = "text"
    url: str | tuple[str, str] | Callable[[Row], str] | None = None
    choices: Any = None
    places: int = 1

    @property
    def header(self) -> str:
        """The label with its unit."""
        unit = {"kg": " (kg)", "ratio": " (%)"}.get(self.kind, "")
        return f"{self.label}{unit}"

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS

    def value(self, row: Row) -> Any:
        """The value as a file takes it: a number without unit, a ratio in percent, words for a state."""
        value = row[self.key]
        if value is None or value == "":
            return None
        if self.kind == "ratio":
            return Decimal(value) * 100
        return str(self._words.get(value, value)) if self.choices else value

    def text(self, row: Row) -> str | SafeString:
        """The value as the screen shows it; its unit stands in the header."""
        value = self.value(row)
        if value is None:
            return figures.NOTHING
        match self.kind:
            case "kg":
                return figures.number(value, self.places)
            case "ratio":
                return figures.number(value, 2)
            case "count":
                return figures.number(value)
            case "instant":
                return figures.instant(value)
            case "day":
                return figures.day(value)
            case "state":
                return badge(row[self.key], value)
            case _:
                return str(value)

    def link(self, row: Row) -> str:
        """Where the value leads, or nowhere."""
        if self.url is None or row[self.key] in (None, ""):
            return ""
        if callable(self.url):
            return self.url(row)
        name, key = (self.url, self.key) if isinstance(self.url, str) else self.url
        return reverse(name, args=[row[key]])

    def cell(self, row: Row) -> SafeString:
        """The value as a table's cell. Made here and not in the template, which would take most of a list's time."""
        text = self.text(row)
        style = f"{self.kind} long" if self.kind == "text" and len(text) > LONG else self.kind
        if link := self.link(row):
            return format_html('<td class="{}"><a href="{}">{}</a></td>', style, link, text)
        return format_html('<td class="{}">{}</td>', style, text)

    @cached_property
    def _words(self) -> Mapping[Any, Any]:
        return self.choices if isinstance(self.choices, Mapping) else dict(self.choices.choices)
