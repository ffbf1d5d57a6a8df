"""Every machine, every cell of state × verb, by every way in: no illegal change ever stands."""

from __future__ import annotations

import itertools
import threading

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django_fsm import FSMField

from jianzhu.kernel.errors import WrongState
from jianzhu.kernel.machine import all_machines, noun_of

MACHINES = {machine.noun: machine for machine in all_machines()}
MODELS = {
    noun_of(model): model
    for model in apps.get_models()
    if any(isinstance(field, FSMField) for field in model._meta.fields)
}
IDENT = 990_000_000


def filler(field, ident):
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


def plant(machine, state, ident=IDENT):
    """A row in this state, put there with every trigger, key and check out of the way."""
    model = MODELS[machine.noun]
    fields = [f for f in model._meta.concrete_fields if not getattr(f, "generated", False)]
    values = {f.column: filler(f, ident) for f in fields if not f.null}
    values |= {model._meta.pk.column: ident, machine.field: state}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        columns = ", ".join(f'"{c}"' for c in values)
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})", [*values.values()]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def state_of(machine, ident=IDENT):
    table = MODELS[machine.noun]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{machine.field}" FROM {table} WHERE id = %s', [ident])
        return cursor.fetchone()[0]


def alone(model):
    """Leave the machine's own trigger alone on the table, so that every no is the machine's."""
    _drop(model._meta.db_table, _checks(model._meta.db_table))
    _others(model._meta.db_table, "DISABLE")


def refused(work):
    """Whether the database refused it; whatever it did is undone."""
    try:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


def legal(machine):
    return {(s, m.target) for m in machine for s in m.sources}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_no_way_in_makes_an_illegal_move(machine, db):
    """Each cell by the method, by a bulk update and by raw SQL."""
    model, table = MODELS[machine.noun], MODELS[machine.noun]._meta.db_table
    alone(model)
    rows = model._default_manager.filter(pk=IDENT)
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
                "raw SQL": lambda after=after: _raw(
                    f'UPDATE {table} SET "{machine.field}" = %s WHERE id = %s', [after, IDENT]
                ),
            }
            wrong += [(way, before, after) for way, work in ways.items() if not refused(work)]
        assert state_of(machine) == before
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


def _raw(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_of_two_rival_moves_at_once_the_second_sees_the_firsts_state(machine, transactional_db):
    """Two connections move one row from the same state; the loser's pair is judged anew, so the row
    never ends where no path of the table leads."""
    model, table = MODELS[machine.noun], MODELS[machine.noun]._meta.db_table
    rivals = [
        (before, one, two)
        for before in machine.states
        for one, two in itertools.combinations(
            sorted({m.target for m in machine if before in m.sources} - {before}), 2
        )
        if (one, two) not in legal(machine)
    ]
    if not rivals:
        pytest.skip("no state has two ways out that exclude each other")
    before, first, second = rivals[0]
    checks = _checks(table)
    _drop(table, checks)
    _others(table, "DISABLE")
    try:
        with transaction.atomic():
            plant(machine, before)
        ended = _race(table, machine.field, first, second)
        assert ended == [True, False]
        assert state_of(machine) == first
    finally:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [IDENT])
        _others(table, "ENABLE")
        _restore(table, checks)
    assert not model._default_manager.filter(pk=IDENT).exists()


def _race(table, field, first, second):
    """Whether each of two connections could make its move: the second waits for the first's lock."""
    holds, ended = threading.Event(), [False, False]

    def move(target, number, before_commit):
        try:
            with transaction.atomic():
                if number == 1:
                    holds.wait(10)
                _raw(f'UPDATE {table} SET "{field}" = %s WHERE id = %s', [target, IDENT])
                before_commit()
            ended[number] = True
        except DatabaseError:
            pass
        finally:
            connection.close()

    def until_the_other_waits():
        holds.set()
        with connection.cursor() as cursor:
            for _ in range(2_000):
                cursor.execute(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
                )
                if cursor.fetchone()[0]:
                    return

    threads = [
        threading.Thread(target=move, args=(first, 0, until_the_other_waits)),
        threading.Thread(target=move, args=(second, 1, lambda: None)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def _checks(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype IN ('c', 'x')",
            [table],
        )
        return cursor.fetchall()


def _others(table, what):
    """Switch the triggers that are not the machine's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal "
            "AND tgname NOT LIKE 'pgtrigger\\_%%\\_move\\_%%'",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} {what} TRIGGER "{name}"')


def _drop(table, checks):
    with connection.cursor() as cursor:
        for name, _ in checks:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _restore(table, checks):
    with connection.cursor() as cursor:
        for name, definition in checks:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
