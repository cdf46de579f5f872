"""What the environment gives the settings. Every fault is kept, so that all are named at once; no value is shown,
since it may be a secret."""

import os
import re
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

SHORTEST_SECRET = 32
_NAME = re.compile(r"[^\s*/]+")


class Given:
    """Reads one variable after the other; `judge` ends the program where any was missing or wrong."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        if os.environ.get("DEBUG", "").lower() not in ("", "0", "false"):
            self._fault("DEBUG", "is set, and there is no debug mode. Unset it; faults are in the log")

    def text(self, name: str, *, default: str) -> str:
        return os.environ.get(name) or default

    def secret(self, name: str, *, required: bool = True) -> str:
        """What only this plant knows; long enough that nobody guesses it."""
        value = self._required(name) if required else self.text(name, default="")
        if 0 < len(value) < SHORTEST_SECRET:
            self._fault(name, f"is shorter than {SHORTEST_SECRET} characters. Take: openssl rand -base64 48")
        return value

    def address(self, name: str, *schemes: str, required: bool = True) -> str:
        """Where a server is, such as `postgresql://user:password@host/database`."""
        value = self._required(name) if required else self.text(name, default="")
        if value and not _is_address(value, schemes):
            self._fault(name, f"is no address. Type it like {schemes[0]}://user:password@host:port/name")
        return value

    def hosts(self, name: str) -> list[str]:
        """The names under which people reach the plant; never all names there are."""
        names = [host.strip() for host in self._required(name).split(",") if host.strip()]
        if not all(_NAME.fullmatch(host) for host in names):
            self._fault(name, "is not a list of names such as plant.example,10.0.0.7. * is not taken")
        return names

    def origins(self, name: str) -> list[str]:
        origins = [origin.strip() for origin in self.text(name, default="").split(",") if origin.strip()]
        if not all(re.fullmatch(r"https?://[^/]+", origin) for origin in origins):
            self._fault(name, "is not a list of origins such as https://plant.example")
        return origins

    def yes(self, name: str, *, default: bool) -> bool:
        """True or false and nothing else: a slip of the finger must not open a door."""
        value = self.text(name, default=str(default)).lower()
        if value not in ("true", "false"):
            self._fault(name, "is neither true nor false")
        return value == "true"

    def folder(self, name: str) -> str:
        """A whole path; it may not be there yet, and another program's machine may be the one that has it."""
        value = self.text(name, default="")
        if value and not os.path.isabs(value):
            self._fault(name, "is not a whole path such as /var/backups/plant")
        return value

    def count(self, name: str, *, default: int) -> int:
        value = self.text(name, default=str(default))
        if not re.fullmatch(r"[1-9][0-9]{0,8}", value, re.ASCII):
            self._fault(name, f"is not a whole number above zero, such as {default}")
            return default
        return int(value)

    def one_of(self, name: str, choices: Sequence[str], *, default: str) -> str:
        value = self.text(name, default=default)
        if value not in choices:
            self._fault(name, f"is none of {', '.join(choices)}")
        return value

    def judge(self) -> None:
        if self.faults:
            sys.exit("\n".join(["The plant does not start:", *(f"  {fault}." for fault in self.faults)]))

    def _required(self, name: str) -> str:
        value = os.environ.get(name, "").strip()
        if not value:
            self._fault(name, "is not set. The top of plant/settings.py says what it is")
        return value

    def _fault(self, name: str, what: str) -> None:
        self.faults.append(f"{name} {what}")


def _is_address(value: str, schemes: Sequence[str]) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and port != 0 and bool(parts.hostname or parts.netloc or parts.path.strip("/"))
