"""A label in Zebra's language, for 4 x 6 inch labels at 203 dpi. The printer draws the codes itself.

Zebra, ZPL II Programming Guide: ^BQ (QR), ^BX (DataMatrix; `_1` is FNC1), ^FH (hexadecimal in field data), ^CI28
(UTF-8).
"""

from collections.abc import Iterator

from plant.records import codes, gs1
from plant.records.label import Label
from plant.records.layout import HEIGHT, MODULE, WIDTH, Bar, Part, Symbol, Text, place

DOTS = 8
"""Dots to a millimetre: 203 dpi."""
PAGE_WIDTH, PAGE_HEIGHT = 812, 1218
LEFT, TOP = (PAGE_WIDTH - WIDTH * DOTS) / 2, (PAGE_HEIGHT - HEIGHT * DOTS) / 2
SPECIAL = {"\\": "\\5C", "^": "\\5E", "~": "\\7E"}


def zpl(label: Label, *, copies: int = 1) -> str:
    """The label as text for port 9100; `^FX` names it for whoever reads the printer's log."""
    fields = "\n".join(_field(part) for part in place(label))
    paper = f"^CI28\n^PW{PAGE_WIDTH}\n^LL{PAGE_HEIGHT}\n^LH0,0"
    return f"^XA\n^FX {_plain(label.code)}\n{paper}\n{fields}\n^PQ{copies}\n^XZ\n"


def _field(part: Part) -> str:
    match part:
        case Text():
            size = round(part.size * DOTS)
            inverse = "^FR" if part.is_white else ""
            return f"{_at(part)}{inverse}^A0N,{size},{size}^FH\\^FD{_escaped(part.text)}^FS"
        case Bar():
            width, height = round(part.width * DOTS), round(part.height * DOTS)
            return f"{_at(part)}^GB{width},{height},{min(width, height)}^FS"
        case Symbol():
            return f"{_at(part)}{_code(part)}^FS"


def _code(symbol: Symbol) -> str:
    dots = round(MODULE * DOTS)
    if symbol.code.sort == codes.QR:
        return f"^BQN,2,{dots}^FH\\^FDMA,{_escaped(symbol.code.data)}"
    digits = symbol.code.data.removeprefix(gs1.element_string(""))
    return f"^BXN,{dots},200,,,,_^FD_100{digits}"


def _at(part: Part) -> str:
    return f"^FO{round(LEFT + part.x * DOTS)},{round(TOP + part.y * DOTS)}"


def _escaped(text: str) -> str:
    """Field data with the characters that would end it written in hexadecimal."""
    return "".join(_characters(text))


def _characters(text: str) -> Iterator[str]:
    for character in text:
        yield SPECIAL.get(character, character if character.isprintable() else " ")


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isprintable() and character not in SPECIAL)
