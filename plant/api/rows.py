"""Read paths without model instances: PostgreSQL writes the JSON, from the fields that a serializer names.

The serializer is the one place that says what leaves: its fields give the OpenAPI document and, here, the SQL. Nothing
that a caller sends ever becomes part of it.
"""

from typing import Any

import orjson
from rest_framework import serializers

Kind = type["serializers.Serializer[None]"]
Field = serializers.Field[Any, Any, Any, Any]


def json_object(kind: Kind, table: str) -> str:
    """`json_build_object(...)` with the fields of `kind` in their order, for the query that joins `table`.

    A field is the column of its name, or of its `source` (with a dot: of another table of the query). A serializer
    inside is an object made of the table joined under its `source`; with `many` it is a column of objects that a
    subquery gathered. A mass is text, so that no reader makes a float of it, and an empty text is null where the field
    allows null.
    """
    pairs = (f"'{name}', {_value(field, table)}" for name, field in kind().fields.items())
    return f"json_build_object({', '.join(pairs)})"


def _value(field: Field, table: str) -> str:
    source = str(field.source)
    column = source if "." in source else f"{table}.{source}"
    if isinstance(field, serializers.Serializer):
        return json_object(type(field), source)
    if isinstance(field, serializers.DecimalField):
        return f"{column}::text"
    if isinstance(field, serializers.CharField) and field.allow_null:
        return f"nullif({column}, '')"
    return column


def as_json(text: str) -> orjson.Fragment:
    """JSON that PostgreSQL made, taken into an answer as it is."""
    return orjson.Fragment(text)
