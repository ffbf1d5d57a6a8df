"""Every machine, every cell of state × verb, by every way in: no illegal change ever stands."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from jianzhu.kernel.errors import WrongState
from tests.kernel.planting import IDENT, MACHINES, MODELS, alone, legal, planted, table_of


def execute(sql, values=()):
    """Run it; the first column of what it gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


def plant(machine, state):
    sql, values = planted(machine, state)
    execute("SET LOCAL session_replication_role = replica")
    execute(sql, values)
    execute("SET LOCAL session_replication_role = origin")


def refused(work):
    """Whether the database refused it; whatever it did is undone."""
    try:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_no_way_in_makes_an_illegal_move(machine, db):
    """Each cell by the method, by a bulk update and by raw SQL."""
    model, table = MODELS[machine.noun], table_of(machine)
    alone(execute, table)
    rows = model._default_manager.filter(pk=IDENT)
    state = f'SELECT "{machine.field}" FROM {table} WHERE id = {IDENT}'
    wrong = []
    for before in machine.states:
        sid = transaction.savepoint()
        plant(machine, before)
        row = rows.get()
        for move in machine:
            if before not in move.sources and not _method_refuses(row, move.verb):
                wrong.append(("method", before, move.verb))
        for after in machine.states:
            if before == after or (before, after) in legal(machine):
                continue
            ways = {
                "bulk update": lambda after=after: rows.update(**{machine.field: after}),
                "raw SQL": lambda after=after: execute(
                    f'UPDATE {table} SET "{machine.field}" = %s WHERE id = %s', [after, IDENT]
                ),
            }
            wrong += [(way, before, after) for way, work in ways.items() if not refused(work)]
        assert execute(state) == [before]
        transaction.savepoint_rollback(sid)

    assert wrong == []


def _method_refuses(row, verb):
    """The method of a verb that has no row for this state; its arguments don't matter for a no."""
    method = getattr(row, verb)
    arguments = dict.fromkeys(method.__wrapped__.__kwdefaults__ or {})
    names = method.__wrapped__.__code__.co_varnames[
        1 : 1 + method.__wrapped__.__code__.co_kwonlyargcount
    ]
    try:
        method(**{**dict.fromkeys(names), **arguments})
    except WrongState:
        return True
    return False
