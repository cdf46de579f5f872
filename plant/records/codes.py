"""The two codes of a label as rows of modules: QR for whoever scans, GS1 DataMatrix for whoever receives it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import zxingcpp

from plant.records import gs1

QR, DATAMATRIX = "qr", "datamatrix"


@dataclass(frozen=True)
class Code:
    """A code: which sort, the data in it, and its modules row by row, True where it is dark; no quiet zone."""

    sort: str
    data: str
    rows: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Modules along one side: both sorts are square."""
        return len(self.rows)


@lru_cache(maxsize=500)
def qr(text: str) -> Code:
    """A QR code with the plain text: scanning it is typing it. Error correction M: 15 % may be torn or dirty."""
    return Code(QR, text, _rows(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")))


@lru_cache(maxsize=500)
def datamatrix(sscc: str) -> Code:
    """A GS1 DataMatrix with the SSCC. Square: many handhelds do not read the rectangular ones."""
    data = gs1.element_string(sscc)
    made = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True)
    return Code(DATAMATRIX, data, _rows(made))


def _rows(made: zxingcpp.Barcode) -> tuple[tuple[bool, ...], ...]:
    picture: Any = made.to_image(scale=1, add_quiet_zones=False)  # speaks Python's buffer protocol
    grey: Any = memoryview(picture).tolist()
    return tuple(tuple(pixel == 0 for pixel in row) for row in grey)
