"""A label as it comes out of the browser: its codes are read from the pixels, as a scanner would."""

import struct
import zlib

import zxingcpp
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import Enter


def test_the_codes_of_a_printed_page_are_read_from_its_pixels(enter: Enter) -> None:
    page = enter("operator", at="/containers/")
    reference = steps.references(page.get_by_role("table"))[0]
    page.goto(f"/labels/?container={reference}")
    page.get_by_label("Paper, from this screen (A6)").check()
    steps.press(page, "Print the label")
    expect(page.get_by_text("From this screen, A6")).to_be_visible()

    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 500, "height": 700})

    sheet = page.locator(".sheet svg")
    expect(sheet).to_be_visible()
    expect(page.locator(".bar")).to_be_hidden()
    assert sheet.bounding_box() == {"x": 0, "y": 0, "width": 396.84375, "height": 559.359375}  # 105 x 148 mm
    width, height, grey = greys(page.screenshot())
    found = {code.text for code in zxingcpp.read_barcodes(memoryview(grey).cast("B", (height, width)))}
    assert reference in found
    assert any(text.startswith("(00)00614141") for text in found - {reference})


def greys(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and the brightness of every pixel of Chromium's PNG (8 bits a channel, not interlaced)."""
    place, packed, width, height, channels = 8, b"", 0, 0, 0
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        chunk = png[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, height, _depth, colours = struct.unpack(">IIBB", chunk[:10])
            channels = {2: 3, 6: 4}[colours]
        elif kind == b"IDAT":
            packed += chunk
        place += length + 12
    rows, before = zlib.decompress(packed), bytearray(width * channels)
    grey = bytearray()
    for start in range(0, len(rows), width * channels + 1):
        before = unfiltered(rows[start], bytearray(rows[start + 1 : start + 1 + width * channels]), before, channels)
        grey += before[::channels]
    return width, height, bytes(grey)


def unfiltered(kind: int, row: bytearray, above: bytearray, step: int) -> bytearray:
    """One row of a PNG without its filter (PNG specification 9.2)."""
    for n in range(len(row)):
        left = row[n - step] if n >= step else 0
        corner = above[n - step] if n >= step else 0
        guess = (0, left, above[n], (left + above[n]) // 2, paeth(left, above[n], corner))[kind]
        row[n] = (row[n] + guess) & 255
    return row


def paeth(left: int, above: int, corner: int) -> int:
    away = [(abs(left + above - corner - each), place) for place, each in enumerate((left, above, corner))]
    return (left, above, corner)[min(away)[1]]
