"""Query parameters: each address names what it takes, and anything else is an error rather than silently nothing."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from plant.api.problems import BadParameters

NAMED_AT_MOST = 20


class Parameters(serializers.Serializer[None]):
    """No parameters at all; lists and filters add theirs as fields, which the OpenAPI document shows too."""


class PageParameters(Parameters):
    """What every list takes."""

    cursor = serializers.CharField(
        required=False, max_length=500, help_text="Where to go on. Follow `next` instead of building it."
    )
    limit = serializers.IntegerField(
        default=100,
        min_value=1,
        max_value=1000,
        help_text="The most rows of a page. 500 to 1000 cost least per row.",
    )


def read(request: Request, kind: type[Parameters]) -> dict[str, Any]:
    """The parameters by name, checked. Raises a 400 that names each one that is unknown, given twice or wrong."""
    asked = kind(data=request.query_params.dict())
    known = ", ".join(asked.fields) or _("none")
    errors = {}
    for name, values in request.query_params.lists():
        if name not in asked.fields:
            errors[name[:60]] = _("This address does not take it. It takes: %(known)s.") % {"known": known}
        elif len(values) > 1:
            errors[name] = _("Give it once.")
    if not errors and not asked.is_valid():
        errors = {name: " ".join(map(str, sentences)) for name, sentences in asked.errors.items()}
    if errors:
        raise BadParameters(dict(list(errors.items())[:NAMED_AT_MOST]))
    return dict(asked.validated_data)
