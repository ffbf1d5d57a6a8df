"""What the OpenAPI document says of every operation: signing in, keys, pages, and how no is said."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter


class SessionOrTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A bearer token from `POST /api/v1/tokens`, or the session of a page."""

    target_class = "jianzhu.access.authentication.SessionOrToken"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 64 visible characters of your own; the same key again gives the same answer.",
)
PAGE = [
    {
        "in": "query",
        "name": "after",
        "description": "Rows after this id.",
        "schema": {"type": "integer", "minimum": 0},
    },
    {
        "in": "query",
        "name": "limit",
        "description": "Rows a page; 50 unless told.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 200},
    },
]


class Operation(AutoSchema):
    """An operation with what every view shares."""

    def get_override_parameters(self) -> list[Any]:
        own = list(super().get_override_parameters())
        if self.method in UNSAFE and self._stores():
            own.append(KEY)
        return own

    def _stores(self) -> bool:
        return getattr(self.view, "stores", False) and not getattr(self.view, "public", False)


PROBLEM = {
    "type": "object",
    "description": "Why not (RFC 9457): `code` is stable, `detail` is for people.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {n: {"type": "string"} for n in ("field", "code", "problem")},
            },
        },
    },
}
NO = {
    "description": "Anything else is a problem document.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def tell_all(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to every operation how no is said, and to every list how to go on."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for methods in result["paths"].values():
        for operation in methods.values():
            operation["responses"]["default"] = NO
            if operation["operationId"].endswith("_list"):
                operation.setdefault("parameters", []).extend(PAGE)
    return result
