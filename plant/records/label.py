"""What stands on a label. Pure: a room says what its things' labels show, this room draws, prints and logs them."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Label:
    """One label, top to bottom. `code` is in the QR code exactly as it is: scanning it is typing it."""

    kind: str
    """What it is stuck on: container, bay, badge."""
    code: str
    title: str
    name: str = ""
    detail: str = ""
    figure: str = ""
    """The one figure that is read from three metres: the net weight."""
    lines: tuple[tuple[str, str], ...] = ()
    """Caption and text, the most important first: what no longer fits is left out."""
    warnings: tuple[str, ...] = ()
    """White on black at the foot: what the law or the fire brigade wants to see."""
    sscc: str = ""
    head: str = ""
    """Whose it is: the site and its address."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Label":
        lines = tuple((caption, text) for caption, text in kept["lines"])
        return cls(**{**kept, "lines": lines, "warnings": tuple(kept["warnings"])})
