"""A machine is a table: its methods, its trigger and the table say the same in every cell."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django_fsm import FSMField

from jianzhu.kernel.machine import all_machines

MACHINES = list(all_machines())


def model_of(machine):
    return next(
        model
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, FSMField) and _noun(model) == machine.noun
    )


def _noun(model):
    return "".join("_" + c.lower() if c.isupper() else c for c in model.__name__).lstrip("_")


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.noun)
def test_every_verb_of_the_table_is_a_method(machine):
    model = model_of(machine)

    for move in machine:
        assert callable(getattr(model, move.verb)), f"{machine.noun} has no method {move.verb}"


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.noun)
def test_the_trigger_knows_exactly_the_tables_moves(machine, db):
    """Read PostgreSQL's own definition back, and ask it about every pair of states."""
    model = model_of(machine)
    legal = {(s, m.target) for m in machine for s in m.sources}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pg_get_triggerdef(oid) FROM pg_trigger
               WHERE tgrelid = %s::regclass AND tgname LIKE %s""",
            [model._meta.db_table, f"pgtrigger_{machine.noun}_move%"],
        )
        (definition,) = cursor.fetchone()
        condition = definition.split(" WHEN (", 1)[1].rsplit(") EXECUTE", 1)[0]
        question = condition.replace("old.", "o.").replace("new.", "n.")
        for before in machine.states:
            for after in machine.states:
                cursor.execute(
                    f"""SELECT {question} FROM (SELECT %s::varchar AS {machine.field}) o,
                        (SELECT %s::varchar AS {machine.field}) n""",
                    [before, after],
                )
                refused = cursor.fetchone()[0]
                assert refused == (before != after and (before, after) not in legal), (
                    f"{before} -> {after}"
                )


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.noun)
def test_a_row_cannot_start_anywhere_else(machine, db):
    table = model_of(machine)._meta.db_table
    wrong = next((s for s in machine.states if s not in machine.starts), None)
    if wrong is None:
        pytest.skip("every state is a start")

    with pytest.raises(DatabaseError, match="cannot start"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} (state) VALUES (%s)", [wrong])
