"""Every code that is drawn or printed is read back, and holds what it should."""

import re
from dataclasses import replace

import pytest

from plant.records.drawing import svg
from plant.records.label import Label
from plant.records.zpl import zpl
from tests.records.reading import codes_in, fields

LABEL = Label(
    kind="container",
    code="L-2026-000042-01",
    title="L-2026-000042-01",
    name="Cathode foil",
    detail="NMC811",
    figure="500.500 kg",
    lines=(("Kind", "Gaylord"), ("Owner", "GMBI"), ("Weighed", "1,203 lb gross − 99.5 lb tare = 1,103.5 lb")),
    warnings=("DAMAGED - DDR", "Universal Waste - Battery(ies)"),
    sscc="106141412345678908",
    head="Green Metals Battery Innovations",
)
CODES = ["L-2026-000042-01", "LGMB-2026-123456-99", "B-2026-0412", "A-01", "OP-1001", "P-06", "L-2026-000042-1234"]


@pytest.mark.parametrize("code", CODES)
def test_the_qr_code_is_the_reference_and_nothing_else(code):
    [qr] = codes_in(svg(replace(LABEL, code=code, sscc="")))

    assert (qr.format.name, qr.text) == ("QRCode", code)


@pytest.mark.parametrize("sscc", ["106141412345678908", "376104250021234569", "006141410000000012"])
def test_the_datamatrix_is_a_square_gs1_symbol_with_the_sscc(sscc):
    drawn = svg(replace(LABEL, sscc=sscc))

    _qr, matrix = codes_in(drawn)

    assert matrix.format.name == "DataMatrix"
    assert matrix.symbology_identifier == "]d2"  # a DataMatrix that begins with FNC1 (GS1 General Specifications)
    assert (matrix.text, matrix.bytes) == (f"(00){sscc}", f"00{sscc}".encode())
    runs = re.findall(r"M(\d+) (\d+)h(\d+)", drawn.rpartition('data-code="datamatrix"')[2])
    assert max(int(y) for _x, y, _width in runs) == 15
    assert max(int(x) + int(width) for x, _y, width in runs) == 16


def test_a_label_without_a_number_has_one_code():
    assert [code.text for code in codes_in(svg(replace(LABEL, sscc="")))] == ["L-2026-000042-01"]


def test_zpl_asks_the_printer_for_the_same_codes():
    text = zpl(LABEL, copies=2)

    assert fields(text, "BQ") == ["MA,L-2026-000042-01"]  # level M, automatic mode, then the data
    assert fields(text, "BX") == ["_100106141412345678908"]  # _1 is FNC1; AI 00; the SSCC
    assert re.search(r"\^BXN,10,200,,,,_\^FD", text)  # ECC 200, square, and what the escape character is
    assert "^PQ2" in text
    assert (text[:3], text.strip()[-3:]) == ("^XA", "^XZ")


def test_zpl_field_data_cannot_become_commands():
    nasty = replace(LABEL, name="^XZ~JA\\5E^FDx", title="Σ Ω é", head="a\nb", lines=(), sscc="")

    text = zpl(nasty)

    assert text.count("^XZ") == 1
    assert "~JA" not in text
    assert "^XZ~JA\\5E^FDx" in fields(text, "A0N")
    assert "Σ Ω é" in text
    assert "a b" in text


def test_everything_stays_on_the_paper():
    long = replace(LABEL, name="W" * 80, title="L-WWW-2026-00000000-999", lines=(("Long", "W" * 300),) * 12)
    for match in re.finditer(r"\^FO(\d+),(\d+)", zpl(long)):
        assert 0 <= int(match[1]) < 812
        assert 0 <= int(match[2]) < 1218
    for match in re.finditer(r'<text x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)"[^>]*>([^<]*)<', svg(long)):
        assert float(match[1]) + len(match[4]) * float(match[3]) * 0.5 < 105
        assert float(match[2]) < 148


def test_markup_in_a_name_stays_text():
    assert "&lt;script&gt;" in svg(replace(LABEL, name="<script>"))


def test_a_label_is_kept_and_drawn_again_the_same():
    assert Label.from_json(LABEL.as_json()) == LABEL
