"""What a partner's key looks like, and its keyed hash: `bm_<prefix>_<secret>`."""

import hashlib
import hmac
import re
import secrets
import string

from django.conf import settings

_SMALL = string.ascii_lowercase + string.digits
_LETTERS = string.ascii_letters + string.digits
_TOKEN = re.compile(r"bm_([a-z0-9]{10})_[A-Za-z0-9]{43}", re.ASCII)


def new_token() -> str:
    """A key nobody can guess (256 bits), made of letters and digits so that a double click selects it whole."""
    prefix = "".join(secrets.choice(_SMALL) for _ in range(10))
    secret = "".join(secrets.choice(_LETTERS) for _ in range(43))
    return f"bm_{prefix}_{secret}"


def prefix_of(token: str) -> str | None:
    """The visible part of a well-formed key, else None."""
    found = _TOKEN.fullmatch(token)
    return found[1] if found else None


def digest(token: str) -> str:
    """The keyed hash that is stored. A copy of the database without the pepper opens nothing."""
    return hmac.new(settings.API_KEY_PEPPER.encode(), token.encode(), hashlib.sha256).hexdigest()


def matches(token: str, stored: str) -> bool:
    return hmac.compare_digest(digest(token), stored)


def mask_keys(logger: object, name: str, line: str) -> str:
    """structlog's last processor: a log line without the secret of any key in it, wherever it came from."""
    return _TOKEN.sub(r"bm_\1_***", line)
