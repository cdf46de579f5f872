"""GS1's number of a logistic unit (SSCC), its check digit, and how it stands in a GS1 DataMatrix.

GS1 General Specifications: SSCC and its application identifier 00, check digit. A label carries (00) alone: AI 10
(batch or lot) is valid only beside a GTIN, and what hangs on a container for months does not say what changes: its
weight.
"""

import re

PREFIX = re.compile(r"[0-9]{7,10}", re.ASCII)


class NumbersUsedUp(ValueError):
    """The company prefix has no number left."""


def check_digit(digits: str) -> int:
    """The check digit that follows `digits`: weights 3, 1, 3 ... from the right, up to the next ten."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return -total % 10


def sscc(prefix: str, number: int) -> str:
    """The SSCC of the `number`-th logistic unit of a company: extension digit, prefix, serial reference, check digit.

    The serial reference fills what the prefix leaves of 16 digits; the extension digit counts on when it is full.
    """
    if not PREFIX.fullmatch(prefix):
        raise ValueError(f"not a GS1 company prefix: {prefix}")
    room = 10 ** (16 - len(prefix))
    extension, serial = divmod(number, room)
    if number < 0 or extension > 9:
        raise NumbersUsedUp(prefix)
    body = f"{extension}{prefix}{serial:0{16 - len(prefix)}d}"
    return f"{body}{check_digit(body)}"


def element_string(sscc: str) -> str:
    """As it is encoded and as people read it: `(00)106141412345678908`."""
    return f"(00){sscc}"
