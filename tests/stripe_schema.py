"""Requests and answers of the stand-in against Stripe's own description, where that is at hand.

The newest complete document is older than the SDK: what the SDK's catalogue adds is merged permissively.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.shared import SHARED

FOLDER = SHARED / "data/stripe" if SHARED else None
# Bad requests and answers, in the order they were seen; a test asserts that there are none.
faults: list[str] = []
checked: list[str] = []


@cache
def _spec() -> dict[str, Any] | None:
    if FOLDER is None:
        return None
    path = FOLDER / "spec3.trimmed.2023-08-16.json"
    return _nullable(json.loads(path.read_text())) if path.exists() else None


def _nullable(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` as a null type."""
    if isinstance(node, list):
        return [_nullable(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {name: _nullable(value) for name, value in node.items()}
    if node.pop("nullable", False) is True:
        return {"anyOf": [node, {"type": "null"}]}
    return node


def check_request(path: str, body: dict[str, Any]) -> None:
    """Note what the description does not allow in a form body."""
    operation = _operation("post", path)
    if operation is None:
        return
    content = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
    schema = dict(content["schema"])
    for name in ("controller", "groups", "payout_method"):  # newer than the document
        schema["properties"] = {**schema["properties"], name: {}}
    _check(f"POST {path}", _typed(body, schema), schema)


def _typed(value: Any, schema: dict[str, Any]) -> Any:
    """A form knows texts only: numbers and truths as the schema wants them."""
    kind = schema.get("type")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {name: _typed(inner, properties.get(name, {})) for name, inner in value.items()}
    if kind == "integer" and re.fullmatch(r"-?\d+", str(value)):
        return int(value)
    if kind == "boolean":
        return {"true": True, "false": False}.get(str(value).lower(), value)
    return value


def check_answer(method: str, path: str, said: Any) -> None:
    """Note what the description does not expect in an answer."""
    operation = _operation(method, path)
    if operation is None:
        return
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    _check(f"answer of {method} {path}", said, schema)


def _operation(method: str, path: str) -> dict[str, Any] | None:
    spec = _spec()
    if spec is None:
        return None
    found = [
        item
        for pattern, item in spec["paths"].items()
        if re.fullmatch(re.sub(r"\{[^}]+\}", r"[^/]+", pattern), path) and method in item
    ]
    if not found:
        faults.append(f"{method} {path}: no such path in the description")
        return None
    operation: dict[str, Any] = found[0][method]
    return operation


def _check(place: str, value: Any, schema: dict[str, Any]) -> None:
    spec = _spec()
    assert spec is not None
    whole = {**schema, "components": spec["components"]}
    checked.append(place)
    for error in Draft202012Validator(whole).iter_errors(value):
        faults.append(f"{place} {error.json_path}: {error.message[:200]}")
