"""Triggers that hold against hand-written SQL: what is written once stays as it was written."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models


class AsOwner(pgtrigger.Trigger):
    """A trigger whose function runs with the owner's rights and a fixed search path: the application
    may cause what it writes, but not write it itself, nor put a table of its own in its way. Both
    are set after every migration (`kernel/roles.py`)."""


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


def parents(noun: str, **columns: str) -> list[pgtrigger.Trigger]:
    """Foreign keys checked once per statement instead of once per row: {column: parent's table}.

    For tables written by the hundred thousand, whose parents are never deleted: that, not a lock on
    each parent, is what keeps the key true afterwards.
    """
    lost = " OR ".join(
        f"EXISTS (SELECT 1 FROM written w WHERE w.{column} IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {table} p WHERE p.id = w.{column}))"
        for column, table in columns.items()
    )
    func = (
        f"IF {lost} THEN RAISE EXCEPTION 'a {noun} names a parent that is not there' "
        "USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NULL;"
    )
    return [
        AsOwner(
            name=f"{noun}_parents_{name}",
            operation=operation,
            when=pgtrigger.After,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(new="written"),  # type: ignore[no-untyped-call]
            func=func,
        )
        for name, operation in (("insert", pgtrigger.Insert), ("update", pgtrigger.Update))
    ]


def lock_column(noun: str, field: str) -> list[pgtrigger.Trigger]:
    """Rows change by triggers alone. The application may lock them: the right to update this one
    column, which keeps its value, is all that it gets."""
    return [pgtrigger.ReadOnly(name=f"{noun}_lock_column", fields=[field])]


def is_append_only(model: type[models.Model]) -> bool:
    """Whether `append_only` guards the table: a table may refuse TRUNCATE and still be written."""
    return any(_name(one).endswith("_kept") for one in _triggers(model))


def keeps_rows(model: type[models.Model]) -> bool:
    """Whether the table's rows can't be deleted."""
    return any(_name(one).endswith("_no_delete") for one in _triggers(model))


def lock_columns(model: type[models.Model]) -> list[str]:
    """The columns by which a table that only triggers change may be locked."""
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    return [
        columns[field]
        for one in _triggers(model)
        if isinstance(one, pgtrigger.ReadOnly) and _name(one).endswith("_lock_column")
        for field in one.fields or ()
    ]


def functions_as_owner(model: type[models.Model]) -> list[str]:
    """Names of the trigger functions that run with the owner's rights."""
    made: Any = model
    return [str(one.get_pgid(made)) for one in _triggers(model) if isinstance(one, AsOwner)]


def _triggers(model: type[models.Model]) -> list[pgtrigger.Trigger]:
    return list(getattr(model._meta, "triggers", ()))


def _name(trigger: pgtrigger.Trigger) -> str:
    return str(trigger.name)
