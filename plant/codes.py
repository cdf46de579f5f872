"""What a scanner sends: a reference, the code of a bay or a badge, or GS1 element strings with an SSCC.

GS1 General Specifications 5.4.3 (symbology identifiers), 3.2 (AI 00), 3.4.1 (AI 10), 3.5.2 (AI 21), 7.8 (separator).
"""

import re

SEPARATOR = "\x1d"
"""GS1's FNC1 as scanners send it."""
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9]")
_BRACKETED = re.compile(r"\((\d{2,4})\)([^()\x1d]+)", re.ASCII)
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6}
_WANTED = ("00", "21", "10")
"""The container itself, then its serial number, then its lot."""
_REFERENCE = re.compile(r"[LBSRH](?P<mark>[A-Z0-9]{0,3})-[0-9]{4}-[0-9]{1,9}(-[0-9]{1,4})?", re.ASCII)
LONGEST = 120


def candidates(scanned: str) -> list[str]:
    """What the scanned text may name, best first; the plain text last."""
    text = scanned.strip()[:LONGEST].upper()
    bare = _SYMBOLOGY.sub("", text)
    parts = dict(_BRACKETED.findall(bare)) or _elements(bare)
    found = [parts[ai].strip() for ai in _WANTED if ai in parts]
    return list(dict.fromkeys([*found, bare.replace(SEPARATOR, "")]))


def _elements(text: str) -> dict[str, str]:
    """Element strings without brackets, as FNC1 codes are sent; nothing where the text is not made of them."""
    found: dict[str, str] = {}
    rest = text.strip(SEPARATOR)
    while rest:
        ai, rest = rest[:2], rest[2:]
        if ai in _FIXED and rest[: _FIXED[ai]].isdecimal() and len(rest) >= _FIXED[ai]:
            found[ai], rest = rest[: _FIXED[ai]], rest[_FIXED[ai] :].lstrip(SEPARATOR)
        elif ai in ("10", "21") and (found or SEPARATOR in text):
            found[ai], _end, rest = rest.partition(SEPARATOR)
        else:
            return {}
    return found


def mark_of(reference: str) -> str | None:
    """The site's mark in a reference; None for what is no reference."""
    match = _REFERENCE.fullmatch(reference)
    return match["mark"] if match else None
