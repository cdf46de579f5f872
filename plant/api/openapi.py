"""What the OpenAPI document says beyond the views: how a key is sent, and which problems every address may answer."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from plant.api.problems import MEDIA_TYPE, SENTENCES

Schema = dict[str, Any]
GUIDE = Path(__file__).with_name("guide.md")

PROBLEM: Schema = {
    "type": "object",
    "description": "A problem (RFC 9457). `detail` is a sentence for a person; decide by `status`.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Which refusal it is, with 409."},
        "request_id": {"type": "string", "description": "Tell us this with 5xx; every answer has it as X-Request-ID."},
        "errors": {
            "type": "array",
            "description": "With 400: each wrong query parameter, or each wrong place of the body as a JSON pointer.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "parameter": {"type": "string"},
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

WHEN = {
    400: "A query parameter is unknown, given twice or wrong. A cursor is forged, broken or another party's.",
    401: "The key is missing, malformed, unknown, expired or revoked: always the same answer.",
    403: "The key is good but lacks the scope.",
    404: "There is no such thing, or it is not yours to see: always the same answer.",
    406: "`Accept` excludes application/json.",
    429: "The key made more calls in this minute than it may (600, unless agreed otherwise).",
    500: "Our fault.",
    503: "We are busy or being serviced. Nothing was done; the same call is good again in a moment.",
}
MORE: dict[int, Schema] = {
    400: {
        "detail": "The query parameters are not right; `errors` says which.",
        "errors": [{"parameter": "limit", "detail": "Ensure this value is less than or equal to 1000."}],
    },
    503: {"request_id": "6f0f4c2e-7f0b-4b0e-9a54-0c2d1f6f4c11"},
    500: {"request_id": "6f0f4c2e-7f0b-4b0e-9a54-0c2d1f6f4c11"},
}
HEADERS: dict[int, Schema] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}},
}


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How `KeyAuthentication` looks in the document."""

    target_class = "plant.api.keys.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "bm_<prefix>_<secret>",
            "description": "The key you were given. It is shown once and expires; treat it as a password.",
        }


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")


def _response(status: int) -> Schema:
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(SENTENCES[status]),
        **MORE.get(status, {}),
    }
    answer: Schema = {
        "description": WHEN[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    return answer | ({"headers": HEADERS[status]} if status in HEADERS else {})


def complete(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """drf-spectacular's last step: the guide, and the problems that every operation may answer."""
    result["info"]["description"] = GUIDE.read_text()
    components = result["components"]
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {_name(status): _response(status) for status in WHEN}
    for address, operations in result["paths"].items():
        for operation in operations.values():
            for status in WHEN:
                if status != HTTPStatus.NOT_FOUND or "{" in address:
                    operation["responses"][str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
    return result
