"""The OpenAPI document names every operation once and says what it takes and gives."""

import pytest
from drf_spectacular.generators import SchemaGenerator

WRITES = ("post", "put", "patch", "delete")
# Signing in, questions that store nothing, and sheets and events, which are their own key.
WITHOUT_KEY = {
    "disputes_what_if",
    "attendance_quote",
    "codes_create",
    "device_events_send",
    "evidence_verify",
    "imports_create",
    "plans_try",
    "tokens_create",
    "reconciliation_quote",
    "payee_account_codes_create",
    "wage_ledger_open",
    "wage_quote",
    "deadline_quote",
    "payee_onboardings_begin",
    "payout_batches_release",
    "payout_resolutions_agree",
}
# Moves that say all they have to say by their path.
NO_BODY = {
    "erasures_confirm",
    "roll_call_entries_send_code",
    "disputes_issue",
    "payee_accounts_review",
    "breaks_close",
    "breaks_reject",
    "breaks_take",
    "payout_batches_make",
    "payout_batches_release",
    "payout_resolutions_agree",
    "payout_resolutions_refuse",
    "payout_switch_ask",
    "payout_switch_start",
    "labour_cost_agreements_agree",
    "labour_cost_agreements_refuse",
    "withdrawals_approve",
    "withdrawals_refuse",
    "wage_accounts_call_off_closing",
    "wage_accounts_close",
    "security_deposits_return",
    "roll_call_entries_confirm",
    "corrections_withdraw",
    "task_sheets_submit",
    "milestones_submit",
    "milestones_cancel",
    "milestone_parts_release",
    "milestone_corrections_agree",
    "milestone_corrections_refuse",
    "payouts_retry",
    "disputes_withdraw",
    "imports_approve",
    "tokens_current_destroy",
    "users_disable",
    "adjustments_agree",
    "adjustments_refuse",
    "adjustments_revoke",
    "statements_confirm",
    "users_revoke",
    "payee_accounts_verify",
    "payee_accounts_reinstate",
    "agreed_rates_agree",
    "agreed_rates_refuse",
    "assignments_publish",
    "assignments_accept",
    "assignments_finish",
    "plans_cancel",
    "plans_propose",
    "plans_publish",
    "plans_discard",
    "offers_accept",
}


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def operations(document):
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

    assert len(names) > 25
    assert [n for n in names if not n.get("$ref", "").endswith("Page")] == []


def test_the_document_is_made_without_a_doubt(capsys):
    SchemaGenerator().get_schema(request=None, public=True)

    assert "Warning" not in capsys.readouterr().err


def test_every_write_that_stores_names_its_key_and_every_no_its_shape(document, operations):
    unkeyed = [
        o["operationId"]
        for _, method, o in operations
        if method in WRITES
        and o["operationId"] not in WITHOUT_KEY
        and "Idempotency-Key" not in {p["name"] for p in o.get("parameters", [])}
    ]
    shapeless = [o["operationId"] for _, _, o in operations if "default" not in o["responses"]]

    assert (unkeyed, shapeless) == ([], [])
    assert {"status", "code", "detail"} <= set(
        document["components"]["schemas"]["Problem"]["properties"]
    )


def test_every_list_names_how_to_go_on(operations):
    lost = [
        o["operationId"]
        for _, method, o in operations
        if o["operationId"].endswith("_list")
        and not {"after", "limit"} <= {p["name"] for p in o.get("parameters", [])}
    ]

    assert lost == []
