"""Read paths without model instances: PostgreSQL writes the JSON, from the fields that a serializer names.

The serializer is the one place that says what leaves: its fields give the OpenAPI document and, here, the SQL. The
`source` of a field is the SQL expression of its value. Nothing a caller sends ever becomes part of it.
"""

import orjson
from rest_framework import serializers


def json_object(kind: type["serializers.Serializer[None]"]) -> str:
    """`json_build_object(...)` with the fields of `kind` in their order; a nested serializer with source "*" is an
    object inside, a list's source is the column in which a subquery gathered it."""
    pairs = (f"'{name}', {_value(field)}" for name, field in kind().fields.items())
    return f"json_build_object({', '.join(pairs)})"


def _value(field: serializers.Field) -> str:  # type: ignore[type-arg]
    source = field.source or ""
    if isinstance(field, serializers.Serializer) and source == "*":
        return json_object(type(field))
    return f"({source})::text" if isinstance(field, serializers.DecimalField) else source


def as_json(text: str) -> orjson.Fragment:
    """JSON that PostgreSQL made, taken into an answer as it is."""
    return orjson.Fragment(text)
