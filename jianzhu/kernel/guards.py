"""Triggers that hold against hand-written SQL: what is written once stays as it was written."""

from __future__ import annotations

import pgtrigger


def append_only(noun: str) -> list[pgtrigger.Trigger]:
    """Rows can be inserted and read; UPDATE, DELETE and TRUNCATE are refused."""
    return [
        pgtrigger.Trigger(
            name=f"{noun}_kept",
            operation=pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            func=_refusal(noun),
        ),
        not_truncated(noun),
    ]


def not_truncated(noun: str) -> pgtrigger.Trigger:
    """TRUNCATE is refused."""
    return pgtrigger.Trigger(
        name=f"{noun}_not_truncated",
        operation=pgtrigger.Truncate,
        when=pgtrigger.Before,
        level=pgtrigger.Statement,
        func=_refusal(noun),
    )


def _refusal(noun: str) -> str:
    return f"RAISE EXCEPTION '{noun} is append-only' USING ERRCODE = 'insufficient_privilege';"


def fixed(noun: str, *fields: str) -> list[pgtrigger.Trigger]:
    """These columns keep the value they were inserted with; the row can't be deleted."""
    return [
        pgtrigger.ReadOnly(name=f"{noun}_fixed", fields=list(fields)),
        pgtrigger.Protect(name=f"{noun}_no_delete", operation=pgtrigger.Delete),
    ]


def frozen(noun: str, *, when: str) -> list[pgtrigger.Trigger]:
    """A row can't be updated at all any more once `when` (SQL over OLD) holds."""
    return [
        pgtrigger.Trigger(
            name=f"{noun}_frozen",
            operation=pgtrigger.Update,
            when=pgtrigger.Before,
            condition=pgtrigger.Condition(when),
            func=f"RAISE EXCEPTION '{noun} % is final', OLD.id "
            "USING ERRCODE = 'insufficient_privilege';",
        )
    ]
