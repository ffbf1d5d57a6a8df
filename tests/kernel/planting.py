"""A row of any machine in any state, put there with every trigger, key and check out of the way."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django_fsm import FSMField

from jianzhu.kernel.machine import all_machines, noun_of

MACHINES = {machine.noun: machine for machine in all_machines()}
MODELS = {
    noun_of(model): model
    for model in apps.get_models()
    if any(isinstance(field, FSMField) for field in model._meta.fields)
}
IDENT = 990_000_000
# What the database checks beside the machine; {table} as a literal.
CHECKS = """
    SELECT conname FROM pg_constraint
    WHERE conrelid = '{table}'::regclass AND contype IN ('c', 'x')
"""
OTHER_TRIGGERS = """
    SELECT tgname FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal
      AND tgname !~ '^pgtrigger_.*_move_'
"""


def table_of(machine):
    return MODELS[machine.noun]._meta.db_table


def legal(machine):
    """The pairs of states that the table allows."""
    return {(s, m.target) for m in machine for s in m.sources}


def planted(machine, state, ident=IDENT):
    """(SQL, values) that make the row."""
    model = MODELS[machine.noun]
    fields = [f for f in model._meta.concrete_fields if not getattr(f, "generated", False)]
    values = {f.column: _filler(f, ident) for f in fields if not f.null}
    values |= {model._meta.pk.column: ident, machine.field: state}
    columns = ", ".join(f'"{c}"' for c in values)
    marks = ", ".join(["%s"] * len(values))
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})", [*values.values()]


def _filler(field, ident):
    """A value that the column takes; no constraint is checked while the row is planted."""
    if isinstance(field, models.ForeignKey):
        return ident
    kinds = (
        (models.DateTimeField, "2026-10-01T00:00:00+00:00"),
        (models.DateField, "2026-10-01"),
        (models.JSONField, "{}"),
        (models.BooleanField, False),
        (models.BinaryField, str(ident).encode()),
        (models.UUIDField, "00000000-0000-0000-0000-000000000000"),
        ((models.IntegerField, models.BigIntegerField), 1),
    )
    return next((v for kind, v in kinds if isinstance(field, kind)), str(ident)[: field.max_length])


def alone(execute, table):
    """Leave the machine's own trigger alone on the table, so that every no is the machine's."""
    for name in execute(CHECKS.format(table=table)):
        execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name in execute(OTHER_TRIGGERS.format(table=table)):
        execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
