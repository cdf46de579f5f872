"""Reads codes as a scanner does: from pixels."""

import re

import zxingcpp

_CODE = re.compile(r'data-code="(\w+)"[^>]* d="([^"]+)"')
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")
PIXELS, QUIET = 5, 4


def codes_in(svg: str) -> list[zxingcpp.Barcode]:
    """What a scanner reads of each code drawn in the SVG, in order."""
    return [read(_cells(path)) for _sort, path in _CODE.findall(svg)]


def _cells(path: str) -> set[tuple[int, int]]:
    runs = [tuple(map(int, run)) for run in _RUN.findall(path)]
    assert "".join(f"M{x} {y}h{w}v1h-{b}z" for x, y, w, b in runs) == path
    return {(column, y) for x, y, width, _back in runs for column in range(x, x + width)}


def read(dark: set[tuple[int, int]]) -> zxingcpp.Barcode:
    side = (max(max(cell) for cell in dark) + 1 + 2 * QUIET) * PIXELS
    pixels = bytearray(b"\xff" * side * side)
    for x, y in dark:
        for row in range((y + QUIET) * PIXELS, (y + QUIET + 1) * PIXELS):
            start = row * side + (x + QUIET) * PIXELS
            pixels[start : start + PIXELS] = bytes(PIXELS)
    [found] = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (side, side)))
    return found


def fields(zpl: str, command: str) -> list[str]:
    """The field data of each code of this command, with `^FH\\` undone as the printer does."""
    data = re.findall(rf"\^{command}[^\^]*(?:\^FH\\)?\^FD(.*?)\^FS", zpl)
    return [re.sub(r"\\([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), each) for each in data]
