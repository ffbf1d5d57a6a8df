"""Every no of the API as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from jianzhu.kernel.errors import Contradiction, NotFound, Refusal

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"


def handler(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's hook: what an exception is answered with. A bug is logged and tells nothing."""
    if isinstance(error, Refusal):
        return problem(error.status, error.code, str(error))
    if isinstance(error, Http404):
        return problem(404, NotFound.code, str(NotFound(noun="object")))
    if isinstance(error, PermissionDenied):
        return problem(403, "forbidden", str(error))
    if isinstance(error, exceptions.APIException):
        return _of_drf(error)
    if isinstance(error, IntegrityError) and (rule := broken_rule(error)):
        said = Contradiction(rule=rule)
        return problem(said.status, said.code, str(said), rule=rule)
    log.error("unhandled error in %s", context.get("view"), exc_info=error)
    return problem(500, "bug", "Something went wrong on our side; it was recorded.")


def broken_rule(error: IntegrityError) -> str:
    """The violated constraint's name in words, or nothing when it has none."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    return name.replace("_", " ")


def _of_drf(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        answer = problem(
            400, "invalid", "Some fields can't be taken as they are.", errors=_fields(error.detail)
        )
    else:
        code = str(getattr(error.detail, "code", error.default_code))
        answer = problem(error.status_code, code, str(error.detail))
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        answer.status_code = 401
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _fields(detail: Any, place: str = "") -> list[dict[str, str]]:
    """Each wrong field with its place: "lines[0].amount"."""
    if isinstance(detail, dict):
        return [
            one
            for name, inner in detail.items()
            for one in _fields(inner, f"{place}.{name}".lstrip("."))
        ]
    if isinstance(detail, list):
        return [
            one
            for number, inner in enumerate(detail)
            for one in _fields(
                inner, f"{place}[{number}]" if isinstance(inner, dict | list) else place
            )
        ]
    return [
        {"field": place, "code": str(getattr(detail, "code", "invalid")), "problem": str(detail)}
    ]


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """One problem document."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return Response(body, status=status, content_type=CONTENT_TYPE)
