"""Lists by keyset: the next page starts after the last id, however much came in between."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from jianzhu.kernel.errors import NotFound

LIMIT, LIMIT_MAX = 50, 200
ID_MAX = 2**63 - 1


def page(request: Request, rows: QuerySet[Any]) -> tuple[list[Any], str | None]:
    """One page of rows in ascending id, and the link to the next or None."""
    after = _whole(request, "after", 0, 0, ID_MAX)
    limit = _whole(request, "limit", LIMIT, 1, LIMIT_MAX)
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1].pk
    return found[:limit], request.build_absolute_uri(f"{request.path}?after={last}&limit={limit}")


def asked_id(request: Request, name: str) -> int | None:
    """The id that a query parameter names; None where it is not there."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise serializers.ValidationError({name: "Use a whole number."})
    if int(text) > ID_MAX:
        raise NotFound(noun=name.removesuffix("_id"))
    return int(text)


def _whole(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = request.query_params.get(name, "")
    if text == "":
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 19 or not low <= int(text) <= high:
        raise ParseError(f"{name}: use a whole number from {low} to {high}")
    return int(text)
