"""Where everything stands on a label, in millimetres: one layout for the A6 page and for the 4 x 6 inch label.

The box is what both papers have room for; each paper puts it where it belongs. Floats: this is drawing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from plant.records import codes
from plant.records.codes import Code
from plant.records.label import Label

WIDTH, HEIGHT = 97.0, 140.0
MODULE = 1.25
"""One module of a code: ten dots at 203 dpi, so that no printer has to round (GS1 asks for 0.743 to 1.5 mm)."""
WIDE, NARROW = 0.62, 0.56
"""How wide a character of the bold and of the plain face is at most on average, as a part of its height."""


@dataclass(frozen=True)
class Text:
    """A line of text; x and y are its upper left corner."""

    x: float
    y: float
    size: float
    text: str
    is_bold: bool = False
    is_white: bool = False


@dataclass(frozen=True)
class Bar:
    """A black rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Symbol:
    """A code; x and y are the upper left corner of its modules."""

    x: float
    y: float
    code: Code


Part = Text | Bar | Symbol

CODES_AT, NAME_AT, CELL, WARNING = 23.0, 55.0, 8.5, 9.5
LARGEST_SCALE, LONG = 1.6, 26


def place(label: Label) -> list[Part]:
    """Everything on the label."""
    floor = HEIGHT - WARNING * len(label.warnings)
    return [*_head(label), *_codes(label), *_body(label, floor), *_warnings(label, floor)]


def fit(x: float, y: float, size: float, width: float, text: str, *, is_bold: bool = False, least: float = 2.6) -> Text:
    """The text no wider than `width`: smaller down to `least`, then cut."""
    wide = WIDE if is_bold else NARROW
    fitting = width / (wide * max(len(text), 1))
    if fitting < least:
        text = f"{text[: int(width / (wide * least)) - 1]}…"
    return Text(x, y, round(max(min(size, fitting), least), 2), text, is_bold)


def _head(label: Label) -> Iterator[Part]:
    yield fit(0, 0, 3.6, WIDTH, label.head)
    yield Bar(0, 5, WIDTH, 0.5)
    yield fit(0, 8, 13, WIDTH, label.title, is_bold=True)


def _codes(label: Label) -> Iterator[Part]:
    """QR at the left, DataMatrix at the right, far enough apart that a scanner takes the one it is pointed at."""
    left = codes.qr(label.code)
    yield Symbol(2, CODES_AT, left)
    between, right = 2 + left.size * MODULE + 6, WIDTH
    if label.sscc:
        code = codes.datamatrix(label.sscc)
        right = WIDTH - 2 - code.size * MODULE
        yield Symbol(right, CODES_AT, code)
        yield fit(WIDTH - 38, CODES_AT + code.size * MODULE + 2.5, 3, 38, f"(00) {label.sscc}")
        right -= 4
    for row, (caption, text) in enumerate(label.lines[:2]):
        yield from _cell(between, CODES_AT + row * (CELL + 1), right - between, caption, text)


def _cell(x: float, y: float, width: float, caption: str, text: str, scale: float = 1) -> Iterator[Part]:
    yield fit(x, y, 2.8 * scale, width, caption)
    yield fit(x, y + 3.2 * scale, 4.2 * scale, width, text, is_bold=True)


def _body(label: Label, floor: float) -> Iterator[Part]:
    y = NAME_AT
    yield fit(0, y, 6.5, WIDTH, label.name, is_bold=True)
    y += 8
    if label.detail:
        yield fit(0, y, 4.8, WIDTH, label.detail)
        y += 6.5
    if label.figure:
        yield fit(0, y, 12, WIDTH, label.figure, is_bold=True)
        y += 13.5
    rows = _rows(label.lines[2:])
    scale = min(max((floor - y) / (CELL * max(len(rows), 1)), 1), LARGEST_SCALE)
    for row in rows:
        if y + CELL * scale > floor:
            return
        width = WIDTH / len(row) - (2 if len(row) > 1 else 0)
        for column, (caption, text) in enumerate(row):
            yield from _cell(column * (width + 4), y, width, caption, text, scale)
        y += CELL * scale


def _rows(lines: tuple[tuple[str, str], ...]) -> list[list[tuple[str, str]]]:
    """Two short ones beside each other, a long one alone."""
    rows: list[list[tuple[str, str]]] = []
    is_open = False
    for line in lines:
        is_short = len(line[1]) <= LONG
        if is_open and is_short:
            rows[-1].append(line)
            is_open = False
        else:
            rows.append([line])
            is_open = is_short
    return rows


def _warnings(label: Label, floor: float) -> Iterator[Part]:
    for row, words in enumerate(label.warnings):
        y = floor + row * WARNING
        yield Bar(0, y + 0.75, WIDTH, WARNING - 1)
        line = fit(3, 0, 6.5, WIDTH - 6, words, is_bold=True)
        yield Text(3, y + 0.25 + (WARNING - line.size) / 2, line.size, line.text, is_bold=True, is_white=True)
