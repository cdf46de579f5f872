"""JSON as it leaves: a mass is a string with its three decimals, an instant is ISO 8601 in UTC."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")  # never 1E+3, and the scale of the column stays: "120.500"
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def to_json(data: object) -> bytes:
    """`orjson.Fragment`s (JSON that PostgreSQL made) pass through as they are."""
    return orjson.dumps(data, default=_plain, option=orjson.OPT_UTC_Z)


class JSONRenderer(BaseRenderer):
    """`application/json`, by orjson."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return to_json(data)
