"""The OpenAPI document names every operation once and says what it takes and gives."""

import pytest
from drf_spectacular.generators import SchemaGenerator

WRITES = ("post", "put", "patch", "delete")
# Moves that say all they have to say by their path.
NO_BODY = {
    "task_sheets_submit",
    "payouts_retry",
    "disputes_withdraw",
    "imports_approve",
    "tokens_current_destroy",
}


@pytest.fixture(scope="module")
def operations():
    document = SchemaGenerator().get_schema(request=None, public=True)
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/v1/")
    ]


def test_operation_ids_are_unique_and_many(operations):
    ids = [o["operationId"] for _, _, o in operations]

    assert len(ids) > 30
    assert sorted(ids) == sorted(set(ids))


def test_every_read_says_what_it_gives(operations):
    untold = [
        path
        for path, method, o in operations
        if method == "get" and not all(r.get("content") for r in o["responses"].values())
    ]

    assert untold == []


def test_every_write_says_what_it_takes(operations):
    untold = [
        o["operationId"]
        for _, method, o in operations
        if method in WRITES and "requestBody" not in o and o["operationId"] not in NO_BODY
    ]

    assert untold == []


def test_lists_come_in_pages(operations):
    listed = [o for _, method, o in operations if o["operationId"].endswith("_list")]

    names = [o["responses"]["200"]["content"]["application/json"]["schema"] for o in listed]

    assert len(names) == 11
    assert [n for n in names if not n.get("$ref", "").endswith("Page")] == []
